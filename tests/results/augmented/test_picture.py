"""Pictures with their confidence, against what is computed ray by ray."""

import numpy as np
import pytest

from scoreface.base.arrays import write_image, write_labels
from scoreface.base.errors import InputError
from scoreface.geometry.camera import PerspectiveCamera
from scoreface.geometry.mesh import Mesh
from scoreface.geometry.views import View
from scoreface.results.augmented.picture import Taken, load_evidence, take
from scoreface.results.display import Studio
from scoreface.texture.state import LEGEND, OBSERVED

SIZE = 24
CAMERA = PerspectiveCamera(4.0, 30.0)
BLACK = np.zeros((SIZE, SIZE, 3), np.uint8)


def ball(sphere: Mesh) -> Studio:
    return Studio(sphere, np.zeros(3), CAMERA)


def rays_to_the_ball(view: View) -> tuple[np.ndarray, np.ndarray]:
    """Whether each of 8 x 8 rays a pixel hits the unit ball, and at which longitude of the unturned ball, in turns."""
    side = SIZE * 8
    origins, directions = CAMERA.rays(side, side)
    along = (origins * directions).sum(1)
    root = along**2 - (origins**2).sum(1) + 1
    hit = root > 0
    points = origins + directions * (-along - np.sqrt(np.where(hit, root, 0)))[:, None]
    x, _, z = view.rotation().inv().apply(points).T
    return hit.reshape(side, side), (np.arctan2(x, z) / (2 * np.pi) + 0.5).reshape(side, side)


def means(values: np.ndarray) -> np.ndarray:
    return values.reshape(SIZE, 8, SIZE, 8).mean((1, 3))


def evidence(observed: np.ndarray) -> np.ndarray:
    """A gray texture that was observed where ``observed`` (S, S) says so."""
    layers = np.full((*observed.shape, 4), 100, np.uint8)
    layers[..., 3] = np.where(observed, 255, 0)
    return layers


@pytest.mark.parametrize("view", [View(0, 0), View(20, -50), View(0, 70, 30)])
def test_confidence_is_the_share_that_was_observed(sphere, view):
    # The half of the ball with x < 0, which is what the texture's left half shows.
    left = np.zeros((256, 256), bool)
    left[:, :128] = True
    hit, turns = rays_to_the_ball(view)
    expected = means(hit & (turns < 0.5))
    taken = take(ball(sphere).snapshot(view, SIZE), evidence(left), BLACK)
    got = taken.confidence / 255
    # The mesh is an inscribed polyhedron, and four samples a pixel are fewer than 64 rays.
    assert np.abs(got - expected).mean() < 0.02
    assert np.abs(got - expected).max() < 0.5
    inner = means(hit & (np.abs(turns - 0.5) < 0.45)) == 1
    sure = inner & ((expected == 0) | (expected == 1))
    assert sure.sum() > 50
    assert (np.rint(got)[sure] == expected[sure]).all()
    assert taken.share == pytest.approx((hit & (turns < 0.5)).sum() / hit.sum(), abs=0.01)


def test_the_background_shows_where_the_head_does_not(sphere):
    rng = np.random.default_rng(0)
    behind = rng.integers(0, 256, (SIZE, SIZE, 3)).astype(np.uint8)
    hit, _ = rays_to_the_ball(View(0, 0))
    covered = means(hit)[..., None]
    taken = take(ball(sphere).snapshot(View(0, 0), SIZE), evidence(np.ones((64, 64), bool)), behind)
    expected = 100 * covered + (1 - covered) * behind
    assert (taken.picture[covered[..., 0] == 0] == behind[covered[..., 0] == 0]).all()
    assert (taken.picture[covered[..., 0] == 1] == 100).all()
    assert np.abs(taken.picture - expected).mean() < 2
    # Nothing of the background is evidence.
    assert (taken.confidence[covered[..., 0] == 0] == 0).all()
    assert taken.share == pytest.approx(1)


def test_the_mean_with_the_mirror_image_is_symmetric():
    rng = np.random.default_rng(1)
    pixels = rng.integers(0, 256, (8, 8, 3)).astype(np.uint8)
    observed = np.zeros((8, 8), np.uint8)
    observed[:, :3] = 255
    mean = Taken(pixels, observed, 0.4).averaged_with_its_mirror()
    assert (mean.picture == mean.picture[:, ::-1]).all()
    assert np.abs(mean.picture - (pixels / 2 + pixels[:, ::-1] / 2)).max() <= 0.5
    # Where one side of two is evidence, half is.
    assert mean.confidence[0].tolist() == [128, 128, 128, 0, 0, 128, 128, 128]


def test_evidence_is_what_the_labels_say_and_goes_on_beyond_the_chart(tmp_path):
    labels = np.zeros((8, 8), np.uint8)
    labels[2:6, 2:4], labels[2:6, 4:6] = OBSERVED, 2
    write_labels(tmp_path / "provenance.png", labels, LEGEND, [(0, 0, 0)] * 5)
    write_image(tmp_path / "texture.png", np.full((8, 8, 3), 9, np.uint8))
    layers = load_evidence(tmp_path / "texture.png", tmp_path / "provenance.png")
    assert (layers[..., 3] == np.where(np.arange(8) < 4, 255, 0)).all()
    write_image(tmp_path / "texture.png", np.zeros((4, 4, 3), np.uint8))
    with pytest.raises(InputError, match=r"provenance\.png: 8 x 8 texels, where .* has 4 x 4"):
        load_evidence(tmp_path / "texture.png", tmp_path / "provenance.png")
