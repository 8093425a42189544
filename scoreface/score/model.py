"""What a score model is, and how one is loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import torch

from scoreface.files import InputError


class ScoreModel(Protocol):
    """Gradients of the log density of noised images."""

    @property
    def image_size(self) -> int:
        """Height and width of the images in pixels."""
        ...

    @property
    def sigma_min(self) -> float:
        """The smallest noise level that the model knows."""
        ...

    @property
    def sigma_max(self) -> float:
        """The largest noise level that the model knows."""
        ...

    @property
    def device(self) -> torch.device:
        """Where the model computes."""
        ...

    def score(self, x: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
        """Gradient of log p_sigma at ``x`` (B, 3, H, W), clean images in [0, 1], for ``sigma`` (B,)."""
        ...


def load_score_model(path: Path, device: torch.device) -> ScoreModel:
    """Load the score model at ``path``.

    Raises:
        InputError: the file is missing or of no known kind.
    """
    from scoreface.score.gaussian import GaussianScore

    if path.suffix == ".npz":
        return GaussianScore.load(path, device)
    raise InputError(f"{path}: no known kind of score model; a Gaussian prior ends in .npz")


def choose_device(name: str) -> torch.device:
    """``auto`` takes a GPU where torch sees one.

    Raises:
        InputError: ``cuda`` is asked for and there is none.
    """
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    if name.startswith("cuda") and not torch.cuda.is_available():
        raise InputError("inpaint.device: cuda asked for, but torch sees no GPU; use auto or cpu")
    return torch.device(name)
