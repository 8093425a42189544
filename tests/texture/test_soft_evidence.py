"""How far the other side of a face is believed: on a sheet whose asymmetry is known."""

import numpy as np
import pytest

from scoreface.texture.bands import Lowpass
from scoreface.texture.carried import Carried, nothing
from scoreface.texture.completion import Completion
from scoreface.texture.soft_evidence import SoftEvidence, no_evidence, photo_evidence

from .sheets import SIZE, layout_of, sheet

# Nothing is believed more closely.
LEAST = 0.02
MESH = sheet(33)
LAYOUT = layout_of(MESH)
X, Y = LAYOUT.interpolate(MESH.vertices)[:, :2].T


def symmetric() -> np.ndarray:
    """Colours (N, 3) of the texels that are the same on both sides."""
    return 0.5 + 0.1 * np.stack([np.cos(9 * X), np.sin(7 * Y), np.cos(5 * X) * Y], axis=1)


def suggested(colours: np.ndarray, known: np.ndarray, regions=None, by=photo_evidence):
    """What a photo with ``colours`` (N, 3) at the texels ``known`` (N,) suggests; nothing is known of its light."""
    texture = LAYOUT.picture(np.where(known[:, None], colours.clip(0, 1), 0.0))
    there = LAYOUT.picture(known)
    carried = nothing(SIZE)
    if regions is not None:
        carried = Carried(carried.labels, LAYOUT.picture(regions))
    pixels = np.rint(texture * 255).astype(np.uint8)
    completion = Completion.of(MESH, np.zeros(3), pixels, there, carried)
    return by(completion, texture, there, completion(texture, there))


def everywhere() -> np.ndarray:
    return np.ones(len(X), bool)


@pytest.mark.parametrize("deviation", [0.05, 0.1])
def test_noise_on_one_side_is_the_doubt_of_the_fine_band(deviation):
    noise = deviation * np.random.default_rng(0).standard_normal((len(X), 3))
    found = suggested(symmetric() + np.where(X[:, None] > 0, noise, 0), everywhere())
    np.testing.assert_allclose(found.fine, np.hypot(LEAST, deviation), rtol=0.05)
    # Of noise without correlations little is left in the coarse band.
    assert found.coarse.max() < 0.5 * deviation


def test_a_slope_across_the_face_is_the_doubt_of_the_coarse_band():
    slope = 0.1
    found = suggested(symmetric() + slope * X[:, None], everywhere())
    # From one side to the other it makes twice its height; the squares of -1 to 1 have mean 1 / 3.
    expected = np.hypot(LEAST, 2 * slope / np.sqrt(3))
    np.testing.assert_allclose(found.coarse, expected, rtol=0.15)
    assert found.fine.max() < 0.35 * expected


def test_each_region_has_its_own_doubt():
    noise = np.random.default_rng(0).standard_normal((len(X), 3))
    deviation = np.where(Y > 0, 0.12, 0.03)
    regions = np.where(Y > 0, 1, 2).astype(np.uint8)
    colours = symmetric() + np.where(X > 0, deviation, 0)[:, None] * noise
    found = suggested(colours, everywhere(), regions)
    # As if a hundred texels of the whole face were among each region's: of 480, as 2 of the 32 columns are the middle.
    whole = (0.12**2 + 0.03**2) / 2
    for inside, own in ((Y > 0, 0.12), (Y < 0, 0.03)):
        (value,) = np.unique(found.fine[inside])
        expected = np.sqrt((480 * own**2 + 100 * whole) / 580)
        assert value == pytest.approx(np.hypot(LEAST, expected), rel=0.06)


def test_a_face_of_which_no_texel_is_seen_twice_is_as_the_average():
    few = suggested(symmetric(), X > 0.2)
    same = suggested(symmetric() + 0.2 * Y[:, None], X > 0.2)
    mirrored = X < -0.2
    assert np.ptp(few.fine[mirrored]) == np.ptp(few.coarse[mirrored]) == 0
    assert few.fine[mirrored][0] == same.fine[mirrored][0] > LEAST
    assert few.coarse[mirrored][0] == same.coarse[mirrored][0] > LEAST


def test_the_other_side_is_suggested_where_it_is_seen_and_doubted_less_than_the_far():
    known = np.abs(X - 0.6) < 0.3
    found = suggested(symmetric(), known)
    mirrored, far = np.abs(X + 0.6) < 0.3, np.abs(X) < 0.15
    np.testing.assert_allclose(found.mean[mirrored], symmetric()[mirrored], atol=0.02)
    for band in (found.fine, found.coarse):
        assert band[far].min() > 1.5 * band[mirrored].max()
    # And the more the farther.
    towards_the_middle = found.coarse[(X > 0) & (X < 0.28)][
        np.argsort(-X[(X > 0) & (X < 0.28)], kind="stable")
    ]
    assert (np.diff(towards_the_middle) > -1e-9).all()


def test_without_any_photo_everything_is_far():
    found = suggested(symmetric(), ~everywhere())
    assert np.isfinite(found.mean).all()
    assert found.coarse.min() > 0.3


def test_no_evidence_weighs_nothing_and_has_the_same_mean():
    known = X > 0.2
    found = suggested(symmetric(), known, by=no_evidence)
    assert (found.fine == np.inf).all()
    assert (found.coarse == np.inf).all()
    np.testing.assert_array_equal(found.mean, suggested(symmetric(), known).mean)


def test_some_texels_alone():
    found, rows = suggested(symmetric(), X > 0.2), np.arange(10, 400, 7)
    some = found.at(rows)
    for name in ("mean", "fine", "coarse"):
        np.testing.assert_array_equal(getattr(some, name), getattr(found, name)[rows])
    assert some.lowpass(some.mean).shape == (len(rows), 3)


DRAWS = 250


def draws(fine: np.ndarray, coarse: np.ndarray) -> tuple[np.ndarray, SoftEvidence]:
    """Draws (DRAWS, N, 3) of evidence with other deviations in its bands, less its mean."""
    lowpass = Lowpass.on_surface(MESH.vertices, MESH.faces, LAYOUT, 0.3)
    evidence = SoftEvidence(symmetric(), fine, coarse, lowpass)
    rng = np.random.default_rng(0)
    return np.stack([evidence.drawn(rng) - evidence.mean for _ in range(DRAWS)]), evidence


def test_draws_have_the_stated_law():
    rising = 0.05 + 0.04 * X
    none = np.zeros(len(X))
    for bands in ((rising, none), (none, rising), (rising, 2 * rising)):
        drawn, _ = draws(*bands)
        of_bands = np.hypot(*bands)
        # A mean of so many draws is so far from that of the law, of which one in ten thousand is 4 deviations off.
        assert np.abs(drawn.mean(0) / of_bands[:, None]).max() < 5 / np.sqrt(DRAWS)
        spread = drawn.std(axis=(0, 2)) / of_bands
        assert spread.mean() == pytest.approx(1, abs=0.03)
        assert spread.std() < 0.1


def test_where_nothing_is_believed_nothing_is_drawn():
    nowhere = np.full(len(X), np.inf)
    assert (draws(nowhere, nowhere)[0] == 0).all()


def test_the_coarse_band_is_shared_with_neighbours_and_the_fine_one_is_not():
    one, none = np.full(len(X), 0.1), np.zeros(len(X))

    def correlation(drawn, at, to):
        nearest = [np.argmin(np.hypot(X - x, Y - y)) for x, y in (at, to)]
        first, second = (drawn[:, texel].ravel() for texel in nearest)
        return np.corrcoef(first, second)[0, 1]

    coarse, fine = draws(none, one)[0], draws(one, none)[0]
    # Two texels on, a small part of the window's width of 0.3; and from side to side.
    assert correlation(coarse, (-0.5, 0), (-0.38, 0)) > 0.85
    assert abs(correlation(coarse, (-0.9, 0), (0.9, 0))) < 0.2
    assert abs(correlation(fine, (-0.5, 0), (-0.38, 0))) < 0.2
