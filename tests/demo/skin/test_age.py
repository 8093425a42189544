"""Lines of age: deeper in the old, above the eyes as beside them, and hardly there in the young."""

from dataclasses import replace

import numpy as np
import pytest

from scoreface.demo.head.surface import build_grid, spread
from scoreface.demo.skin.age import paint_age
from scoreface.demo.skin.person import sample_skin

SIZE = 512


@pytest.mark.parametrize("seed", range(3))
def test_lines_deepen_with_age(seed):
    skin, points = sample_skin(np.random.default_rng(seed)), spread(build_grid().vertices, SIZE)
    bare = np.broadcast_to(skin.tone.astype(np.float32), points.shape)

    def change(age):
        aged = replace(skin, age=age)
        return np.abs(paint_age(bare, aged, points, aged.generator("age")) - bare).sum(axis=2)

    young, middle, old = (change(age) for age in (0.0, 0.5, 1.0))
    x, y, z = np.abs(points[..., 0]), points[..., 1], points[..., 2]
    for where in (
        (x < 0.03) & (np.abs(y - 0.042) < 0.010) & (z > 0.05),
        (np.abs(x - 0.052) < 0.006) & (np.abs(y) < 0.008) & (z > 0.03),
        (np.abs(x - 0.028) < 0.006) & (np.abs(y + 0.058) < 0.008) & (z > 0.05),
    ):
        assert young[where].mean() < 0.5 * middle[where].mean()
        assert middle[where].mean() < 0.8 * old[where].mean()
    # The scalp keeps its skin, but for spots of age.
    assert np.median(old[(y > 0.09) | (z < -0.02)]) < 0.01
