"""A photo and its head at one framing, and how what the photo does not show is drawn."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scoreface.geometry.camera import OrthographicCamera, PerspectiveCamera
from scoreface.geometry.fitted import FittedHead
from scoreface.results.compare import SIZE, compare, square_around
from scoreface.results.display import PAPER, Snapshot, Studio
from scoreface.results.missing import photo_alone

CAMERA = PerspectiveCamera(distance=2.5, field_of_view=60)
HEIGHT, WIDTH = 240, 320
# The ball's centre and radius in the photo, in pixels.
CENTRE, RADIUS = np.array([130.0, 90.0]), 50.0


def checks(uv: np.ndarray) -> np.ndarray:
    """Colours (N, 3) of a pattern on the ball."""
    return np.stack([200 * uv[:, 0], 200 * uv[:, 1], 255 * (np.floor(8 * uv[:, 0]) % 2)], 1)


@pytest.fixture
def texture() -> np.ndarray:
    size = 256
    v, u = 1 - (np.indices((size, size)) + 0.5) / size * [[[1]], [[-1]]] - [[[0]], [[1]]]
    return checks(np.stack([u.ravel(), v.ravel()], 1)).reshape(size, size, 3).astype(np.uint8)


@pytest.fixture
def head(sphere) -> FittedHead:
    """The ball before the camera of its photo, turned."""
    scale = 25.0
    place = [CENTRE[0] / scale, (HEIGHT - CENTRE[1]) / scale, 0.7]
    vertices = RADIUS / scale * sphere.vertices + place
    return FittedHead(
        vertices, sphere.faces, np.zeros(3), scale, Path("fit.npz"), vertices, None, None
    )


@pytest.fixture
def photo(sphere, head, texture) -> np.ndarray:
    """The ball in its photo, drawn by the fit's own camera at the photo's own raster, on a green wall."""
    mesh = replace(sphere, vertices=head.vertices)
    square = Snapshot.taken(mesh, _Photo(OrthographicCamera(head.scale)), WIDTH, "embree")
    return square.picture(texture, (20, 120, 40))[:HEIGHT]


class _Photo:
    """The fit's camera for a square raster, of which the photo is the upper part."""

    def __init__(self, camera: OrthographicCamera):
        self.camera = camera

    def rays(self, height: int, width: int):
        x = (np.arange(width) + 0.5) * WIDTH / width
        return self.camera.rays_at(x, x[:, None], HEIGHT, WIDTH)


def test_the_head_lies_on_its_photo_pixel_by_pixel(sphere, head, photo, texture):
    studio = Studio(replace(sphere, vertices=head.vertices), np.zeros(3), CAMERA)
    known = np.ones((*texture.shape[:2], 1), np.float32)
    found = compare(studio, head, photo, texture, np.concatenate([texture, known], 2))
    assert {picture.shape for picture in found} == {(SIZE, SIZE, 3)}
    ball = (found.complete != PAPER).any(2)
    assert 0.2 < ball.mean() < 0.5
    off = np.abs(found.complete.astype(int) - found.photo).max(2)[ball]
    assert np.median(off) < 4  # the photo is enlarged, and the pattern has edges
    wall = (np.abs(found.photo.astype(int) - [20, 120, 40]) < 12).all(2)
    assert (wall == ~ball).mean() > 0.98
    # All of it is known.
    np.testing.assert_allclose(found.incomplete.astype(int), found.complete, atol=1)


def test_the_head_has_the_mouth_of_its_photo(sphere, head, photo, texture):
    opened = replace(head, open_vertices=head.vertices + np.array([0.4, 0, 0]))
    studio = Studio(replace(sphere, vertices=head.vertices), np.zeros(3), CAMERA)
    alone = np.concatenate([texture, np.ones((*texture.shape[:2], 1))], 2).astype(np.float32)
    one, other = (compare(studio, each, photo, texture, alone) for each in (head, opened))
    np.testing.assert_array_equal(one.photo, other.photo)
    middle = [np.argwhere((each.complete != PAPER).any(2)).mean(0) for each in (one, other)]
    side = square_around(head.vertices, head.scale, CAMERA, HEIGHT, WIDTH).side
    np.testing.assert_allclose(middle[1] - middle[0], [0, 10 * SIZE / side], atol=1)


def test_another_fitter_s_head_stands_beside_the_photo_s_middle(sphere, photo, texture):
    head = FittedHead(sphere.vertices, sphere.faces, np.zeros(3), None, Path("fit.npz"))
    alone = np.concatenate([texture, np.ones((*texture.shape[:2], 1))], 2).astype(np.float32)
    found = compare(Studio(sphere, np.zeros(3), CAMERA), head, photo, texture, alone)
    # The square from column 40 on: the ball's middle is at (130 - 40) / 240.
    ball = np.argwhere((np.abs(found.photo.astype(int) - [20, 120, 40]) > 12).any(2)).mean(0)
    np.testing.assert_allclose(ball / SIZE, [90 / 240, 90 / 240], atol=0.01)
    assert (found.complete[SIZE // 2, SIZE // 2] != PAPER).any()


@pytest.mark.parametrize(
    ("centre", "corner"), [((100, 60), (60, 20)), ((5, 5), (0, 0)), ((300, 300), (120, 40))]
)
def test_the_square_frames_the_head_and_stays_in_the_photo(centre, corner):
    # The head's largest extent is 1 unit, 100 x tan(45 degrees) x 0.4 = 40 pixels.
    camera = PerspectiveCamera(distance=0.4, field_of_view=90)
    middle = np.array([centre[0] / 100, (120 - centre[1]) / 100, 0])
    vertices = middle + np.array([[1, 0, 0], [-1, 0, 0], [0, 0.5, 0.2], [0, -0.5, -0.2]])
    assert square_around(vertices, 100.0, camera, 120, 200) == (*corner, 80)


def test_the_square_of_a_head_larger_than_the_photo_is_the_largest():
    vertices = np.array([[0.0, 0, 0], [5, 5, 0]])
    assert square_around(vertices, 100.0, CAMERA, 50, 70).side == 50


def test_what_is_missing_is_hatched_in_neutral_greys(plane):
    snapshot = Snapshot.taken(plane, PerspectiveCamera(2.0, 60.0), 160, "embree")
    picture = photo_alone(np.zeros((8, 8, 4), np.float32), snapshot)[30:130, 30:130].astype(int)
    assert (np.ptp(picture, axis=2) == 0).all()
    grey = picture[..., 0]
    # Lines of two greys under 45 degrees, each as wide as the gaps: along them nothing changes.
    np.testing.assert_allclose(grey[:-1, 1:], grey[1:, :-1], atol=1)
    assert np.ptp(grey) > 60
    assert np.mean(grey > grey.mean()) == pytest.approx(0.5, abs=0.1)
    # Neither as light as the paper nor as dark as a shadow.
    assert 100 < grey.min() < grey.max() < PAPER[0]
    crossings = np.count_nonzero(np.diff(grey[50] > grey.mean()))
    assert crossings == pytest.approx(2 * 100 / 6, abs=2)


def test_the_photo_s_texels_are_not_hatched(plane):
    snapshot = Snapshot.taken(plane, PerspectiveCamera(2.0, 60.0), 64, "embree")
    known = np.full((8, 8, 4), [10, 200, 30, 1], np.float32)
    assert (photo_alone(known, snapshot)[20:40, 20:40] == [10, 200, 30]).all()
