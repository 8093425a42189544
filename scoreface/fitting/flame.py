"""The FLAME model and its landmark embedding, from FLAME's own files."""

from dataclasses import dataclass
from typing import Tuple

import numpy as np

from scoreface.base.errors import InputError
from scoreface.base.pickles import load_dict, read_array

N_SHAPE = 300
N_EXPRESSION = 100
N_BLENDSHAPES = N_SHAPE + N_EXPRESSION
#: Root (global), neck, jaw, right and left eyeball.
N_JOINTS = 5
#: The iBUG landmarks inside the face (17..67), without the 17 of the jaw line.
N_LANDMARKS = 51


@dataclass(frozen=True)
class FlameModel:
    """The arrays of a FLAME model with V vertices, F triangles, S blendshapes and K = 5 joints.

    Lengths are in the mesh's units (FLAME: metres); the names follow Li et al. 2017, section 3.

    Attributes:
        v_template: (V, 3) float64, the mean head, T.
        faces: (F, 3) int64, vertex indices of the triangles.
        shapedirs: (V, 3, S) float64, shape blendshapes (300) followed by expression ones (100).
        posedirs: (V, 3, 9 (K - 1)) float64, pose correctives, one for each entry of R - I.
        joint_regressor: (K, V) float64, joint locations from vertices.
        weights: (V, K) float64, blend skinning weights.
        kintree_table: (2, K) int64, parents (row 0, the root's is -1) and joints (row 1).
    """

    v_template: np.ndarray
    faces: np.ndarray
    shapedirs: np.ndarray
    posedirs: np.ndarray
    joint_regressor: np.ndarray
    weights: np.ndarray
    kintree_table: np.ndarray

    @property
    def parents(self) -> np.ndarray:
        """(K,) int64: the parent of each joint, -1 for the root."""
        return self.kintree_table[0]

    @property
    def joints(self) -> np.ndarray:
        """(K, 3) float64: joint locations of the mean head (the files' ``J``)."""
        return self.joint_regressor @ self.v_template


@dataclass(frozen=True)
class LandmarkEmbedding:
    """Landmarks on the surface of the model.

    Attributes:
        faces: (51,) int64, the triangle that each landmark lies in.
        barycentric: (51, 3) float64, weights of the triangle's three corners.
    """

    faces: np.ndarray
    barycentric: np.ndarray


def load_flame(path: str, n_blendshapes: int = N_BLENDSHAPES) -> FlameModel:
    """Load a FLAME model (2017, 2020 or 2023) from its pickle.

    The array of each key may be dense, a chumpy array or a SciPy sparse matrix.

    Args:
        path: the pickle.
        n_blendshapes: how many blendshapes the model must have; FLAME has 300 + 100.

    Raises:
        InputError: missing file, key or class not allowed, or an array of another shape or with
            values out of range; names the file and the key.
    """
    content = load_dict(path)
    v_template = _read_floats(content, "v_template", path, (-1, 3))
    n = len(v_template)
    return FlameModel(
        v_template=v_template,
        faces=_read_indices(content, "f", path, (-1, 3), n),
        shapedirs=_read_floats(content, "shapedirs", path, (n, 3, n_blendshapes)),
        posedirs=_read_floats(content, "posedirs", path, (n, 3, 9 * (N_JOINTS - 1))),
        joint_regressor=_read_floats(content, "J_regressor", path, (N_JOINTS, n)),
        weights=_read_floats(content, "weights", path, (n, N_JOINTS)),
        kintree_table=_read_kintree(content, path),
    )


def load_embedding(path: str, n_faces: int) -> LandmarkEmbedding:
    """Load the embedding of the 51 inner landmarks, or of all 68, whose last 51 are used.

    Args:
        path: a pickle with ``lmk_face_idx`` and ``lmk_b_coords``.
        n_faces: number of triangles of the model that the embedding is for.

    Raises:
        InputError: missing file or key, or an array of another shape or with values out of range.
    """
    content = load_dict(path)
    faces = _read_indices(content, "lmk_face_idx", path, (-1,), n_faces)
    if len(faces) not in (N_LANDMARKS, 68):
        raise InputError(
            "'lmk_face_idx' in {} has {} landmarks, not 51 or 68".format(path, len(faces))
        )
    barycentric = _read_floats(content, "lmk_b_coords", path, (len(faces), 3))
    return LandmarkEmbedding(faces[-N_LANDMARKS:], barycentric[-N_LANDMARKS:])


def _check_shape(array: np.ndarray, shape: Tuple[int, ...], key: str, path: str) -> None:
    """Raise InputError unless ``array`` has ``shape``, in which -1 is any size but 0."""
    fits = array.ndim == len(shape) and all(
        size == wanted or (wanted == -1 and size > 0) for size, wanted in zip(array.shape, shape)
    )
    if not fits:
        wanted_text = "({})".format(", ".join("any" if s == -1 else str(s) for s in shape))
        raise InputError(
            "'{}' in {} has shape {}, not {}".format(key, path, array.shape, wanted_text)
        )


def _read_floats(content: dict, key: str, path: str, shape: Tuple[int, ...]) -> np.ndarray:
    array = read_array(content, key, path)
    _check_shape(array, shape, key, path)
    array = array.astype(np.float64)
    if not np.isfinite(array).all():
        raise InputError("'{}' in {} holds values that are not finite".format(key, path))
    return array


def _read_indices(
    content: dict, key: str, path: str, shape: Tuple[int, ...], limit: int
) -> np.ndarray:
    array = read_array(content, key, path)
    _check_shape(array, shape, key, path)
    indices, whole = _as_whole(array)
    if not whole or indices.min() < 0 or indices.max() >= limit:
        raise InputError(
            "'{}' in {} must hold whole numbers from 0 to {}".format(key, path, limit - 1)
        )
    return indices


def _as_whole(array: np.ndarray) -> Tuple[np.ndarray, bool]:
    """Numbers as int64, and whether they are whole; some tools write indices as floating-point ones."""
    with np.errstate(invalid="ignore"):
        whole = array.astype(np.int64)
    return whole, bool((whole == array).all())


def _read_kintree(content: dict, path: str) -> np.ndarray:
    array = read_array(content, "kintree_table", path).copy()
    _check_shape(array, (2, N_JOINTS), "kintree_table", path)
    # The root has no parent, which FLAME's files write as -1 or, in unsigned numbers, as 2**32 - 1.
    array[0, 0] = 0
    table, whole = _as_whole(array)
    joints = np.arange(N_JOINTS)
    parents = table[0, 1:]
    if not whole or (parents < 0).any() or (parents >= joints[1:]).any():
        raise InputError(
            "'kintree_table' in {} must name each joint's parent before the joint".format(path)
        )
    if (table[1] != joints).any():
        raise InputError("'kintree_table' in {} must have its joints in order".format(path))
    table[0, 0] = -1
    return table
