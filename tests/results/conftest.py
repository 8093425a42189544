"""Small meshes with known surfaces and UVs, and the page of some faces in a browser."""

from pathlib import Path

import numpy as np
import pytest

from scoreface.base.arrays import write_image
from scoreface.geometry.mesh import Mesh
from scoreface.results.head_script import write_head_script
from scoreface.results.page.page import Run, write_page
from scoreface.results.page.viewer import write_viewer
from scoreface.results.ranges import Ranges

from .opened import BLUE, GREEN, RED, YELLOW, Opened, faces, two_halves


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


@pytest.fixture
def report(tmp_path, sphere) -> Path:
    """The page of sixty faces; of the first there is everything."""
    folder = tmp_path / "results of a run"
    first = folder / "f00"
    seen = np.concatenate([two_halves(RED, (0, 0, 0)), two_halves([1], [0])], 2)
    labels = two_halves(BLUE, YELLOW).astype(np.uint8)
    write_head_script("f00", sphere, two_halves(RED, GREEN), seen, labels, first / "head.js")
    for name, colour in (("photo", RED), ("incomplete", GREEN), ("complete", BLUE)):
        write_image(first / "compare" / f"{name}.png", np.full((64, 64, 3), colour, np.uint8))
    for name in ("frontal.png", "fit/overlay.png", "before_after.png", "uncertainty.png"):
        write_image(first / name, np.full((32, 32, 3), 90, np.uint8))
        write_image(folder / "f02" / name, np.full((32, 80, 3), 90, np.uint8))
    write_viewer(folder / "viewer.js")
    run = Run("embedded score model", True, 64, "joint", 0)
    beside = {"viewer": folder / "viewer.js", "contact_sheet": folder / "contact_sheet.png"}
    write_page(folder / "report.html", list(faces()), folder, run, Ranges(), beside)
    return folder / "report.html"


@pytest.fixture
def opened(browser, report):
    """The page, which must say nothing on the console and ask for nothing but files."""
    it = Opened(browser, report)
    yield it
    it.context.close()
    assert it.said == []
    assert {url.partition(":")[0] for url in it.asked} <= {"file", "data", "blob"}
