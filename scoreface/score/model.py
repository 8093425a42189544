"""What a score model is, and how one is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import torch

from scoreface.base.errors import InputError
from scoreface.score.gaussian import GaussianScore
from scoreface.score.identify import Kind, identify, locate


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


@dataclass(frozen=True)
class WrappedModel:
    """What a score model made from another has of that one: all but the score.

    Attributes:
        model: the other one.
    """

    model: ScoreModel

    @property
    def image_size(self) -> int:
        """See :class:`ScoreModel`."""
        return self.model.image_size

    @property
    def sigma_min(self) -> float:
        """See :class:`ScoreModel`."""
        return self.model.sigma_min

    @property
    def sigma_max(self) -> float:
        """See :class:`ScoreModel`."""
        return self.model.sigma_max

    @property
    def device(self) -> torch.device:
        """See :class:`ScoreModel`."""
        return self.model.device


def load_score_model(path_or_name: str | Path, device: torch.device) -> ScoreModel:
    """Load a score model, in evaluation mode, its weights fixed.

    Args:
        path_or_name: what :func:`scoreface.score.identify.identify` knows.
        device: where it computes.

    Raises:
        InputError: the model is missing, damaged, or of no known kind.
    """
    kind = identify(path_or_name)
    path = Path(path_or_name)
    if kind is Kind.GAUSSIAN:
        return GaussianScore.load(path, device)
    # Importing diffusers takes seconds, which the prior need not wait for.
    if kind is Kind.CHECKPOINT:
        from scoreface.score.convert import read_checkpoint

        return read_checkpoint(path, device)
    from scoreface.score.diffusers_model import DiffusersScore

    return DiffusersScore.from_folder(locate(path)[0], device)


def choose_device(name: str) -> torch.device:
    """The device of a command's ``--device``; the workflow's jobs have theirs from :mod:`scoreface.score.gpu`.

    Args:
        name: ``cpu``, ``cuda``, or ``auto``, which takes a GPU where torch sees one.

    Raises:
        InputError: a GPU is asked for and torch sees none.
    """
    there = torch.cuda.is_available()
    if name == "auto":
        name = "cuda" if there else "cpu"
    if name.startswith("cuda") and not there:
        raise InputError("--device: cuda asked for, but torch sees no GPU; use auto or cpu")
    return torch.device(name)
