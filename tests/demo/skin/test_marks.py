"""Marks of one side: they are where they are said to be, of the size they are said to have, and nowhere else."""

from dataclasses import replace

import numpy as np
import pytest

from scoreface.demo.head.surface import build_grid, spread
from scoreface.demo.skin.hair import hair_line
from scoreface.demo.skin.marks import Marks, Scar, paint_marks
from scoreface.demo.skin.paint import paint_skin
from scoreface.demo.skin.person import sample_skin

SIZE = 512
CHEEK = Scar(np.array([-0.045, -0.035]), 0.6, 0.024, 0.0, 0.0015, 0.9)
MARKS = Marks(CHEEK, 0.026, 1.0, 100, 3, 7)


@pytest.fixture(scope="module")
def skin():
    return replace(
        sample_skin(np.random.default_rng(12)),
        cut="parted",
        beard="none",
        glasses=None,
        marked=False,
        parting=0.01,
    )


@pytest.fixture(scope="module")
def points():
    return spread(build_grid().vertices, SIZE)


@pytest.fixture(scope="module")
def painted(skin):
    return paint_skin(skin, SIZE)


def changed(painted, marks, skin):
    """(S, S), by how much the marks change a texel."""
    return np.abs(paint_marks(painted, marks, skin) - painted).sum(axis=2)


def test_a_scar_is_as_long_as_it_says_and_narrow(painted, skin, points):
    there = changed(painted, replace(MARKS, freckles=0, moles=0), skin) > 0.06
    scar = points[there & (points[..., 1] < 0.03)]
    assert len(scar) > 20
    centred = scar - scar.mean(axis=0)
    # The principal axes: along the scar, and across.
    along, across, _ = np.ptp(centred @ np.linalg.svd(centred, full_matrices=False)[2].T, axis=0)
    assert 0.6 * CHEEK.length < along < 1.15 * CHEEK.length
    assert across < 0.006
    np.testing.assert_allclose(scar[:, :2].mean(axis=0), CHEEK.at, atol=0.004)
    slope = np.polyfit(scar[:, 0], scar[:, 1], 1)[0]
    # It rises to the person's left; the cheek turns away, so in the face plane it looks steeper.
    assert slope > 0.3


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_freckles_are_on_one_cheek(painted, skin, points, side):
    with_them, without = (
        paint_marks(painted, replace(MARKS, freckled=side, freckles=n, moles=n // 30), skin)
        for n in (100, 0)
    )
    freckled = (np.abs(with_them - without).sum(axis=2) > 0.03) & (points[..., 1] < 0.02)
    there = points[freckled]
    assert len(there) > 100
    assert (side * there[:, 0] > 0.012).all()
    assert (there[:, 1] > -0.075).all()
    # They are darker than the skin between them.
    assert (with_them[freckled].sum(axis=1) < without[freckled].sum(axis=1)).mean() > 0.9


def test_the_parting_is_a_line_in_the_hair(painted, skin, points):
    there = changed(painted, replace(MARKS, freckles=0, moles=0), skin) > 0.05
    line = points[there & (points[..., 1] > 0.03)]
    assert len(line) > 50
    assert (line[:, 1] > hair_line(skin, line) - 0.01).all()
    assert (line[:, 0] > 0.0).all()
    # From the forehead back over the crown.
    assert np.ptp(line[:, 2]) > 0.06
    bald = replace(skin, cut="bald")
    scalp = points[..., 1] > 0.075
    assert changed(painted, MARKS, bald)[scalp].max() == 0.0


def test_marks_are_determined_by_their_seed(painted, skin):
    first, again, other = (
        paint_marks(painted, replace(MARKS, seed=seed), skin) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    assert first.dtype == np.float32
    assert first.min() >= 0.0
    assert first.max() <= 1.0
