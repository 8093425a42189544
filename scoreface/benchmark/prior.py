"""What a score model knows: its error as a denoiser, and half a picture completed from the other half."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from scoreface.base.markdown import markdown_table
from scoreface.benchmark.metrics import psnr, ssim
from scoreface.benchmark.sizes import resized
from scoreface.demo.views import head_views
from scoreface.inpaint.image_space import PredictorCorrector
from scoreface.inpaint.silhouette import KnownSilhouette
from scoreface.score.model import ScoreModel
from scoreface.score.noise import standard_normal
from scoreface.score.samplers import anneal, geometric_sigmas
from scoreface.training.loss import as_at_64

#: Noise levels for images of 64 pixels a side.
SIGMAS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
# Marks the heads of this benchmark, so that no other use of the same seed draws the same ones.
_HELD_OUT = 0x4E1D
_ELEVATION = 10.0
#: The noise level, for images of 64 pixels, at which groups of heads are compared: where faces take shape.
LEVEL_OF_GROUPS = 1.0


def held_out_views(size: int, heads: int, seed: int, azimuth: float = 40.0) -> torch.Tensor:
    """One view each of heads that no training has seen: (heads, 3, size, size) float32 in [0, 1].

    Args:
        size: pixels along a side.
        heads: how many.
        seed: of all.
        azimuth: degrees, the largest to either side.
    """
    views = [
        head_views(head_generator(seed, head), size, 1, _ELEVATION, azimuth)
        for head in range(heads)
    ]
    return torch.from_numpy(np.concatenate(views))


def head_generator(seed: int, head: int) -> np.random.Generator:
    """Draws one of the held-out heads, and then what else there is in its view."""
    return np.random.default_rng(np.random.SeedSequence((seed, _HELD_OUT, head)))


def denoised(model: ScoreModel, noised: torch.Tensor, sigma: float) -> torch.Tensor:
    """The mean of the clean images that ``noised`` (N, 3, S, S) may come from, by Tweedie's formula."""
    parts = [
        x + sigma**2 * model.score(x.to(model.device), torch.full((len(x),), sigma)).cpu()
        for x in noised.split(16)
    ]
    return torch.cat(parts)


def denoising_errors(
    model: ScoreModel, views: dict[int, torch.Tensor], sigmas: Sequence[float], seed: int
) -> dict[int, list[float]]:
    """Error of the model as a denoiser, at each noise level, over that of the best constant.

    The squared distance of what is :func:`denoised` to the clean image is least for the exact score of the noised data.
    The best constant is the images' own mean, which says nothing about any one of them: 1 means no knowledge, 0 none
    needed.

    Models of several sizes are given the same noise: that of a smaller image is the mean over the larger one's pixels,
    and as much weaker (:func:`scoreface.training.loss.as_at_64`).

    Args:
        model: the score model.
        views: (N, 3, S, S) in [0, 1] by their sizes S, that of the model among them.
        sigmas: noise levels for images of 64 pixels.
        seed: of the noise, which is the same for every model.

    Returns:
        one number for each noise level, for the model's own size and, of the means over its pixels, for each smaller
        one.
    """
    generator = torch.Generator().manual_seed(seed)
    size, largest = model.image_size, max(views)
    images = views[size]
    sizes = [smaller for smaller in sorted(views) if smaller <= size]
    errors: dict[int, list[float]] = {smaller: [] for smaller in sizes}
    for level in sigmas:
        sigma = level / as_at_64(1.0, size)
        noise = standard_normal(views[largest].shape, generator, torch.device("cpu"))
        noised = images + sigma * largest / size * _mean(noise, size)
        wrong, varied = denoised(model, noised, sigma) - images, images - images.mean(0)
        for smaller in sizes:
            error, constant = (_mean(part, smaller).square().mean() for part in (wrong, varied))
            errors[smaller].append(float(error / constant))
    return errors


def _inside(images: torch.Tensor) -> torch.Tensor:
    """(N, 1, S, S) bool, where images (N, 3, S, S) on black show something."""
    return (images != 0).any(1, keepdim=True)


def _mean(images: torch.Tensor, size: int) -> torch.Tensor:
    """Means over the blocks of pixels that make (N, 3, size, size)."""
    return functional.avg_pool2d(images, images.shape[-1] // size)


@dataclass(frozen=True)
class Halves:
    """Pictures whose right half was made from the left.

    Attributes:
        images: (N, 3, S, S) as they came out.
        inside: (N, 1, S, S) bool, where the head is.
        seconds: of processor time that one took.
    """

    images: torch.Tensor
    inside: torch.Tensor
    seconds: float

    def quality(self, truth: torch.Tensor) -> tuple[float, float]:
        """PSNR in dB and SSIM of the pixels that were made, brought to the size of the ``truth`` (N, 3, T, T)."""
        size = truth.shape[-1]
        made = torch.where(_inside(truth), resized(self.images, self.inside, size), 0)
        numbers = []
        for right, picture in zip(truth, made, strict=True):
            wanted = (right != 0).any(0)
            wanted[:, : size // 2] = False
            one, other = (x.permute(1, 2, 0).numpy() for x in (right, picture))
            numbers.append([measure(one, other, wanted.numpy()) for measure in (psnr, ssim)])
        means = np.mean(numbers, 0)
        return float(means[0]), float(means[1])


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
    started = time.process_time()
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
    seconds = (time.process_time() - started) / len(images)
    return Halves(torch.cat(completed), _inside(images), seconds)


def compare(
    models: dict[str, ScoreModel],
    views: dict[int, torch.Tensor],
    levels: int,
    corrector_steps: int,
    snr: float,
    seed: int,
) -> tuple[str, torch.Tensor]:
    """Measure score models on the same views, each at its own size and at those of the others.

    Args:
        models: by their names.
        views: (N, 3, S, S) by the sizes S of the models.
        levels, corrector_steps, snr, seed: see :func:`complete_halves`.

    Returns:
        two tables in Markdown, and the pictures of the largest size, one row each: the views, then each model's
        completed halves with the silhouette kept.
    """
    sizes = sorted(views)
    denoising = [["noise level", "size", *map(str, SIGMAS)]]
    halves = {}
    for name, model in models.items():
        for size, errors in denoising_errors(model, views, SIGMAS, seed).items():
            denoising.append([name, str(size), *(f"{error:.4f}" for error in errors)])
        for keep in (True, False):
            halves[name, keep] = complete_halves(
                model, views[model.image_size], levels, corrector_steps, snr, seed, keep
            )
    measures = [f"{measure} at {size}" for size in sizes for measure in ("PSNR (dB)", "SSIM")]
    completed = [["right half", "silhouette", *measures, "seconds"]]
    for (name, keep), half in halves.items():
        pairs = [half.quality(views[size]) for size in sizes]
        numbers = [text for pair in pairs for text in (f"{pair[0]:.2f}", f"{pair[1]:.3f}")]
        kept = "kept" if keep else "free"
        completed.append([name, kept, *numbers, f"{half.seconds:.1f}"])
    truth = views[sizes[-1]]
    shown = [
        torch.where(_inside(truth), resized(half.images, half.inside, sizes[-1]), 0)
        for (_, keep), half in halves.items()
        if keep
    ]
    text = f"{markdown_table(denoising)}\n\n{markdown_table(completed)}\n"
    return text, torch.cat([truth, *shown])
