"""The photo's light against lights that are known: on spheres in closed form, and on the synthetic heads."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from scoreface.demo.head.model import build_model, head_vertices
from scoreface.demo.head.surface import spread
from scoreface.demo.light import apply, sample_light, shade
from scoreface.demo.people import sample_head
from scoreface.demo.photos import rotation
from scoreface.demo.regions import texel_labels
from scoreface.demo.skin.paint import paint_skin
from scoreface.geometry.rasterise import first_hits
from scoreface.parse.labels import EARS, NECK, SKIN
from scoreface.texture.layout import TextureLayout, make_layout
from scoreface.texture.light import (
    complete_delit,
    estimate,
    harmonics,
    put_back,
    remove,
    texel_normals,
    unlit,
)

SKIN_COLOUR = np.array([0.75, 0.55, 0.45])


def _sphere(count: int = 20000) -> np.ndarray:
    """(count, 3) unit vectors, evenly spread: the Fibonacci lattice."""
    i = np.arange(count) + 0.5
    y, turn = 1 - 2 * i / count, np.pi * (1 + 5**0.5) * i
    flat = np.sqrt(1 - y * y)
    return np.stack([flat * np.cos(turn), y, flat * np.sin(turn)], 1)


@pytest.fixture(scope="module")
def normals() -> np.ndarray:
    return _sphere()


@pytest.fixture(scope="module")
def light(normals) -> np.ndarray:
    """A shading whose logarithm is of order 2, about threefold from side to side."""
    return np.exp(harmonics(normals) @ [0, 0.2, 0.15, -0.2, 0.02, -0.03, 0.04, 0.02, -0.02])


def _photographed(albedo: np.ndarray, light: np.ndarray) -> np.ndarray:
    """(N, 3) uint8 of an ``albedo`` (N, 3) or (3,), sRGB in [0, 1], in a ``light`` (N,)."""
    lit = put_back(np.broadcast_to(albedo, (len(light), 3)), light)
    return np.rint(np.clip(lit, 0, 1) * 255).astype(np.uint8)


def _error(found: np.ndarray, true: np.ndarray, where: np.ndarray, level: np.ndarray) -> float:
    """Root mean square of the logarithms' difference in ``where``, but for its mean over ``level``."""
    difference = np.log(found) - np.log(true)
    difference -= difference[level].mean()
    return float(np.sqrt((difference[where] ** 2).mean()))


def _all(normals: np.ndarray) -> np.ndarray:
    return np.ones(len(normals), bool)


def test_harmonics_are_orthonormal_over_the_sphere(normals):
    basis = harmonics(normals)
    np.testing.assert_allclose(basis.T @ basis / len(basis), np.eye(9), atol=1e-3)


def test_a_known_light_on_a_plain_sphere_is_recovered(normals, light):
    everywhere = _all(normals)
    found = estimate(_photographed(SKIN_COLOUR, 0.5 * light), normals, everywhere)
    # To within the rounding to bytes.
    assert _error(found.at(normals), light, everywhere, everywhere) < 0.003
    assert found.residual < 0.01
    assert np.log(found.at(normals)).mean() == pytest.approx(0, abs=1e-3)


def test_a_lamp_on_a_matt_sphere_is_found(normals):
    direction = np.array([0.5, 0.4, np.sqrt(1 - 0.41)])
    matt = 0.35 + 0.45 * np.clip(normals @ direction, 0, None)
    everywhere = _all(normals)
    found = estimate(_photographed(SKIN_COLOUR, matt), normals, everywhere)
    # Basri and Jacobs: order 2 leaves out a few per cent of a point light's shading.
    assert _error(found.at(normals), matt, everywhere, everywhere) < 0.06
    report = found.report()
    assert report["azimuth"] == pytest.approx(np.rad2deg(np.arctan2(0.5, direction[2])), abs=1)
    assert report["elevation"] == pytest.approx(np.rad2deg(np.arcsin(0.4)), abs=1)
    assert report["contrast"] == pytest.approx(0.8 / 0.35, rel=0.1)


def test_marks_and_hair_among_the_skin_weigh_little(normals, light):
    rng = np.random.default_rng(0)
    albedo = SKIN_COLOUR * np.exp(rng.normal(0, 0.03, (len(normals), 1)))
    # Brows and hair from one side, where they could pass for shadow.
    albedo[(normals @ [0.6, 0.0, 0.8]) > 0.85] = 0.15
    everywhere = _all(normals)
    found = estimate(_photographed(albedo, 0.5 * light), normals, everywhere)
    assert _error(found.at(normals), light, everywhere, everywhere) < 0.06
    # What all texels alike make of it.
    plain = np.log(remove(_photographed(albedo, 0.5 * light) / 255, np.ones(len(normals))))
    basis = harmonics(normals)
    least_squares = 2.2 * basis @ np.linalg.lstsq(basis, plain.mean(1), rcond=None)[0]
    assert _error(np.exp(least_squares), light, everywhere, everywhere) > 0.15


@pytest.mark.parametrize("yaw", [0, 90, 180, 270])
def test_from_half_a_sphere_the_other_half_is_no_worse_than_without(normals, light, yaw):
    seen = Rotation.from_euler("y", yaw, degrees=True).apply(normals)[:, 2] > 0.2
    rng = np.random.default_rng(yaw)
    # Skin that is redder or darker over wide areas, as cheeks and beards are.
    waves = np.sin(normals @ rng.normal(0, 4, (3, 6)) + rng.uniform(0, 6, 6)).sum(1)
    albedo = SKIN_COLOUR * np.exp(0.04 * waves)[:, None]
    found = estimate(_photographed(albedo, 0.5 * light), normals, seen)
    without = np.ones(len(normals))
    for part in (seen, ~seen):
        assert _error(found.at(normals), light, part, seen) < 0.7 * _error(
            without, light, part, seen
        )


def test_the_shading_ends_a_little_beyond_what_the_skin_shows(normals):
    # A narrow cap of the sphere with a steep light: carried on, it would run away.
    seen = normals[:, 2] > 0.9
    steep = np.exp(2.5 * normals[:, 0])
    shading = estimate(_photographed(SKIN_COLOUR, 0.4 * steep), normals, seen)
    at_skin, beyond = shading.at(normals[seen]), shading.at(normals)
    assert beyond.max() <= 1.26 * at_skin.max()
    assert beyond.min() >= at_skin.min() / 1.26


def test_a_turned_camera_changes_nothing_but_the_axes(normals, light):
    turned = Rotation.from_euler("yxz", [40, 20, -10], degrees=True).apply(normals)
    colours, seen = _photographed(SKIN_COLOUR, 0.5 * light), normals[:, 2] > 0
    one, other = (estimate(colours, axes, seen).at(axes) for axes in (normals, turned))
    np.testing.assert_allclose(one, other, rtol=1e-4)


def test_texels_cut_off_at_white_are_no_measure(normals, light):
    bright = 2.0 * light
    colours, everywhere = _photographed(SKIN_COLOUR, bright), _all(normals)
    assert (colours == 255).any(1).mean() > 0.2
    found = estimate(colours, normals, everywhere)
    assert _error(found.at(normals), light, everywhere, everywhere) < 0.02


def test_too_little_skin_gives_no_light_and_says_so(normals, light):
    few = np.zeros(len(normals), bool)
    few[:100] = True
    shading = estimate(_photographed(SKIN_COLOUR, light), normals, few)
    np.testing.assert_array_equal(shading.at(normals), 1)
    report = shading.report()
    assert not report["estimated"]
    assert report["n_texels"] == 100
    assert report["azimuth"] is None


def test_light_is_linear_and_comes_back(normals, light):
    # Half the light of sRGB white is 0.7354 (IEC 61966-2-1).
    half = put_back(np.ones((1, 3)), np.array([0.5]))
    np.testing.assert_allclose(half, 0.735357, atol=1e-6)
    colours = np.random.default_rng(0).random((len(normals), 3))
    np.testing.assert_allclose(put_back(remove(colours, light), light), colours, atol=1e-9)


@pytest.fixture(scope="module")
def strip(normals) -> TextureLayout:
    """A layout whose chart are all but the last texels of a square; its order is not that of the rows."""
    size = int(np.ceil(np.sqrt(len(normals))))
    texels = np.random.default_rng(0).permutation(len(normals))
    nothing = np.zeros((len(normals), 3))
    return TextureLayout(size, texels, nothing.astype(int), nothing, nothing, nothing)


def _texture(layout: TextureLayout, colours: np.ndarray) -> np.ndarray:
    flat = np.zeros((layout.size**2, 3), colours.dtype)
    flat[layout.texels] = colours
    return flat.reshape(layout.size, layout.size, 3)


@pytest.mark.parametrize("brightness", [0.5, 1.8])
def test_completion_of_delit_colours_gets_the_light_of_its_place(strip, normals, light, brightness):
    truth = put_back(np.broadcast_to(SKIN_COLOUR, (len(normals), 3)), brightness * light)
    truth = _texture(strip, np.clip(truth, 0, 1))
    have = normals[:, 0] > 0
    filled = _texture(strip, np.stack([have] * 3, 1))[..., 0]

    def fill(colours: np.ndarray) -> np.ndarray:
        assert colours.min() >= 0
        assert colours.max() <= 1
        return np.where(filled[..., None], colours, np.median(colours[filled], axis=0))

    texture = np.where(filled[..., None], truth, 0.0)
    done = complete_delit(texture, filled, light, strip, fill)
    np.testing.assert_array_equal(done[filled], truth[filled])
    # Where neither side is cut off at white, plain skin in the known light is what must come out.
    if brightness < 1:
        np.testing.assert_allclose(done, truth, atol=1e-6)
    assert done.max() <= 1


def test_without_its_light_plain_skin_is_plain(strip, normals, light):
    lit = _photographed(SKIN_COLOUR, 0.7 * light)
    flat = unlit(_texture(strip, lit), 0.7 * light, strip).reshape(-1, 3)[strip.texels]
    assert np.abs(flat - 255 * SKIN_COLOUR).max() < 2.5
    assert np.ptp(lit, axis=0).min() > 45


@pytest.mark.heavy
@pytest.mark.parametrize("yaw", [0, 30, 60])
def test_on_synthetic_heads_the_light_is_found_also_where_it_is_not_seen(yaw):
    model, errors = build_model(), []
    for seed in (1, 2, 3):
        rng = np.random.default_rng(seed)
        head = sample_head(rng)
        # The estimate is of skin: a beard would count as dark skin.
        head = replace(head, skin=replace(head.skin, beard="none", marked=False))
        posed = rotation(yaw, 0, 0).apply(head_vertices(model, head.identity, head.expression))
        layout = make_layout(model.vt, model.ft, model.f, 128)
        normals = texel_normals(posed, model.f, layout)
        diffuse, sheen = shade(posed, model.f, sample_light(rng))
        both = spread(np.concatenate([diffuse, 0.4 * sheen], 1), 128)
        colours = apply(paint_skin(head.skin, 128), both[..., :3], both[..., 3:])
        true = both[..., :3].mean(2).ravel()[layout.texels]
        hits = first_hits(
            posed,
            model.f,
            layout.interpolate(posed) + 1e-3 * normals,
            np.broadcast_to([0.0, 0.0, 1.0], normals.shape),
        )
        seen = (hits.face < 0) & (normals[:, 2] > 0.2)
        labels = texel_labels(head.skin, 128).ravel()[layout.texels]
        pixels = np.rint(colours.reshape(-1, 3)[layout.texels] * 255).astype(np.uint8)
        skin = seen & np.isin(labels, [SKIN, NECK, EARS])
        found, without = estimate(pixels, normals, skin).at(normals), np.ones(len(normals))
        errors.append(
            [
                _error(shading, true, part, seen)
                for part in (seen, ~seen)
                for shading in (found, without)
            ]
        )
    seen_error, seen_without, unseen_error, unseen_without = np.mean(errors, 0)
    assert seen_error < 0.5 * seen_without
    assert unseen_error < 0.5 * unseen_without
