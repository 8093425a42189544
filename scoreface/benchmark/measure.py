"""What is measured of a completed face: textures, held-out views, and what a face-recognition network says of them.

Views are compared as the pipeline's camera sees them; the network sees pictures of the camera that the workflow's own
pictures for it have (``render.camera``).
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from scoreface.benchmark.cases import Case
from scoreface.benchmark.gallery import FRONTAL, describe
from scoreface.benchmark.metrics import psnr, ssim
from scoreface.fitting import identity
from scoreface.geometry.settings import LensSettings
from scoreface.geometry.views import View
from scoreface.results.display import Studio
from scoreface.results.render import portrait_studio


class Judge:
    """Measures what methods make of one face.

    Args:
        case: the face.
        views: the held-out views.
        lens: of the pictures that the network sees.
    """

    def __init__(self, case: Case, views: list[View], lens: LensSettings):
        self.case, self.views = case, views
        # Views from one height suffice for the network, which takes longer than all else.
        level = min((view.elevation for view in views), key=abs)
        self._described = [view for view in views if view.elevation == level]
        scene = case.scene
        true = Studio(case.head, case.photo.axis_angle, scene.camera, scene.back_end)
        given = Studio(scene.mesh, scene.axis_angle, scene.camera, scene.back_end)
        self.true, self.given = map(case.gallery, (true, given))
        portraits = (
            portrait_studio(head.mesh, head.axis_angle, lens, head.back_end)
            for head in (true, given)
        )
        true_portraits, self._portraits = map(case.gallery, portraits)
        self._truth = functools.cache(lambda view: self.true.picture(case.truth, view))
        self._truth_described = functools.cache(
            lambda view: true_portraits.picture(case.truth, view).describe()
        )

    @functools.cached_property
    def _photo(self) -> np.ndarray:
        photo = self.case.photo
        return describe(photo.image, photo.landmarks_2d)

    def measure_face(self) -> dict[str, Any]:
        """What is the same for all methods."""
        case = self.case
        before = self._portraits.picture(case.scene.large, FRONTAL).describe()
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
        pairs = [(self._truth(view), self.given.picture(texture, view)) for view in self.views]

        def described(view: View) -> np.ndarray:
            return self._portraits.picture(texture, view).describe()

        apart = [
            identity.distance(self._truth_described(view), described(view))
            for view in self._described
        ]
        figures = {
            "psnr_texels": psnr(truth, result, case.region),
            "ssim_texels": ssim(truth, result, case.region),
        }
        for metric in (psnr, ssim):
            values = [metric(a.pixels / 255, b.pixels / 255, a.inside) for a, b in pairs]
            figures[f"{metric.__name__}_views"] = float(np.mean(values))
        after = identity.distance(self._photo, described(FRONTAL))
        return {**figures, "identity_after": after, "identity_views": float(np.mean(apart))}
