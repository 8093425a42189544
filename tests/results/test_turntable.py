"""The swing of the turntable."""

import numpy as np

from scoreface.results import turntable


def test_the_swing_reaches_both_profiles_and_closes():
    swing = turntable.azimuths(36)
    assert (min(swing), max(swing)) == (-90, 90)
    assert swing[1:] == swing[:0:-1]  # back as it came
    assert np.abs(np.diff([*swing, swing[0]])).max() < 16
