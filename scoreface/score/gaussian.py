"""A Gaussian prior with exact score: the embedded default, and the oracle of the samplers' tests."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from scoreface.base.arrays import NUMBERS, WHOLE_NUMBERS, Array, read_npz, write_npz
from scoreface.base.errors import InputError

_ARRAYS = {
    "mean": Array(NUMBERS, ("D",)),
    "basis": Array(NUMBERS, ("D", "K")),
    "variances": Array(NUMBERS, ("K",)),
    "residual": Array(NUMBERS),
    "image_size": Array(WHOLE_NUMBERS),
    "sigmas": Array(NUMBERS, (2,)),
}


@dataclass(frozen=True)
class GaussianScore:
    """The density N(mean, C), C = basis diag(variances) basis^T + residual * I, and its noised versions.

    Noise of level sigma adds sigma^2 I to the covariance, so the score is linear in x with the same principal
    components (probabilistic PCA: Tipping and Bishop 1999, equation 7).

    Attributes:
        mean: (D,) float32, D = 3 * image_size^2, channel by channel.
        basis: (D, K) float32, orthonormal columns.
        variances: (K,) variance along each column beyond ``residual``.
        residual: variance of every pixel that the columns leave unexplained.
        image_size: height and width of the images in pixels.
        sigma_min: noise level at which a sampler may stop.
        sigma_max: noise level that hides the images.
    """

    mean: torch.Tensor
    basis: torch.Tensor
    variances: torch.Tensor
    residual: float
    image_size: int
    sigma_min: float = 0.01
    sigma_max: float = 50.0

    @property
    def device(self) -> torch.device:
        """Where the model computes."""
        return self.mean.device

    def score(self, x: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
        """See :meth:`scoreface.score.model.ScoreModel.score`."""
        centred = x.reshape(len(x), -1) - self.mean
        isotropic = self.residual + sigma[:, None] ** 2
        shrink = self.variances / (self.variances + isotropic)
        explained = (centred @ self.basis * shrink) @ self.basis.T
        return ((explained - centred) / isotropic).reshape(x.shape)

    @classmethod
    def fit(
        cls, images: np.ndarray, components: int, device: torch.device | str = "cpu"
    ) -> GaussianScore:
        """The maximum-likelihood Gaussian of this form.

        Args:
            images: (N, 3, S, S) float in [0, 1].
            components: K, fewer than N - 1 and 3 S^2, so that variance is left for the residual.
            device: where it computes.

        Raises:
            ValueError: too many components.
        """
        flat = torch.as_tensor(images, dtype=torch.float32).reshape(len(images), -1)
        # About their mean, N images vary in N - 1 directions.
        directions = min(len(flat) - 1, flat.shape[1])
        if not 0 < components < directions:
            raise ValueError(
                f"{components} components of {len(flat)} images with {flat.shape[1]} numbers each, which vary in "
                f"{directions} directions: take 1 or more, and fewer than these"
            )
        mean = flat.mean(0)
        _, singular, right = torch.linalg.svd(flat - mean, full_matrices=False)
        variances = singular**2 / (len(flat) - 1)
        rest = flat.shape[1] - components
        residual = float(variances[components:].sum() / rest)
        return cls(
            mean.to(device),
            right[:components].T.contiguous().to(device),
            (variances[:components] - residual).clamp(min=0).to(device),
            residual,
            images.shape[-1],
        )

    def save(self, path: Path) -> None:
        """Write the prior as npz, its basis in half precision."""
        write_npz(
            path,
            mean=self.mean.cpu().numpy(),
            basis=self.basis.cpu().numpy().astype(np.float16),
            variances=self.variances.cpu().numpy(),
            residual=self.residual,
            image_size=self.image_size,
            sigmas=[self.sigma_min, self.sigma_max],
        )

    @classmethod
    def load(cls, path: Path, device: torch.device | str = "cpu") -> GaussianScore:
        """Read a prior.

        Raises:
            InputError: the file is missing or damaged, or its numbers are no Gaussian.
        """
        arrays = read_npz(path, _ARRAYS, "Gaussian prior", "make it again")
        sigma_min, sigma_max = arrays["sigmas"].tolist()
        with np.errstate(over="ignore"):  # of numbers beyond float32, which are found below
            mean, basis, variances = (
                torch.from_numpy(arrays[name].astype(np.float32, copy=False)).to(device)
                for name in ("mean", "basis", "variances")
            )
        prior = cls(
            mean,
            basis,
            variances,
            float(arrays["residual"]),
            int(arrays["image_size"]),
            sigma_min,
            sigma_max,
        )
        problem = prior._problem()
        if problem:
            raise InputError(f"{path}: no readable Gaussian prior ({problem}); make it again")
        return prior

    def _problem(self) -> str | None:
        """What is wrong with a prior that was read; None where all is well."""
        if self.image_size < 1 or len(self.mean) != 3 * self.image_size**2:
            return f"{len(self.mean)} numbers are no picture of {self.image_size} pixels"
        if not all(part.isfinite().all() for part in (self.mean, self.basis, self.variances)):
            return "numbers that are not finite"
        if not (self.variances >= 0).all() or self.residual <= 0:
            return "a variance below 0, or none that is left over"
        if not 0 < self.sigma_min < self.sigma_max:
            return f"noise levels from {self.sigma_min:g} to {self.sigma_max:g}"
        return None
