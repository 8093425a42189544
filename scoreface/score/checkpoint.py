"""Checkpoints of score_sde_pytorch, read without running anything in them and without building the network."""

from __future__ import annotations

import itertools
import math
import pickle
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from scoreface.base.errors import InputError
from scoreface.score import ncsnpp
from scoreface.score.architectures import Architecture

_SIGMAS = "module.sigmas"
_ADVICE = "get it again from where it came"
# The weights of a trained network are far smaller; a damaged byte makes one so large that what it gives is infinite.
_LARGEST = 1e10


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint holds of its network.

    Attributes:
        path: the file.
        architecture: what the tensors' names and shapes say of the network.
        model: the raw weights, by name.
        shadow: the averaged (EMA) ones, in the order of the trained ones among ``model``.
        sigma_min: the smallest noise level of the training.
        sigma_max: the largest.
    """

    path: Path
    architecture: Architecture
    model: dict[str, torch.Tensor]
    shadow: list[torch.Tensor]
    sigma_min: float
    sigma_max: float

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of each tensor of the network, by name."""
        return _shapes(self.model)

    def averaged_weights(self) -> dict[str, torch.Tensor]:
        """The averaged weights by name, with the Fourier frequencies, which are not trained, from the model.

        Raises:
            InputError: they are not those of the model; the message names the first wrong one.
        """
        trained = [name for name in self.model if name != ncsnpp.FOURIER]
        weights = {ncsnpp.FOURIER: self.model[ncsnpp.FOURIER]}
        for name, tensor in itertools.zip_longest(trained, self.shadow):
            if name is None:
                raise InputError(
                    f"{self.path}: ema.shadow_params has {len(self.shadow)} tensors, the model {len(trained)}"
                )
            shape = tuple(self.model[name].shape)
            if tensor is None:
                raise InputError(
                    f"{self.path}: {name} is missing in ema.shadow_params, expected with shape {shape}"
                )
            if tuple(tensor.shape) != shape:
                raise InputError(
                    f"{self.path}: {name} in ema.shadow_params has shape {tuple(tensor.shape)}, expected {shape}"
                )
            weights[name] = tensor
        return weights


def open_checkpoint(path: Path) -> Checkpoint:
    """Read what a checkpoint says of its network.

    Raises:
        InputError: the file is damaged, wants to run code, or is none of a network that ScoreFace knows.
    """
    model, shadow = _parts(load_tensors(path), path)
    # Kept as exp(log(sigma)): a digit of float64 is lost on the way there.
    sigma_min, sigma_max = (float(f"{value:.9g}") for value in model.pop(_SIGMAS).aminmax())
    try:
        architecture = ncsnpp.recognise(_shapes(model))
    except ValueError as error:
        raise InputError(f"{path}: not a network that can be converted: {error}") from error
    if not 0 < sigma_min < sigma_max < math.inf:
        raise InputError(
            f"{path}: {_SIGMAS} goes from {sigma_min} to {sigma_max}, which is no range of noise levels; {_ADVICE}"
        )
    return Checkpoint(path, architecture, model, shadow, sigma_min, sigma_max)


def load_tensors(path: Path) -> Any:
    """The content of a file that torch wrote, without running anything in it.

    Raises:
        InputError: the file is missing or damaged, or wants to run code.
    """
    try:
        # Mapped where the format allows: three quarters of a checkpoint (optimizer, raw weights) are never looked at.
        return torch.load(
            path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path)
        )
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file") from error
    except pickle.UnpicklingError as error:
        # torch's own text advises to load without the safeguard, so none of it is passed on but the name.
        called = re.search(r"GLOBAL ([\w.]+)", str(error))
        reason = f"it wants to run {called[1]}" if called else "damaged, or of another program"
        raise InputError(
            f"{path}: no file of plain tensors ({reason}); nothing in it was run; {_ADVICE}"
        ) from error
    except Exception as error:  # torch raises almost anything on damaged files
        raise InputError(f"{path}: cut short, or no file that torch wrote; {_ADVICE}") from error


def are_tensors(content: Any) -> bool:
    """True for tensors by name."""
    return isinstance(content, dict) and all(
        isinstance(name, str) and isinstance(tensor, torch.Tensor)
        for name, tensor in content.items()
    )


def check_finite(weights: Mapping[str, torch.Tensor], source: Path) -> None:
    """Make sure that a network's weights are numbers: one that is none makes all of a picture so.

    Args:
        weights: tensors by name.
        source: the file that they come from, for the message.

    Raises:
        InputError: one is not finite, or so large that what it is multiplied with is not; the message names the tensor.
    """
    for name, tensor in weights.items():
        largest = float(tensor.abs().max()) if tensor.numel() else 0.0
        if not largest <= _LARGEST:
            found = (
                "numbers that are not finite"
                if not math.isfinite(largest)
                else f"a number of {largest:.3g}"
            )
            raise InputError(
                f"{source}: {name} holds {found}; get the file again from where it came, or train the network anew"
            )


def _parts(content: Any, path: Path) -> tuple[dict[str, torch.Tensor], list[torch.Tensor]]:
    """The model's tensors by name and the list of averaged ones."""
    try:
        model, shadow = content["model"], list(content["ema"]["shadow_params"])
    except (LookupError, TypeError) as error:
        raise InputError(
            f"{path}: not a checkpoint of score_sde_pytorch (no model and ema.shadow_params); {_ADVICE}"
        ) from error
    if not are_tensors(model) or not all(isinstance(tensor, torch.Tensor) for tensor in shadow):
        raise InputError(
            f"{path}: model or ema.shadow_params hold other things than tensors; {_ADVICE}"
        )
    if model.get(_SIGMAS, torch.empty(0)).numel() == 0:
        raise InputError(f"{path}: {_SIGMAS} is missing, the noise levels of the training")
    return dict(model), shadow


def _shapes(model: dict[str, torch.Tensor]) -> dict[str, tuple[int, ...]]:
    return {name: tuple(tensor.shape) for name, tensor in model.items()}
