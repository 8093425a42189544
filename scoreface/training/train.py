"""Denoising score matching with checkpoints, from which a run goes on exactly."""

from __future__ import annotations

import itertools
import math
import os
import pickle
import sys
import zipfile
from dataclasses import MISSING, asdict, dataclass, fields
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from scoreface.base.arrays import write_image
from scoreface.base.errors import InputError
from scoreface.base.files import atomic, write_text
from scoreface.score.diffusers_model import DiffusersScore, preconditioned_score, write_folder
from scoreface.training.data import Data
from scoreface.training.grow import begin_with, inner_weights, new_network
from scoreface.training.loss import BANDS, band_means, denoising_loss, draw_sigmas
from scoreface.training.record import Record
from scoreface.training.samples import sample_grid
from scoreface.training.settings import Settings
from scoreface.training.statistics import largest_distance, root_mean_square

# Exponent of the power-function average of the weights: its window is about a tenth of the steps done, however many
# these are, so a run may be stopped at any time (Karras et al. 2024, section 3.1: sigma_rel 0.10).
_EMA_EXPONENT = 6.94
_GRADIENT_NORM = 1.0
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
            ``log.tsv``, ``run.json`` and ``samples/``. Where it has a checkpoint, training goes on from there, to the
            same weights as without the cut on the same kind of machine.
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
    record = Record(out, settings, data.contents, device, run.step)
    forward = torch.compile(run.network) if rhythm.compile else run.network
    learnt: list[tuple[torch.Tensor, torch.Tensor]] = []
    with tqdm(total=rhythm.steps, initial=run.step, unit="step", mininterval=5) as bar:
        while run.step < rhythm.steps:
            learnt.append(run.train_step(forward))
            bar.update(1)
            if run.step % _LOSS_STEPS == 0:
                losses, sigmas = (torch.cat(numbers) for numbers in zip(*learnt, strict=True))
                means = float(losses.mean()), *band_means(losses, sigmas, settings.size)
                run.log.append((run.step, *means))
                bar.set_postfix(loss=f"{means[0]:.4f}")
                learnt.clear()
            last = run.step == rhythm.steps
            if run.step % rhythm.checkpoint == 0 or last:
                run.save(checkpoint)
                _write_log(out / "log.tsv", run.log)
                record.write(run.step)
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
        self.step = 0
        self.log: list[tuple[float, ...]] = []

    def _build(self, sigma_data: float) -> None:
        """Make the network for images of that root mean square."""
        self.sigma_data = sigma_data
        self.network = new_network(self.settings, sigma_data).to(self.device)
        self.network.to(memory_format=torch.channels_last)
        self.average = [weight.detach().clone() for weight in self.network.parameters()]
        # One group learns from the first step on, the other once it is no longer frozen.
        self.inner = inner_weights(self.network) if self.settings.freeze_inner else []
        frozen = set(map(id, self.inner))
        trained = [weight for weight in self.network.parameters() if weight.requires_grad]
        outer = [weight for weight in trained if id(weight) not in frozen]
        groups = [{"params": weights} for weights in (outer, self.inner) if weights]
        rate = self.settings.learning_rate
        self.optimiser = torch.optim.Adam(groups, rate, betas=(0.9, 0.99))

    def train_step(self, forward: Any) -> tuple[torch.Tensor, torch.Tensor]:
        """One step of Adam; returns losses and noise levels (B,), without waiting for a GPU."""
        settings, batch = self.settings, self.data.batch(self.step)
        images = torch.from_numpy(batch.images).to(self.device).float() / 255
        mirrored = torch.from_numpy(batch.mirrored).to(self.device)
        images = torch.where(mirrored[:, None, None, None], images.flip(3), images)
        # A GPU draws its own: a large batch of noise takes a CPU long, and a run goes on on the same kind of machine.
        generator = torch.Generator(self.device).manual_seed(batch.noise_seed)
        sigmas = draw_sigmas(
            settings.batch, settings.sigma_min, self.sigma_max, settings.size, generator
        )
        for weight in self.inner:
            weight.requires_grad_(self.step >= settings.freeze_inner)
        for group, begin in zip(
            self.optimiser.param_groups, (0, settings.freeze_inner), strict=False
        ):
            share = min(1, (self.step + 1 - begin) / settings.warm_up)
            group["lr"] = settings.learning_rate * max(0, share)
        half = settings.precision == "bfloat16"

        def score(x: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
            return preconditioned_score(forward, x, sigma, self.sigma_data)

        with torch.autocast(self.device.type, torch.bfloat16, enabled=half):
            losses = denoising_loss(score, images, sigmas, self.sigma_data, generator)
        self.optimiser.zero_grad()
        losses.mean().backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), _GRADIENT_NORM)
        self.optimiser.step()
        self.step += 1
        weights = [weight.detach() for weight in self.network.parameters()]
        share = 1 - (1 - 1 / self.step) ** (_EMA_EXPONENT + 1)
        torch._foreach_lerp_(self.average, weights, share)
        return losses.detach(), sigmas

    def begin(self) -> None:
        """Measure the images, and take the weights of the initial model where one is given.

        Raises:
            InputError: the images are all the same, or black, or the initial model is of another kind.
        """
        images, data = self.data.sample(), self.settings.data
        self.sigma_max = self.settings.sigma_max or largest_distance(images)
        sigma_data = round(root_mean_square(images), 3)
        if self.sigma_max <= self.settings.sigma_min:
            raise InputError(
                f"--data {data}: its pictures are all the same, so they say nothing of noise levels; give other ones, "
                "or --sigma-max"
            )
        if sigma_data == 0:
            raise InputError(f"--data {data}: its pictures are black; give other ones")
        if not self.settings.initial_model:
            self._build(sigma_data)
            return
        model = DiffusersScore.from_folder(Path(self.settings.initial_model))
        if model.sigma_data is None:
            raise InputError(
                f"--initial-model {self.settings.initial_model}: not preconditioned, so no model that scoreface train "
                "wrote"
            )
        # The weights mean what they meant only with the preconditioning that they were trained with.
        self._build(model.sigma_data)
        begin_with(self.network, model.unet, Path(self.settings.initial_model))
        for average, weight in zip(self.average, self.network.parameters(), strict=True):
            average.copy_(weight.detach())

    def averaged(self) -> Any:
        """A network with the averaged weights."""
        unet = new_network(self.settings, self.sigma_data).to(self.device)
        for weight, average in zip(unet.parameters(), self.average, strict=True):
            weight.data.copy_(average)
        return unet

    def model(self, unet: Any) -> DiffusersScore:
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
        # What a checkpoint of before does not name was as it is by default.
        found = {**_defaults(), **found}
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
        self._build(content["sigma_data"])
        self.sigma_max = content["sigma_max"]
        self.step, self.log = content["step"], content["log"]
        self.network.load_state_dict(content["network"])
        self.average = content["average"]
        self.optimiser.load_state_dict(content["optimiser"])


def _defaults() -> dict[str, Any]:
    """The settings that have a default."""
    return {field.name: field.default for field in fields(Settings) if field.default is not MISSING}


def _write_log(path: Path, log: list[tuple[float, ...]]) -> None:
    """The loss, of all steps and by bands of noise levels; those of checkpoints of before are not known."""
    ends = ("0", *map(str, BANDS), "inf")
    bands = [f"loss {low}..{high}" for low, high in itertools.pairwise(ends)]
    rows = ["\t".join(["step", "loss", *bands])]
    for step, *means in log:
        numbers = [*means, *[math.nan] * (1 + len(bands) - len(means))]
        rows.append("\t".join([str(step), *(f"{number:.6f}" for number in numbers)]))
    write_text(path, "\n".join(rows) + "\n")
