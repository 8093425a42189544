"""NCSN++ networks of diffusers as score models."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers import EDMEulerScheduler, ScoreSdeVeScheduler, UNet2DModel
from safetensors import SafetensorError

from scoreface.base.errors import InputError
from scoreface.base.files import atomic
from scoreface.score.architectures import INNER
from scoreface.score.checkpoint import check_finite
from scoreface.score.folder import NetworkFolder, read_folder
from scoreface.score.grown import GrownUNet


@dataclass(frozen=True)
class DiffusersScore:
    """A ``UNet2DModel`` with Fourier noise embedding, whose output is the score itself, or its preconditioned part.

    Such a network divides what it computes by the noise level (Song and Ermon 2020, technique 3), in diffusers as
    in the original.

    Attributes:
        unet: the network; a grown one is preconditioned.
        sigma_min: the smallest noise level that it was trained on.
        sigma_max: the largest.
        sigma_data: root mean square of the images that a preconditioned network was trained on; None: the output is the
            score.
    """

    unet: UNet2DModel | GrownUNet
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
    def from_folder(cls, folder: Path, device: torch.device | str = "cpu") -> DiffusersScore:
        """Read a diffusers folder, of the network itself or of a pipeline with the network in ``unet/``.

        Raises:
            InputError: no network, a damaged one, or one that would give wrong scores.
        """
        found = read_folder(folder)
        unet = _read_network(found)
        check_finite(unet.state_dict(), found.weights)
        return cls(unet.to(device), found.sigma_min, found.sigma_max, found.sigma_data)


def preconditioned_score(
    network: Any, x: torch.Tensor, sigma: torch.Tensor, sigma_data: float
) -> torch.Tensor:
    """The score by way of a network whose input and output have about unit variance at every noise level.

    The preconditioning of Karras et al. 2022 (table 1), written for the score: that of images with no structure at all,
    N(0, sigma_data^2 I), and what the network adds to it. At high noise a network without it has to return its
    input to a thousandth to be of any use, which takes a very long training.

    Args:
        network: a ``UNet2DModel`` with Fourier noise embedding, or a grown one.
        x: (B, 3, H, W) noised images.
        sigma: (B,) noise levels.
        sigma_data: root mean square of the clean images.
    """
    total = (sigma**2 + sigma_data**2)[:, None, None, None]
    added = network(x * total**-0.5, sigma, return_dict=False)[0].float()
    return sigma_data * total**-0.5 * added - x / total


def write_folder(model: DiffusersScore, target: Path) -> None:
    """Write a network as a diffusers folder: ``config.json``, weights, ``scheduler/``.

    The folder appears whole, in the place of one that was there, or not at all.

    Raises:
        InputError: it cannot be written.
    """
    levels = {"sigma_min": model.sigma_min, "sigma_max": model.sigma_max}
    with atomic(target) as temporary:
        try:
            model.unet.save_pretrained(temporary)
        except SafetensorError as error:  # a full disk, which atomic names
            raise OSError(str(error)) from error
        # safetensors writes for the owner only, whatever the umask.
        for weights in temporary.glob("*.safetensors"):
            shutil.copymode(temporary / "config.json", weights)
        if model.sigma_data is None:
            scheduler = ScoreSdeVeScheduler(**levels)
        else:
            scheduler = EDMEulerScheduler(**levels, sigma_data=model.sigma_data)
        scheduler.save_config(temporary / "scheduler")


def _read_network(folder: NetworkFolder) -> UNet2DModel | GrownUNet:
    """The network of a folder.

    diffusers fills what a file lacks with random numbers and a warning; here that is an error.
    """
    place = folder.place
    kind = GrownUNet if INNER in folder.arguments else UNet2DModel
    try:
        unet, report = kind.from_pretrained(
            place,
            use_safetensors=folder.weights.suffix == ".safetensors",
            low_cpu_mem_usage=False,
            output_loading_info=True,
            **folder.arguments,
        )
    except Exception as error:  # diffusers raises almost anything on odd keys and damaged weights
        first = str(error).strip().splitlines()[:2]
        raise InputError(f"{place}: the weights cannot be read ({' '.join(first)})") from error
    for problem in ("missing_keys", "unexpected_keys"):
        if report[problem]:
            raise InputError(
                f"{place}: the weights do not fit config.json: {min(report[problem])} is "
                f"{problem.removesuffix('_keys')}"
            )
    return unet
