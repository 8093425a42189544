"""The chart's rim."""

import numpy as np

from scoreface.texture.chart import padded


def test_padding_keeps_the_chart_and_continues_it():
    chart = np.zeros((6, 6), bool)
    chart[:, 2:4] = True
    texture = np.where(chart[..., None], np.arange(6)[None, :, None], 0)
    result = padded(texture, chart)
    assert (result[chart] == texture[chart]).all()
    assert (result[:, :2] == 2).all()
    assert (result[:, 4:] == 3).all()
