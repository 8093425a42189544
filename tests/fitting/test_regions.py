"""The parts of a head: those of the embedded one are known, and FLAME's masks go over what is found."""

import pickle
from dataclasses import replace

import numpy as np
import pytest

from scoreface.base.errors import InputError
from scoreface.base.regions import EARS, FACE, FOREHEAD, LEGEND, NECK, SCALP
from scoreface.demo.people import sample_head
from scoreface.demo.regions import texel_labels
from scoreface.fitting.flame import load_embedding, load_flame
from scoreface.fitting.regions import find_regions
from scoreface.parse import labels
from scoreface.texture.layout import load_layout

ALLOWED = {
    labels.EYES: {FACE},
    labels.BROWS: {FACE},
    labels.LIPS: {FACE},
    labels.EARS: {EARS, FACE, SCALP},
    labels.NECK: {NECK},
    labels.CLOTHES: {NECK},
    labels.HAIR: {SCALP, FOREHEAD},
}


@pytest.fixture(scope="module")
def head(demo_head_files):
    flame = load_flame(str(demo_head_files.flame_model))
    return flame, load_embedding(str(demo_head_files.landmark_embedding), len(flame.faces))


def test_the_embedded_heads_parts_are_where_its_painters_paint_them(head, demo_head_files):
    regions = find_regions(*head)
    layout = load_layout(demo_head_files.texture_data, 128, head[0].faces)
    found = layout.nearest(regions)
    for seed in range(3):
        painted = sample_head(np.random.default_rng(seed)).skin
        painted = replace(painted, cut="short", glasses=None)
        true = texel_labels(painted, 128).ravel()[layout.texels]
        for label, parts in ALLOWED.items():
            share = np.isin(found[true == label], list(parts)).mean()
            assert share > 0.97, labels.NAMES[label]
        assert np.mean(found[true == labels.EARS] == EARS) > 0.8


def test_parts_are_alike_on_both_sides(head):
    flame, _ = head
    regions = find_regions(*head)
    side = flame.v_template[:, 0]
    for part in set(LEGEND) - {0}:
        left, right = (
            np.count_nonzero((regions == part) & (sign * side > 1e-3)) for sign in (1, -1)
        )
        assert left == pytest.approx(right, rel=0.05)


def test_the_size_and_place_of_the_model_do_not_matter(head):
    flame, embedding = head
    moved = type(flame)(**{**vars(flame), "v_template": 1000 * flame.v_template + [5, -3, 2]})
    np.testing.assert_array_equal(find_regions(moved, embedding), find_regions(flame, embedding))


def test_the_reference_template_whose_landmarks_are_no_face_has_parts_too(reference):
    flame = load_flame(str(reference / "mini_flame_chumpy.pkl"))
    embedding = load_embedding(str(reference / "mini_embedding.pkl"), len(flame.faces))
    regions = find_regions(flame, embedding)
    assert regions.shape == (len(flame.v_template),)
    assert set(np.unique(regions)) <= {FACE, FOREHEAD, SCALP, EARS, NECK}


def write_masks(path, **changed):
    masks = {name: np.zeros(0, np.int64) for name in ("face", "forehead", "scalp", "neck")}
    masks.update({name: np.zeros(0, np.int64) for name in ("boundary", "left_ear", "right_ear")})
    path.write_bytes(pickle.dumps({**masks, **changed}, protocol=2))
    return str(path)


def test_masks_go_over_what_is_found(head, tmp_path):
    found = find_regions(*head)
    ears, neck = np.arange(10, 30), np.arange(20, 25)
    masks = write_masks(tmp_path / "masks.pkl", left_ear=ears, neck=neck)
    regions = find_regions(*head, masks)
    assert (regions[ears] == EARS).all()
    others = np.setdiff1d(np.arange(len(found)), ears)
    np.testing.assert_array_equal(regions[others], found[others])


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"scalp": np.array([10**6])}, r"'scalp' in .* names vertices that the head of .* has not"),
        ({"scalp": np.array([-1])}, "names vertices"),
        ({"scalp": np.array([0.5])}, "'scalp' in .* is no list of vertices"),
        ({"scalp": np.zeros((2, 2), np.int64)}, "is no list of vertices"),
    ],
)
def test_masks_of_another_head_are_named(head, tmp_path, changed, message):
    with pytest.raises(InputError, match=message):
        find_regions(*head, write_masks(tmp_path / "masks.pkl", **changed))


def test_a_file_without_a_mask_is_named(head, tmp_path):
    path = tmp_path / "masks.pkl"
    path.write_bytes(pickle.dumps({"face": np.arange(3)}, protocol=2))
    with pytest.raises(InputError, match=r"masks\.pkl has no key 'forehead'"):
        find_regions(*head, str(path))
