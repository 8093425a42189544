"""Small meshes with known surfaces and UVs."""

import numpy as np
import pytest

from scoreface.geometry.mesh import Mesh


@pytest.fixture
def plane() -> Mesh:
    """The square -1..1 in x and y at z = 0, facing the camera, UVs 0..1."""
    vertices = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]], float)
    faces = np.array([[0, 1, 2], [0, 2, 3]])
    return Mesh(vertices, faces, (vertices[:, :2] + 1) / 2, faces.copy())


@pytest.fixture
def sphere() -> Mesh:
    """A unit sphere with a UV seam at its back: u grows with the longitude, v with the height."""
    rows, columns = 24, 48
    v, u = np.meshgrid(np.linspace(0, 1, rows + 1), np.linspace(0, 1, columns + 1), indexing="ij")
    height, longitude = np.pi * (v - 0.5), 2 * np.pi * (u - 0.5)
    across = np.cos(height)
    points = np.stack([across * np.sin(longitude), np.sin(height), across * np.cos(longitude)], 2)
    corner = np.arange((rows + 1) * (columns + 1)).reshape(rows + 1, columns + 1)
    a, b, c, d = corner[:-1, :-1], corner[:-1, 1:], corner[1:, 1:], corner[1:, :-1]
    ft = np.concatenate([np.stack([a, b, c], 2), np.stack([a, c, d], 2)]).reshape(-1, 3)
    # One vertex for the two ends of a row, and one for each pole.
    _, first, merged = np.unique(
        points.reshape(-1, 3).round(9) + 0.0, axis=0, return_index=True, return_inverse=True
    )
    faces = merged.ravel()[ft]
    whole = (np.sort(faces, 1)[:, 1:] != np.sort(faces, 1)[:, :-1]).all(1)
    vt = np.stack([u.ravel(), v.ravel()], 1)
    return Mesh(points.reshape(-1, 3)[first], faces[whole], vt, ft[whole])
