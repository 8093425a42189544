"""Denoising score matching with checkpoints, from which a run goes on exactly."""

from __future__ import annotations

import os
import pickle
import sys
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import UNet2DModel
from tqdm import tqdm

from scoreface.base.arrays import write_image
from scoreface.base.errors import InputError
from scoreface.base.files import atomic, write_text
from scoreface.score.diffusers_model import DiffusersScore, preconditioned_score, write_folder
from scoreface.training.data import Data
from scoreface.training.loss import denoising_loss, draw_sigmas
from scoreface.training.samples import sample_grid
from scoreface.training.settings import Settings
from scoreface.training.statistics import largest_distance, root_mean_square

# Exponent of the power-function average of the weights: its window is about a tenth of the steps done, however many
# these are, so a run may be stopped at any time (Karras et al. 2024, section 3.1: sigma_rel 0.10).
_EMA_EXPONENT = 6.94
_GRADIENT_NORM = 1.0
# Standard deviation of the Fourier frequencies, in cycles for a factor e of the noise level. Published networks have
# 16, with which nothing learnt at one level carries over to the next: a long training makes up for that, a short one
# cannot.
_FOURIER_SCALE = 1.0
_LOSS_STEPS = 50


@dataclass(frozen=True)
class Rhythm:
    """How long a run is and how often it writes.

    Attributes:
        steps: in all, those of earlier runs included.
        checkpoint: steps between two checkpoints, and between two writings of ``model/``.
        samples: steps between two sample grids.
        compile: whether the network goes through ``torch.compile``.
    """

    steps: int
    checkpoint: int
    samples: int
    compile: bool


def train(settings: Settings, data: Data, out: Path, rhythm: Rhythm, device: torch.device) -> None:
    """Train a score model, or go on with one.

    Args:
        settings: what to train.
        data: the images.
        out: folder for ``checkpoint.pt``, ``model/`` (averaged weights, a diffusers folder in half precision),
            ``log.tsv`` and ``samples/``. Where it has a checkpoint, training goes on from there, to the same weights as
            without the cut on the same kind of machine.
        rhythm: how long, and when to write.
        device: where to compute.

    Raises:
        InputError: the checkpoint there is damaged or was made with other settings, the initial model is of another
            kind, or a picture is damaged.
    """
    run = _Run(settings, data, device)
    checkpoint = out / "checkpoint.pt"
    if checkpoint.exists():
        run.load(checkpoint)
        if not (out / "model").exists():
            # A kill between the two renames of a folder that is replaced leaves both under a hidden name.
            write_folder(run.model(run.averaged().half()), out / "model")
    else:
        run.begin()
    forward = torch.compile(run.network) if rhythm.compile else run.network
    losses: list[torch.Tensor] = []
    with tqdm(total=rhythm.steps, initial=run.step, unit="step", mininterval=5) as bar:
        while run.step < rhythm.steps:
            losses.append(run.train_step(forward))
            bar.update(1)
            if run.step % _LOSS_STEPS == 0:
                run.log.append((run.step, float(torch.stack(losses).mean())))
                bar.set_postfix(loss=f"{run.log[-1][1]:.4f}")
                losses.clear()
            last = run.step == rhythm.steps
            if run.step % rhythm.checkpoint == 0 or last:
                run.save(checkpoint)
                _write_log(out / "log.tsv", run.log)
                write_folder(run.model(run.averaged().half()), out / "model")
            if run.step % rhythm.samples == 0 or last:
                grid = sample_grid(run.model(run.averaged()), 0)
                write_image(out / "samples" / f"step{run.step:07d}.png", grid)


class _Run:
    """Weights, their average, the optimiser and the step: all that changes in a training.

    Order of images, noise and noise levels are functions of seed and step, so they need not be kept.

    Attributes:
        sigma_max: the largest noise level.
        sigma_data: root mean square of the images.
    """

    sigma_max: float
    sigma_data: float

    def __init__(self, settings: Settings, data: Data, device: torch.device):
        self.settings, self.data, self.device = settings, data, device
        self.network = _new_network(settings).to(device)
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average = [weight.detach().clone() for weight in self.network.parameters()]
        trained = [weight for weight in self.network.parameters() if weight.requires_grad]
        self.optimiser = torch.optim.Adam(trained, settings.learning_rate, betas=(0.9, 0.99))
        self.step = 0
        self.log: list[tuple[int, float]] = []

    def train_step(self, forward: Any) -> torch.Tensor:
        """One step of Adam; returns the loss, without waiting for a GPU."""
        settings, batch = self.settings, self.data.batch(self.step)
        images = torch.from_numpy(batch.images).to(self.device).float() / 255
        mirrored = torch.from_numpy(batch.mirrored).to(self.device)
        images = torch.where(mirrored[:, None, None, None], images.flip(3), images)
        # A GPU draws its own: a large batch of noise takes a CPU long, and a run goes on on the same kind of machine.
        generator = torch.Generator(self.device).manual_seed(batch.noise_seed)
        sigmas = draw_sigmas(settings.batch, settings.sigma_min, self.sigma_max, generator)
        for group in self.optimiser.param_groups:
            group["lr"] = settings.learning_rate * min(1, (self.step + 1) / settings.warm_up)
        half = settings.precision == "bfloat16"

        def score(x: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
            return preconditioned_score(forward, x, sigma, self.sigma_data)

        with torch.autocast(self.device.type, torch.bfloat16, enabled=half):
            loss = denoising_loss(score, images, sigmas, self.sigma_data, generator)
        self.optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), _GRADIENT_NORM)
        self.optimiser.step()
        self.step += 1
        weights = [weight.detach() for weight in self.network.parameters()]
        share = 1 - (1 - 1 / self.step) ** (_EMA_EXPONENT + 1)
        torch._foreach_lerp_(self.average, weights, share)
        return loss.detach()

    def begin(self) -> None:
        """Measure the images, and take the weights of the initial model where one is given.

        Raises:
            InputError: the images are all the same, or black, or the initial model is of another kind.
        """
        images, data = self.data.sample(), self.settings.data
        self.sigma_max = self.settings.sigma_max or largest_distance(images)
        self.sigma_data = round(root_mean_square(images), 3)
        if self.sigma_max <= self.settings.sigma_min:
            raise InputError(
                f"--data {data}: its pictures are all the same, so they say nothing of noise levels; give other ones, "
                "or --sigma-max"
            )
        if self.sigma_data == 0:
            raise InputError(f"--data {data}: its pictures are black; give other ones")
        if self.settings.initial_model:
            self._begin_with(Path(self.settings.initial_model))

    def _begin_with(self, folder: Path) -> None:
        """Begin with the weights of the model in ``folder``."""
        model = DiffusersScore.from_folder(folder)
        names = ("sample_size", "block_out_channels", "layers_per_block", "down_block_types")
        for name in names:
            found, wanted = model.unet.config[name], self.network.config[name]
            if list(np.atleast_1d(found)) != list(np.atleast_1d(wanted)):
                raise InputError(
                    f"--initial-model {folder}: its {name} is {found}, this run's {wanted}; give the --size, "
                    "--channels and --layers that it was trained with"
                )
        if model.sigma_data is None:
            raise InputError(
                f"--initial-model {folder}: not preconditioned, so no model that scoreface train wrote"
            )
        self.network.load_state_dict(model.unet.state_dict())
        # The weights mean what they meant only with the preconditioning that they were trained with.
        self.sigma_data = model.sigma_data

    def averaged(self) -> UNet2DModel:
        """A network with the averaged weights."""
        unet = _new_network(self.settings).to(self.device)
        for weight, average in zip(unet.parameters(), self.average, strict=True):
            weight.data.copy_(average)
        return unet

    def model(self, unet: UNet2DModel) -> DiffusersScore:
        """The score model with the given network."""
        return DiffusersScore(unet, self.settings.sigma_min, self.sigma_max, self.sigma_data)

    def save(self, path: Path) -> None:
        """Write everything to ``path``, whole or not at all."""
        content = {
            "settings": asdict(self.settings),
            "contents": self.data.contents,
            "sigma_max": self.sigma_max,
            "sigma_data": self.sigma_data,
            "step": self.step,
            "log": self.log,
            "network": self.network.state_dict(),
            "average": self.average,
            "optimiser": self.optimiser.state_dict(),
        }
        with atomic(path) as temporary:
            torch.save(content, temporary)
            with temporary.open("rb") as file:
                os.fsync(file.fileno())

    def load(self, path: Path) -> None:
        """Go on from ``path``.

        Raises:
            InputError: it is damaged or was made with other settings.
        """
        try:
            content = torch.load(path, map_location=self.device, weights_only=True)
            found = content["settings"]
        except (OSError, EOFError, RuntimeError, KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"{path}: no readable checkpoint ({error}); delete it to start anew"
            ) from error
        except (pickle.UnpicklingError, zipfile.BadZipFile) as error:
            raise InputError(f"{path}: no readable checkpoint; delete it to start anew") from error
        wanted = asdict(self.settings)
        for name in wanted:
            if found.get(name) != wanted[name]:
                raise InputError(
                    f"{path}: made with {name} {found.get(name)}, not {wanted[name]}; give the same settings, or "
                    "another folder"
                )
        # Checkpoints of before had none.
        then, now = content.get("contents", self.data.contents), self.data.contents
        if then != now:
            print(
                f"{path}: its images were others ({then}; now {now}), so it goes on with them in another order",
                file=sys.stderr,
            )
        self.sigma_max, self.sigma_data = content["sigma_max"], content["sigma_data"]
        self.step, self.log = content["step"], content["log"]
        self.network.load_state_dict(content["network"])
        self.average = content["average"]
        self.optimiser.load_state_dict(content["optimiser"])


def _new_network(settings: Settings) -> UNet2DModel:
    """The network at step 0."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)
        network = UNet2DModel(**settings.architecture().arguments())
        network.time_proj.weight.data.normal_(0, _FOURIER_SCALE)
    # An output of nothing is the best first guess of noise, and does not have to be unlearnt.
    torch.nn.init.zeros_(network.conv_out.weight)
    torch.nn.init.zeros_(network.conv_out.bias)
    return network


def _write_log(path: Path, log: list[tuple[int, float]]) -> None:
    rows = [f"{step}\t{loss:.6f}" for step, loss in log]
    write_text(path, "\n".join(["step\tloss", *rows]) + "\n")
