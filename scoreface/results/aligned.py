"""Faces as recognition networks expect them: five points lie where the networks were trained to have them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from scoreface.fitting.flame import LandmarkEmbedding
from scoreface.geometry.camera import WindowCamera
from scoreface.geometry.mesh import Mesh
from scoreface.geometry.views import View
from scoreface.results.display import BLACK, Snapshot, Studio

#: Pixels along a side.
SIZE = 112
#: Where ArcFace (Deng et al. 2019) has the centres of the eyes, the tip of the nose and the corners of the mouth, left
#: before right in the picture: (5, 2) pixels, y down.
TEMPLATE = np.array(
    [
        [38.2946, 51.6963],
        [73.5318, 51.5014],
        [56.0252, 71.7366],
        [41.5493, 92.3655],
        [70.7299, 92.2041],
    ]
)

#: The same five as means of iBUG landmarks, counted without the 17 of the jaw line.
FIVE = (slice(19, 25), slice(25, 31), slice(13, 14), slice(31, 32), slice(37, 38))

# A texture's texels are finer than these pixels.
_SUPERSAMPLING = 4


class Similarity(NamedTuple):
    """z -> turn * z + shift of points z = x + iy: it turns, scales and shifts."""

    turn: complex
    shift: complex


def similarity(points: np.ndarray, targets: np.ndarray) -> Similarity:
    """The similarity that brings points (N, 2) nearest to targets (N, 2), in the sum of squares (Umeyama 1991).

    In the plane, without reflections, its equations 40 to 42 are one complex quotient.
    """
    z, w = (pairs @ np.array([1, 1j]) for pairs in (points, targets))
    centred = z - z.mean()
    turn = complex(np.vdot(centred, w) / np.vdot(centred, centred).real)
    return Similarity(turn, complex(w.mean() - turn * z.mean()))


def five_points(mesh: Mesh, embedding: LandmarkEmbedding) -> np.ndarray:
    """The five points (5, 3) on the surface of a mesh with the topology that the embedding is for."""
    corners = mesh.vertices[mesh.faces[embedding.faces]]
    landmarks = np.einsum("lkc,lk->lc", corners, embedding.barycentric)
    return np.stack([landmarks[part].mean(axis=0) for part in FIVE])


def aligned_camera(studio: Studio, view: View, embedding: LandmarkEmbedding) -> WindowCamera:
    """The studio's camera, looked through so that a view's five points lie as near to the template as they can."""
    points = five_points(studio.turned(view), embedding)
    pixels = studio.camera.project(points, SIZE, SIZE)[:, :2]
    turn, shift = similarity(pixels, TEMPLATE)
    return WindowCamera(studio.camera, (SIZE, SIZE), SIZE, 1 / turn, -shift / turn)


def draw_aligned(
    studio: Studio, texture: np.ndarray, view: View, embedding: LandmarkEmbedding
) -> np.ndarray:
    """Picture (SIZE, SIZE, 3) uint8 of the head with ``texture`` (S, S, 3), 0..255, at a view, aligned.

    It is rendered so, not cut out of another picture.
    """
    return aligned_snapshot(studio, view, embedding).picture(texture, BLACK)


def aligned_snapshot(studio: Studio, view: View, embedding: LandmarkEmbedding) -> Snapshot:
    """What is seen of the head at a view, aligned, for a picture of ``SIZE`` pixels a side."""
    camera = aligned_camera(studio, view, embedding)
    return Snapshot.taken(studio.turned(view), camera, SIZE, studio.back_end, _SUPERSAMPLING)
