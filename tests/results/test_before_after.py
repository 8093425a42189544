"""The comparison picture: the right pictures in the right places."""

import numpy as np

from scoreface.geometry.camera import PerspectiveCamera
from scoreface.results.before_after import AZIMUTHS, LARGE, SMALL, TOPS, draw_before_after
from scoreface.results.compare import SIZE, Comparison
from scoreface.results.display import Studio

CAMERA = PerspectiveCamera(distance=2.5, field_of_view=60)


def test_rows_show_the_photo_alone_and_the_complete_head(sphere):
    complete = np.full((64, 64, 3), (30, 160, 90), np.uint8)
    known = np.zeros((64, 64, 1), np.float32)
    known[:, :32] = 1  # u < 1/2: the right side of the head
    lifted = np.concatenate([known * np.array([250, 10, 10]), known], 2)
    shades = 50, 100, 150
    compared = Comparison(*(np.full((SIZE, SIZE, 3), shade, np.uint8) for shade in shades))
    studio = Studio(sphere, np.zeros(3), CAMERA)

    picture = draw_before_after(studio, complete, lifted, compared)

    assert picture.dtype == np.uint8
    height, width = picture.shape[:2]
    assert width == 1200
    assert height <= width  # fits a screen

    def centre(row: int, column: int) -> tuple[int, ...]:
        side = SMALL if row else LARGE
        margin = (
            (width - len(AZIMUTHS) * SMALL - 4 * 6) // 2
            if row
            else (width - 3 * LARGE - 2 * 6) // 2
        )
        return tuple(picture[TOPS[row] + side // 2, margin + column * (side + 6) + side // 2])

    assert [centre(0, column) for column in range(3)] == [(shade,) * 3 for shade in shades]
    assert {centre(2, column) for column in range(5)} == {(30, 160, 90)}
    assert centre(1, 0) == (250, 10, 10)
    missing = centre(1, 4)
    assert len(set(missing)) == 1  # grey
