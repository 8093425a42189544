"""What is measured of the texels that are called observed: whether they truly are the head's, and what was lost."""

from __future__ import annotations

from typing import Any

import numpy as np

from scoreface.base.angles import head_angles
from scoreface.benchmark.chain import Lifted
from scoreface.benchmark.scenes import Scene
from scoreface.demo.head.model import build_model
from scoreface.geometry.camera import OrthographicCamera
from scoreface.geometry.fitted import FittedHead
from scoreface.geometry.rasterise import rasterise
from scoreface.parse.labels import BARE, CLOTHES, GLASSES, HAIR, OTHER
from scoreface.texture.layout import TextureLayout
from scoreface.texture.project import lift_photo

#: Raised when the measures change for the same texels.
VERSION = "2"
#: The parts of ``background_observed``: what the wrong texels show; the rest is wall.
PARTS = {
    "clothes_observed": CLOTHES,
    "hair_observed": HAIR,
    "glasses_observed": GLASSES,
    "other_observed": OTHER,
}


def measure(scene: Scene, lifted: Lifted, min_cosine: float) -> dict[str, float]:
    """Compare what a chain made of a photo with what the photo truly shows.

    A texel samples the photo where the fitted head's camera projects its surface point, the mouth as the photo was
    looked up. It is **wrong** where the pixel there, the nearest one, is by more than half not the head's own surface:
    wall, clothes, hair off the scalp, a frame of glasses, a dark lens, a hand. A clear lens counts as the head that
    shows through it.

    A texel is **truly shown skin** where the true head's surface point faces the true camera by ``min_cosine`` at
    least, nothing of the head stands before it, and the pixel there truly is skin, ear, neck, eye, brow or lips. Such a
    texel is lost where it is not called observed: texels are compared by their place in the UV chart, which true and
    fitted head share. So what a fit that is turned too far hides counts as lost, as does what is not taken for
    evidence. ``skin_dropped`` is the latter alone: of the texels that the fitted head turns to the camera and whose
    pixels truly are skin, the share that is not called observed, because a parser takes them for something else or for
    another part of the head's, or because they lie in the rim beside the background.

    Args:
        scene: the photo and its truth.
        lifted: what the chain made of it.
        min_cosine: as in :func:`scoreface.texture.project.lift_photo`.

    Returns:
        the figures by their columns in the table of results: shares as fractions, ``yaw_error`` in degrees,
        ``vertex_error`` in millimetres.
    """
    head, layout, observed = lifted.head, lifted.layout, lifted.observed
    called = observed.ravel()[layout.texels]
    sampled = project(lifted.shown, head.known_scale, layout, scene)
    wrong = called & ~is_own(scene, sampled)
    labels = nearest(scene.labels, sampled)
    count = max(int(called.sum()), 1)
    figures = {"background_observed": float(wrong.sum() / count)}
    parts = {name: float((wrong & (labels == of)).sum() / count) for name, of in PARTS.items()}
    figures["wall_observed"] = figures["background_observed"] - sum(parts.values())
    figures |= parts

    shown = turned_to_camera(scene, scene.vertices, scene.scale, layout, min_cosine)
    skin = shown & is_skin(scene, project(scene.vertices, scene.scale, layout, scene))
    figures["skin_lost"] = share(~called, skin)
    held = turned_to_camera(scene, lifted.shown, head.known_scale, layout, min_cosine)
    held &= is_skin(scene, sampled)
    figures["skin_dropped"] = share(~called, held)

    return figures | geometry_errors(scene, head, lifted.shown)


def geometry_errors(scene: Scene, head: FittedHead, shown: np.ndarray) -> dict[str, float]:
    """How far a head is from the one that a photo truly shows.

    Args:
        scene: the photo and its truth.
        head: as fitted.
        shown: (V, 3) its vertices, the mouth as the photo was looked up.

    Returns:
        ``outline_iou`` of the bare heads' silhouettes; ``yaw_error`` in degrees; ``vertex_error`` in millimetres, the
        mean over the face's vertices after the similarity that brings the head nearest to the true one.
    """
    camera = OrthographicCamera(head.known_scale)
    fitted = rasterise(shown, head.faces, camera, scene.labels.shape, "embree")
    yaws = [head_angles(rotation)["yaw"] for rotation in (head.axis_angle, scene.axis_angle)]
    found = head.vertices * head.known_scale / scene.scale
    return {
        "outline_iou": iou(~fitted.background, scene.silhouette),
        "yaw_error": abs(yaws[0] - yaws[1]),
        "vertex_error": 1000.0 * aligned_error(found[_face()], scene.vertices[_face()]),
    }


def project(vertices: np.ndarray, scale: float, layout: TextureLayout, scene: Scene) -> np.ndarray:
    """Where a head's texels lie in the photo: (N, 2) pixels, x and y, centres at halves."""
    size = scene.labels.shape
    return OrthographicCamera(scale).project(layout.interpolate(vertices), *size)[:, :2]


def is_own(scene: Scene, pixels: np.ndarray) -> np.ndarray:
    """(N,) bool, whether the pixels in which places (N, 2) lie show the head's own surface, by at least half."""
    height, width = scene.own.shape
    inside = np.all((pixels >= 0) & (pixels < [width, height]), axis=1)
    return inside & (nearest(scene.own, pixels) >= 0.5)


def is_skin(scene: Scene, pixels: np.ndarray) -> np.ndarray:
    """(N,) bool, whether the pixels at places (N, 2) show bare skin, or what stands in it."""
    return np.isin(nearest(scene.labels, pixels), list(BARE)) & is_own(scene, pixels)


def nearest(field: np.ndarray, pixels: np.ndarray) -> np.ndarray:
    """What a field (H, W) has (N,) at the pixels in which places (N, 2) lie; beyond the photo that of its edge."""
    columns, rows = np.floor(pixels).astype(int).T
    height, width = field.shape
    return field[rows.clip(0, height - 1), columns.clip(0, width - 1)]


def turned_to_camera(
    scene: Scene, vertices: np.ndarray, scale: float, layout: TextureLayout, min_cosine: float
) -> np.ndarray:
    """(N,) bool, the texels of a head that the photo's camera sees, whatever else stands before it."""
    faces = build_model().f.astype(np.int64)
    _, seen = lift_photo(scene.image, vertices, faces, scale, layout, "rays", min_cosine=min_cosine)
    return seen.ravel()[layout.texels]


def share(part: np.ndarray, whole: np.ndarray) -> float:
    """Of what is true in ``whole`` (N,), how much is true in ``part`` too; 0 of nothing."""
    return float((part & whole).sum() / max(int(whole.sum()), 1))


def iou(one: np.ndarray, other: np.ndarray) -> float:
    """Intersection over union of two masks."""
    return float((one & other).sum() / max(int((one | other).sum()), 1))


def aligned_error(found: np.ndarray, true: np.ndarray) -> float:
    """Mean distance of points (N, 3) to the true ones after the similarity that brings them nearest, in their units."""
    a, b = found - found.mean(0), true - true.mean(0)
    u, values, vt = np.linalg.svd(a.T @ b)
    signs = np.array([1.0, 1.0, np.sign(np.linalg.det(u @ vt))])
    turned = (a @ (u * signs)) @ vt
    scale = (values * signs).sum() / max(float((a**2).sum()), 1e-300)
    return float(np.linalg.norm(scale * turned - b, axis=1).mean())


def _face() -> np.ndarray:
    """(V,) bool, the vertices of the face: in front of the ears, from the chin to the hair line."""
    p: Any = build_model().v_template
    return (p[:, 2] > 0.02) & (p[:, 1] > -0.12) & (p[:, 1] < 0.06)
