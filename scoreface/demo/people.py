"""Random people: a head's shape and a skin, drawn together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoreface.demo.head.blendshapes import EXPRESSION, IDENTITY
from scoreface.demo.head.model import build_model, head_vertices
from scoreface.demo.masks import Array
from scoreface.demo.skin.paint import paint_skin
from scoreface.demo.skin.person import Skin, sample_skin
from scoreface.geometry.mesh import Mesh


@dataclass(frozen=True)
class Head:
    """A person: identity (I,) and expression (E,) coefficients of unit deviation, and a skin."""

    identity: Array
    expression: Array
    skin: Skin


def sample_head(rng: np.random.Generator) -> Head:
    """Draw a person: identity ~ N(0, 1), a mild expression (deviation 0.5), and a skin."""
    identity = np.clip(rng.standard_normal(len(IDENTITY)), -2.5, 2.5)
    expression = np.clip(0.5 * rng.standard_normal(len(EXPRESSION)), -1.25, 1.25)
    return Head(identity, expression, sample_skin(rng))


def random_head(seed: int | np.random.Generator, size: int = 512) -> tuple[Mesh, Array]:
    """A random head in one line: ``mesh, skin = random_head(7)``.

    Args:
        seed: of the head, or the generator to draw it from.
        size: texels along a side of its skin.

    Returns:
        the mesh in metres, facing +z, and its skin (size, size, 3) float32 in [0, 1], sRGB, unlit.
    """
    head, model = sample_head(np.random.default_rng(seed)), build_model()
    vertices = head_vertices(model, head.identity, head.expression)
    mesh = Mesh(vertices, model.f.astype(np.int64), model.vt, model.ft)
    return mesh, paint_skin(head.skin, size)
