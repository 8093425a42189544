"""Faces of 3DDFA_V2 (Guo et al. 2020), as its demo saves them with ``-o obj``: ``{name}_obj.obj`` of each photo.

The vertices are the Basel Face Model's in the photo's pixels, x to the right, y up from the bottom edge, so the photo
is lifted onto the texture here, at its own resolution. UV coordinates and the mean face come from 3DDFA's ``configs``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import trimesh
from scipy.io import loadmat

from scoreface.base.arrays import WHOLE_NUMBERS, Array, read_npy
from scoreface.base.errors import InputError
from scoreface.base.photo import MOST_PIXELS, load_photo
from scoreface.base.pickles import load_dict
from scoreface.convert.fits import MIN_COSINE, Fit, rotation_from
from scoreface.geometry.mesh import Mesh, shape_problem
from scoreface.texture.layout import make_layout
from scoreface.texture.project import lift_photo

_SUFFIX = "_obj"
# Half of the face's extent in the mesh that comes out, near to metres: in pixels it would be beyond the camera.
_HALF_EXTENT = 0.1


class BaselFace(NamedTuple):
    """What all faces of 3DDFA share. V vertices.

    Attributes:
        mean: (V, 3) the mean face, upright.
        uv: (V, 2) UV coordinates, v up.
    """

    mean: np.ndarray
    uv: np.ndarray


def load_basel_face(configs: Path) -> BaselFace:
    """Read the model's mean and UV coordinates from 3DDFA's ``configs`` folder.

    Raises:
        InputError: a file is missing or damaged, or they are of different models.
    """
    model, layout, chosen = (
        configs / name for name in ("bfm_noneck_v3.pkl", "BFM_UV.mat", "indices.npy")
    )
    mean = np.asarray(load_dict(str(model)).get("u"), float)
    indices = read_npy(chosen, Array(WHOLE_NUMBERS, ("N",)), "list of vertices")
    try:
        uv = np.asarray(loadmat(str(layout), variable_names=["UV"])["UV"], float)
        uv = uv[indices]
    except (OSError, ValueError, KeyError, IndexError, TypeError, NotImplementedError) as error:
        raise InputError(f"{layout}: no UV coordinates of {chosen.name} ({error})") from error
    if mean.size != 3 * len(uv) or uv.shape[1:] != (2,):
        raise InputError(
            f"{model}: a mean of {mean.size // 3} vertices, but {layout} has {len(uv)}"
        )
    return BaselFace(mean.reshape(-1, 3), uv)


def find_tddfa(folder: Path) -> dict[str, Path]:
    """The OBJ files of a folder by their photos' names.

    Raises:
        InputError: there are none.
    """
    found = {
        path.stem.removesuffix(_SUFFIX): path for path in sorted(folder.glob(f"*{_SUFFIX}.obj"))
    }
    if not found:
        raise InputError(f"{folder}: no *{_SUFFIX}.obj; run 3DDFA_V2's demo.py with -o obj")
    return found


def read_tddfa(path: Path, photo: Path, model: BaselFace, size: int) -> Fit:
    """Read a face of 3DDFA and lift its photo; of several faces in one file the largest is taken.

    Args:
        path: the OBJ.
        photo: the photo that it was fitted to.
        model: what all faces share.
        size: texels along a side of the texture.

    Raises:
        InputError: a file is missing or damaged, the face is of another model, or the photo shows nothing of it.
    """
    vertices, faces = _read_face(path, len(model.mean))
    pixels = load_photo(str(photo), MOST_PIXELS)
    scale = np.abs(vertices - vertices.mean(0)).max() / _HALF_EXTENT
    mesh = Mesh(vertices / scale, faces, model.uv, faces)
    layout = make_layout(mesh.vt, mesh.ft, mesh.faces, size)
    colours, seen = lift_photo(
        pixels, mesh.vertices, mesh.faces, scale, layout, min_cosine=MIN_COSINE
    )
    if not seen.any():
        raise InputError(f"{path}: {photo} shows nothing of the face")
    texture = np.dstack([colours, seen * np.uint8(255)])
    return Fit(mesh, texture, rotation_from(model.mean, mesh.vertices))


def _read_face(path: Path, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Vertices (V, 3) and faces (F, 3) of the largest face in a file of one or several."""
    try:
        loaded: Any = trimesh.load(path, file_type="obj", process=False, maintain_order=True)
        vertices, faces = np.asarray(loaded.vertices, float), np.asarray(loaded.faces)
    except Exception as error:  # a damaged file raises almost anything
        raise InputError(f"{path}: no readable OBJ ({str(error)[:200]})") from error
    several = len(vertices) // count
    if not several or len(vertices) != several * count or faces.max() >= len(vertices):
        raise InputError(
            f"{path}: {len(vertices)} vertices, but 3DDFA's face has {count}; is it of this model?"
        )
    each = vertices.reshape(several, count, 3)
    largest = int(np.ptp(each, axis=1).max(1).argmax())
    own = faces[(faces // count == largest).all(1)] - largest * count
    problem = shape_problem(each[largest], own) if len(own) else "it has no faces"
    if problem:
        raise InputError(f"{path}: no face: {problem}")
    return each[largest], own
