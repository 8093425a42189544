"""Values of the head's vertices, spread over its UV chart."""

import numpy as np

from scoreface.demo.head.model import build_model
from scoreface.demo.head.surface import spread
from scoreface.texture.layout import make_layout


def test_spread_agrees_with_the_layout():
    model = build_model()
    layout = make_layout(model.vt, model.ft, model.f, 256)
    texels = spread(model.v_template, 256).reshape(-1, 3)[layout.texels]
    apart = np.linalg.norm(texels - layout.interpolate(model.v_template), axis=1)
    # Bilinear on a quad against linear on its two triangles.
    assert np.median(apart) < 2e-4
    assert np.quantile(apart, 0.99) < 2e-3
