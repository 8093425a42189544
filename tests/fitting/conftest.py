"""A made-up face in FLAME's file format, small enough to be fitted in a second, and the settings of a fit."""

import pickle
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial import Delaunay

from scoreface.api.models import Models, write_models
from scoreface.base.settings import read
from scoreface.config.schema import checked_config
from scoreface.fitting.job import Settings

_BROW = [(-0.62, 0.22), (-0.50, 0.33), (-0.36, 0.36), (-0.22, 0.33), (-0.10, 0.27)]
_NOSE = [(0, 0.08), (0, -0.08), (0, -0.24), (0, -0.40)]
_NOSTRILS = [(-0.17, -0.50), (-0.09, -0.53), (0, -0.56), (0.09, -0.53), (0.17, -0.50)]
_EYE = [(-0.5, 0), (-0.42, 0.06), (-0.3, 0.06), (-0.21, -0.01), (-0.3, -0.05), (-0.41, -0.05)]
_UPPER_LIP = [(-0.29, -0.85), (-0.19, -0.78), (-0.07, -0.74), (0, -0.76)]
_LOWER_LIP = [(0.18, -0.95), (0.08, -1.0), (0, -1.01), (-0.08, -1.0), (-0.18, -0.95)]
_INNER_LIPS = [
    *((-0.24, -0.85), (-0.08, -0.82), (0, -0.83), (0.08, -0.82)),
    *((0.24, -0.85), (0.08, -0.87), (0, -0.88), (-0.08, -0.87)),
]


def _mirrored(points, order):
    return [(-points[i][0], points[i][1]) for i in order]


def _ibug_51() -> np.ndarray:
    """The 51 inner iBUG landmarks of a plain face, y up; outer eye corners one unit apart."""
    points = [*_BROW, *_mirrored(_BROW, (4, 3, 2, 1, 0)), *_NOSE, *_NOSTRILS]
    points += [*_EYE, *_mirrored(_EYE, (3, 2, 1, 0, 5, 4))]
    points += [*_UPPER_LIP, *_mirrored(_UPPER_LIP, (2, 1, 0)), *_LOWER_LIP, *_INNER_LIPS]
    return np.array(points, dtype=float)


def make_face_model(seed: int = 0) -> dict:
    """A FLAME-format face: 51 landmark vertices and a ring around them, 300 + 100 blendshapes."""
    rng = np.random.default_rng(seed)
    turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    ring = np.stack([0.9 * np.cos(turn), -0.2 + 1.2 * np.sin(turn)], axis=1)
    xy = np.concatenate([_ibug_51(), ring])
    x, y = xy.T
    z = 0.8 * np.sqrt(np.maximum(0, 1 - (x / 0.95) ** 2 - ((y + 0.2) / 1.3) ** 2))
    z += 0.3 * np.exp(-(x**2) / 0.02 - (y + 0.4) ** 2 / 0.06)
    vertices = 0.1 * np.column_stack([xy, z])

    faces = Delaunay(xy).simplices
    a, b, c = (xy[faces[:, i]] for i in range(3))
    area = (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]
    faces = np.where(area[:, None] > 0, faces, faces[:, ::-1])

    # Smooth random fields: a face changes shape in neighbourhoods, not vertex by vertex.
    waves = rng.normal(scale=20.0, size=(3, 400))
    amplitudes = rng.normal(scale=1e-3, size=(3, 400))
    shapedirs = amplitudes * np.sin(vertices @ waves + rng.uniform(0, 6, 400))[:, None, :]

    weights = rng.uniform(0, 0.05, size=(len(vertices), 5))
    weights[y < -0.7, 2] += 1.0
    weights[y >= -0.7, 1] += 1.0
    weights /= weights.sum(axis=1, keepdims=True)
    regressor = rng.dirichlet(np.ones(len(vertices)), size=5)
    return {
        "v_template": vertices,
        "f": faces.astype(np.uint32),
        "shapedirs": shapedirs,
        "posedirs": rng.normal(scale=1e-4, size=(len(vertices), 3, 36)),
        "J_regressor": regressor,
        "weights": weights,
        "kintree_table": np.array([[2**32 - 1, 0, 1, 1, 1], range(5)], dtype=np.int64),
        "J": regressor @ vertices,
    }


def make_embedding(model: dict) -> dict:
    """Each landmark at the corner of a triangle that is the landmark's own vertex."""
    places = [np.argwhere(model["f"] == vertex)[0] for vertex in range(51)]
    return {
        "lmk_face_idx": np.array([face for face, _ in places], dtype=np.uint32),
        "lmk_b_coords": np.eye(3)[[corner for _, corner in places]],
    }


def write_pickle(path: Path, content: object) -> str:
    path.write_bytes(pickle.dumps(content, protocol=2))
    return str(path)


@pytest.fixture(scope="session")
def face_model() -> dict:
    return make_face_model()


@pytest.fixture(scope="session")
def face_model_path(face_model, tmp_path_factory) -> str:
    return write_pickle(tmp_path_factory.mktemp("model") / "face.pkl", face_model)


@pytest.fixture(scope="session")
def embedding_path(face_model, tmp_path_factory) -> str:
    folder = tmp_path_factory.mktemp("embedding")
    return write_pickle(folder / "embedding.pkl", make_embedding(face_model))


@pytest.fixture(scope="session")
def demo_head_files(tmp_path_factory) -> Models:
    """The embedded head, as the workflow makes it."""
    return write_models(tmp_path_factory.mktemp("head"), 128)


@pytest.fixture(scope="session")
def settings() -> Settings:
    """Those of the configuration as it stands."""
    return read(Settings, checked_config([]))
