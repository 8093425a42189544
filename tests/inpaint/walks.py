"""Walks over the views of a small scene, by each pipeline, whole and killed."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from scoreface.geometry.views import View
from scoreface.inpaint.chain import run_walk
from scoreface.inpaint.image_space import ImageSpace
from scoreface.inpaint.multiview import MultiView
from scoreface.inpaint.pipelines import COMBINE, ImageSettings, MultiviewSettings, TextureSettings
from scoreface.inpaint.texture_space import TextureSpace
from scoreface.inpaint.walk import Walk
from scoreface.score.gaussian import GaussianScore
from scoreface.texture.state import TextureState

VIEWS = [View(0, 0), View(0, 40), View(0, 80)]
# Nothing is as dark as -1, so nothing is given back: each view fills all that it sees.
SETTINGS = (16, 5, 1, 0.15, -1.0, False)
PIPELINE = ImageSpace(ImageSettings(*SETTINGS, predictor=True))
VIEW_BY_VIEW = {
    "image": PIPELINE,
    "image without predictor": ImageSpace(ImageSettings(*SETTINGS, predictor=False)),
    "texture": TextureSpace(TextureSettings(*SETTINGS, "two")),
    "texture with one": TextureSpace(TextureSettings(*SETTINGS, "one")),
}
TOGETHER = {combine: MultiView(MultiviewSettings(*SETTINGS, "two", combine)) for combine in COMBINE}
TOGETHER["every with one"] = MultiView(MultiviewSettings(*SETTINGS, "one", "every"))
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
    usual["start"] = scene.first_state()
    walk = Walk(**{**usual, **parts}, indices=range(first, first + count), scene=scene)
    outputs = [folder / f"inpaint/round{walk.round}/view{view:03d}.npz" for view in walk.indices]
    run_walk(walk, pipeline, outputs, {"mesh": "a"}, keep_finished)
    return [TextureState.load(path) for path in outputs]


def same(one: TextureState, other: TextureState) -> bool:
    return all(
        np.array_equal(getattr(one, name), getattr(other, name))
        for name in ("texture", "labels", "view")
    )


def files(folder) -> dict[str, bytes]:
    """Contents of the states and previews that Snakemake sees."""
    return {path.name: path.read_bytes() for path in (folder / "inpaint/round1").iterdir()}


class Killed(GaussianScore):
    """A prior whose process is killed at one of its evaluations."""

    calls, last = 0, 0

    def score(self, x, sigma):
        Killed.calls += 1
        if Killed.calls == Killed.last:
            raise KeyboardInterrupt
        return super().score(x, sigma)


def load_killed(last: int) -> Killed:
    model = load_model()
    Killed.calls, Killed.last = 0, last
    return Killed(**{name: getattr(model, name) for name in model.__dataclass_fields__})
