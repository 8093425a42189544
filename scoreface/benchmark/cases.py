"""The benchmark's faces: photos of synthetic heads, lifted onto the texture, with the truth beside them."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from scoreface.base.arrays import write_image
from scoreface.base.settings import read
from scoreface.benchmark.fits import run_fit, write_models
from scoreface.benchmark.plan import Face, Plan
from scoreface.demo.assets import PHOTO_SIZE
from scoreface.demo.head.model import build_model
from scoreface.demo.people import Head, sample_head
from scoreface.demo.photos import Photo, make_photo
from scoreface.demo.skin.paint import paint_skin
from scoreface.geometry.camera import PerspectiveCamera
from scoreface.geometry.fitted import FittedHead, load_fit
from scoreface.geometry.mesh import Mesh
from scoreface.geometry.views import View, view_grid
from scoreface.inpaint.scene import Scene
from scoreface.parse.engines import make_parser
from scoreface.stages import inpaint, order_views, preprocess, project
from scoreface.texture.layout import make_layout
from scoreface.texture.preprocess import known_texels
from scoreface.texture.project import lift_photo

# A branch of the seeds that no training draws from.
_BRANCH = 0xBE9C
# Texels along a side of a UV layout that is not used: the fit needs none.
_LAYOUT_SIZE = 64


@dataclass(frozen=True)
class Case:
    """A face to complete.

    Attributes:
        face: which one.
        photo: the photo with everything known about it.
        head: the true head, in the photo's pose.
        scene: the head as it is given to the methods, with the photo's texels.
        truth: (L, L, 3) uint8, the texture in the photo's light.
        region: (L, L) bool, the texels that are measured: not known from the photo, and covered by the views.
    """

    face: Face
    photo: Photo
    head: Mesh
    scene: Scene
    truth: np.ndarray
    region: np.ndarray

    @property
    def chart(self) -> np.ndarray:
        """(L, L) bool, the texels inside the UV chart."""
        return self.scene.charts[len(self.truth)]


def make_case(plan: Plan, face: Face) -> Case | str:
    """Photograph a head and lift the photo onto its texture; the reason where the fit rejects the photo."""
    config = plan.config
    lifting, cleaning = read(project.Settings, config), read(preprocess.Settings, config)
    views, seeing = read(order_views.Settings, config), read(inpaint.Settings, config)
    size = lifting.size
    photo = take_photo(plan.seed, face, size)
    model = build_model()
    faces = model.f.astype(np.int64)
    head = Mesh(photo.vertices, faces, model.vt, model.ft)
    mesh, axis_angle, scale = head, photo.axis_angle, photo.scale
    if plan.fit:
        fitted = fit_head(photo.image, face, config, fit_folder(plan, face))
        if isinstance(fitted, str):
            return fitted
        mesh = Mesh(fitted.vertices, faces, model.vt, model.ft)
        axis_angle, scale = fitted.axis_angle, fitted.known_scale
    layout = make_layout(model.vt, model.ft, faces, size)
    large, seen = lift_photo(
        photo.image,
        mesh.vertices,
        faces,
        scale,
        layout,
        lifting.occlusion,
        lifting.sampling,
        lifting.min_cosine,
        make_parser(lifting.parser).parse(photo.image),
    )
    known = known_texels(large, seen, cleaning.dark_threshold, cleaning.dark_texels)
    scene = Scene(
        mesh,
        axis_angle,
        np.where(known[..., None], large, 0).astype(np.uint8),
        known,
        seeing.small,
        PerspectiveCamera(seeing.camera.distance, seeing.camera.field_of_view),
        seeing.camera.rasteriser,
    )
    truth = np.rint(photo.truth * 255).astype(np.uint8)
    grid = view_grid(views.elevations, views.azimuths)
    covered = _covered(scene, grid, seeing.pipeline.face_size)
    return Case(face, photo, head, scene, truth, covered & ~known & layout.chart)


def fit_folder(plan: Plan, face: Face) -> Path:
    """Where the files of a face's fit are."""
    return plan.out / "fits" / face.id


def held_out(config: dict[str, Any]) -> list[View]:
    """Views half-way between those that a configuration inpaints."""
    views = read(order_views.Settings, config)
    return view_grid(_midpoints(views.elevations), _midpoints(views.azimuths))


def _midpoints(values: Sequence[float]) -> list[float]:
    """The middles between neighbouring values; a single value itself."""
    ordered = np.unique(values)
    return list((ordered[1:] + ordered[:-1]) / 2) if len(ordered) > 1 else list(ordered)


def _covered(scene: Scene, views: list[View], face_size: int) -> np.ndarray:
    """(L, L) bool, the texels that lie in texels of the small texture which some view shows."""
    small = scene.small_size
    seen = np.zeros(small * small, bool)
    for view in views:
        texels = scene.maps(view, face_size)[1].texels
        seen[texels[texels >= 0].numpy()] = True
    nearest = np.arange(len(scene.large)) * small // len(scene.large)
    return seen.reshape(small, small)[np.ix_(nearest, nearest)]


@functools.lru_cache(maxsize=1)
def _person(seed: int, number: int, texture_size: int) -> tuple[Head, np.ndarray]:
    head = sample_head(np.random.default_rng(np.random.SeedSequence((seed, _BRANCH, number, 0))))
    return head, paint_skin(head.skin, texture_size)


def take_photo(seed: int, face: Face, texture_size: int) -> Photo:
    """The photo of a face; all photos of one head have the same light and background.

    Args:
        seed: of the heads.
        face: which head, and how it is turned.
        texture_size: texels along a side of its texture.
    """
    head, skin = _person(seed, face.head, texture_size)
    rng = np.random.default_rng(np.random.SeedSequence((seed, _BRANCH, face.head, 1)))
    return make_photo(head, skin, face.yaw, 0.0, 0.0, PHOTO_SIZE, rng)


def fit_head(
    image: np.ndarray, face: Face, config: dict[str, Any], folder: Path
) -> FittedHead | str:
    """Fit the embedded head to a photo by the fit stage, in a process of its own as in the workflow.

    Args:
        image: (H, W, 3) uint8, the photo.
        face: which one, for the record.
        config: the workflow's configuration.
        folder: gets the photo, the head's model and the fit's files.

    Returns:
        the head, or why the photo is rejected.

    Raises:
        InputError: the fit cannot run.
    """
    photo = folder / "image.png"
    write_image(photo, image)
    reason = run_fit(photo, face.id, write_models(folder, _LAYOUT_SIZE), config, folder)
    return reason or load_fit(folder / "fit.npz")
