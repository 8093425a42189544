"""Random people: a head's shape and a skin, drawn together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoreface.demo.head.blendshapes import EXPRESSION, IDENTITY
from scoreface.demo.head.model import build_model, head_vertices
from scoreface.demo.masks import Array
from scoreface.demo.skin.cuts import CUTS
from scoreface.demo.skin.paint import paint_skin
from scoreface.demo.skin.person import Skin, sample_skin
from scoreface.geometry.mesh import Mesh


@dataclass(frozen=True)
class Head:
    """A person: identity (I,) and expression (E,) coefficients of unit deviation, and a skin."""

    identity: Array
    expression: Array
    skin: Skin

    @property
    def labels(self) -> dict[str, str]:
        """The groups a person belongs to: skin ``type`` (I to VI), ``hair`` (the cut), ``glasses``, ``beard``."""
        return {
            "type": self.skin.type,
            "hair": self.skin.cut,
            "glasses": "no" if self.skin.glasses is None else "yes",
            "beard": self.skin.beard,
        }


def sample_head(rng: np.random.Generator) -> Head:
    """Draw a person: identity ~ N(0, 1), hair as voluminous as its cut, an expression and a skin.

    Most faces are at rest (deviation 0.5), four in ten smile.
    """
    identity = np.clip(rng.standard_normal(len(IDENTITY)), -2.5, 2.5)
    expression = np.clip(0.5 * rng.standard_normal(len(EXPRESSION)), -1.25, 1.25)
    if rng.random() < 0.4:
        expression = expression + _smile(rng)
    skin = sample_skin(rng)
    cut, names = CUTS[skin.cut], list(IDENTITY)
    for name, (mean, spread) in (("hair volume", cut.volume), ("hair sides", cut.hanging)):
        at = names.index(name)
        identity[at] = np.clip(mean + spread * identity[at], -2.5, 2.5)
    return Head(identity, expression, skin)


def _smile(rng: np.random.Generator) -> Array:
    """The coefficients (E,) of a smile with lips closed, a little stronger on one side."""
    smile = np.zeros(len(EXPRESSION))
    strength = rng.uniform(0.6, 1.7)
    shares = {"smile": 1.0, "cheek raise": 0.8, "eye narrow": 0.7}
    for number, name in enumerate(EXPRESSION):
        share = shares.get(name.rsplit(" ", 1)[0], 0.0)
        smile[number] = share * strength * rng.uniform(0.85, 1.15)
    return smile


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
