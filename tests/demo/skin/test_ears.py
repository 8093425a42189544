"""The painted ears: where light and shade lie."""

from dataclasses import replace

import numpy as np
import pytest

from scoreface.demo.head.relief import ear_coordinates
from scoreface.demo.head.surface import build_grid, spread
from scoreface.demo.skin.paint import paint_skin
from scoreface.demo.skin.person import sample_skin

SIZE = 512


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("side", [-1, 1])
def test_canal_hollow_and_helix(seed, side):
    skin = replace(sample_skin(np.random.default_rng(seed)), cut="short", glasses=None)
    image = paint_skin(skin, SIZE).mean(2)
    points = spread(build_grid().vertices, SIZE)
    forwards, upwards = ear_coordinates(points)
    ear = points[..., 0] * side > 0.045

    def at(a, b):
        return image[ear & (np.hypot(forwards - a, upwards - b) < 0.1)].mean()

    canal, hollow, helix = at(0.27, -0.17), at(0.05, -0.2), at(-0.8, 0.3)
    assert canal < 0.8 * hollow < 0.8 * 0.95 * helix
