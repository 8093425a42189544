"""Noise that is painted with."""

import numpy as np

from scoreface.demo.skin.brushes import solid_noise


def test_masked_noise_is_the_whole_noise_where_asked():
    rng = np.random.default_rng(11)
    points = rng.uniform(-0.1, 0.1, (20, 20, 3)).astype(np.float32)
    where = points[..., 0] > 0.0
    whole = solid_noise(points, 0.01, np.random.default_rng(1))
    part = solid_noise(points, 0.01, np.random.default_rng(1), where)
    np.testing.assert_allclose(part[where], whole[where], atol=1e-5)
    assert (part[~where] == 0.0).all()
