"""A head of another fitter, written as the workflow reads it, and the list and configuration that go with several."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from scipy.spatial.transform import Rotation

from scoreface.base.errors import InputError
from scoreface.base.files import atomic, write_text
from scoreface.config.ids import fit_id
from scoreface.geometry.mesh import Mesh, save_obj

#: Least cosine at which a texel counts as seen, see :func:`scoreface.texture.project.lift_photo`; the workflow's too.
MIN_COSINE = 0.2


@dataclass(frozen=True)
class Fit:
    """A head as the photo's camera sees it, y up, the camera on +z. S texels a side.

    Attributes:
        mesh: with UV coordinates.
        texture: (S, S, 4) uint8, the photo's texels, transparent where it does not show one.
        axis_angle: (3,) the head's global rotation in radians.
    """

    mesh: Mesh
    texture: np.ndarray
    axis_angle: np.ndarray


def rotation_from(template: np.ndarray, vertices: np.ndarray) -> np.ndarray:
    """The rotation (3,), axis-angle in radians, that turns an upright head to another of the same topology best.

    Wahba's problem between the centred vertices, which scale and translation leave alone; what shape and expression
    move evens out.

    Args:
        template: (V, 3), a head upright: y up, the face along +z.
        vertices: (V, 3), the same vertices of the turned one.
    """
    one, other = template - template.mean(0), vertices - vertices.mean(0)
    rotation, _ = Rotation.align_vectors(other, one)
    return rotation.as_rotvec()


def find_photos(folder: Path) -> dict[str, Path]:
    """The pictures of a folder by their names without ending.

    Raises:
        InputError: there is no such folder.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder of photos")
    endings = {
        ending for ending, kind in Image.registered_extensions().items() if kind in Image.OPEN
    }
    return {path.stem: path for path in sorted(folder.iterdir()) if path.suffix.lower() in endings}


def convert_all(
    found: Mapping[str, Path],
    photos: Path,
    read: Callable[[Path, Path], Fit],
    out: Path,
) -> None:
    """Convert the heads of a fitter, those that cannot be left out by name; then list and configuration.

    Args:
        found: a file or folder of each name; an id is made of it.
        photos: folder with the photo of each.
        read: makes a fit of that and the photo, or raises InputError.
        out: gets ``fits/{id}.obj``, ``.png`` and ``.npy``, ``photos.tsv`` and ``config.yaml``.

    Raises:
        InputError: none can be converted, or a file cannot be written.
    """
    pictures = find_photos(photos)
    written: dict[str, Path] = {}
    for name, source in found.items():
        id = fit_id(name)
        try:
            if name not in pictures:
                raise InputError(f"{source}: no photo {name}.* in {photos}")
            if id in written:
                raise InputError(f"{source}: another one is called {id} too; rename it")
            fit = read(source, pictures[name])
        except InputError as error:
            print(f"left out: {error}", file=sys.stderr)
            continue
        write_fit(fit, out / "fits", id)
        written[id] = pictures[name].resolve()
        size = len(fit.texture)
    if not written:
        raise InputError(f"{photos}: nothing was converted")
    rows = ["id\timage", *(f"{id}\t{photo}" for id, photo in written.items())]
    write_text(out / "photos.tsv", "\n".join(rows) + "\n")
    write_text(out / "config.yaml", _config(out.resolve(), size))
    print(
        f"{len(written)} of {len(found)} heads converted; next: snakemake -j2 --configfile {out / 'config.yaml'}"
    )


def write_fit(fit: Fit, folder: Path, id: str) -> None:
    """Write the three files of a head."""
    save_obj(fit.mesh, folder / f"{id}.obj", f"{id}.png")
    with atomic(folder / f"{id}.png") as temporary:
        Image.fromarray(fit.texture).save(temporary)
    with atomic(folder / f"{id}.npy") as temporary:
        np.save(temporary, fit.axis_angle)


def _config(out: Path, size: int) -> str:
    """The configuration that goes over ``config.yaml``. JSON's text is YAML's too."""
    fits = {name: f"{out}/fits/{{id}}.{ending}" for name, ending in _ENDINGS.items()}
    return (
        f"ids: {json.dumps(str(out / 'photos.tsv'))}\n"
        f"results: {json.dumps(str(out / 'results'))}\n"
        f"fit:\n  engine: external\n  external: {json.dumps(fits)}\n"
        f"texture:\n  large: {size}\n"
    )


_ENDINGS = {"mesh": "obj", "texture": "png", "axis_angle": "npy"}
