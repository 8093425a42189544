"""What stays the same while one face is inpainted: the head, its photo's texels, the camera."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch

from scoreface.base.angles import read_axis_angle
from scoreface.base.arrays import read_image, read_mask
from scoreface.base.errors import InputError
from scoreface.geometry.camera import PerspectiveCamera
from scoreface.geometry.mesh import Mesh, load_head
from scoreface.geometry.settings import CameraSettings
from scoreface.geometry.views import View, frontal
from scoreface.texture.carried import Carried, nothing, read_carried
from scoreface.texture.chart import nearest_texels
from scoreface.texture.completion import Completion
from scoreface.texture.layout import make_layout
from scoreface.texture.preprocess import MOST, shrink
from scoreface.texture.state import TextureState
from scoreface.texture.view_map import ViewMap, view_map


@dataclass(frozen=True)
class Scene:
    """A fitted head with the photo's texels, seen by one camera.

    Attributes:
        mesh: the head as fitted.
        axis_angle: (3,) its global rotation in radians.
        large: (L, L, 3) uint8 texture lifted from the photo.
        known: (L, L) bool, its known texels.
        small_size: S, texels along a side of the state's texture.
        camera: the views' camera.
        back_end: the rasteriser's.
        carried: what is known of the large texture's texels besides. None: nothing.
        shrunk: how it becomes the small one, see :func:`scoreface.texture.preprocess.shrink`.
    """

    mesh: Mesh
    axis_angle: np.ndarray
    large: np.ndarray
    known: np.ndarray
    small_size: int
    camera: PerspectiveCamera
    back_end: str = "auto"
    carried: Carried | None = None
    shrunk: str = MOST

    @classmethod
    def load(
        cls,
        mesh: Path,
        axis_angle: Path,
        large: Path,
        known: Path,
        texel_labels: Path,
        regions: Path,
        small_size: int,
        shrunk: str,
        camera: CameraSettings,
    ) -> Scene:
        """Read the scene's files.

        Raises:
            InputError: a file is bad, or the two textures differ in size.
        """
        texture = read_image(large)
        scene = cls(
            load_head(mesh),
            read_axis_angle(axis_angle),
            texture,
            read_mask(known),
            small_size,
            PerspectiveCamera(camera.distance, camera.field_of_view),
            camera.rasteriser,
            read_carried(texel_labels, regions, len(texture)),
            shrunk,
        )
        if scene.large.shape[:2] != scene.known.shape or scene.known.shape[0] < small_size:
            raise InputError(
                f"{known}: {scene.known.shape} texels, but {large} has {scene.large.shape[:2]} and "
                f"texture.small is {small_size}; the first two must agree and the third be no larger"
            )
        return scene

    @cached_property
    def charts(self) -> dict[int, np.ndarray]:
        """For the large and the small texture's size, the chart (S, S) bool."""
        sizes = {self.large.shape[0], self.small_size}
        return {
            size: make_layout(self.mesh.vt, self.mesh.ft, self.mesh.faces, size).chart
            for size in sizes
        }

    @cached_property
    def _nearest(self) -> dict[int, np.ndarray]:
        """For either size, the nearest texels inside the chart."""
        return {size: nearest_texels(chart) for size, chart in self.charts.items()}

    def first_state(self, samples: int = 1) -> TextureState:
        """The state of so many completions in which only the photo's texels are filled."""
        texture, known = shrink(self.large, self.known, self.small_size, self.shrunk)
        return TextureState.from_photo(texture, known, self.charts[self.small_size], samples)

    def completion(self) -> Completion:
        """What completes textures of the small size."""
        texture, known = shrink(self.large, self.known, self.small_size, self.shrunk)
        index = np.arange(self.small_size) * len(self.large) // self.small_size
        carried = Carried(*(values[np.ix_(index, index)] for values in self._carried))
        pixels = np.rint(texture).astype(np.uint8)
        return Completion.of(self.mesh, self.axis_angle, pixels, known, carried)

    def suggested(self) -> np.ndarray:
        """What completion makes of the photo alone, at its own size and then shrunk: (S, S, 3) in [0, 1].

        Made of the small texture it would have less to go by where little is seen of a kind: two decibels, measured.
        """
        whole = Completion.of(self.mesh, self.axis_angle, self.large, self.known, self._carried)
        photo = np.where(whole.observed[..., None], self.large / 255.0, 0)
        texture, _ = shrink(
            whole(photo, whole.observed), self.charts[len(photo)], self.small_size, MOST
        )
        return texture

    @property
    def _carried(self) -> Carried:
        return self.carried or nothing(len(self.large))

    def maps(self, view: View, face_size: int) -> tuple[ViewMap, ViewMap]:
        """The view's index maps into the large and into the small texture.

        Raises:
            InputError: the view does not show the head.
        """
        maps = view_map(
            self.mesh,
            self.axis_angle,
            view,
            self.camera,
            face_size,
            self._nearest,
            self.back_end,
        )
        if maps[self.small_size].background.all():
            raise InputError(
                f"camera.distance: at {self.camera.distance:g}, with a field of view of "
                f"{self.camera.field_of_view:g} degrees (camera.field_of_view), no pixel shows the head; come nearer"
            )
        return maps[self.large.shape[0]], maps[self.small_size]

    def texel_points(self, texels: np.ndarray, size: int) -> np.ndarray:
        """Where the row-major ``texels`` (N,) of a texture of ``size`` lie on the upright head: (N, 3)."""
        layout = make_layout(self.mesh.vt, self.mesh.ft, self.mesh.faces, size)
        rows = np.searchsorted(layout.texels, texels)
        return layout.interpolate(frontal(self.mesh, self.axis_angle))[rows]

    def camera_distance(self, view: View, points: np.ndarray) -> np.ndarray:
        """Distance (N,) of a view's camera from ``points`` (N, 3) on the upright head."""
        return np.linalg.norm(points - self.camera_position(view), axis=1)

    def camera_position(self, view: View) -> np.ndarray:
        """Where a view's camera is beside the upright head: (3,)."""
        # The view turns the head before a camera that stays on +z.
        return view.rotation().inv().apply([0, 0, self.camera.distance])


@dataclass(frozen=True)
class RenderedView:
    """A view of an unfinished texture.

    Attributes:
        face: (H, W, 3) float32 in [0, 1], 0 where not known.
        known: (H, W) bool, pixels of filled texels.
        background: (H, W) bool.
    """

    face: torch.Tensor
    known: torch.Tensor
    background: torch.Tensor

    @property
    def unknown(self) -> torch.Tensor:
        """(H, W) bool, the pixels to inpaint."""
        return ~self.known & ~self.background

    def averaged(self, fine: RenderedView) -> RenderedView:
        """The same view, each known pixel the mean of its known samples.

        Where a pixel covers many texels, any one of them is an alias of the rest.

        Args:
            fine: the view with k x k samples for each pixel.
        """
        size, samples = len(self.face), len(fine.face) // len(self.face)

        def mean(values: torch.Tensor) -> torch.Tensor:
            return values.reshape(size, samples, size, samples, -1).mean((1, 3))

        share = mean(fine.known[..., None].float())
        averages = mean(fine.face) / share.clamp(min=1e-6)
        kept = self.known[..., None] & (share > 0)
        return RenderedView(torch.where(kept, averages, self.face), self.known, self.background)

    def to(self, device: torch.device) -> RenderedView:
        """The same view on ``device``."""
        return RenderedView(self.face.to(device), self.known.to(device), self.background.to(device))


def render_state(
    scene: Scene, state: TextureState, large_map: ViewMap, small_map: ViewMap
) -> RenderedView:
    """Render a view: the photo's texels from the large texture, generated ones from the small one."""
    photo = large_map.render(torch.from_numpy(scene.large)).float() / 255
    in_photo = large_map.render(torch.from_numpy(scene.known)[..., None])[..., 0] > 0
    small = small_map.render(torch.from_numpy(state.texture).float())
    filled = small_map.render(torch.from_numpy(state.filled)[..., None])[..., 0] > 0
    known = in_photo | filled
    face = torch.where(in_photo[..., None], photo, small) * known[..., None]
    return RenderedView(face, known, large_map.background)
