"""Both rasterisers, against closed forms, each other and the published implementation."""

import importlib.util

import numpy as np
import pytest

from scoreface.base.errors import InputError
from scoreface.geometry.camera import OrthographicCamera, PerspectiveCamera
from scoreface.geometry.mesh import load_obj
from scoreface.geometry.rasterise import actual_back_end, rasterise
from scoreface.geometry.views import View, frontal

BACK_ENDS = [
    "embree",
    pytest.param(
        "pytorch3d",
        marks=pytest.mark.skipif(
            importlib.util.find_spec("pytorch3d") is None,
            reason="PyTorch3D is not installed in this environment",
        ),
    ),
]


@pytest.mark.parametrize("back_end", BACK_ENDS)
def test_a_triangle_covers_the_pixels_whose_centres_it_holds(back_end):
    # Right triangle below the diagonal of an 8 x 8 raster, at scale 1: x + y_up < 7.9.
    vertices = np.array([[0, 0, 0], [7.9, 0, 0], [0, 7.9, 0]], float)
    found = rasterise(vertices, np.array([[0, 1, 2]]), OrthographicCamera(1.0), (8, 8), back_end)
    rows, columns = np.mgrid[0:8, 0:8]
    x, y = columns + 0.5, 8 - (rows + 0.5)
    inside = x + y < 7.9
    np.testing.assert_array_equal(found.background, ~inside)
    expected = np.stack([1 - (x + y) / 7.9, x / 7.9, y / 7.9], -1)
    np.testing.assert_allclose(found.barycentric[inside], expected[inside], atol=1e-5)


@pytest.mark.parametrize("back_end", BACK_ENDS)
def test_the_nearer_face_wins_and_weights_are_perspective_correct(back_end):
    camera = PerspectiveCamera(2.0, 90.0)
    near = np.array([[-1, -1, 0.5], [1, -1, 0.5], [0, 1, 0.5]], float)
    far = near * [3, 3, 0] + [0, 0, -1]
    # The third face leans away: its points are known from the rays.
    faces = np.array([[3, 4, 5], [0, 1, 2]])
    found = rasterise(np.concatenate([near, far]), faces, camera, (64, 64), back_end)
    assert found.face[32, 32] == 1
    assert (found.face == 0).any()
    points = found.interpolate(np.concatenate([near, far]), faces)
    pixels = camera.project(points[found.face >= 0], 64, 64)
    rows, columns = np.nonzero(found.face >= 0)
    np.testing.assert_allclose(pixels[:, 0], columns + 0.5, atol=1e-3)
    np.testing.assert_allclose(pixels[:, 1], rows + 0.5, atol=1e-3)


@pytest.mark.parametrize("back_end", BACK_ENDS)
@pytest.mark.parametrize("k", [0, 1, 2])
@pytest.mark.parametrize("j", [0, 7, 14])
def test_views_agree_with_the_published_renderer(reference, back_end, k, j):
    expected = np.load(reference / "views_bumpy.npz")
    mesh = load_obj(reference / "bumpy_head.obj")
    view = View(*expected[f"order_{k}"][j])
    vertices = view.rotation().apply(frontal(mesh, expected[f"axis_angle_{k}"]))
    found = rasterise(vertices, mesh.faces, PerspectiveCamera(), (96, 96), back_end)
    background = expected[f"bg_{k}_{j}"]
    assert (found.background == background).mean() >= 0.995
    both = ~found.background & ~background
    uv = found.interpolate(mesh.vt, mesh.ft)[both]
    off = np.abs(uv - (expected[f"uv_{k}_{j}"][both] + 1) / 2).max(1)
    # Half a texel of a texture of 256.
    assert (off < 0.5 / 256).mean() >= 0.995


def test_interpolated_is_the_weighted_mean_of_the_corners_and_0_on_the_background():
    generator = np.random.default_rng(0)
    vertices = np.array([[-1, -1, 0], [1, -1, 0.2], [0.8, 1, 0], [-1, 0.7, -0.3]])
    faces = np.array([[0, 1, 2], [0, 2, 3]])
    found = rasterise(vertices, faces, PerspectiveCamera(2.5, 60), (24, 30))
    values, corners = generator.random((7, 3)), np.array([[4, 0, 2], [6, 5, 1]])
    pixels = found.interpolate(values, corners)
    assert pixels.shape == (24, 30, 3)
    assert 0.2 < found.background.mean() < 0.9
    assert (pixels[found.background] == 0).all()
    for row, column in zip(*np.nonzero(~found.background), strict=True):
        expected = found.barycentric[row, column] @ values[corners[found.face[row, column]]]
        np.testing.assert_allclose(pixels[row, column], expected, rtol=1e-6)


def test_a_raster_does_not_depend_on_those_before_it():
    vertices = np.array([[-1, -1, 0], [1, -1, 0], [0, 1, 0]], float)
    faces = np.array([[0, 1, 2]])
    asked = [(PerspectiveCamera(d, 60.0), size) for d in (2.0, 3.0) for size in ((16, 16), (8, 20))]
    first = [rasterise(vertices, faces, *each, "embree") for each in asked]
    again = [rasterise(vertices, faces, *each, "embree") for each in reversed(asked)]
    for one, other, (camera, size) in zip(first, again[::-1], asked, strict=True):
        assert one.face.shape == size
        np.testing.assert_array_equal(one.face, other.face)
        points = one.interpolate(vertices, faces)[one.face >= 0]
        rows, columns = np.nonzero(one.face >= 0)
        pixels = camera.project(points, *size)
        np.testing.assert_allclose(pixels[:, :2], np.stack([columns, rows], 1) + 0.5, atol=1e-3)


def test_an_unknown_back_end_is_refused():
    with pytest.raises(InputError, match="opengl"):
        rasterise(np.zeros((3, 3)), np.array([[0, 1, 2]]), PerspectiveCamera(), (4, 4), "opengl")


def test_auto_is_embree_and_pytorch3d_is_asked_for():
    assert actual_back_end("auto") == actual_back_end("embree") == "embree"
    assert actual_back_end("pytorch3d") == "pytorch3d"
