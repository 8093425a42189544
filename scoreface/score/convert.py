"""Checkpoints of score_sde_pytorch become diffusers networks."""

from __future__ import annotations

import itertools
import pickle
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from diffusers import UNet2DModel

from scoreface.files import InputError
from scoreface.score import ncsnpp
from scoreface.score.diffusers_model import DiffusersScore, write_folder

_SIGMAS = "module.sigmas"
_ADVICE = "download it again, or give the .pth file that score_sde_pytorch wrote"

# What torch.load raises for a damaged file, beside UnpicklingError.
_DAMAGE = (OSError, EOFError, RuntimeError, ValueError, TypeError, LookupError, AttributeError)


def convert_checkpoint(source: Path, target: Path) -> None:
    """Write the network of a checkpoint as a diffusers folder: ``config.json``, weights, ``scheduler/``.

    The folder appears whole or not at all.

    Args:
        source: the ``.pth`` file.
        target: the folder; must not exist.

    Raises:
        InputError: the checkpoint cannot be read or does not fit, or ``target`` exists.
    """
    if target.exists():
        raise InputError(f"{target}: exists already; delete it or name another folder")
    write_folder(DiffusersScore(*read_checkpoint(source)), target)


def read_checkpoint(path: Path) -> tuple[UNet2DModel, float, float]:
    """The network of a checkpoint with its averaged (EMA) weights.

    Returns:
        the network on the CPU, and the smallest and largest noise level that it was trained on.

    Raises:
        InputError: the file is damaged, wants to run code, or does not fit the architecture; in the last case the
            message names the first wrong tensor.
    """
    checkpoint = _load(path)
    model, shadow = _parts(checkpoint, path)
    shapes = {name: tuple(tensor.shape) for name, tensor in model.items() if name != _SIGMAS}
    try:
        architecture = ncsnpp.recognise(shapes)
        unet = UNet2DModel(**architecture.arguments())
    except ValueError as error:
        raise InputError(f"{path}: not a network that can be converted: {error}") from error
    state = unet.state_dict()
    names = ncsnpp.tensor_names(architecture, state)
    expected = {
        name.original: tuple(state[name.diffusers].shape)[:: -1 if name.transposed else 1]
        for name in names
    }
    _check_shapes(shapes, expected, path)
    weights = _averaged(model, shadow, path)
    unet.load_state_dict(
        {
            name.diffusers: weights[name.original].T if name.transposed else weights[name.original]
            for name in names
        }
    )
    # Kept as exp(log(sigma)): a digit of float64 is lost on the way there.
    sigma_min, sigma_max = (float(f"{value:.9g}") for value in model[_SIGMAS].aminmax())
    return unet, sigma_min, sigma_max


def _load(path: Path) -> Any:
    """The content of a checkpoint, without running anything in it."""
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
            f"{path}: no checkpoint of plain tensors ({reason}); nothing in it was run; {_ADVICE}"
        ) from error
    except _DAMAGE as error:
        raise InputError(f"{path}: truncated or no checkpoint; {_ADVICE}") from error


def _parts(checkpoint: Any, path: Path) -> tuple[dict[str, torch.Tensor], list[torch.Tensor]]:
    """The model's tensors by name and the list of averaged ones."""
    try:
        model, shadow = checkpoint["model"], checkpoint["ema"]["shadow_params"]
        tensors = [*model.values(), *shadow]
    except (AttributeError, LookupError, TypeError) as error:
        raise InputError(
            f"{path}: not a checkpoint of score_sde_pytorch (no model and ema.shadow_params); {_ADVICE}"
        ) from error
    if not all(isinstance(tensor, torch.Tensor) for tensor in tensors):
        raise InputError(f"{path}: model or ema.shadow_params hold more than tensors; {_ADVICE}")
    if model.get(_SIGMAS, torch.empty(0)).numel() == 0:
        raise InputError(f"{path}: {_SIGMAS} is missing, the noise levels of the training")
    return model, shadow


def _check_shapes(
    found: Mapping[str, tuple[int, ...]], expected: Mapping[str, tuple[int, ...]], path: Path
) -> None:
    """Raise for the first tensor, in the network's order, that is missing, misshapen or too many."""
    for name, shape in expected.items():
        if name not in found:
            raise InputError(f"{path}: {name} is missing, expected with shape {shape}")
        if found[name] != shape:
            raise InputError(f"{path}: {name} has shape {found[name]}, expected {shape}")
    for name, shape in found.items():
        if name not in expected:
            raise InputError(f"{path}: {name} with shape {shape} is not part of this network")


def _averaged(
    model: Mapping[str, torch.Tensor], shadow: list[torch.Tensor], path: Path
) -> dict[str, torch.Tensor]:
    """The averaged weights by name, with the Fourier frequencies, which are not trained, from the model."""
    trained = [name for name in model if name not in (_SIGMAS, ncsnpp.FOURIER)]
    weights = {ncsnpp.FOURIER: model[ncsnpp.FOURIER]}
    for name, tensor in itertools.zip_longest(trained, shadow):
        if name is None:
            raise InputError(
                f"{path}: ema.shadow_params has {len(shadow)} tensors, the model {len(trained)}"
            )
        shape = tuple(model[name].shape)
        if tensor is None:
            raise InputError(
                f"{path}: {name} is missing in ema.shadow_params, expected with shape {shape}"
            )
        if tuple(tensor.shape) != shape:
            raise InputError(
                f"{path}: {name} in ema.shadow_params has shape {tuple(tensor.shape)}, expected {shape}"
            )
        weights[name] = tensor
    return weights
