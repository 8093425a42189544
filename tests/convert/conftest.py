"""The embedded head in the place of FLAME's and the Basel Face Model's, turned as in a photo."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from PIL import Image
from scipy.spatial.transform import Rotation

from scoreface.demo.head.model import build_model

ROTATION = np.array([0.1, 0.5, -0.1])


class Turned(NamedTuple):
    """A head: upright vertices, those as the camera sees them, and its UV coordinates."""

    template: np.ndarray
    vertices: np.ndarray
    faces: np.ndarray
    vt: np.ndarray
    ft: np.ndarray


@pytest.fixture(scope="session")
def head() -> Turned:
    model = build_model()
    vertices = Rotation.from_rotvec(ROTATION).apply(model.v_template)
    return Turned(model.v_template, vertices, model.f, model.vt, model.ft)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder with one photo, whose red grows by one a pixel to the right and green downwards."""
    down, right = np.mgrid[:200, :240]
    folder = tmp_path / "photos"
    folder.mkdir()
    pixels = np.dstack([right, down, np.full_like(down, 90)]).astype(np.uint8)
    Image.fromarray(pixels).save(folder / "anna.png")
    return folder
