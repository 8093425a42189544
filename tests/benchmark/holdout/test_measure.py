"""What is measured where the answer is known."""

import numpy as np
import pytest

from scoreface.benchmark.gallery import FRONTAL
from scoreface.benchmark.holdout.hide import hide
from scoreface.benchmark.holdout.measure import HoldoutJudge


@pytest.fixture(scope="module")
def judge(lifted, config, gallery) -> HoldoutJudge:
    """Of a face whose side is hidden, without the network of features."""
    judge = HoldoutJudge(hide(lifted, config, 45), lifted, gallery, None)
    # Even numbers, which can be halved, far from either end.
    judge.truth = judge.truth // 4 * 2 + 40
    return judge


def painted(judge, colours):
    """The truth with other colours where it was hidden."""
    return np.where(judge.held.hidden[..., None], colours, judge.truth).astype(np.uint8)


def test_the_truth_is_perfect(judge):
    figures = judge.measure(judge.truth)
    assert figures["psnr"] == figures["psnr_gain"] == np.inf
    assert figures["ssim"] == pytest.approx(1)
    assert "features" not in figures


@pytest.mark.parametrize("shift", [5, 30])
def test_a_shift_has_its_psnr(judge, shift):
    figures = judge.measure(painted(judge, judge.truth.astype(int) + shift))
    assert figures["psnr"] == pytest.approx(20 * np.log10(255 / shift))
    # A factor takes some of it away, and never adds to it.
    assert figures["psnr_gain"] > figures["psnr"]


def test_the_gain_takes_a_lamp_away_and_nothing_else(judge):
    truth = judge.truth[judge.held.hidden].astype(float)
    halved = judge.measure(painted(judge, judge.truth // 2))
    expected = 10 * np.log10(255**2 / ((truth / 2) ** 2).mean())
    assert halved["psnr"] == pytest.approx(expected)
    assert halved["psnr_gain"] == np.inf
    assert halved["ssim_gain"] == pytest.approx(1)
    assert halved["ssim"] < 0.99
    # Colours of a lamp too, each channel by its own.
    factors = np.array([0.5, 0.75, 1.0])
    coloured = judge.measure(painted(judge, np.rint(judge.truth * factors)))
    assert coloured["psnr_gain"] > 50 > coloured["psnr"]


def test_the_gain_is_that_of_all_that_a_method_made(judge):
    held = judge.held
    made = held.chart & ~held.scene.known
    halved = np.where(made[..., None], judge.truth // 2, judge.truth).astype(np.uint8)
    figures = judge.measure(halved)
    # With it nothing is left that tells the head from the truth.
    assert figures["identity_gain"] == pytest.approx(judge.measure_face()["identity_truth"])
    assert figures["identity_gain"] != pytest.approx(figures["identity"])


def test_only_what_was_hidden_counts(judge):
    unknown = judge.held.chart & ~judge.held.whole.known
    texture = np.where(unknown[..., None], 255 - judge.truth, judge.truth).astype(np.uint8)
    figures = judge.measure(texture)
    assert figures["psnr"] == np.inf
    assert figures["ssim"] == pytest.approx(1)


def test_the_windows_of_ssim_hold_nothing_but_truth(judge, lifted, config, gallery):
    texture = painted(judge, judge.truth[:, ::-1])
    before = judge.measure(texture)["ssim"]
    other = HoldoutJudge(judge.held, lifted, gallery, None)
    known = judge.held.whole.known[..., None]
    noise = np.random.default_rng(0).integers(0, 256, judge.truth.shape)
    other.truth = np.where(known, judge.truth, noise).astype(np.uint8)
    assert other.measure(texture)["ssim"] == pytest.approx(before)


def test_the_hidden_side_is_looked_at(judge, lifted, config, gallery):
    assert 10 < judge.view.azimuth < 60
    assert judge.view.elevation == 0
    other = HoldoutJudge(hide(lifted, config, -45), lifted, gallery, None)
    assert -70 < other.view.azimuth < -20


def test_of_the_face_itself_it_says_what_is_given(judge):
    figures, held = judge.measure_face(), judge.held
    assert figures["head_yaw"] == pytest.approx(10)
    assert figures["share_kept"] == held.scene.known.sum() / held.chart.sum()
    assert figures["share_hidden"] == held.hidden.sum() / held.chart.sum()
    assert figures["identity_truth"] < figures["identity_before"]


def test_pictures_are_told_apart_where_something_was_hidden(judge, lifted, gallery):
    class Brightness:
        """Stands for the network: how far the pictures are apart in the mean, where it counts."""

        def distance(self, one, other, share):
            apart = np.abs(one.astype(float) - other).mean(axis=2)
            return float((share * apart).sum() / share.sum())

    seeing = HoldoutJudge(judge.held, lifted, gallery, Brightness())
    seeing.truth = judge.truth
    figures = seeing.measure(painted(judge, judge.truth.astype(int) + 20))
    # Pixels of the limb mix what was hidden with the rest.
    assert 15 < figures["features"] <= 20
    assert figures["features_gain"] < figures["features"]
    # The head that is looked at is in the picture.
    assert gallery.picture(judge.truth, FRONTAL).pixels.mean() > 10
