"""Landmarks that the user gives, from iBUG's own files."""

import numpy as np
import pytest

from scoreface.base.errors import InputError
from scoreface.fitting.own_landmarks import load_landmarks


def pts(points, count=None) -> str:
    lines = "".join(f"{x:.3f} {y:.3f}\n" for x, y in points)
    return f"version: 1\nn_points:  {count or len(points)}\n{{\n{lines}}}\n"


@pytest.mark.parametrize("count", [68, 51])
def test_points_are_read_from_the_first_pixel_on(tmp_path, count):
    points = np.random.default_rng(0).uniform(0, 300, (count, 2)).round(3)
    # Written as iBUG counts, from 1.
    (tmp_path / "face.pts").write_text(pts(points + 1))
    np.save(tmp_path / "face.npy", points)
    read = load_landmarks(tmp_path / "face.pts")
    np.testing.assert_allclose(read, load_landmarks(tmp_path / "face.npy"), atol=1e-9)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("no points", "no file of points"),
        (pts(np.zeros((5, 2))), "5 landmarks"),
        (
            pts(np.zeros((68, 2))).replace("1.000 1.000", "1.000", 1).replace("0.000 ", "", 1),
            "no file",
        ),
        (pts(np.zeros((68, 2))).replace("0.000", "nan", 1), "not finite"),
        ("{" + 200_000 * " " + "}", "too large"),
    ],
)
def test_what_is_no_file_of_points_is_named(tmp_path, text, problem):
    path = tmp_path / "face.pts"
    path.write_text(text)
    with pytest.raises(InputError, match=rf"face\.pts: .*{problem}.*fit\.landmarks"):
        load_landmarks(path)
    with pytest.raises(InputError, match="no readable points"):
        load_landmarks(tmp_path / "none.pts")
