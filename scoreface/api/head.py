"""A finished head in memory: its surface, its texture, where each texel comes from, and pictures of it."""

from __future__ import annotations

import functools
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from scoreface.base.angles import read_axis_angle
from scoreface.base.arrays import read_image, read_labels, read_palette, write_image
from scoreface.base.errors import InputError
from scoreface.base.files import read_json
from scoreface.base.settings import read
from scoreface.config.schema import checked_config
from scoreface.geometry.mesh import Mesh, load_head
from scoreface.geometry.settings import CameraSettings, LensSettings
from scoreface.geometry.views import View
from scoreface.results.display import BLACK, Colour, Studio
from scoreface.results.export import upright, write_obj
from scoreface.results.glb import extras_of, write_glb
from scoreface.results.render import portrait_studio
from scoreface.texture.chart import padded
from scoreface.texture.layout import make_layout
from scoreface.texture.state import LEGEND, OBSERVED, shares_of

_FRONT = View(0.0, 0.0)
_PREVIEW_SIZE = 256


@dataclass(frozen=True, repr=False)
class Head:
    """A finished head. S texels a side of the texture, V vertices.

    Attributes:
        id: of the face.
        mesh: the head upright, in the mesh's units (FLAME: metres), y up, the face along +z, the mean of the vertices
            at the origin; vertices in FLAME's order.
        texture: (S, S, 3) uint8, complete; row 0 is v = 1.
        provenance: (S, S) uint8, where each texel comes from: a key of :attr:`legend`.
        colours: (5, 3) uint8, by which pictures show the labels.
        fit: the record of the fit: yaw, pitch and roll in degrees, errors, and more (``fit.json``).
        further: textures of further completions, where ``inpaint.samples`` asks for several.
        uncertainty: (S, S) uint8, the standard deviation of a texel over all completions, 4 units to a level; None
            for one.
        studio: the head before the camera of the pictures.
    """

    id: str
    mesh: Mesh
    texture: np.ndarray
    provenance: np.ndarray
    colours: np.ndarray
    fit: Mapping[str, Any]
    further: tuple[np.ndarray, ...]
    uncertainty: np.ndarray | None
    studio: Studio

    #: What the labels of :attr:`provenance` mean.
    legend = LEGEND

    @classmethod
    def load(
        cls, folder: str | Path, id: str | None = None, config: Mapping[str, Any] | None = None
    ) -> Head:
        """Read a head from the files of a finished face, such as the workflow's ``results/{id}/``.

        Args:
            folder: the face's.
            id: None: the folder's name.
            config: whose ``render.camera`` pictures are taken with; None: ``config.yaml`` as it stands.

        Raises:
            InputError: a file is missing or damaged.
        """
        root = Path(folder)
        if not (root / "texture.png").is_file():
            raise InputError(f"{root}: no finished face, which has a texture.png")
        settings = checked_config([]) if config is None else config
        lens, camera = read(LensSettings, settings), read(CameraSettings, settings)
        fitted = load_head(root / "mesh" / "head.obj")
        axis_angle = read_axis_angle(root / "mesh" / "axis_angle.npy")
        deviation = root / "uncertainty.png"
        palette = np.array(read_palette(root / "provenance.png"), np.uint8).reshape(-1, 3)
        return cls(
            id or root.resolve().name,
            upright(fitted, axis_angle),
            read_image(root / "texture.png"),
            read_labels(root / "provenance.png"),
            palette[: len(LEGEND)],
            read_json(root / "fit" / "fit.json"),
            tuple(read_image(path) for path in sorted(root.glob("samples/texture_*.png"))),
            read_labels(deviation) if deviation.is_file() else None,
            # From the fitted head, as the stage has it: turned once more by nothing, last digits are others.
            portrait_studio(fitted, axis_angle, lens, camera.rasteriser),
        )

    @property
    def observed(self) -> np.ndarray:
        """(S, S) bool, the texels that the photo shows; the others are invented."""
        return self.provenance == OBSERVED

    @property
    def shares(self) -> dict[str, float]:
        """Share of the UV chart's texels for each label, by its meaning."""
        return {LEGEND[label]: share for label, share in shares_of(self.provenance).items()}

    def render(
        self,
        view: View = _FRONT,
        size: int = 512,
        background: Colour = BLACK,
        texture: np.ndarray | None = None,
    ) -> np.ndarray:
        """A picture of the head, antialiased, without added light.

        Args:
            view: from where.
            size: pixels along a side.
            background: its colour, red, green and blue of 0 to 255.
            texture: (S, S, 3), 0..255, in the place of the complete one, such as ``head.colours[head.provenance]``.

        Returns:
            (size, size, 3) uint8.
        """
        shown = self.texture if texture is None else texture
        return self.studio.picture(padded(shown, self._chart), view, size, background)

    def save(self, path: str | Path) -> None:
        """Write the head for other programs: ``.glb``, or ``.obj`` with its material and texture beside it.

        Raises:
            InputError: the ending is another, or the file cannot be written.
        """
        path = Path(path)
        if path.suffix == ".glb":
            provenance = self.colours[self.provenance]
            texture, provenance = (padded(x, self._chart) for x in (self.texture, provenance))
            write_glb(self.mesh, texture, provenance, extras_of(self.id, self.provenance), path)
        elif path.suffix == ".obj":
            picture = path.with_suffix(".png")
            write_image(picture, self.texture)
            write_obj(self.mesh, picture, path)
        else:
            raise InputError(f"{path}: a head can be saved as .glb or .obj")

    @functools.cached_property
    def _chart(self) -> np.ndarray:
        mesh = self.mesh
        return make_layout(mesh.vt, mesh.ft, mesh.faces, len(self.texture)).chart

    def __repr__(self) -> str:
        observed = self.shares[LEGEND[OBSERVED]]
        return f"<Head {self.id}: {len(self.texture)} texels a side, {observed:.0%} observed>"

    def _repr_png_(self) -> bytes:
        """What a notebook shows of the head."""
        file = io.BytesIO()
        Image.fromarray(self.render(size=_PREVIEW_SIZE)).save(file, "PNG")
        return file.getvalue()
