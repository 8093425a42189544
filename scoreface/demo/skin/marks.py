"""Marks that a person has on one side only: a scar, a cheek of freckles and moles, the line of a parting."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import make_interp_spline

from scoreface.demo.head.surface import build_grid, spread
from scoreface.demo.masks import Array, soft
from scoreface.demo.skin.brushes import dots, face_plane, mix, solid_noise
from scoreface.demo.skin.cuts import CUTS, PARTING
from scoreface.demo.skin.hair import hair_line
from scoreface.demo.skin.person import Skin
from scoreface.geometry.mesh import vertex_normals


@dataclass(frozen=True)
class Scar:
    """A healed cut on cheek or forehead.

    at: (2,) its middle in the face plane, metres.
    slant: radians from the horizontal, positive rising to the person's left.
    length, width: metres.
    bend: how far its middle bows up, in shares of the length.
    redness: 0 (old, paler than the skin) to 1 (fresh).
    """

    at: Array
    slant: float
    length: float
    bend: float
    width: float
    redness: float


@dataclass(frozen=True)
class Marks:
    """What one side of a person has and the other has not; sides are 1, the person's left, or -1.

    scar: the one there is.
    parted: x (m) of the parting's line in the hair.
    freckled: side of the cheek with freckles and moles.
    freckles, moles: their numbers.
    seed: of where these lie, and of the scar's unevenness.
    """

    scar: Scar
    parted: float
    freckled: float
    freckles: int
    moles: int
    seed: int


def sample_marks(skin: Skin, rng: np.random.Generator) -> Marks:
    """Draw the marks of a person: the hair is parted where it is higher, the other sides are drawn."""
    high = np.sign(skin.parting)
    scarred, freckled = rng.choice([-1.0, 1.0], 2)
    if rng.random() < 0.35:
        # On the side of the forehead that the hair leaves bare, between brow and hair line.
        at = np.array([high * rng.uniform(0.030, 0.042), rng.uniform(0.036, 0.043)])
        slant = rng.uniform(-0.6, 0.6)
    else:
        at = np.array([scarred * rng.uniform(0.040, 0.052), rng.uniform(-0.048, -0.030)])
        slant = rng.choice([-1.0, 1.0]) * rng.uniform(0.35, 1.2)
    scar = Scar(
        at=at,
        slant=float(slant),
        length=float(rng.uniform(0.015, 0.030)),
        bend=float(rng.choice([-1.0, 1.0]) * rng.uniform(0.06, 0.16)),
        width=float(rng.uniform(0.0011, 0.0017)),
        redness=float(rng.choice([rng.uniform(0.0, 0.25), rng.uniform(0.6, 1.0)])),
    )
    return Marks(
        scar=scar,
        parted=float(high * rng.uniform(0.022, 0.032)),
        freckled=float(freckled),
        freckles=int(rng.integers(70, 130)),
        moles=int(rng.integers(2, 5)),
        seed=int(rng.integers(2**31)),
    )


def paint_marks(image: Array, marks: Marks, skin: Skin) -> Array:
    """A painted skin with the marks on it.

    Args:
        image: (S, S, 3) as :func:`scoreface.demo.skin.paint.paint_skin` paints ``skin``.
        marks: what to paint.
        skin: whose.

    Returns:
        (S, S, 3) float32 in [0, 1].
    """
    of_cheek, of_scar, of_hair = np.random.default_rng(marks.seed).spawn(3)
    points = spread(build_grid().vertices, len(image))
    image = _spot_cheek(image, marks, skin, points, of_cheek)
    image = _scar(image, marks.scar, skin, points, of_scar)
    if CUTS[skin.cut].source == PARTING or skin.cut == "short":
        image = _part_hair(image, marks.parted, skin, points, of_hair)
    return np.clip(image, 0.0, 1.0).astype(np.float32)


def _spot_cheek(
    image: Array, marks: Marks, skin: Skin, points: Array, rng: np.random.Generator
) -> Array:
    """Freckles, densest below the eye, and moles on one cheek."""
    freckles = rng.normal([0.042, -0.026], [0.012, 0.009], (marks.freckles, 2))
    # The nose keeps its skin, and the lid.
    freckles = freckles[(freckles[:, 0] > 0.016) & (freckles[:, 1] < -0.007)]
    moles = rng.uniform([0.030, -0.070], [0.056, -0.018], (marks.moles, 2))
    at = np.concatenate([freckles, moles]) * [marks.freckled, 1.0]
    large = np.repeat([False, True], [len(freckles), len(moles)])
    radius = np.where(
        large, rng.uniform(0.0011, 0.0017, len(at)), rng.uniform(0.0006, 0.0012, len(at))
    )
    strength = np.where(large, rng.uniform(0.55, 0.75, len(at)), rng.uniform(0.20, 0.45, len(at)))
    image = mix(
        image,
        skin.tone * [0.62, 0.44, 0.36],
        dots(points, at[~large], radius[~large], strength[~large]),
    )
    return mix(
        image,
        skin.tone * [0.40, 0.28, 0.25],
        dots(points, at[large], radius[large], strength[large]),
    )


def _scar(image: Array, scar: Scar, skin: Skin, points: Array, rng: np.random.Generator) -> Array:
    """A raised line: its crest, the shade at its foot, mostly below, and a flush around it."""
    along, across = _tangent_plane(scar, points)
    t = 2.0 * along / scar.length
    near = (np.abs(t) < 1.3) & (np.abs(across) < 0.6 * scar.length)
    t, across = t[near], across[near]
    knots = np.linspace(-1.3, 1.3, 10)
    wander, swell = make_interp_spline(knots, rng.standard_normal((10, 2)))(t).T
    off = across - scar.bend * scar.length * (1.0 - t**2) - 0.00018 * wander
    # Widest a little off its middle, thin at its ends.
    taper = np.sqrt(np.clip(1.0 - np.abs(t) ** 2.5, 0.0, 1.0))
    half = 0.5 * scar.width * (0.35 + 0.65 * taper) * (1.0 + 0.10 * swell)
    v = off / np.maximum(half, 0.0002)
    there = soft(1.0 - np.abs(t), 0.25)

    def over(strength: Array) -> Array:
        weight = np.zeros(near.shape)
        weight[near] = np.clip(there * strength, 0.0, 0.9)
        return weight

    old, fresh = np.array([1.10, 1.07, 1.06]), np.array([0.98, 0.70, 0.67])
    crest = old + scar.redness * (fresh - old)
    flush = np.exp(-((v / 3.5) ** 2)) * (0.12 + 0.25 * scar.redness)
    foot = 0.42 * np.exp(-(((v + 1.5) / 0.8) ** 2)) + 0.22 * np.exp(-(((v - 1.5) / 0.8) ** 2))
    image = mix(image, skin.tone * [0.94, 0.70, 0.67], over(flush))
    image = mix(image, skin.tone * [0.66, 0.47, 0.43], over(foot))
    image = mix(image, np.minimum(skin.tone * crest, 1.0), over(0.75 * np.exp(-(v**4))))
    # Its upper flank catches the light: scars are smooth.
    gleam = np.exp(-(((v - 0.35) / 0.4) ** 2)) * (1.0 + 0.2 * swell)
    return mix(image, np.minimum(1.25 * skin.tone + 0.06, 1.0), over(0.22 * gleam))


def _tangent_plane(scar: Scar, points: Array) -> tuple[Array, Array]:
    """How far (m) ``points`` (..., 3) lie along and across the scar, in the plane that touches the skin at its middle.

    Points that are far from there, in depth too, are infinitely far.
    """
    grid = build_grid()
    tree, facing, _ = face_plane()
    middle = facing[tree.query(scar.at)[1]]
    nearest = np.linalg.norm(grid.vertices - middle, axis=1).argmin()
    normal = vertex_normals(grid.vertices, grid.faces)[nearest]
    right = np.array([1.0, 0.0, 0.0]) - normal[0] * normal
    right = right / np.linalg.norm(right)
    up = np.cross(normal, right)
    apart = points - middle
    near = (apart**2).sum(axis=-1) < scar.length**2
    axes = np.array(
        [[np.cos(scar.slant), np.sin(scar.slant)], [-np.sin(scar.slant), np.cos(scar.slant)]]
    )
    along, across = np.moveaxis(apart @ np.stack([right, up], axis=1) @ axes.T, -1, 0)
    return np.where(near, along, np.inf), np.where(near, across, np.inf)


def _part_hair(
    image: Array, parted: float, skin: Skin, points: Array, rng: np.random.Generator
) -> Array:
    """The line of a parting, from the hair line back to the crown: scalp between roots that shade it."""
    x, y, z = points[..., 0], points[..., 1], points[..., 2]
    # It runs back towards the crown.
    off = x - parted * (1.0 - 1.5 * np.clip(0.06 - z, 0.0, 0.12))
    strip = np.abs(off) < 0.015
    off = off + 0.0005 * solid_noise(points, 0.006, rng, strip)
    run = soft(y - hair_line(skin, points) - 0.004, 0.012) * soft(y - 0.040, 0.02)
    run *= soft(z + 0.030, 0.05)
    image = mix(image, 0.55 * skin.hair_colour, 0.55 * run * np.exp(-((off / 0.0042) ** 2)))
    # Single hairs lie across it.
    bare = np.clip(0.60 + 0.16 * solid_noise(points, 0.0014, rng, strip), 0.0, 0.9)
    return mix(image, 0.92 * skin.tone, bare * run * np.exp(-((off / 0.0010) ** 2)))
