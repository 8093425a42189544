"""What is measured of a face of which a part was hidden: texels, pictures, and what networks say of them.

The light on a real face differs between its sides, and of the light on what is hidden nothing is known. So each figure
is taken twice: of the texture as it is, and with all texels that the method made multiplied by the gain, one factor a
channel, that brings the hidden ones nearest to the truth.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from scipy import ndimage

from scoreface.base.angles import head_angles
from scoreface.base.arrays import read_image
from scoreface.benchmark.baselines import delit_mirror
from scoreface.benchmark.chain import Lifted
from scoreface.benchmark.features import Features
from scoreface.benchmark.gallery import FRONTAL, Gallery, describe
from scoreface.benchmark.holdout.hide import Held
from scoreface.benchmark.metrics import SSIM_WINDOW, best_gain, psnr, ssim
from scoreface.fitting import identity
from scoreface.geometry.views import View, frontal
from scoreface.texture.light import texel_normals

#: Of the figures with the gain, behind the others' names.
GAIN = "_gain"


class HoldoutJudge:
    """Measures what methods make of a part that they were not shown.

    Args:
        held: the face.
        lifted: what the stages made of the photo.
        gallery: pictures of its head.
        features: the network of the pictures' distance; None: there is none, and no such figure.
    """

    def __init__(self, held: Held, lifted: Lifted, gallery: Gallery, features: Features | None):
        self.held, self.lifted, self.gallery, self._features = held, lifted, gallery, features
        # What the photo does not show either is in all pictures the same.
        self.truth = delit_mirror(held.whole)
        whole_windows = ndimage.binary_erosion(held.whole.known, np.ones((SSIM_WINDOW,) * 2))
        self._windowed = held.hidden & whole_windows

    @functools.cached_property
    def view(self) -> View:
        """From the head's height, half-way from the photo's side to that which the hidden texels face in the mean."""
        scene, layout = self.held.whole, self.lifted.layout
        normals = texel_normals(frontal(scene.mesh, scene.axis_angle), scene.mesh.faces, layout)
        x, _, z = normals[self.held.hidden.ravel()[layout.texels]].mean(axis=0)
        return View(0.0, (float(np.degrees(np.arctan2(x, z))) - self._head_yaw) / 2)

    @property
    def _head_yaw(self) -> float:
        return head_angles(self.held.whole.axis_angle)["yaw"]

    @functools.cached_property
    def photo(self) -> np.ndarray:
        """(H, W, 3) uint8, upright."""
        return read_image(self.lifted.photo)

    @functools.cached_property
    def _photo_described(self) -> np.ndarray:
        return describe(self.photo, self.lifted.head.in_photo.landmarks)

    @functools.cached_property
    def _truth_seen(self) -> np.ndarray:
        return self.gallery.picture(self.truth, self.view).pixels

    @functools.cached_property
    def _share(self) -> np.ndarray:
        """(H, W) in [0, 1], how much of each pixel of the view shows hidden texels."""
        mask = np.repeat(np.where(self.held.hidden, 255, 0)[..., None], 3, 2).astype(np.uint8)
        return self.gallery.picture(mask, self.view).pixels[..., 0] / 255

    def measure_face(self) -> dict[str, Any]:
        """What is the same for all methods."""
        held, texels = self.held, self.held.chart.sum()
        return {
            "head_yaw": self._head_yaw,
            "share_kept": float((held.scene.known & held.chart).sum() / texels),
            "share_hidden": float(held.hidden.sum() / texels),
            "identity_before": self._identity(held.scene.large),
            "identity_truth": self._identity(self.truth),
        }

    def measure(self, texture: np.ndarray) -> dict[str, float]:
        """How near a texture (L, L, 3) uint8 comes to what was hidden, and to the photo's person."""
        held = self.held
        factors = best_gain(self.truth, texture, held.hidden)
        brought = np.rint((texture * factors).clip(0, 255)).astype(np.uint8)
        gained = np.where((held.chart & ~held.scene.known)[..., None], brought, texture)
        with_gain = {f"{name}{GAIN}": value for name, value in self._figures(gained).items()}
        return {**self._figures(texture), **with_gain}

    def _figures(self, texture: np.ndarray) -> dict[str, float]:
        hidden, truth = self.held.hidden, self.truth / 255
        only = np.where(hidden[..., None], texture, self.truth)
        figures = {
            "psnr": psnr(truth, only / 255, hidden),
            "ssim": ssim(truth, only / 255, self._windowed),
            "identity": self._identity(texture),
        }
        if self._features:
            seen = self.gallery.picture(only, self.view).pixels
            figures["features"] = self._features.distance(self._truth_seen, seen, self._share)
        return figures

    def _identity(self, texture: np.ndarray) -> float:
        """From the photo to the frontal picture with a texture."""
        described = self.gallery.picture(texture, FRONTAL).describe()
        return identity.distance(self._photo_described, described)
