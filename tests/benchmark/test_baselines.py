"""Plain fills where the answer is known."""

import numpy as np
import pytest

from scoreface.benchmark.baselines import BASELINES, biharmonic, mean_colour, mirror
from scoreface.geometry.camera import PerspectiveCamera
from scoreface.inpaint.scene import Scene

SIZE = 32
COLUMNS = np.arange(SIZE) + np.zeros((SIZE, 1))


def run(method, mesh, truth, known):
    """What a method makes of a texture whose unknown texels are black."""
    large = np.where(known[..., None], truth, 0).astype(np.uint8)
    return method(Scene(mesh, np.zeros(3), large, known, SIZE, PerspectiveCamera()))


@pytest.mark.parametrize("name", BASELINES)
def test_known_texels_stay_and_one_colour_is_carried_on(sheet, name):
    truth = np.full((SIZE, SIZE, 3), (180, 120, 60), np.uint8)
    result = run(BASELINES[name], sheet, truth, COLUMNS < 20)
    assert result.dtype == np.uint8
    assert (result[COLUMNS < 20] == truth[COLUMNS < 20]).all()
    # Telea's method rounds at each step of its march.
    assert np.abs(result.astype(int) - truth).max() <= (8 if name == "telea" else 1)


def test_the_mean_is_that_of_the_known_texels(sheet):
    truth = np.where((COLUMNS < 10)[..., None], 100, np.where((COLUMNS < 20)[..., None], 50, 250))
    result = run(mean_colour, sheet, truth * np.ones(3, int), COLUMNS < 20)
    assert (result[COLUMNS >= 20] == 75).all()


def test_the_mirror_is_exact_on_a_symmetric_texture(sheet):
    pattern = np.random.default_rng(0).integers(60, 200, (SIZE, SIZE // 2, 3))
    truth = np.concatenate([pattern, pattern[:, ::-1]], 1).astype(np.uint8)
    known = COLUMNS < SIZE // 2 + 4
    result = run(mirror, sheet, truth, known)
    assert np.abs(result.astype(int) - truth).max() <= 1


def test_the_biharmonic_fill_carries_a_slope_on(sheet):
    truth = np.repeat((40 + 5 * COLUMNS)[..., None], 3, 2)
    hole = (np.abs(COLUMNS - 16) < 4) & (np.abs(COLUMNS.T - 16) < 4)
    result = run(biharmonic, sheet, truth, ~hole)
    # A plane solves the biharmonic equation.
    assert np.abs(result - truth).max() <= 1
