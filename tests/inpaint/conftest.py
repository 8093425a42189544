"""What the tests of the pipelines share."""

import numpy as np
import pytest

from scoreface.geometry.camera import PerspectiveCamera
from scoreface.geometry.mesh import Mesh
from scoreface.inpaint.scene import Scene


@pytest.fixture(scope="session")
def scene() -> Scene:
    """A bent sheet with its left half known from a photo."""
    n = 13
    v, u = np.mgrid[0:n, 0:n] / (n - 1)
    angle = (u - 0.5) * 4.4
    vertices = np.stack([np.sin(angle), v * 1.6 - 0.8, np.cos(angle)], -1).reshape(-1, 3)
    corner = np.arange(n * n).reshape(n, n)
    a, b, c, d = corner[:-1, :-1], corner[:-1, 1:], corner[1:, 1:], corner[1:, :-1]
    faces = np.concatenate([np.stack([a, b, c], 2), np.stack([a, c, d], 2)]).reshape(-1, 3)
    vt = np.stack([u, v], -1).reshape(-1, 2) * 0.9 + 0.05
    large = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    known = np.arange(32) + np.zeros((32, 1)) < 14
    mesh = Mesh(vertices, faces, vt, faces)
    return Scene(mesh, np.zeros(3), large, known, 16, PerspectiveCamera(2.6), "embree")
