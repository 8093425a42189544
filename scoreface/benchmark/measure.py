"""What is measured of a completed face: textures, held-out views, and what a face-recognition network says of them."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np

from scoreface.benchmark.cases import Case
from scoreface.benchmark.metrics import psnr, ssim
from scoreface.demo.head.model import build_model, landmark_points
from scoreface.fitting import identity
from scoreface.geometry.mesh import Mesh
from scoreface.geometry.views import View, frontal
from scoreface.results.display import BLACK, SUPERSAMPLING, Studio, lookup, reduced
from scoreface.texture.chart import padded

#: Pixels along a side of the pictures that are measured.
PICTURE_SIZE = 256
FRONTAL = View(0.0, 0.0)

_JAW_POINTS = 17


@dataclass(frozen=True)
class Picture:
    """A head seen from somewhere.

    Attributes:
        pixels: (H, W, 3) uint8 on black.
        inside: (H, W) bool, the pixels that the head covers wholly.
        landmarks: (51, 2) pixels, y down; known from the geometry, so that no detector has to find them.
    """

    pixels: np.ndarray
    inside: np.ndarray
    landmarks: np.ndarray

    def describe(self) -> np.ndarray:
        """What the face-recognition network says of it, (128,)."""
        return _described(self.pixels, self.landmarks)


class Gallery:
    """Pictures of a case's head, true or as given to the methods, each view rasterised once.

    Args:
        case: the face.
        mesh: its true head, or the one given to the methods.
        axis_angle: (3,) the mesh's global rotation in radians.
    """

    def __init__(self, case: Case, mesh: Mesh, axis_angle: np.ndarray):
        self._chart = case.chart
        self._studio = Studio(mesh, axis_angle, case.scene.camera, case.scene.back_end)
        self._snapshot = functools.cache(lambda view: self._studio.snapshot(view, PICTURE_SIZE))

    def picture(self, texture: np.ndarray, view: View) -> Picture:
        """The head with a texture (L, L, 3) uint8 at a view."""
        snapshot, studio = self._snapshot(view), self._studio
        fine = reduced(padded(texture, self._chart), SUPERSAMPLING * PICTURE_SIZE)
        samples = (PICTURE_SIZE, SUPERSAMPLING) * 2
        vertices = view.rotation().apply(frontal(studio.mesh, studio.axis_angle))
        points = landmark_points(build_model(), vertices)
        return Picture(
            snapshot.develop(lookup(fine, snapshot.uv), BLACK),
            np.all(snapshot.inside.reshape(samples), axis=(1, 3)),
            studio.camera.project(points, PICTURE_SIZE, PICTURE_SIZE)[:, :2],
        )


class Judge:
    """Measures what methods make of one face.

    Args:
        case: the face.
        views: the held-out views.
    """

    def __init__(self, case: Case, views: list[View]):
        self.case, self.views = case, views
        # Views from one height suffice for the network, which takes longer than all else.
        level = min((view.elevation for view in views), key=abs)
        self._described = [view for view in views if view.elevation == level]
        self.true = Gallery(case, case.head, case.photo.axis_angle)
        self.given = Gallery(case, case.scene.mesh, case.scene.axis_angle)
        self._truth = functools.cache(lambda view: self.true.picture(case.truth, view))
        self._truth_described = functools.cache(lambda view: self._truth(view).describe())

    @functools.cached_property
    def _photo(self) -> np.ndarray:
        photo = self.case.photo
        return _described(photo.image, photo.landmarks_2d)

    def measure_face(self) -> dict[str, Any]:
        """What is the same for all methods."""
        case = self.case
        before = self.given.picture(case.scene.large, FRONTAL).describe()
        truth = self._truth_described(FRONTAL)
        return {
            "share_measured": float(case.region.sum() / case.chart.sum()),
            "identity_before": identity.distance(self._photo, before),
            "identity_truth": identity.distance(self._photo, truth),
            "descriptor": truth.round(6).tolist(),
        }

    def measure(self, texture: np.ndarray) -> dict[str, float]:
        """How near a texture (L, L, 3) uint8 comes to the truth."""
        case = self.case
        truth = case.truth / 255
        # What lies outside the chart is nobody's business, but windows reach over its border.
        result = np.where(case.chart[..., None], texture / 255, truth)
        made = {view: self.given.picture(texture, view) for view in (FRONTAL, *self.views)}
        pairs = [(self._truth(view), made[view]) for view in self.views]
        apart = [
            identity.distance(self._truth_described(view), made[view].describe())
            for view in self._described
        ]
        figures = {
            "psnr_texels": psnr(truth, result, case.region),
            "ssim_texels": ssim(truth, result, case.region),
        }
        for metric in (psnr, ssim):
            values = [metric(a.pixels / 255, b.pixels / 255, a.inside) for a, b in pairs]
            figures[f"{metric.__name__}_views"] = float(np.mean(values))
        after = identity.distance(self._photo, made[FRONTAL].describe())
        return {**figures, "identity_after": after, "identity_views": float(np.mean(apart))}


def _described(pixels: np.ndarray, landmarks: np.ndarray) -> np.ndarray:
    """What the network says of a picture, from the (51, 2) landmarks without the jaw line.

    dlib cuts the face out by eyes, nose and upper lip: where the jaw is plays no part.
    """
    return identity.describe(_network(), pixels, np.pad(landmarks, ((_JAW_POINTS, 0), (0, 0))))


@functools.cache
def _network() -> Any:
    return identity.load_network()
