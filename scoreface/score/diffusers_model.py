"""NCSN++ networks of diffusers as score models."""

from __future__ import annotations

import math
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers import EDMEulerScheduler, ScoreSdeVeScheduler, UNet2DModel
from huggingface_hub import snapshot_download
from huggingface_hub.errors import HfHubHTTPError, HFValidationError
from safetensors import SafetensorError

from scoreface.files import InputError, read_json
from scoreface.score.architectures import (
    SIGMA_MAX,
    SIGMA_MIN,
    is_plain,
    trusted_arguments,
)


@dataclass(frozen=True)
class DiffusersScore:
    """A ``UNet2DModel`` with Fourier noise embedding, whose output is the score itself, or its preconditioned part.

    Such a network divides what it computes by the noise level (Song and Ermon 2020, technique 3), in diffusers as
    in the original.

    Attributes:
        unet: the network.
        sigma_min: the smallest noise level that it was trained on.
        sigma_max: the largest.
        sigma_data: root mean square of the images that a preconditioned network was trained on; None: the output is the
            score.
    """

    unet: UNet2DModel
    sigma_min: float
    sigma_max: float
    sigma_data: float | None = None

    def __post_init__(self) -> None:
        # Weights are fixed: without this, each evaluation would keep all activations for their gradients.
        self.unet.eval().requires_grad_(False)

    @property
    def image_size(self) -> int:
        """Height and width of the images in pixels."""
        return int(self.unet.config["sample_size"])

    @property
    def device(self) -> torch.device:
        """Where the model computes."""
        return self.unet.device

    def score(self, x: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
        """See :meth:`scoreface.score.model.ScoreModel.score`."""
        # diffusers turns a plain number into an integer, silently.
        sigma = sigma.to(x)
        if self.sigma_data is None:
            return self.unet(x, sigma, return_dict=False)[0]
        return preconditioned_score(self.unet, x, sigma, self.sigma_data)

    @classmethod
    def from_checkpoint(cls, path: Path, device: torch.device | str = "cpu") -> DiffusersScore:
        """Read a score_sde_pytorch checkpoint.

        Raises:
            InputError: see :func:`scoreface.score.convert.read_checkpoint`.
        """
        from scoreface.score.convert import read_checkpoint

        unet, sigma_min, sigma_max = read_checkpoint(path)
        return cls(unet.to(device), sigma_min, sigma_max)

    @classmethod
    def from_folder(cls, folder: Path, device: torch.device | str = "cpu") -> DiffusersScore:
        """Read a diffusers folder, of the network itself or of a pipeline with the network in ``unet/``.

        Raises:
            InputError: no network, a damaged one, or one that would give wrong scores.
        """
        place = network_folder(folder)
        arguments = trusted_arguments(read_json(place / "config.json"), place / "config.json")
        levels = _noise_levels(folder, arguments["sample_size"])
        if is_plain(arguments) and levels[-1] is None:
            raise InputError(
                f"{folder}: a network of plain blocks is preconditioned, but scheduler/scheduler_config.json names no "
                "sigma_data; copy the whole folder that scoreface train wrote"
            )
        unet = _read_network(place, arguments).to(device)
        return cls(unet, *levels)


def preconditioned_score(
    network: Any, x: torch.Tensor, sigma: torch.Tensor, sigma_data: float
) -> torch.Tensor:
    """The score by way of a network whose input and output have about unit variance at every noise level.

    The preconditioning of Karras et al. 2022 (table 1), written for the score: that of images with no structure at all,
    N(0, sigma_data^2 I), and what the network adds to it. At high noise a network without it has to return its
    input to a thousandth to be of any use, which takes a very long training.

    Args:
        network: a ``UNet2DModel`` with Fourier noise embedding.
        x: (B, 3, H, W) noised images.
        sigma: (B,) noise levels.
        sigma_data: root mean square of the clean images.
    """
    total = (sigma**2 + sigma_data**2)[:, None, None, None]
    added = network(x * total**-0.5, sigma, return_dict=False)[0].float()
    return sigma_data * total**-0.5 * added - x / total


def network_folder(folder: Path) -> Path:
    """Where in a diffusers folder the network is.

    Raises:
        InputError: nowhere.
    """
    for place in (folder, folder / "unet"):
        if (place / "config.json").is_file():
            return place
    raise InputError(
        f"{folder}: no config.json here or in unet/; a folder of diffusers has one beside the weights"
    )


def write_folder(model: DiffusersScore, target: Path) -> None:
    """Write a network as a diffusers folder: ``config.json``, weights, ``scheduler/``.

    The folder appears whole, in the place of one that was there, or not at all.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    levels = {"sigma_min": model.sigma_min, "sigma_max": model.sigma_max}
    try:
        model.unet.save_pretrained(temporary)
        # safetensors writes for the owner only, whatever the umask.
        for weights in temporary.glob("*.safetensors"):
            shutil.copymode(temporary / "config.json", weights)
        if model.sigma_data is None:
            scheduler = ScoreSdeVeScheduler(**levels)
        else:
            scheduler = EDMEulerScheduler(**levels, sigma_data=model.sigma_data)
        scheduler.save_config(temporary / "scheduler")
        shutil.rmtree(target, ignore_errors=True)
        os.replace(temporary, target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def hub_folder(name: str) -> Path:
    """The local copy of a hub repository, downloaded where it is not in the cache yet.

    Raises:
        InputError: it is neither in the cache nor to be had.
    """
    try:
        folder = Path(snapshot_download(name, allow_patterns=["*.json", "*.safetensors"]))
        if not any(network_folder(folder).glob("*.safetensors")):
            snapshot_download(name, allow_patterns=["*.json", "*.bin"])
        return folder
    except (OSError, HfHubHTTPError, HFValidationError) as error:
        raise InputError(
            f"{name}: no such folder here, and it could not be had from the Hugging Face hub "
            f"({type(error).__name__}); on a machine without network, run `hf download {name} --local-dir FOLDER` "
            "on another one and give the path of FOLDER"
        ) from error


def _read_network(place: Path, arguments: dict[str, Any]) -> UNet2DModel:
    """The network in ``place``, built with ``arguments``.

    diffusers fills what a file lacks with random numbers and a warning; here that is an error.
    """
    try:
        unet, report = UNet2DModel.from_pretrained(
            place,
            use_safetensors=any(place.glob("*.safetensors")),
            low_cpu_mem_usage=False,
            output_loading_info=True,
            **arguments,
        )
    except (OSError, RuntimeError, ValueError, SafetensorError) as error:
        first = str(error).strip().splitlines()[:2]
        raise InputError(f"{place}: the weights cannot be read ({' '.join(first)})") from error
    for kind in ("missing_keys", "unexpected_keys"):
        if report[kind]:
            raise InputError(
                f"{place}: the weights do not fit config.json: {min(report[kind])} is "
                f"{kind.removesuffix('_keys')}"
            )
    return unet


def _noise_levels(folder: Path, image_size: int) -> tuple[float, float, float | None]:
    """sigma_min, sigma_max and, of a preconditioned network, sigma_data.

    They are as the folder's scheduler has them, or else as published for images of that size. diffusers marks
    preconditioned networks by the kind of scheduler.
    """
    path = folder / "scheduler" / "scheduler_config.json"
    config = read_json(path) if path.is_file() else {}
    try:
        sigma_min = float(config.get("sigma_min", SIGMA_MIN))
        sigma_max = float(config.get("sigma_max", SIGMA_MAX.get(image_size, math.nan)))
        preconditioned = str(config.get("_class_name", "")).startswith("EDM")
        sigma_data = float(config["sigma_data"]) if preconditioned else None
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path}: no scheduler configuration ({error!r})") from error
    if not 0 < sigma_min < sigma_max < math.inf:
        raise InputError(
            f"{path}: sigma_min {sigma_min} and sigma_max {sigma_max} are no range of noise levels; write them "
            "there as the network was trained (0.01 and, for images of 256 pixels, 348; of 1024, 1348)"
        )
    return sigma_min, sigma_max, sigma_data
