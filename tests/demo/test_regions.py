"""Labels of the texels: what is painted on them."""

from dataclasses import replace

import numpy as np

from scoreface.demo.people import sample_head
from scoreface.demo.regions import texel_labels
from scoreface.demo.skin.paint import paint_skin
from scoreface.parse.labels import CLOTHES, EARS, HAIR, LIPS, NECK, SKIN

TEXTURE = 256


def test_texels_are_what_is_painted_on_them():
    found = 0
    for seed in range(40):
        skin = sample_head(np.random.default_rng(seed)).skin
        apart = np.linalg.norm(skin.tone - skin.hair_colour)
        skin = replace(skin, beard="none", gray=0.0, glasses=None, marked=False)
        if skin.cut == "bald" or apart < 0.5:
            continue
        found += 1
        painted, labels = paint_skin(skin, TEXTURE), texel_labels(skin, TEXTURE)
        to_hair = np.linalg.norm(painted - skin.hair_colour, axis=2)
        to_skin = np.linalg.norm(painted - skin.tone, axis=2)
        assert (to_hair < to_skin)[labels == HAIR].mean() > 0.9
        assert (to_skin < to_hair)[np.isin(labels, [SKIN, EARS])].mean() > 0.92
        cloth = np.linalg.norm(painted - skin.garment_colour, axis=2)
        assert np.median(cloth[labels == CLOTHES]) < 0.1
    assert found >= 2


def test_regions_lie_where_they_are_on_a_head():
    skin = replace(sample_head(np.random.default_rng(2)).skin, cut="short")
    labels = texel_labels(skin, TEXTURE)
    rows, columns = np.nonzero(labels == NECK)
    # The chart's rows run from the crown to the shoulders, its middle column down the face.
    assert rows.min() > np.nonzero(labels == LIPS)[0].max()
    ears = np.nonzero(labels == EARS)[1]
    assert (np.abs(ears - TEXTURE / 2) > TEXTURE / 5).all()
    assert np.nonzero(labels == HAIR)[0].min() == 0
    assert columns.min() == 0
    assert columns.max() == TEXTURE - 1


def test_a_bald_head_has_no_hair():
    skin = replace(sample_head(np.random.default_rng(0)).skin, cut="bald")
    assert HAIR not in texel_labels(skin, 64)
