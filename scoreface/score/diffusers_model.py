"""NCSN++ networks of diffusers as score models."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers import UNet2DModel
from huggingface_hub import snapshot_download
from huggingface_hub.errors import HfHubHTTPError, HFValidationError
from safetensors import SafetensorError

from scoreface.files import InputError, read_json
from scoreface.score.architectures import SIGMA_MAX, SIGMA_MIN, trusted_arguments


@dataclass(frozen=True)
class DiffusersScore:
    """A ``UNet2DModel`` with Fourier noise embedding, whose output is the score itself.

    Such a network divides what it computes by the noise level (Song and Ermon 2020, technique 3), in diffusers as
    in the original.

    Attributes:
        unet: the network, with ``center_input_sample``, so that it takes images in [0, 1].
        sigma_min: the smallest noise level that it was trained on.
        sigma_max: the largest.
    """

    unet: UNet2DModel
    sigma_min: float
    sigma_max: float

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
        return self.unet(x, sigma.to(x), return_dict=False)[0]

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
        sigma_min, sigma_max = _noise_levels(folder, arguments["sample_size"])
        unet = _read_network(place, arguments).to(device)
        return cls(unet, sigma_min, sigma_max)


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


def _noise_levels(folder: Path, image_size: int) -> tuple[float, float]:
    """sigma_min and sigma_max as the folder's scheduler has them, or else as published for images of that size."""
    path = folder / "scheduler" / "scheduler_config.json"
    config = read_json(path) if path.is_file() else {}
    try:
        sigma_min = float(config.get("sigma_min", SIGMA_MIN))
        sigma_max = float(config.get("sigma_max", SIGMA_MAX.get(image_size, math.nan)))
    except (AttributeError, TypeError, ValueError) as error:
        raise InputError(f"{path}: no scheduler configuration ({error})") from error
    if not 0 < sigma_min < sigma_max < math.inf:
        raise InputError(
            f"{path}: sigma_min {sigma_min} and sigma_max {sigma_max} are no range of noise levels; write them "
            "there as the network was trained (0.01 and, for images of 256 pixels, 348; of 1024, 1348)"
        )
    return sigma_min, sigma_max
