"""Joint: all views are denoised together, agree on the texture, and are weighed against what the photo suggests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch

from scoreface.inpaint.canvas import Canvas, make_canvas
from scoreface.inpaint.pipeline import FilledView, WholeRound
from scoreface.inpaint.pipelines import JointSettings
from scoreface.inpaint.scene import render_state
from scoreface.inpaint.silhouette import KnownSilhouette
from scoreface.inpaint.walk import Walk
from scoreface.score.model import ScoreModel
from scoreface.score.noise import standard_normal
from scoreface.score.samplers import Progress, anneal, power_sigmas, renoised
from scoreface.texture.soft_evidence import SoftEvidence, no_evidence, photo_evidence
from scoreface.texture.state import TextureState


@dataclass(frozen=True)
class SampledTexels:
    """A round once its texels have been sampled.

    Attributes:
        canvas: the texels.
        colours: (N, T, 3) in [0, 1], of N completions.
        pictures: (V, H, W, 3) the views of the first completion as the prior has last denoised them.
    """

    canvas: Canvas
    colours: torch.Tensor
    pictures: torch.Tensor


@dataclass(frozen=True)
class JointDenoising:
    """Views of one texture going down the noise levels; see :class:`scoreface.score.samplers.Problem`.

    The state is N completions' views, (N V, 3, H, W), each view with noise of its own. At each level the prior denoises
    all of them (Tweedie's formula); the denoised views are gathered on the texture; there they are weighed against the
    evidence; the views are rendered from it and take new noise (:func:`scoreface.score.samplers.renoised`). With one
    view, texels that are pixels, and no evidence it is denoising with the known pixels put in (Wang et al. 2023,
    DDNM; Zhu et al. 2023, DiffPIR).

    Attributes:
        model: the prior.
        canvas: the texels and the views.
        evidence: about the T texels.
        means: (N, T, 3) its mean, or a draw of it, for each completion.
        settings: the keys.
        generators: of the completions' views' noise, on the CPU, N V of them.
        nearest_below: noise level below which a texel has the colour of the view that sees it best.
    """

    model: ScoreModel
    canvas: Canvas
    evidence: SoftEvidence
    means: torch.Tensor
    settings: JointSettings
    generators: Sequence[torch.Generator]
    nearest_below: float

    @property
    def device(self) -> torch.device:
        """The views'."""
        return self.canvas.fixed.device

    def begin(self, sigma: torch.Tensor) -> torch.Tensor:
        """The views of what the evidence has, with noise."""
        return self.canvas.render(self.means) + sigma * self._noise()

    def descend(
        self, x: torch.Tensor, sigma: torch.Tensor, next_sigma: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Denoise, gather, weigh, render, and take the next level's noise; the denoised views are the estimate."""
        denoised = x + sigma**2 * self.model.score(x, sigma.expand(len(x)))
        agreed = self.canvas.render(self.texels(denoised, sigma))
        share = self.settings.stochasticity
        noise = self._noise()
        return renoised(x, denoised, agreed, noise, sigma, next_sigma, share), denoised

    def texels(self, denoised: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
        """The texels (N, T, 3) that denoised views (N V, 3, H, W) of a noise level agree on.

        The prior's answer and the evidence are two Gaussians in each band of the surface; this is the mean of their
        product. The prior's variance is what is left of ``prior_deviation`` once a texel is seen under the level's
        noise, and ``prior_error`` squared beside that. Of the evidence only that counts which the views can show; what
        is finer than their pixels is left as it is.
        """
        nearest = bool(sigma < self.nearest_below)
        drawn, finer = self._nearest if nearest else self._averaged
        difference = drawn - self.canvas.collect(denoised.clamp(0, 1), nearest)
        coarse = self._coarse(difference)
        deviation, error = self.settings.prior_deviation, self.settings.prior_error
        noise = float(sigma) ** 2
        variance = noise * deviation**2 / (noise + deviation**2) + error**2
        # By how much the prior moves each band away from the evidence.
        fine_share, coarse_share = (
            torch.from_numpy(1 - variance / (variance + band**2)).to(difference)[:, None]
            for band in (self.evidence.fine, self.evidence.coarse)
        )
        moved = fine_share * (difference - coarse) + coarse_share * coarse
        return torch.where(self.canvas.seen[:, None], finer + drawn - moved, self._mean)

    @cached_property
    def _mean(self) -> torch.Tensor:
        """(N, T, 3) the evidence's mean, for each completion the same."""
        return torch.from_numpy(self.evidence.mean).to(self.means).expand_as(self.means)

    @cached_property
    def _averaged(self) -> tuple[torch.Tensor, torch.Tensor]:
        """What the views can show of ``means``, and of the mean what is finer than that: (N, T, 3) each."""
        return self._as_shown(nearest=False)

    @cached_property
    def _nearest(self) -> tuple[torch.Tensor, torch.Tensor]:
        """The same in the views that see each texel best."""
        return self._as_shown(nearest=True)

    def _as_shown(self, nearest: bool) -> tuple[torch.Tensor, torch.Tensor]:
        # Where nothing is believed, nothing finer is either.
        believed = torch.from_numpy(np.isfinite(self.evidence.fine)).to(self.device)[:, None]
        drawn, mean = (
            torch.where(
                believed, self.canvas.collect(self.canvas.render(colours), nearest), colours
            )
            for colours in (self.means, self._mean)
        )
        return drawn, self._mean - mean

    def finish(self, estimate: torch.Tensor) -> torch.Tensor:
        """The denoised views as they are: what is known is in the texture."""
        return estimate.clone()

    def _noise(self) -> torch.Tensor:
        shape = self.canvas.fixed.shape[1:]
        return torch.stack([standard_normal(shape, one, self.device) for one in self.generators])

    def _coarse(self, values: torch.Tensor) -> torch.Tensor:
        """The coarse band of values (N, T, 3) at the texels that are seen."""
        across = values.cpu().double().numpy().transpose(1, 0, 2).reshape(values.shape[1], -1)
        coarse = self.evidence.lowpass(across, self.canvas.seen.cpu().double().numpy())
        coarse = coarse.reshape(len(across), -1, values.shape[2]).transpose(1, 0, 2)
        return torch.from_numpy(np.ascontiguousarray(coarse)).to(values)


@dataclass(frozen=True)
class Joint(WholeRound["SampledTexels | None"]):
    """The joint pipeline; not published."""

    settings: JointSettings

    def sample_round(self, walk: Walk, progress: Progress) -> SampledTexels | None:
        """See :meth:`WholeRound.sample_round`; None where no view shows an unknown texel wholly."""
        settings = self.settings
        if walk.round > 1 and settings.correction_threshold <= 0:
            # The same views have filled all that they can, and nothing was given back.
            return None
        canvas = make_canvas(
            walk.scene,
            walk.start,
            walk.views,
            settings.face_size,
            settings.supersampling,
            settings.weight_power,
        )
        if not canvas.seen.any():
            return None
        model = self.load(walk.load_model)
        sigmas = self._sigmas(model)
        evidence = self._evidence(walk, canvas)
        means = [evidence.mean, *self._draws(walk, evidence)]
        canvas = canvas.to(model.device)
        problem = JointDenoising(
            self._told(model, canvas),
            canvas,
            evidence,
            torch.from_numpy(np.stack(means)).to(canvas.fixed),
            settings,
            [
                walk.generator(index, sample)
                for sample in range(settings.samples)
                for index in range(len(walk.views))
            ],
            self._nearest_below(sigmas),
        )
        denoised = anneal(problem, sigmas.to(model.device), progress, walk.keeper())
        return SampledTexels(
            canvas.to(torch.device("cpu")),
            self.picture(walk, 0, problem.texels(denoised, sigmas[-1])),
            self.picture(walk, 0, denoised[: len(walk.views)].permute(0, 2, 3, 1)),
        )

    def write_view(
        self, walk: Walk, sampled: SampledTexels | None, state: TextureState, index: int
    ) -> FilledView:
        """See :meth:`WholeRound.write_view`: the sampled texels that the view shows are filled."""
        maps = walk.scene.maps(walk.views[index], self.settings.face_size)
        before = render_state(walk.scene, state, *maps)
        if sampled is None:
            return FilledView(state.evaluated(0), before, before.face)
        face = torch.where(before.unknown[..., None], sampled.pictures[index], before.face)
        given_back = maps[1].texels[~self.kept_pixels(walk, before, face)].numpy()
        size = len(state.labels)
        colours = np.zeros((len(sampled.colours), size**2, 3))
        colours[:, sampled.canvas.texels] = sampled.colours
        texels = np.zeros(size**2, bool)
        texels[sampled.canvas.texels[sampled.canvas.shown[index]]] = True
        texels[given_back] = False
        filled = state.fill(
            colours.reshape(-1, size, size, 3),
            texels.reshape(size, size) & state.unfilled,
            walk.label,
            index,
        )
        return FilledView(filled, before, face).evaluated(self.settings.evaluations)

    def _sigmas(self, model: ScoreModel) -> torch.Tensor:
        """The noise levels (noise_levels,), descending."""
        start, settings = self.settings.sigma_start, self.settings
        largest = model.sigma_max if isinstance(start, str) else min(start, model.sigma_max)
        return power_sigmas(model.sigma_min, largest, settings.noise_levels, settings.spacing)

    def _nearest_below(self, sigmas: torch.Tensor) -> float:
        """The noise level above the last ones, at which the view that sees a texel best has it alone."""
        averaged = len(sigmas) - round(self.settings.nearest_levels * len(sigmas))
        return float(sigmas[averaged - 1]) if averaged else float("inf")

    def _evidence(self, walk: Walk, canvas: Canvas) -> SoftEvidence:
        """What the photo suggests of the canvas's texels."""
        completion, first = walk.scene.completion(), walk.scene.first_state()
        suggest = photo_evidence if self.settings.evidence == "photo" else no_evidence
        observed = first.filled
        photo = first.texture.astype(float)
        evidence = suggest(completion, photo, observed, walk.scene.suggested())
        return evidence.at(np.searchsorted(completion.layout.texels, canvas.texels.numpy()))

    def _draws(self, walk: Walk, evidence: SoftEvidence) -> list[np.ndarray]:
        """For each completion but the first a draw (T, 3) of what the evidence may be."""
        sequences = (
            walk.sequence(len(walk.views), sample) for sample in range(1, self.settings.samples)
        )
        return [evidence.drawn(np.random.default_rng(sequence)) for sequence in sequences]

    def _told(self, model: ScoreModel, canvas: Canvas) -> ScoreModel:
        """The prior with what it is to know of all views."""
        if not self.settings.keep_silhouette:
            return model
        times = (self.settings.samples, 1, 1, 1)
        return KnownSilhouette(model, ~canvas.whole.tile(times), canvas.unknown.tile(times))
