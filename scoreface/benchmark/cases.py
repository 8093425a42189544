"""The benchmark's faces: photos of synthetic heads, lifted onto the texture, with the truth beside them."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import ndimage

from scoreface.api.models import write_models
from scoreface.base.arrays import write_image
from scoreface.base.settings import read
from scoreface.benchmark.asymmetry import Asymmetry, sample_asymmetry
from scoreface.benchmark.chain import Rejected, prepare, run_chain
from scoreface.benchmark.gallery import Gallery
from scoreface.benchmark.plan import Face, Plan
from scoreface.benchmark.shown import Shown
from scoreface.demo.assets import PHOTO_SIZE
from scoreface.demo.head.model import build_model, landmark_points
from scoreface.demo.people import Head, sample_head
from scoreface.demo.photos import Photo, make_photo
from scoreface.demo.skin.paint import paint_skin
from scoreface.fitting.flame import load_embedding, load_flame
from scoreface.fitting.regions import find_regions
from scoreface.geometry.mesh import Mesh
from scoreface.geometry.views import View, view_grid
from scoreface.inpaint.scene import Scene
from scoreface.results.display import Studio
from scoreface.stages import inpaint, order_views, project
from scoreface.texture.carried import nothing
from scoreface.texture.evidence import Evidence
from scoreface.texture.layout import load_layout
from scoreface.texture.project import lift_photo

# A branch of the seeds that no training draws from.
_BRANCH = 0xBE9C
# Folder of the files that all faces share.
_MODELS = "models"


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

    def gallery(self, studio: Studio) -> Gallery:
        """Pictures of the case's head by a studio's camera."""
        return Gallery(studio, self.chart, functools.partial(landmark_points, build_model()))


def prepare_cases(plan: Plan) -> None:
    """Make what all faces share, before several processes work on them.

    Raises:
        InputError: the face parser's network cannot be had.
    """
    if plan.fit:
        prepare(plan.config, plan.out / _MODELS)
    else:
        write_models(plan.out / _MODELS, read(project.Settings, plan.config).size)


def make_case(plan: Plan, face: Face) -> Case | Rejected:
    """Photograph a head and lift the photo onto its texture, see :func:`case_of`.

    Raises:
        InputError: a stage cannot run.
    """
    photo = take_photo(plan.seed, face, plan.config["texture"]["large"], plan.asymmetric)
    return case_of(plan, face, photo)


def case_of(plan: Plan, face: Face, photo: Photo, rim: int = 0) -> Case | Rejected:
    """Lift a photo onto its head's texture.

    With the fit that is what the workflow's stages do, as configured. Without, the geometry is the true one, and all
    that the photo shows of it counts.

    Args:
        plan: of the run.
        face: which head.
        photo: of it.
        rim: pixels beside what is not the bare head that do not count, without the fit; with it, a parser says so.

    Raises:
        InputError: a stage cannot run.
    """
    config = plan.config
    views, seeing = read(order_views.Settings, config), read(inpaint.Settings, config)
    shown = _fitted(plan, face, photo) if plan.fit else _true(plan, photo, rim)
    if isinstance(shown, Rejected):
        return shown
    scene = shown.scene(config)
    truth = np.rint(photo.truth * 255).astype(np.uint8)
    grid = view_grid(views.elevations, views.azimuths)
    covered = _covered(scene, grid, seeing.pipeline.face_size)
    region = covered & ~scene.known & scene.charts[len(truth)]
    return Case(face, photo, _mesh(photo.vertices), scene, truth, region)


def _fitted(plan: Plan, face: Face, photo: Photo) -> Shown | Rejected:
    path = plan.out / "photos" / f"{face.id}.png"
    write_image(path, photo.image)
    folder = plan.out / "stages" / face.id
    lifted = run_chain(path, face.id, plan.config, plan.out / _MODELS, folder)
    return lifted if isinstance(lifted, Rejected) else Shown.of(lifted)


def _true(plan: Plan, photo: Photo, rim: int) -> Shown:
    lifting, mesh = read(project.Settings, plan.config), _mesh(photo.vertices)
    models = write_models(plan.out / _MODELS, lifting.size)
    layout = load_layout(models.texture_data, lifting.size, mesh.faces)
    texture, seen = lift_photo(
        photo.image,
        mesh.vertices,
        mesh.faces,
        photo.scale,
        layout,
        lifting.occlusion,
        lifting.sampling,
        lifting.min_cosine,
        _within(photo.visible, rim, len(layout.texels)) if rim else None,
    )
    flame = load_flame(str(models.flame_model))
    embedding = load_embedding(str(models.landmark_embedding), len(flame.faces))
    regions = layout.picture(layout.nearest(find_regions(flame, embedding)).astype(np.uint8))
    carried = nothing(lifting.size)._replace(regions=regions)
    return Shown(mesh, photo.axis_angle, texture, seen, carried)


def _within(visible: np.ndarray, rim: int, texels: int) -> Evidence:
    """Any of so many texels is known from the ``visible`` (S, S) bool pixels but for their rim, some pixels wide."""
    inner = ndimage.distance_transform_edt(visible) > rim
    return Evidence(inner, inner, inner, np.zeros(texels, bool))


def _mesh(vertices: np.ndarray) -> Mesh:
    """The embedded head with its vertices at these places."""
    model = build_model()
    return Mesh(vertices, model.f.astype(np.int64), model.vt, model.ft)


def held_out(config: dict[str, Any]) -> list[View]:
    """Views half-way between those that a configuration inpaints."""
    views = read(order_views.Settings, config)
    return view_grid(_midpoints(views.elevations), _midpoints(views.azimuths))


def _midpoints(values: Sequence[float]) -> list[float]:
    """The middles between neighbouring values; a single value itself."""
    ordered = np.unique(values)
    return list((ordered[1:] + ordered[:-1]) / 2) if len(ordered) > 1 else list(ordered)


def _covered(scene: Scene, views: list[View], face_size: int) -> np.ndarray:
    """(L, L) bool, the texels that some view shows, to within a texture of as many texels as pixels."""
    small = face_size
    scene = replace(scene, small_size=small)
    seen = np.zeros(small * small, bool)
    for view in views:
        texels = scene.maps(view, face_size)[1].texels
        seen[texels[texels >= 0].numpy()] = True
    nearest = np.arange(len(scene.large)) * small // len(scene.large)
    return seen.reshape(small, small)[np.ix_(nearest, nearest)]


def groups_of(seed: int, head: int, asymmetric: bool) -> dict[str, str]:
    """The groups that a head and its photos belong to: the person's own, and ``light``, ``soft`` or from the ``side``.

    Args:
        seed: of the heads.
        head: its number.
        asymmetric: whether its two sides differ.
    """
    person = sample_head(generator_of(seed, head, 0))
    return {**person.labels, "light": "side" if asymmetric else "soft"}


@functools.lru_cache(maxsize=1)
def draw_person(
    seed: int, number: int, texture_size: int, asymmetric: bool
) -> tuple[Head, np.ndarray, Asymmetry | None]:
    """Person ``number``, the painted skin (T, T, 3), and how the sides differ, if they do."""
    head = sample_head(generator_of(seed, number, 0))
    if not asymmetric:
        return head, paint_skin(head.skin, texture_size), None
    sides = sample_asymmetry(head.skin, generator_of(seed, number, 2))
    return replace(head, skin=sides.skin), sides.paint(texture_size), sides


def generator_of(seed: int, number: int, *what: int) -> np.random.Generator:
    """Of head ``number``: 0 draws the person, 1 the photo, 2 what makes the sides differ, 3 a photo of its own kind."""
    return np.random.default_rng(np.random.SeedSequence((seed, _BRANCH, number, *what)))


def take_photo(seed: int, face: Face, texture_size: int, asymmetric: bool = False) -> Photo:
    """The photo of a face; all photos of one head have the same light and background.

    With an asymmetric one the lamp stays with the head, else with the camera.

    Args:
        seed: of the heads.
        face: which head, and how it is turned.
        texture_size: texels along a side of its texture.
        asymmetric: whether its two sides differ, see :func:`scoreface.benchmark.asymmetry.sample_asymmetry`.
    """
    head, skin, sides = draw_person(seed, face.head, texture_size, asymmetric)
    rng = generator_of(seed, face.head, 1)
    light = sides.light_at(face.yaw) if sides else None
    return make_photo(head, skin, face.yaw, 0.0, 0.0, PHOTO_SIZE, rng, light)
