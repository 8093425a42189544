"""The small recogniser: its loss against closed forms, and whether training tells apart what is easy to tell apart."""

import math

import numpy as np
import pytest
import torch

from scoreface.benchmark.augmentation.recogniser import (
    NUMBERS,
    Recogniser,
    Training,
    as_input,
    describe,
    jittered,
    margin_loss,
    train,
)

SCALE, MARGIN = 16.0, 0.2


def at_angle(angle):
    return torch.tensor([[math.cos(angle), math.sin(angle)]], dtype=torch.float64)


@pytest.mark.parametrize("angle", [0.3, 1.2, 2.0, -0.7])
def test_the_loss_is_the_cross_entropy_with_the_angle_enlarged(angle):
    """Two centres at right angles: cosines are those of the angle and of what it lacks to a quarter turn."""
    centres = torch.eye(2, dtype=torch.float64)
    own, other = SCALE * math.cos(abs(angle) + MARGIN), SCALE * math.sin(angle)
    expected = math.log1p(math.exp(other - own))
    for length in (1.0, 7.0):
        loss = margin_loss(length * at_angle(angle), 3 * centres, torch.tensor([0]))
        assert float(loss) == pytest.approx(expected, rel=1e-6)


def test_the_loss_grows_with_the_angle_to_the_very_end():
    centres = torch.tensor([[1.0, 0, 0], [0, 0, 1.0]], dtype=torch.float64)
    angles = torch.linspace(0.01, math.pi - 0.01, 200, dtype=torch.float64)
    # The other centre stays at a right angle.
    points = torch.stack([angles.cos(), angles.sin(), 0 * angles], 1)
    zero = torch.tensor([0])
    losses = [float(margin_loss(point[None], centres, zero)) for point in points]
    assert (np.diff(losses) > 0).all()


def test_pictures_go_in_as_means_of_four_pixels():
    picture = np.zeros((1, 112, 112, 3), np.uint8)
    picture[0, 10, 20] = [255, 51, 0]
    taken = as_input(picture)
    assert taken.shape == (1, 3, 56, 56)
    expected = torch.tensor([2 * 0.25 - 1, 2 * 0.05 - 1, -1])
    torch.testing.assert_close(taken[0, :, 5, 10], expected)
    assert (taken[0, :, 5, 11] == -1).all()


def test_what_training_shows_is_the_picture_moved_a_little():
    torch.manual_seed(0)
    row = torch.linspace(-0.4, 0.4, 56)
    ramp = row.expand(200, 3, 56, 56)
    shown = jittered(ramp)
    slopes = shown[:, 0, 28, 40] - shown[:, 0, 28, 16]
    original = float(row[40] - row[16])
    # Half of them the other way round, none steeper than contrast and size allow.
    assert 60 < int((slopes < 0).sum()) < 140
    assert slopes.abs().max() < original * math.exp(0.25 + 0.08)
    assert slopes.abs().min() > original * math.exp(-0.25 - 0.08) * math.cos(math.radians(5)) * 0.99


def test_it_is_small():
    count = sum(weights.numel() for weights in Recogniser().parameters())
    assert 100_000 < count < 400_000


@pytest.fixture(scope="module")
def learnt():
    """Three identities, of three colours; trained on few pictures with noise."""
    pictures, labels = coloured(8, 0)
    return train(pictures, labels, Training(25, 12), 0)


def coloured(each, seed):
    rng = np.random.default_rng(seed)
    colours = np.array([[200, 60, 60], [60, 200, 60], [60, 60, 200]])
    pictures = np.repeat(colours, each, 0)[:, None, None] + rng.normal(
        0, 20, (3 * each, 112, 112, 3)
    )
    return as_input(pictures.clip(0, 255).astype(np.uint8)), torch.arange(3).repeat_interleave(each)


def test_training_tells_apart_what_differs(learnt):
    assert learnt.losses[-1] < learnt.losses[0] / 2
    pictures, labels = coloured(3, 1)
    vectors = describe(learnt.network, pictures)
    assert vectors.shape == (9, NUMBERS)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    cosines, same = vectors @ vectors.T, labels[:, None] == labels
    assert cosines[same].min() > cosines[~same].max()


def test_a_mirror_image_is_described_alike(learnt):
    pictures, _ = coloured(1, 2)
    np.testing.assert_allclose(
        describe(learnt.network, pictures), describe(learnt.network, pictures.flip(3)), atol=1e-5
    )


def test_training_is_a_function_of_its_seed():
    pictures, labels = coloured(2, 0)
    one, again, other = (train(pictures, labels, Training(2, 4), seed).losses for seed in (1, 1, 2))
    assert one == again != other
