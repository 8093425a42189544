"""Views of random heads on black, as the pipelines show them to a score model."""

from __future__ import annotations

import numpy as np

from scoreface.demo.head.model import build_model
from scoreface.demo.light import sample_light, sample_side_light
from scoreface.demo.people import random_head
from scoreface.demo.photos import bake, look_up, rotation
from scoreface.geometry.camera import PerspectiveCamera
from scoreface.geometry.rasterise import rasterise
from scoreface.geometry.views import View, frontal

_SUPERSAMPLING = 2
_SIDE_LIT = 1 / 3


def head_views(
    rng: np.random.Generator, size: int, count: int, elevation: float, azimuth: float
) -> np.ndarray:
    """Views of one random head in random light: (count, 3, size, size) float32 in [0, 1].

    Args:
        rng: draws head, skin, light and directions.
        size: pixels along a side.
        count: views, by the pipelines' default camera.
        elevation: degrees, the largest up and down.
        azimuth: degrees, the largest to either side.
    """
    camera = PerspectiveCamera()
    mesh, skin = random_head(rng, 4 * size)
    turned = rotation(*rng.uniform([-40, -10, -5], [40, 10, 5])).apply(mesh.vertices)
    # Every third head stands beside a window: half of its face is in shade.
    light = sample_side_light(rng) if rng.random() < _SIDE_LIT else sample_light(rng)
    texture = bake(skin, turned, mesh.faces, light)
    upright = frontal(mesh, np.zeros(3))
    images = []
    for _ in range(count):
        view = View(rng.uniform(-elevation, elevation), rng.uniform(-azimuth, azimuth))
        images.append(_render(view.rotation().apply(upright), texture, camera, size))
    return np.stack(images)


def _render(
    vertices: np.ndarray, texture: np.ndarray, camera: PerspectiveCamera, size: int
) -> np.ndarray:
    """A view (3, size, size) on black: antialiased within, but with a hard silhouette.

    The pipelines know from the geometry which pixels are head. Had the silhouette of these views been mixed with black,
    a score model that learns from them would paint the rim of every head dark.
    """
    model = build_model()
    fine = rasterise(vertices, model.f, camera, (size * _SUPERSAMPLING,) * 2)
    pixels = np.where(fine.background[..., None], 0, look_up(texture, fine, model))
    blocks = pixels.reshape(size, _SUPERSAMPLING, size, _SUPERSAMPLING, 3)
    covered = ~fine.background.reshape(size, _SUPERSAMPLING, size, _SUPERSAMPLING)
    share = covered.mean((1, 3))[..., None]
    mean = blocks.mean((1, 3)) / np.maximum(share, _SUPERSAMPLING**-2)
    return np.where(share >= 0.5, mean, 0).transpose(2, 0, 1).astype(np.float32)
