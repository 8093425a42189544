"""What a score model knows: its error as a denoiser, and half a picture completed from the other half."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from scoreface.base.errors import InputError
from scoreface.benchmark.metrics import psnr, ssim
from scoreface.demo.views import head_views
from scoreface.inpaint.image_space import PredictorCorrector
from scoreface.inpaint.silhouette import KnownSilhouette
from scoreface.score.model import ScoreModel
from scoreface.score.samplers import anneal, geometric_sigmas

SIGMAS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
# Marks the heads of this benchmark, so that no other use of the same seed draws the same ones.
_HELD_OUT = 0x4E1D
_ELEVATION, _AZIMUTH = 10.0, 40.0


def held_out_views(size: int, heads: int, seed: int) -> torch.Tensor:
    """One view each of heads that no training has seen: (heads, 3, size, size) float32 in [0, 1]."""
    views = [
        head_views(
            np.random.default_rng(np.random.SeedSequence((seed, _HELD_OUT, head))),
            size,
            1,
            _ELEVATION,
            _AZIMUTH,
        )
        for head in range(heads)
    ]
    return torch.from_numpy(np.concatenate(views))


def denoising_errors(
    model: ScoreModel, images: torch.Tensor, sigmas: Sequence[float], seed: int
) -> list[float]:
    """Error of the model as a denoiser, at each noise level, over that of the best constant.

    By Tweedie's formula the score at x gives the mean of the clean images that x may come from, x + sigma^2 score(x).
    Its squared distance to the clean image is least for the exact score of the noised data. The best constant is the
    images' own mean, which says nothing about any one of them: 1 means no knowledge, 0 none needed.

    Args:
        model: the score model.
        images: (N, 3, S, S) in [0, 1].
        sigmas: noise levels.
        seed: of the noise, which is the same for every model.

    Returns:
        one number for each noise level.
    """
    generator = torch.Generator().manual_seed(seed)
    constant = (images - images.mean(0)).square().mean()
    errors = []
    for sigma in sigmas:
        noised = images + sigma * torch.randn(images.shape, generator=generator)
        denoised = [
            x + sigma**2 * model.score(x.to(model.device), torch.full((len(x),), sigma)).cpu()
            for x in noised.split(16)
        ]
        errors.append(float((torch.cat(denoised) - images).square().mean() / constant))
    return errors


@dataclass(frozen=True)
class Halves:
    """Pictures whose right half was made from the left.

    Attributes:
        images: (N, 3, S, S) as they came out.
        psnr: dB, of the pixels that were made.
        ssim: of the same.
    """

    images: torch.Tensor
    psnr: float
    ssim: float


def complete_halves(
    model: ScoreModel,
    images: torch.Tensor,
    levels: int,
    corrector_steps: int,
    snr: float,
    seed: int,
    keep_silhouette: bool,
) -> Halves:
    """Make the right half of each picture; the left one and the background, which the geometry gives, are known.

    Args:
        model: the score model.
        images: (N, 3, S, S) in [0, 1], black where there is background.
        levels: noise levels.
        corrector_steps: at each.
        snr: of these.
        seed: of the noise.
        keep_silhouette: hold the model to the head's outline, as the pipelines do by default.
    """
    size = images.shape[-1]
    completed = []
    quality = []
    for index, image in enumerate(images):
        background = (image == 0).all(0)
        known = background.clone()
        known[:, : size // 2] = True
        told = model
        if keep_silhouette:
            told = KnownSilhouette(model, background.to(model.device), ~known.to(model.device))
        sigmas = geometric_sigmas(model.sigma_min, model.sigma_max, levels).to(model.device)
        generator = torch.Generator().manual_seed(seed + index)
        problem = PredictorCorrector(
            told,
            image[None].to(model.device),
            known.to(model.device),
            corrector_steps,
            snr,
            generator,
        )
        made = anneal(problem, sigmas)
        completed.append(made.clamp(0, 1).cpu())
        truth, picture = (x.permute(1, 2, 0).numpy() for x in (image, completed[-1][0]))
        quality.append((psnr(truth, picture, ~known.numpy()), ssim(truth, picture, ~known.numpy())))
    means = np.mean(quality, 0)
    return Halves(torch.cat(completed), float(means[0]), float(means[1]))


def compare(
    models: dict[str, ScoreModel],
    heads: int,
    levels: int,
    corrector_steps: int,
    snr: float,
    seed: int,
) -> tuple[str, torch.Tensor]:
    """Measure score models on the same held-out views.

    Returns:
        two tables in Markdown, and the pictures, one row each: the views, then each model's completed halves with the
        silhouette kept.

    Raises:
        InputError: the models' images differ in size.
    """
    sizes = {name: model.image_size for name, model in models.items()}
    if len(set(sizes.values())) > 1:
        raise InputError(f"--score-model: images of different sizes cannot be compared: {sizes}")
    images = held_out_views(next(iter(sizes.values())), heads, seed)
    lines = [_row("noise level", *map(str, SIGMAS)), _row(*["---"] * (len(SIGMAS) + 1))]
    halves = {}
    for name, model in models.items():
        errors = denoising_errors(model, images, SIGMAS, seed)
        lines.append(_row(name, *(f"{error:.4f}" for error in errors)))
        for keep in (True, False):
            halves[name, keep] = complete_halves(
                model, images, levels, corrector_steps, snr, seed, keep
            )
    lines += ["", _row("right half", "silhouette", "PSNR (dB)", "SSIM"), _row(*["---"] * 4)]
    lines += [
        _row(name, "kept" if keep else "free", f"{half.psnr:.2f}", f"{half.ssim:.3f}")
        for (name, keep), half in halves.items()
    ]
    kept = [half.images for (_, keep), half in halves.items() if keep]
    pictures = torch.cat([images, *kept])
    return "\n".join(lines) + "\n", pictures


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
