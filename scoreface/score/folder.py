"""Folders of diffusers, here and on the hub: what they say of a network beside its weights."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scoreface.base.errors import InputError
from scoreface.base.files import read_json
from scoreface.score.architectures import (
    SIGMA_MAX,
    SIGMA_MIN,
    is_plain,
    trusted_arguments,
    with_sigma_data,
)

_SCHEDULER = Path("scheduler", "scheduler_config.json")
_SAFETENSORS = "diffusion_pytorch_model.safetensors"
_PICKLED = "diffusion_pytorch_model.bin"


@dataclass(frozen=True)
class NetworkFolder:
    """What a sound folder says.

    Attributes:
        place: where in it the network is: the folder itself, or ``unet/``.
        arguments: those of ``diffusers.UNet2DModel``, or of a grown network, to put over ``config.json``.
        weights: the file with the network's numbers.
        sigma_min: the smallest noise level that the network was trained on.
        sigma_max: the largest.
        sigma_data: root mean square of the images that a preconditioned network was trained on; None: its output is the
            score.
    """

    place: Path
    arguments: dict[str, Any]
    weights: Path
    sigma_min: float
    sigma_max: float
    sigma_data: float | None

    @property
    def image_size(self) -> int:
        """Height and width of the images in pixels."""
        return self.arguments["sample_size"]


def read_folder(folder: Path) -> NetworkFolder:
    """Read everything but the weights, of which only that they are whole.

    Args:
        folder: that of the network itself, or of a pipeline with the network in ``unet/``.

    Raises:
        InputError: no network, a damaged one, or one that would give wrong scores.
    """
    place = _network_place(folder)
    if place is None:
        raise InputError(
            f"{folder}: no config.json here or in unet/; a folder of diffusers has one beside the weights"
        )
    arguments = trusted_arguments(read_json(place / "config.json"), place / "config.json")
    levels = _noise_levels(folder, arguments)
    if levels[2] is not None:
        arguments = with_sigma_data(arguments, levels[2])
    weights = _weights(place)
    if weights is None:
        raise InputError(f"{place}: no weights there: neither {_SAFETENSORS} nor {_PICKLED}")
    if weights.name == _SAFETENSORS:
        _check_safetensors(weights)
    else:
        _check_pickled(weights)
    return NetworkFolder(place, arguments, weights, *levels)


def hub_folder(repository: str, revision: str | None = None) -> Path:
    """The local copy of a hub repository, downloaded where it is not in the cache yet.

    Args:
        repository: ``owner/name``.
        revision: a commit, tag or branch; None: the main branch.

    Raises:
        InputError: it is neither in the cache nor to be had.
    """
    try:
        return _snapshot(repository, revision)
    except OSError as error:  # all of huggingface_hub's own are of this kind
        name, options = repository, ""
        if revision:
            name, options = f"{repository}@{revision}", f" --revision {revision}"
        raise InputError(
            f"{name}: no such folder here, and it could not be had from the Hugging Face hub "
            f"({type(error).__name__}); on a machine without network, run `hf download {repository}{options} "
            "--local-dir FOLDER` on another one and give the path of FOLDER"
        ) from error


def commit_of(folder: Path) -> str:
    """The commit of a hub repository's local copy; empty for another folder."""
    return folder.name if folder.parent.name == "snapshots" else ""


def cached_hub_folder(repository: str, revision: str | None = None) -> Path | None:
    """The local copy of a hub repository; None where it, or a part of it, has yet to be fetched.

    Args:
        repository, revision: as of :func:`hub_folder`.

    Raises:
        InputError: no repository can have that name.
    """
    try:
        folder = _snapshot(repository, revision, local_files_only=True)
    except FileNotFoundError:  # not there, or not all that huggingface_hub knows of it
        return None
    place = _network_place(folder)
    whole = place is not None and _weights(place) is not None and (folder / _SCHEDULER).is_file()
    return folder if whole else None


def _snapshot(name: str, revision: str | None, local_files_only: bool = False) -> Path:
    """The files of a hub repository that a score depends on, weights in the better of the formats that it has."""
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HFValidationError
    except ImportError as error:
        raise InputError(
            f"{name}: no such folder here, and as a name on the hub it needs huggingface_hub, which is not installed"
        ) from error
    try:
        for ending in ("safetensors", "bin"):
            folder = Path(
                snapshot_download(
                    name,
                    revision=revision,
                    allow_patterns=["*.json", f"*.{ending}"],
                    local_files_only=local_files_only,
                )
            )
            place = _network_place(folder)
            if place is None or _weights(place) is not None:
                break
            # Of the same commit, should the branch move meanwhile.
            revision = commit_of(folder) or revision
    except HFValidationError as error:
        raise InputError(
            f"{name}: no such folder here, and no repository of the Hugging Face hub can have that name"
        ) from error
    return folder


def _network_place(folder: Path) -> Path | None:
    """Where in a folder of diffusers the network is; None: nowhere."""
    places = (folder, folder / "unet")
    return next((place for place in places if (place / "config.json").is_file()), None)


def _weights(place: Path) -> Path | None:
    """The file with a network's numbers; None: there is none."""
    files = (place / _SAFETENSORS, place / _PICKLED)
    return next((file for file in files if file.is_file()), None)


def _noise_levels(folder: Path, arguments: dict[str, Any]) -> tuple[float, float, float | None]:
    """sigma_min, sigma_max and, of a preconditioned network, sigma_data.

    They are as the folder's scheduler has them, or else as published for images of that size. diffusers marks
    preconditioned networks by the kind of scheduler.
    """
    path = folder / _SCHEDULER
    config = read_json(path) if path.is_file() else {}
    try:
        sigma_min = float(config.get("sigma_min", SIGMA_MIN))
        sigma_max = float(
            config.get("sigma_max", SIGMA_MAX.get(arguments["sample_size"], math.nan))
        )
        preconditioned = str(config.get("_class_name", "")).startswith("EDM")
        sigma_data = float(config["sigma_data"]) if preconditioned else None
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path}: no scheduler configuration ({error!r})") from error
    if is_plain(arguments) and sigma_data is None:
        problem = "names no sigma_data" if path.is_file() else "is missing"
        raise InputError(
            f"{folder}: a network of plain blocks is preconditioned, but {_SCHEDULER} {problem}; copy the whole folder "
            "that scoreface train wrote"
        )
    if not 0 < sigma_min < sigma_max < math.inf:
        raise InputError(
            f"{path}: sigma_min {sigma_min} and sigma_max {sigma_max} are no range of noise levels; write them "
            "there as the network was trained (0.01 and, for images of 256 pixels, 348; of 1024, 1348)"
        )
    if sigma_data is not None and not 0 < sigma_data < math.inf:
        raise InputError(
            f"{path}: sigma_data {sigma_data} is no root mean square of images; write it there as the network was "
            "trained"
        )
    return sigma_min, sigma_max, sigma_data


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
        raise InputError(
            f"{path}: {size} bytes instead of {announced}: cut short or damaged; get it again"
        )


def _check_pickled(path: Path) -> None:
    """Make sure that torch can read the file and finds tensors by name there."""
    from scoreface.score.checkpoint import are_tensors, load_tensors

    if not are_tensors(load_tensors(path)):
        raise InputError(f"{path}: no weights by name; get it again from where it came")
