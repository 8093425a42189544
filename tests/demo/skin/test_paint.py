"""Random skins: in range, determined by the seed, different from one another, without a seam."""

from dataclasses import replace

import numpy as np
from scipy.ndimage import gaussian_filter

from scoreface.demo.skin.paint import paint_skin, random_skin
from scoreface.demo.skin.person import Glasses, sample_skin


def test_skin_is_determined_by_the_seed_and_in_range():
    first, again, other = (random_skin(128, np.random.default_rng(s)) for s in (5, 5, 6))
    assert first.shape == (128, 128, 3)
    assert first.dtype == np.float32
    np.testing.assert_array_equal(first, again)
    assert first.min() >= 0.0
    assert first.max() <= 1.0
    assert np.abs(first - other).mean() > 0.02


def test_a_skin_looks_alike_at_any_size():
    skin = sample_skin(np.random.default_rng(7))
    large, small = paint_skin(skin, 512), paint_skin(skin, 128)
    shrunk = large.reshape(128, 4, 128, 4, 3).mean(axis=(1, 3))
    assert np.abs(shrunk - small).mean() < 0.02


def test_skin_has_no_seam():
    skin = random_skin(512, np.random.default_rng(8))
    across = np.abs(skin[60:, 0] - skin[60:, -1]).mean()
    beside = np.abs(skin[60:, 1] - skin[60:, 3]).mean()
    assert across < 2.0 * beside + 0.02


def test_features_are_painted():
    skin = sample_skin(np.random.default_rng(9))
    picture = paint_skin(skin, 512)
    apart = np.abs(picture - skin.tone.astype(np.float32)).sum(axis=2)
    face = apart[120:330, 150:362]
    # Skin-coloured mostly, with eyes, brows and lips that are not.
    assert np.median(face) < 0.25
    assert (face > 0.5).mean() > 0.02


def test_sides_differ_by_what_is_drawn_to_differ_alone():
    """Smoothed, so that pores and strands do not count: a mirror shows the same person, but for marks and partings."""

    def one_sided(**changes):
        plain = {"cut": "short", "beard": "none", "glasses": None, "marked": False, "parting": 0.0}
        skin = replace(sample_skin(np.random.default_rng(11)), **{**plain, **changes})
        smooth = gaussian_filter(paint_skin(skin, 256), (5, 5, 0), mode=("nearest", "wrap", "wrap"))
        # The chart's columns run from the back over the right to the left: their mirror is the other half.
        return np.abs(smooth - smooth[:, ::-1]).mean()

    plain = one_sided(freckles=0.0)
    assert plain < 0.015
    assert one_sided(cut="swept", freckles=0.0) > 2.0 * plain
    assert one_sided(marked=True, freckles=0.0) > plain


def test_every_layer_of_a_person_shows():
    skin = replace(
        sample_skin(np.random.default_rng(12)), cut="short", age=0.5, glasses=None, beard="none"
    )
    picture = paint_skin(skin, 128)
    worn = Glasses("round", False, 0.003, np.array([0.1, 0.1, 0.1]), 0.0, 0.0)
    for other in (
        {"cut": "bald"},
        {"beard": "full"},
        {"age": 1.0},
        {"glasses": worn},
        {"gray": 1.0 - skin.gray},
    ):
        assert np.abs(paint_skin(replace(skin, **other), 128) - picture).mean() > 0.001
