"""The procedural head as a FLAME-format model, and heads of given coefficients made with it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import sparse

from scoreface.demo.head.anatomy import EYE_CENTRE, eye_margins, landmarks, mouth_curves
from scoreface.demo.head.blendshapes import EXPRESSION, IDENTITY, displacements
from scoreface.demo.head.surface import build_grid
from scoreface.demo.masks import Array, soft
from scoreface.geometry.rasterise import first_hits

SHAPE_COLUMNS, EXPRESSION_COLUMNS = 300, 100
# Kinematic tree as FLAME has it: global, neck, jaw, left eye, right eye; the root has no parent.
PARENTS = (4294967295, 0, 1, 1, 1)
JOINTS = np.array(
    [
        [0.0, -0.165, -0.030],
        [0.0, -0.080, -0.028],
        [0.0, -0.028, 0.004],
        [EYE_CENTRE[0], EYE_CENTRE[1], 0.0655],
        [-EYE_CENTRE[0], EYE_CENTRE[1], 0.0655],
    ]
)


@dataclass(frozen=True)
class HeadModel:
    """The arrays of a FLAME-format model with its landmark embedding and UV chart.

    v_template: (V, 3) metres. f: (F, 3) uint32, counter-clockwise seen from outside.
    shapedirs: (V, 3, 400), identity first (300), then expression; unused columns are 0.
    posedirs: (V, 3, 36), zero. weights: (V, 5), rows sum to 1. J_regressor: (5, V) csc.
    J: (5, 3). kintree_table: (2, 5) int64.
    lmk_face_idx: (51,) uint32; lmk_b_coords: (51, 3): iBUG points 17..67 in dlib's order.
    vt: (T, 2) in [0, 1], v up; ft: (F, 3) int64, corner by corner with f.
    """

    v_template: Array
    f: np.ndarray
    shapedirs: Array
    posedirs: Array
    weights: Array
    J_regressor: sparse.csc_matrix
    J: Array
    kintree_table: np.ndarray
    lmk_face_idx: np.ndarray
    lmk_b_coords: Array
    vt: Array
    ft: np.ndarray


@cache
def build_model() -> HeadModel:
    """Build the model; the result is shared and not to be altered."""
    grid = build_grid()
    vertices = grid.vertices
    shapedirs = np.zeros((len(vertices), 3, SHAPE_COLUMNS + EXPRESSION_COLUMNS))
    shapedirs[..., : len(IDENTITY)] = displacements(IDENTITY, vertices)
    expression = displacements(EXPRESSION, vertices)
    shapedirs[..., SHAPE_COLUMNS : SHAPE_COLUMNS + len(EXPRESSION)] = expression
    regressor = _joint_regressor(vertices)
    face, weights = embed(vertices, grid.faces, landmarks())
    return HeadModel(
        v_template=vertices,
        f=grid.faces.astype(np.uint32),
        shapedirs=shapedirs,
        posedirs=np.zeros((len(vertices), 3, 36)),
        weights=_skinning(vertices),
        J_regressor=regressor,
        J=regressor @ vertices,
        kintree_table=np.array([PARENTS, range(5)], dtype=np.int64),
        lmk_face_idx=face.astype(np.uint32),
        lmk_b_coords=weights,
        vt=grid.vt,
        ft=grid.ft,
    )


def embed(vertices: Array, faces: np.ndarray, points: Array) -> tuple[np.ndarray, Array]:
    """Face and barycentric weights of the mesh points in front at face-plane ``points`` (N, 2).

    Returns (N,) int64 and (N, 3) float64 weights that sum to 1.

    Raises:
        ValueError: a point lies beside the head.
    """
    origins = np.column_stack([points, np.ones(len(points))])
    directions = np.broadcast_to([0.0, 0.0, -1.0], origins.shape)
    face = first_hits(vertices, faces, origins, directions).face
    if (face < 0).any():
        raise ValueError(f"landmarks {np.flatnonzero(face < 0)} lie beside the head")
    # Solved anew in double precision: the ray caster's weights are single.
    corners = vertices[faces[face]]
    system = np.concatenate([corners[..., :2], np.ones((len(face), 3, 1))], axis=2)
    target = np.column_stack([points, np.ones(len(points))])
    weights = np.linalg.solve(system.transpose(0, 2, 1), target[..., None])[..., 0]
    weights = np.clip(weights, 0.0, None)
    return face, weights / weights.sum(axis=1, keepdims=True)


def _joint_regressor(vertices: Array) -> sparse.csc_matrix:
    """The least-norm weights on 60 near vertices that put each joint exactly in its place."""
    rows = []
    for joint in JOINTS:
        near = np.argsort(((vertices - joint) ** 2).sum(axis=1))[:60]
        system = np.column_stack([vertices[near], np.ones(60)]).T
        row = np.zeros(len(vertices))
        row[near] = np.linalg.lstsq(system, np.append(joint, 1.0), rcond=None)[0]
        rows.append(row)
    return sparse.csc_matrix(np.array(rows))


def _skinning(vertices: Array) -> Array:
    """(V, 5) smooth weights: shoulders global, head neck, chin and lower lip jaw, eyeballs eyes."""
    x, y, z = vertices.T
    rigid = soft(-0.150 - y, 0.080)
    line = mouth_curves(x)[1]
    # The jaw begins at the mouth line in front and at the ear lobe behind.
    edge = np.where(z > 0.06, line, line + (0.06 - z) * 0.25)
    width = np.interp(z, [0.0, 0.08], [0.050, 0.006])
    jaw = soft(edge - y, width) * soft(z + 0.005, 0.05) * soft(y + 0.140, 0.05)
    upper, lower = eye_margins(x)
    eye = soft(np.minimum(upper - y, y - lower), 0.004) * (upper - lower > 1e-5) * (z > 0.03)
    left, right = eye * (x > 0), eye * (x < 0)
    free = 1.0 - rigid
    parts = [rigid, free * (1.0 - jaw) * (1.0 - eye), free * jaw * (1.0 - eye), free * left]
    weights = np.stack([*parts, free * right], axis=1)
    return weights / weights.sum(axis=1, keepdims=True)


def head_vertices(model: HeadModel, identity: Array, expression: Array) -> Array:
    """The unposed vertices (V, 3) of coefficients ``identity`` (n,) and ``expression`` (m,).

    Missing coefficients are 0. Raises ValueError for more than 300 or 100.
    """
    if len(identity) > SHAPE_COLUMNS or len(expression) > EXPRESSION_COLUMNS:
        raise ValueError(f"at most {SHAPE_COLUMNS} identity and {EXPRESSION_COLUMNS} expression")
    vertices = model.v_template + model.shapedirs[..., : len(identity)] @ identity
    end = SHAPE_COLUMNS + len(expression)
    return vertices + model.shapedirs[..., SHAPE_COLUMNS:end] @ expression


def landmark_points(model: HeadModel, vertices: Array) -> Array:
    """The 51 landmarks (51, 3) on posed or unposed ``vertices`` (V, 3)."""
    corners = vertices[model.f[model.lmk_face_idx]]
    return np.einsum("lkc,lk->lc", corners, model.lmk_b_coords)
