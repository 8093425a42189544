"""The embedded prior: a Gaussian fitted to views of random heads as the pipelines show them."""

from __future__ import annotations

import numpy as np
from tqdm import tqdm

from scoreface.demo.head import build_model, head_vertices, sample_head
from scoreface.demo.photos import bake, look_up, rotation
from scoreface.demo.skin import paint_skin
from scoreface.geometry.camera import PerspectiveCamera
from scoreface.geometry.mesh import Mesh
from scoreface.geometry.rasterise import rasterise
from scoreface.geometry.views import View, frontal
from scoreface.score.gaussian import GaussianScore

_SKIN_SIZE = 256
_SUPERSAMPLING = 2
# Views a little beyond those that the pipelines inpaint, in degrees.
_ELEVATION, _AZIMUTH = 12.0, 45.0
_VIEWS_PER_HEAD = 4


def random_views(size: int, heads: int, rng: np.random.Generator) -> np.ndarray:
    """Views of random heads in random light on black: (4 * heads, 3, size, size) float32 in [0, 1].

    Args:
        size: pixels along a side.
        heads: number of heads; each is seen from four random directions by the pipelines' default camera.
        rng: draws heads, skins, light and directions.
    """
    camera = PerspectiveCamera()
    model = build_model()
    images = []
    for _ in tqdm(range(heads), desc="demo prior: heads", unit="head", mininterval=2):
        head = sample_head(rng)
        vertices = head_vertices(model, head.identity, head.expression)
        turned = rotation(*rng.uniform([-40, -10, -5], [40, 10, 5])).apply(vertices)
        texture = bake(paint_skin(head.skin, _SKIN_SIZE), turned, model.f, rng)
        upright = frontal(Mesh(vertices, model.f.astype(np.int64), model.vt, model.ft), np.zeros(3))
        for _ in range(_VIEWS_PER_HEAD):
            view = View(rng.uniform(-_ELEVATION, _ELEVATION), rng.uniform(-_AZIMUTH, _AZIMUTH))
            images.append(_render(view.rotation().apply(upright), texture, camera, size))
    return np.stack(images)


def _render(
    vertices: np.ndarray, texture: np.ndarray, camera: PerspectiveCamera, size: int
) -> np.ndarray:
    """A view (3, size, size) on black, antialiased."""
    model = build_model()
    fine = rasterise(vertices, model.f, camera, (size * _SUPERSAMPLING,) * 2)
    pixels = np.where(fine.background[..., None], 0, look_up(texture, fine, model))
    blocks = pixels.reshape(size, _SUPERSAMPLING, size, _SUPERSAMPLING, 3)
    return blocks.mean((1, 3)).transpose(2, 0, 1).astype(np.float32)


def fit_prior(size: int, heads: int, components: int, seed: int) -> GaussianScore:
    """Fit the Gaussian prior of ``size`` x ``size`` views to random heads.

    Args:
        size: pixels along a side.
        heads: number of heads to render.
        components: principal components to keep.
        seed: of everything random.
    """
    return GaussianScore.fit(random_views(size, heads, np.random.default_rng(seed)), components)
