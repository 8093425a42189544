"""Walks over the views of a small scene, by each pipeline, whole and killed."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from scoreface.geometry.views import View
from scoreface.inpaint.chain import run_walk
from scoreface.inpaint.image_space import ImageSpace
from scoreface.inpaint.joint import Joint
from scoreface.inpaint.multiview import MultiView
from scoreface.inpaint.pipelines import (
    COMBINE,
    ImageSettings,
    JointSettings,
    MultiviewSettings,
    TextureSettings,
)
from scoreface.inpaint.texture_space import TextureSpace
from scoreface.inpaint.walk import Walk
from scoreface.score.gaussian import GaussianScore
from scoreface.texture.state import TextureState

VIEWS = [View(0, 0), View(0, 40), View(0, 80)]
LEVELS = 5
SHARED = {
    "face_size": 16,
    "noise_levels": LEVELS,
    # Nothing is as dark as -1, so nothing is given back: each view fills all that it sees.
    "correction_threshold": -1.0,
    "keep_silhouette": False,
    "supersampling": 1,
    "samples": 1,
}
SETTINGS = {**SHARED, "corrector_steps": 1, "snr": 0.15}
PIPELINE = ImageSpace(ImageSettings(**SETTINGS, predictor=True))
VIEW_BY_VIEW = {
    "image": PIPELINE,
    "image without predictor": ImageSpace(ImageSettings(**SETTINGS, predictor=False)),
    "image of area averages": ImageSpace(
        ImageSettings(**{**SETTINGS, "supersampling": 3}, predictor=True)
    ),
    "texture": TextureSpace(TextureSettings(**SETTINGS, textures="two")),
    "texture with one": TextureSpace(TextureSettings(**SETTINGS, textures="one")),
}
MULTIVIEW = {
    combine: MultiView(MultiviewSettings(**SETTINGS, textures="two", combine=combine))
    for combine in COMBINE
}
MULTIVIEW["every with one"] = MultiView(
    MultiviewSettings(**SETTINGS, textures="one", combine="every")
)
JOINT = Joint(
    JointSettings(
        **{**SHARED, "supersampling": 2},
        sigma_start="max",
        spacing=7.0,
        stochasticity=0.8,
        nearest_levels=0.2,
        weight_power=1.0,
        evidence="photo",
        prior_deviation=0.25,
        prior_error=0.05,
    )
)
TOGETHER = {
    **MULTIVIEW,
    "joint": JOINT,
    "joint, three": Joint(replace(JOINT.settings, samples=3)),
    "joint without evidence": Joint(replace(JOINT.settings, evidence="none")),
}
ALL = VIEW_BY_VIEW | TOGETHER


def each(pipelines):
    """Run a test with each of the pipelines."""
    return pytest.mark.parametrize("pipeline", pipelines.values(), ids=pipelines)


def changed(pipeline, **settings):
    """The pipeline with other settings."""
    return replace(pipeline, settings=replace(pipeline.settings, **settings))


def load_model() -> GaussianScore:
    basis = torch.linalg.qr(torch.randn(768, 4, generator=torch.Generator().manual_seed(0)))[0]
    return GaussianScore(torch.full((768,), 0.6), basis, torch.full((4,), 2.0), 0.001, 16)


def inpaint(
    folder, scene, pipeline=PIPELINE, first=0, count=3, keep_finished=True, **parts
) -> list[TextureState]:
    """The states of a walk over ``count`` views; ``parts`` are those of the walk that the test is about."""
    usual = {"face_id": "face", "seed": 0, "round": 1, "views": VIEWS, "load_model": load_model}
    usual["start"] = scene.first_state(pipeline.settings.samples)
    walk = Walk(**{**usual, **parts}, indices=range(first, first + count), scene=scene)
    outputs = [folder / f"inpaint/round{walk.round}/view{view:03d}.npz" for view in walk.indices]
    run_walk(walk, pipeline, outputs, {"mesh": "a"}, keep_finished)
    return [TextureState.load(path) for path in outputs]


def same(one: TextureState, other: TextureState) -> bool:
    return all(
        np.array_equal(getattr(one, name), getattr(other, name))
        for name in ("texture", "labels", "view", "further")
    )


def files(folder) -> dict[str, bytes]:
    """Contents of the states and previews that Snakemake sees."""
    return {path.name: path.read_bytes() for path in (folder / "inpaint/round1").iterdir()}


class Killed(GaussianScore):
    """A prior whose process is killed at one of its evaluations, of which each picture counts."""

    calls, last = 0, 0

    def score(self, x, sigma):
        before = Killed.calls
        Killed.calls += len(x)
        if before < Killed.last <= Killed.calls:
            raise KeyboardInterrupt
        return super().score(x, sigma)


def load_killed(last: int) -> Killed:
    model = load_model()
    Killed.calls, Killed.last = 0, last
    return Killed(**{name: getattr(model, name) for name in model.__dataclass_fields__})
