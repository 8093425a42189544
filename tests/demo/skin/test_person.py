"""What people's skins are drawn to look like."""

import numpy as np

from scoreface.demo.skin.person import sample_skin


def test_tones_range_widely():
    rng = np.random.default_rng(10)
    light = [sample_skin(rng).tone.mean() for _ in range(100)]
    assert min(light) < 0.40
    assert max(light) > 0.70
