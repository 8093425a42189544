"""What a score model is, and how one is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import torch

from scoreface.files import InputError
from scoreface.score.names import MODEL_SUFFIXES, is_hub_name


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
        path_or_name: a Gaussian prior (``.npz``), a checkpoint of score_sde_pytorch (``.pth``), a diffusers folder,
            or, where nothing of that name exists, a repository of the Hugging Face hub (``owner/name``).
        device: where it computes.

    Raises:
        InputError: the model is missing, damaged, or of no known kind.
    """
    path = Path(path_or_name)
    if path.suffix == ".npz":
        from scoreface.score.gaussian import GaussianScore

        return GaussianScore.load(path, device)
    if path.suffix == ".pth" or path.is_dir() or is_hub_name(path):
        # Importing diffusers takes seconds, which the embedded prior need not wait for.
        from scoreface.score.diffusers_model import DiffusersScore, hub_folder

        if path.suffix == ".pth":
            return DiffusersScore.from_checkpoint(path, device)
        folder = path if path.is_dir() else hub_folder(path.as_posix())
        return DiffusersScore.from_folder(folder, device)
    raise InputError(
        f"{path}: no known kind of score model; it is a Gaussian prior (.npz), a checkpoint of score_sde_pytorch "
        "(.pth), a diffusers folder, or a name on the Hugging Face hub (owner/name)"
    )


def score_model_files(path_or_name: str | Path) -> list[Path]:
    """The files that a score model is read from, sorted; what is made with the model depends on their content.

    Raises:
        InputError: a hub name that cannot be had.
    """
    path = Path(path_or_name)
    if is_hub_name(path):
        from scoreface.score.diffusers_model import hub_folder

        path = hub_folder(path.as_posix())
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.rglob("*") if file.suffix in MODEL_SUFFIXES)


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
