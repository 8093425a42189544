"""Checkpoints of score_sde_pytorch become diffusers networks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from diffusers import UNet2DModel

from scoreface.base.errors import InputError
from scoreface.score import ncsnpp
from scoreface.score.checkpoint import check_finite, open_checkpoint
from scoreface.score.diffusers_model import DiffusersScore, write_folder


def convert_checkpoint(source: Path, target: Path) -> None:
    """Write the network of a checkpoint as a diffusers folder: ``config.json``, weights, ``scheduler/``.

    The folder appears whole or not at all.

    Args:
        source: the ``.pth`` file.
        target: the folder; must not exist.

    Raises:
        InputError: the checkpoint cannot be read or does not fit, or ``target`` exists or cannot be written.
    """
    if target.exists():
        raise InputError(f"{target}: exists already; delete it or name another folder")
    write_folder(read_checkpoint(source), target)


def read_checkpoint(path: Path, device: torch.device | str = "cpu") -> DiffusersScore:
    """The score model of a checkpoint, with its averaged (EMA) weights.

    Raises:
        InputError: the file is damaged, wants to run code, does not fit the architecture, or has weights that are not
            finite; in the last two cases the message names the first wrong tensor.
    """
    checkpoint = open_checkpoint(path)
    try:
        unet = UNet2DModel(**checkpoint.architecture.arguments())
    except ValueError as error:
        raise InputError(f"{path}: not a network that can be converted: {error}") from error
    state = unet.state_dict()
    names = ncsnpp.tensor_names(checkpoint.architecture, state)
    expected = {
        name.original: tuple(state[name.diffusers].shape)[:: -1 if name.transposed else 1]
        for name in names
    }
    _check_shapes(checkpoint.shapes(), expected, path)
    weights = checkpoint.averaged_weights()
    check_finite(weights, path)
    unet.load_state_dict(
        {
            name.diffusers: weights[name.original].T if name.transposed else weights[name.original]
            for name in names
        }
    )
    return DiffusersScore(unet.to(device), checkpoint.sigma_min, checkpoint.sigma_max)


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
