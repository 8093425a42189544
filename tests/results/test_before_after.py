"""The comparison picture: the right colours in the right rows, and the photo's crop."""

import numpy as np
import pytest

from scoreface.geometry.camera import PerspectiveCamera
from scoreface.results import before_after
from scoreface.results.before_after import AZIMUTHS, crop_to_head, draw_before_after
from scoreface.results.display import Studio

CAMERA = PerspectiveCamera(distance=2.5, field_of_view=60)


def tile_centre(picture, row, column):
    """The pixel in the middle of a tile, counted from the picture's lower right corner."""
    step = before_after._TILE + before_after._GAP
    half = before_after._MARGIN + before_after._TILE // 2
    return picture[-half - (1 - row) * step, -half - (len(AZIMUTHS) - 1 - column) * step]


def test_rows_show_the_photo_alone_and_the_complete_head(sphere):
    complete = np.full((64, 64, 3), (30, 160, 90), np.uint8)
    known = np.zeros((64, 64, 1), np.float32)
    known[:, :32] = 1  # u < 1/2: the right side of the head
    lifted = np.concatenate([known * np.array([250, 10, 10]), known], 2)
    photo = np.full((80, 80, 3), 77, np.uint8)
    studio = Studio(sphere, np.zeros(3), CAMERA)

    picture = draw_before_after(studio, complete, lifted, photo)

    assert picture.dtype == np.uint8
    for column in range(len(AZIMUTHS)):
        assert tuple(tile_centre(picture, 1, column)) == (30, 160, 90)
    assert tuple(tile_centre(picture, 0, 0)) == (250, 10, 10)
    missing = tile_centre(picture, 0, 4).astype(int)
    assert missing[2] > missing[0] > missing[1]  # violet
    left = before_after._MARGIN + before_after._TILE
    assert tuple(picture[len(picture) // 2, left]) == (77, 77, 77)


@pytest.mark.parametrize(
    ("centre", "corner"), [((100, 60), (60, 20)), ((5, 5), (0, 0)), ((300, 300), (120, 40))]
)
def test_crop_frames_the_head_and_stays_in_the_photo(centre, corner):
    # The head's largest extent is 1 unit, 100 x tan(45 degrees) x 0.4 = 40 pixels.
    camera = PerspectiveCamera(distance=0.4, field_of_view=90)
    x, y = np.meshgrid(np.arange(200), np.arange(120))
    photo = np.stack([x, y, x], 2).astype(np.uint8)
    middle = np.array([centre[0] / 100, (120 - centre[1]) / 100, 0])
    vertices = middle + np.array([[1, 0, 0], [-1, 0, 0], [0, 0.5, 0.2], [0, -0.5, -0.2]])

    cropped = crop_to_head(photo, vertices, 100.0, camera)

    assert cropped.shape == (80, 80, 3)
    assert tuple(cropped[0, 0, :2]) == corner


def test_crop_of_a_head_larger_than_the_photo_is_the_largest_square():
    vertices = np.array([[0.0, 0, 0], [5, 5, 0]])
    photo = np.zeros((50, 70, 3), np.uint8)
    assert crop_to_head(photo, vertices, 100.0, CAMERA).shape == (50, 50, 3)
