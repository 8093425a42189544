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
from scoreface.texture.layout import make_layout
from scoreface.texture.preprocess import shrink
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
    """

    mesh: Mesh
    axis_angle: np.ndarray
    large: np.ndarray
    known: np.ndarray
    small_size: int
    camera: PerspectiveCamera
    back_end: str = "auto"

    @classmethod
    def load(
        cls,
        mesh: Path,
        axis_angle: Path,
        large: Path,
        known: Path,
        small_size: int,
        camera: CameraSettings,
    ) -> Scene:
        """Read the scene's files.

        Raises:
            InputError: a file is bad, or the two textures differ in size.
        """
        scene = cls(
            load_head(mesh),
            read_axis_angle(axis_angle),
            read_image(large),
            read_mask(known),
            small_size,
            PerspectiveCamera(camera.distance, camera.field_of_view),
            camera.rasteriser,
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

    def first_state(self) -> TextureState:
        """The state in which only the photo's texels are filled."""
        return TextureState.from_photo(
            shrink(self.large, self.small_size),
            shrink(self.known, self.small_size),
            self.charts[self.small_size],
        )

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
            self.charts,
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
        # The view turns the head before a camera that stays on +z.
        position = view.rotation().inv().apply([0, 0, self.camera.distance])
        return np.linalg.norm(points - position, axis=1)


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
