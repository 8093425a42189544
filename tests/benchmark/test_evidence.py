"""The measures of evidence against cases whose answers are known."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from scoreface.benchmark import evidence
from scoreface.benchmark.chain import Lifted
from scoreface.benchmark.evidence_sheets import draw_sheet
from scoreface.benchmark.scenes import Recipe, make_scene
from scoreface.demo.head.model import build_model
from scoreface.geometry.fitted import FittedHead
from scoreface.parse.labels import BACKGROUND, BARE, CLOTHES, HAIR, OTHER
from scoreface.texture.carried import nothing
from scoreface.texture.layout import make_layout
from scoreface.texture.project import lift_photo

SIZE = 192
COSINE = 0.2


@pytest.fixture(scope="module")
def scene():
    """A plain scene."""
    return make_scene(1, Recipe(0, "plain", "wall", (), 20.0, 2.0, -3.0), 128, SIZE)


@pytest.fixture(scope="module")
def layout():
    model = build_model()
    return make_layout(model.vt, model.ft, model.f.astype(np.int64), 128)


@pytest.fixture(scope="module")
def perfect(scene):
    """The true head as a fit."""
    return FittedHead(
        scene.vertices,
        build_model().f.astype(np.int64),
        scene.axis_angle,
        scene.scale,
        Path("fit.npz"),
    )


@pytest.fixture(scope="module")
def seen(scene, perfect, layout):
    """What of the true head the photo shows, clothes included."""
    return lift_photo(
        scene.image, perfect.vertices, perfect.faces, perfect.scale, layout, min_cosine=COSINE
    )[1]


@pytest.fixture(scope="module")
def lift(perfect, layout):
    """Makes what a chain would have found: the texels called observed, on the true head or another."""

    def lift(observed, head=None, shown=None):
        head = perfect if head is None else head
        shown = head.vertices if shown is None else shown
        size = len(observed)
        black = np.zeros((size, size, 3), np.uint8)
        return Lifted(Path("photo.png"), head, shown, layout, black, observed, nothing(size), {})

    return lift


@pytest.fixture(scope="module")
def places(scene, layout):
    """Where each texel of the true head lies: (N, 2)."""
    return evidence.project(scene.vertices, scene.scale, layout, scene)


def test_the_true_head_s_own_pixels_are_perfect_evidence(scene, layout, seen, places, lift):
    observed = seen.copy()
    observed.ravel()[layout.texels[~evidence.is_own(scene, places)]] = False
    figures = evidence.measure(scene, lift(observed), COSINE)
    assert figures.pop("outline_iou") == 1
    assert figures.pop("vertex_error") == pytest.approx(0, abs=1e-6)
    assert set(figures.values()) == {0}


def test_without_a_parser_the_garment_is_wrong(scene, layout, seen, places, lift):
    figures = evidence.measure(scene, lift(seen), COSINE)
    called = seen.ravel()[layout.texels]
    garment = evidence.nearest(scene.labels, places) == CLOTHES
    assert figures["clothes_observed"] == pytest.approx(
        (called & garment).sum() / called.sum(), 0.1
    )
    assert figures["background_observed"] == pytest.approx(figures["clothes_observed"], 0.1)
    assert figures["skin_lost"] == figures["skin_dropped"] == 0


def test_where_half_of_the_photo_is_wall_its_texels_are_wrong(scene, layout, seen, places, lift):
    own, labels = scene.own.copy(), scene.labels.copy()
    own[:, : SIZE // 2], labels[:, : SIZE // 2] = 0, BACKGROUND
    figures = evidence.measure(replace(scene, own=own, labels=labels), lift(seen), COSINE)
    called = seen.ravel()[layout.texels]
    left = places[:, 0] < SIZE // 2
    clothes = ~left & called & ~evidence.is_own(scene, places)
    wrong = ((left & called) | clothes).sum() / called.sum()
    assert 0.2 < figures["background_observed"] == pytest.approx(wrong, abs=0.01)
    parts = [figures[name] for name in ("wall_observed", *evidence.PARTS)]
    assert sum(parts) == pytest.approx(figures["background_observed"])
    assert figures["hair_observed"] == figures["other_observed"] == 0


def test_wrong_texels_are_told_by_what_they_show(scene, seen, lift):
    labels, own = scene.labels.copy(), np.zeros_like(scene.own)
    labels[: SIZE // 2], labels[SIZE // 2 :] = HAIR, OTHER
    figures = evidence.measure(replace(scene, own=own, labels=labels), lift(seen), COSINE)
    assert figures["background_observed"] == 1
    assert figures["hair_observed"] + figures["other_observed"] == pytest.approx(1)
    assert figures["hair_observed"] > 0.2
    assert figures["wall_observed"] == pytest.approx(0)
    # Where the photo shows no skin, none is lost.
    assert figures["skin_lost"] == 0


def test_what_is_not_called_observed_is_lost(scene, layout, seen, places, lift):
    observed = seen.copy()
    observed[:, 64:] = False
    figures = evidence.measure(scene, lift(observed), COSINE)
    skin = seen.ravel()[layout.texels] & evidence.is_skin(scene, places)
    kept = skin & (layout.texels % 128 < 64)
    assert figures["skin_lost"] == pytest.approx(1 - kept.sum() / skin.sum())
    assert figures["skin_dropped"] == figures["skin_lost"]
    none = evidence.measure(scene, lift(np.zeros_like(seen)), COSINE)
    assert none["background_observed"] == 0
    assert none["skin_lost"] == 1


def test_texels_are_looked_up_where_the_photo_was(scene, perfect, seen, lift):
    # Looked up half a picture aside, the texels are the wall's, though the head that comes out is right.
    aside = perfect.vertices + np.array([0.5 * SIZE / perfect.scale, 0, 0])
    figures = evidence.measure(scene, lift(seen, shown=aside), COSINE)
    assert figures["wall_observed"] > 0.5
    assert figures["outline_iou"] < 0.5
    assert figures["yaw_error"] == 0
    assert figures["vertex_error"] == pytest.approx(0, abs=1e-6)


def test_a_fit_that_is_turned_too_far_loses_skin_which_no_parser_dropped(
    scene, perfect, layout, lift
):
    turn = Rotation.from_euler("Y", 3, degrees=True)
    middle = scene.vertices.mean(0)
    turned = replace(
        perfect,
        vertices=turn.apply(scene.vertices - middle) + middle,
        axis_angle=(turn * Rotation.from_rotvec(scene.axis_angle)).as_rotvec(),
    )
    observed = lift_photo(
        scene.image, turned.vertices, turned.faces, turned.scale, layout, min_cosine=COSINE
    )[1]
    figures = evidence.measure(scene, lift(observed, turned), COSINE)
    assert figures["yaw_error"] == pytest.approx(3)
    # The face itself is right once it is turned back.
    assert figures["vertex_error"] == pytest.approx(0, abs=1e-6)
    assert 0.002 < figures["skin_lost"] < 0.05
    assert figures["skin_dropped"] == 0
    assert 0.9 < figures["outline_iou"] < 0.995


def test_the_outline_is_compared_whatever_stands_before_it(scene, perfect, seen, lift):
    columns = 12
    shift = np.array([columns / perfect.scale, 0, 0])
    moved = replace(perfect, vertices=perfect.vertices + shift)
    figures = evidence.measure(scene, lift(seen, moved), COSINE)
    mask = scene.silhouette
    shifted = np.zeros_like(mask)
    shifted[:, columns:] = mask[:, :-columns]
    # The head enters the picture on neither side, so moving it moves its mask.
    assert not mask[:, 0].any()
    assert figures["outline_iou"] == pytest.approx(evidence.iou(mask, shifted), abs=1e-3)


def test_bare_pixels_are_skin_and_lie_between_own_ones(scene, places):
    skin = evidence.is_skin(scene, places)
    labels = evidence.nearest(scene.labels, places)
    assert skin.any()
    assert set(np.unique(labels[skin])) <= BARE
    assert evidence.is_own(scene, places)[skin].all()
    # Beyond the photo there is nothing of the head.
    assert not evidence.is_own(scene, np.array([[-5.0, 50.0], [50.0, SIZE + 5.0]])).any()


def test_small_figures_are_right():
    a, b = np.array([1, 1, 0, 0], bool), np.array([1, 0, 1, 0], bool)
    assert evidence.iou(a, b) == pytest.approx(1 / 3)
    assert evidence.share(b, a) == 0.5
    assert evidence.share(a, np.zeros(4, bool)) == 0
    labels = np.arange(6).reshape(2, 3)
    assert list(evidence.nearest(labels, np.array([[0.2, 0.9], [2.9, 1.0], [9, -3]]))) == [0, 5, 2]
    rng = np.random.default_rng(0)
    points = rng.standard_normal((50, 3))
    turned = 3 * Rotation.from_rotvec([0.3, -0.2, 0.9]).apply(points) + [1, 2, 3]
    assert evidence.aligned_error(turned, points) == pytest.approx(0, abs=1e-9)
    # A mirror image is no turned one.
    assert evidence.aligned_error(points * [-1, 1, 1], points) > 0.5
    # Four corners of a square and one of them pulled out by 4 a corner: 1 a corner is left on the mean.
    square = np.array([[1, 1, 0], [1, -1, 0], [-1, 1, 0], [-1, -1, 0]], float)
    stretched = square * [1.2, 1, 1]
    best = (1.2 + 1) / (1.2**2 + 1)
    left = np.hypot(best * 1.2 - 1, best - 1)
    assert evidence.aligned_error(stretched, square) == pytest.approx(left)


def test_a_sheet_shows_right_wrong_and_lost_texels(scene, seen, lift):
    sheet = draw_sheet(scene, {"one": lift(seen), "two": None}, "a photo")
    assert sheet.shape == (SIZE + 24, 3 * SIZE, 3)
    marked = sheet[24:, SIZE : 2 * SIZE].astype(int)
    changed = marked - scene.image
    garment = (scene.labels == CLOTHES) & scene.silhouette
    assert (changed[garment][:, 0] > 0).mean() > 0.7
    face = np.isin(scene.labels, list(BARE))
    greener = changed[..., 1] - changed[..., 0] > 0
    assert greener[face].mean() > 0.9
    nothing = draw_sheet(scene, {"one": lift(np.zeros_like(seen))}, "")[24:, SIZE:].astype(int)
    bluer = (nothing - scene.image)[..., 2] > 0
    assert bluer[face].mean() > 0.9
