"""Long hair lies where its style says: over an ear, or tucked behind it."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from scoreface.demo.head.model import build_model, head_vertices
from scoreface.demo.head.relief import ear_coordinates
from scoreface.demo.light import sample_light
from scoreface.demo.people import sample_head
from scoreface.demo.props.hair import Style, long_hair
from scoreface.demo.props.sitter import Sitter
from scoreface.parse.labels import HAIR

SIZE = 256
STYLE = Style((115.0, 60.0), -0.18, 0.012, 0.003, 0.08, 0.0, None)


@pytest.fixture(scope="module")
def take():
    """The layers behind and before the head for a style, and the pixels of each ear, person's right first."""
    head, model = sample_head(np.random.default_rng(2)), build_model()
    upright = head_vertices(model, head.identity, head.expression)
    shift = np.array([0.18, 0.19, 0.0])
    light = sample_light(np.random.default_rng(0))

    def layers(style, yaw):
        turned = Rotation.from_euler("Y", yaw, degrees=True)
        sitter = Sitter(upright, turned, shift, head.skin, light, SIZE / 0.36, SIZE)
        behind, before = long_hair(sitter, style, np.random.default_rng(1))
        points = model.v_template
        near = np.hypot(*ear_coordinates(points)) < 0.8
        ears = []
        for side in (-1, 1):
            ear = near & (side * points[:, 0] > 0.06)
            pixels = sitter.pixels(sitter.posed(upright[ear])).astype(int)
            ears.append((pixels[:, 1], pixels[:, 0]))
        return behind, before, ears

    return layers


def test_it_covers_the_ear_that_it_hangs_over_and_leaves_the_other_free(take):
    _, before, (_, left) = take(STYLE, -30.0)
    assert before.alpha[left].mean() > 0.8
    assert (before.label == HAIR).all()
    _, before, (right, _) = take(STYLE, 30.0)
    assert before.alpha[right].mean() < 0.35


def test_a_fringe_covers_the_forehead(take):
    rows = slice(int(SIZE * (1 - (0.19 + 0.06) / 0.36)), int(SIZE * (1 - (0.19 + 0.045) / 0.36)))
    columns = slice(int(SIZE * (0.18 - 0.02) / 0.36), int(SIZE * (0.18 + 0.02) / 0.36))
    bare, covered = (
        take(replace(STYLE, fringe=fringe), 0.0)[1].alpha[rows, columns].mean()
        for fringe in (None, 0.035)
    )
    assert covered > 0.8 > bare


def test_longer_hair_reaches_lower(take):
    lows = []
    for length in (-0.10, -0.17):
        behind, before, _ = take(replace(STYLE, length=length), 0.0)
        shown = np.maximum(behind.alpha, before.alpha)
        lows.append(np.flatnonzero((shown > 0).sum(1) > 5)[-1])
    assert lows[1] - lows[0] == pytest.approx(0.07 * SIZE / 0.36, abs=12)
