"""What the network alone costs, and one view in each pipeline: the network's time and everything else's."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import torch

from scoreface.base.errors import InputError
from scoreface.demo.head.model import build_model
from scoreface.demo.people import sample_head
from scoreface.demo.photos import make_photo
from scoreface.demo.skin.paint import paint_skin
from scoreface.geometry.camera import PerspectiveCamera
from scoreface.geometry.mesh import Mesh
from scoreface.geometry.views import View
from scoreface.inpaint.pipeline import Pipeline, WholeRound, make_pipeline
from scoreface.inpaint.pipelines import (
    ImageSettings,
    JointSettings,
    MultiviewSettings,
    TextureSettings,
)
from scoreface.inpaint.scene import Scene
from scoreface.inpaint.walk import Walk
from scoreface.score.architectures import FFHQ_256, FFHQ_1024, SIGMA_MAX, SIGMA_MIN
from scoreface.score.evaluation import actual_precision, evaluated
from scoreface.score.model import ScoreModel, WrappedModel, load_score_model
from scoreface.texture.layout import make_layout
from scoreface.texture.project import lift_photo

# Networks of the published architectures; random weights take as long as trained ones.
ARCHITECTURES = {"ncsnpp-ffhq-256": FFHQ_256, "ncsnpp-ffhq-1024": FFHQ_1024}

# Two neighbouring views of the paper's; pipelines that do not sample them together do the first alone.
VIEWS = (View(0.0, 0.0), View(0.0, 20.0))

# Batches that are timed of each size, beside the first.
_RATE_REPEATS = 5

_SKIN_SIZE = 256
_PHOTO_YAW = 25.0


def pipelines(face_size: int, noise_levels: int) -> dict[str, Pipeline]:
    """All pipelines by name, published ones with the paper's settings (section 4.2) but for the number of levels."""
    shared: dict[str, Any] = {
        "face_size": face_size,
        "noise_levels": noise_levels,
        "correction_threshold": 0.30,
        "keep_silhouette": False,
        "supersampling": 1,
        "samples": 1,
    }
    image = {**shared, "corrector_steps": 1, "snr": 0.15}
    texture = {**shared, "corrector_steps": 6, "snr": 0.015}
    joint: dict[str, Any] = {
        "sigma_start": "max",
        "spacing": 7.0,
        "stochasticity": 1.0,
        "nearest_levels": 0.2,
        "weight_power": 1.0,
        "evidence": "photo",
        "prior_deviation": 0.25,
        "prior_error": 0.05,
    }
    settings = {
        "joint": JointSettings(**{**shared, "supersampling": 4}, **joint),
        "image": ImageSettings(**image, predictor=True),
        "texture-two": TextureSettings(**texture, textures="two"),
        "texture-one": TextureSettings(**texture, textures="one"),
        "multiview": MultiviewSettings(**texture, textures="two", combine="every"),
    }
    return {name: make_pipeline(values) for name, values in settings.items()}


def texture_sizes(face_size: int) -> tuple[int, int]:
    """Texels along a side of the large and the small texture: the paper's for faces of 1024 and of 256 pixels."""
    return (512, 512) if face_size == 1024 else (8 * face_size, face_size)


class Clock:
    """Points in time on a device, taken without making the host wait for it."""

    def __init__(self, device: torch.device):
        self.device = device

    def now(self) -> Any:
        """This moment; on a GPU, when it will have done what it has been given so far."""
        if self.device.type != "cuda":
            return time.perf_counter()
        event = torch.cuda.Event(enable_timing=True)
        event.record(torch.cuda.current_stream(self.device))
        return event

    def seconds(self, start: Any, end: Any) -> float:
        """The time between two moments."""
        if self.device.type != "cuda":
            return end - start
        end.synchronize()
        return start.elapsed_time(end) / 1000


@dataclass(frozen=True)
class Timed(WrappedModel):
    """A score model whose evaluations are timed.

    Attributes:
        clock: of its device.
        calls: start and end of each batch, filled as it is used.
        pictures: in each batch.
    """

    clock: Clock
    calls: list[tuple[Any, Any]] = field(default_factory=list)
    pictures: list[int] = field(default_factory=list)

    def score(self, x: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
        """See :meth:`scoreface.score.model.ScoreModel.score`."""
        start = self.clock.now()
        score = self.model.score(x, sigma)
        self.calls.append((start, self.clock.now()))
        self.pictures.append(len(x))
        return score


@dataclass(frozen=True)
class Rate:
    """What the network alone does with batches of a size.

    Attributes:
        precision: as it was computed.
        batch: pictures at once.
        milliseconds: of one picture's evaluation.
        per_second: pictures evaluated in a second.
    """

    precision: str
    batch: int
    milliseconds: float
    per_second: float


@dataclass(frozen=True)
class Cost:
    """What some noise levels of a pipeline cost.

    Attributes:
        pipeline: its name.
        face_size: pixels along a side of a view.
        large, small: texels along a side of the two textures.
        views: that were sampled; one, but for pipelines that sample them together.
        evaluations: of the network.
        seconds: from the first of the noise levels to the end of the last.
        rest_seconds: of these, outside the network: drawing noise, rendering, pulling back, norms, steps.
        rest_share: the same as a share of ``seconds``.
        set_up_seconds: beside these, what is done once a view, however many noise levels there are: rasterising,
            index maps, rendering the texture, copies to the device, correcting and averaging back.
    """

    pipeline: str
    face_size: int
    large: int
    small: int
    views: int
    evaluations: int
    seconds: float
    rest_seconds: float
    rest_share: float
    set_up_seconds: float


def load_network(name: str, device: torch.device) -> ScoreModel:
    """A score model by path, or one of the published architectures with random weights by its name.

    Raises:
        InputError: see :func:`scoreface.score.model.load_score_model`.
    """
    if name not in ARCHITECTURES:
        return load_score_model(name, device)
    # Importing diffusers takes seconds, which every other command need not wait for.
    from diffusers import UNet2DModel

    from scoreface.score.diffusers_model import DiffusersScore

    architecture = ARCHITECTURES[name]
    torch.manual_seed(0)
    with device:
        unet = UNet2DModel(**architecture.arguments())
    return DiffusersScore(unet, SIGMA_MIN, SIGMA_MAX[architecture.image_size])


def make_scene(face_size: int) -> Scene:
    """A procedural head with a photo from its side on its texture, before the default camera."""
    large, small = texture_sizes(face_size)
    head = sample_head(np.random.default_rng(0))
    photo = make_photo(head, paint_skin(head.skin, _SKIN_SIZE), _PHOTO_YAW, 0.0, 0.0)
    model = build_model()
    faces = model.f.astype(np.int64)
    layout = make_layout(model.vt, model.ft, faces, large)
    texture, seen = lift_photo(photo.image, photo.vertices, faces, photo.scale, layout)
    mesh = Mesh(photo.vertices, faces, model.vt, model.ft)
    return Scene(mesh, photo.axis_angle, texture, seen, small, PerspectiveCamera())


def measure_rates(
    model: ScoreModel, precision: str, batches: Sequence[int], clock: Clock
) -> list[Rate]:
    """How fast a network is by itself: the best of some batches of each size, all of it at once.

    Args:
        model: the network, on its device.
        precision: a name in :data:`scoreface.score.evaluation.PRECISIONS`. It is measured at noise level 1, which
            ``bf16`` computes in bfloat16.
        batches: pictures at once.
        clock: of the model's device.

    Raises:
        InputError: a batch of nothing, or no such precision.
    """
    if min(batches) < 1:
        raise InputError(f"--batches: {min(batches)}, but at least 1 picture has to be evaluated")
    rates, size = [], model.image_size
    for batch in batches:
        network = evaluated(model, precision, batch)
        x = torch.rand(batch, 3, size, size).to(model.device)
        sigma = torch.ones(batch, device=model.device)
        seconds = []
        for _ in range(1 + _RATE_REPEATS):
            start = clock.now()
            network.score(x, sigma)
            seconds.append(clock.seconds(start, clock.now()))
        best = min(seconds[1:])  # the first warms everything up
        name = actual_precision(precision, model.device)
        rates.append(Rate(name, batch, 1000 * best / batch, batch / best))
    return rates


def measure_all(
    model: ScoreModel, noise_levels: int, names: Sequence[str] | None = None
) -> list[Cost]:
    """The cost of some noise levels in each pipeline.

    Args:
        model: the score model, on its device.
        noise_levels: how many are timed. One more goes before them, which warms everything up.
        names: of the pipelines; None: all.

    Raises:
        InputError: no noise level, or an unknown pipeline.
    """
    if noise_levels < 1:
        raise InputError(f"--noise-levels: {noise_levels}, but at least 1 has to be timed")
    known = pipelines(model.image_size, noise_levels + 1)
    for name in names or ():
        if name not in known:
            raise InputError(f"--pipelines: {name!r} is none of {', '.join(known)}")
    scene = make_scene(model.image_size)
    clock = Clock(model.device)
    return [measure(name, known[name], model, scene, clock) for name in names or known]


def measure(name: str, pipeline: Pipeline, model: ScoreModel, scene: Scene, clock: Clock) -> Cost:
    """The cost of a pipeline's noise levels but the first, from the head's first state.

    Args:
        name: of the pipeline.
        pipeline: with at least 2 noise levels.
        model: the score model.
        scene: the head.
        clock: of the model's device.
    """
    views = VIEWS if isinstance(pipeline, WholeRound) else VIEWS[:1]
    timed = Timed(model, clock)
    state = scene.first_state()  # Made outside the measurement, as are the charts: once a face.
    levels: list[tuple[Any, int]] = []
    begin = clock.now()
    walk = Walk("cost", 0, 1, views, range(len(views)), scene, state, lambda: timed)
    fill = pipeline.begin(walk)
    for index in range(len(views)):
        state = fill(
            state, index, lambda done, total: levels.append((clock.now(), len(timed.calls)))
        ).state
    end = clock.now()
    (warm, skipped), (done, calls) = levels[0], levels[-1]
    seconds = clock.seconds(warm, done)
    network = sum(clock.seconds(*call) for call in timed.calls[skipped:calls])
    return Cost(
        name,
        pipeline.settings.face_size,
        len(scene.large),
        scene.small_size,
        len(views),
        sum(timed.pictures[skipped:calls]),
        seconds,
        seconds - network,
        (seconds - network) / seconds,
        clock.seconds(begin, timed.calls[0][0]) + clock.seconds(done, end),
    )


def table(measured: Sequence[Cost] | Sequence[Rate]) -> str:
    """One tab-separated line for each below the names of the columns."""
    names = [item.name for item in fields(measured[0])]
    rows = [[getattr(one, name) for name in names] for one in measured]
    lines = [
        [f"{cell:.4g}" if isinstance(cell, float) else str(cell) for cell in row] for row in rows
    ]
    return "".join("\t".join(line) + "\n" for line in [names, *lines])
