"""The size and soundness of a score model's files, without building the network."""

from __future__ import annotations

import json
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scoreface.files import InputError, read_json
from scoreface.score.architectures import trusted_arguments
from scoreface.score.names import is_hub_name

_CONFIG = ("config.json", "unet/config.json")
_WEIGHTS = ("diffusion_pytorch_model.safetensors", "diffusion_pytorch_model.bin")


@dataclass(frozen=True)
class ModelFiles:
    """What the files of a score model say.

    Attributes:
        kind: for people.
        image_size: pixels along a side of its images; None where the model is not on this machine yet.
        weights: the file that holds the model's numbers; None where it is not on this machine yet.
    """

    kind: str
    image_size: int | None
    weights: Path | None


def is_network(value: str) -> bool:
    """True for a checkpoint, a folder and a hub name, which diffusers loads."""
    path = Path(value)
    if path.suffix == ".npz":
        return False
    return path.suffix == ".pth" or not path.is_file()


def read_model(value: str) -> ModelFiles:
    """Look into a score model: a prior (.npz), a diffusers folder or hub name, or a checkpoint (.pth).

    Raises:
        InputError: no such model, or a file is missing, cut short or of another kind.
    """
    path = Path(value)
    if path.is_dir():
        return _folder(path)
    read = {".npz": _prior, ".pth": _checkpoint}.get(path.suffix)
    if path.is_file() and read is not None:
        return read(path)
    if path.is_file():
        raise InputError(
            f"{path}: no known kind of score model; it is a Gaussian prior (.npz), a checkpoint of score_sde_pytorch "
            "(.pth), a diffusers folder, or a name on the Hugging Face hub"
        )
    if is_hub_name(path):
        return _from_hub(value)
    raise InputError(f"{value}: no such file or folder; relative paths count from {Path.cwd()}")


def _prior(path: Path) -> ModelFiles:
    import torch

    from scoreface.score.model import load_score_model

    model = load_score_model(path, torch.device("cpu"))
    return ModelFiles("Gaussian prior", model.image_size, path)


def _folder(path: Path) -> ModelFiles:
    config = next((path / name for name in _CONFIG if (path / name).is_file()), None)
    if config is None:
        raise InputError(f"{path}: no diffusers folder: it has no config.json")
    arguments = trusted_arguments(read_json(config), config)
    weights = next((config.parent / n for n in _WEIGHTS if (config.parent / n).is_file()), None)
    if weights is None:
        raise InputError(f"{config.parent}: no weights there: neither {' nor '.join(_WEIGHTS)}")
    if weights.suffix == ".safetensors":
        _check_safetensors(weights)
    else:
        _torch_load(weights)
    return ModelFiles("diffusers folder", arguments["sample_size"], weights)


def _from_hub(name: str) -> ModelFiles:
    try:
        from huggingface_hub import try_to_load_from_cache
    except ImportError as error:
        raise InputError(
            f"{name}: no such folder, and as a hub name it needs diffusers, which is not installed"
        ) from error
    for config in _CONFIG:
        found = try_to_load_from_cache(name, config)
        if isinstance(found, str):
            folder = _folder(Path(found).parent)
            return ModelFiles(f"{folder.kind} of the hub", folder.image_size, folder.weights)
    return ModelFiles("hub name, fetched when it is first used", None, None)


def _checkpoint(path: Path) -> ModelFiles:
    from scoreface.score.ncsnpp import recognise

    content = _torch_load(path)
    try:
        model, averaged = content["model"], content["ema"]["shadow_params"]
        shapes = {name: tuple(tensor.shape) for name, tensor in model.items()}
        architecture = recognise({n: s for n, s in shapes.items() if n != "module.sigmas"})
    except (AttributeError, LookupError, TypeError) as error:
        raise InputError(
            f"{path}: no checkpoint of score_sde_pytorch: it has no model and ema.shadow_params"
        ) from error
    except ValueError as error:
        raise InputError(f"{path}: no network that ScoreFace knows: {error}") from error
    kind = f"score_sde_pytorch checkpoint, {len(averaged)} averaged tensors"
    return ModelFiles(kind, architecture.image_size, path)


def _torch_load(path: Path) -> Any:
    """The content of a torch file, its tensors left on disk where its format allows that; runs no code of the file."""
    import torch

    try:
        return torch.load(
            path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path)
        )
    except Exception as error:  # a damaged file raises almost anything
        # torch's own text advises to load without the safeguard, so only the name is passed on.
        called = re.search(r"GLOBAL ([\w.]+)", str(error))
        reason = (
            f"it wants to run {called[1]}; nothing was run"
            if called
            else "it is cut short, or none"
        )
        raise InputError(
            f"{path}: no readable checkpoint ({reason}); get it again from where it came"
        ) from error


def _check_safetensors(path: Path) -> None:
    """Compare the file's length with what its header announces."""
    size = path.stat().st_size
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(min(length, size)))
        ends = [entry["data_offsets"][1] for key, entry in header.items() if key != "__metadata__"]
        announced = 8 + length + max(ends)
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise InputError(f"{path}: no safetensors file, or cut short; get it again") from error
    if announced != size:
        raise InputError(f"{path}: {size} bytes instead of {announced}: cut short; get it again")
