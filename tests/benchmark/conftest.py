"""A flat head on which the baselines' answers are known."""

import numpy as np
import pytest

from scoreface.geometry.mesh import Mesh


@pytest.fixture
def sheet() -> Mesh:
    """The square -1..1 in x and y at z = 0 as a grid, UVs 0..1."""
    n = 17
    y, x = np.mgrid[0:n, 0:n] / (n - 1) * 2 - 1
    vertices = np.stack([x.ravel(), y.ravel(), 0 * x.ravel()], 1)
    corner = np.arange(n * n).reshape(n, n)
    a, b, c, d = corner[:-1, :-1], corner[:-1, 1:], corner[1:, 1:], corner[1:, :-1]
    faces = np.concatenate([np.stack([a, b, c], 2), np.stack([a, c, d], 2)]).reshape(-1, 3)
    return Mesh(vertices, faces, (vertices[:, :2] + 1) / 2, faces)
