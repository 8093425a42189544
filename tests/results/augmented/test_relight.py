"""Another light by a ratio of shadings, on a ball whose light is known."""

import numpy as np
import pytest

from scoreface.base.errors import InputError
from scoreface.base.files import write_json
from scoreface.geometry.camera import PerspectiveCamera
from scoreface.geometry.views import View
from scoreface.results.augmented.relight import Lamp, OwnLight, read_own_light
from scoreface.results.display import Studio
from scoreface.texture.light import harmonics, put_back, remove

LAMP = Lamp(40.0, 20.0, 0.5)


@pytest.fixture
def snapshot(sphere):
    return Studio(sphere, np.zeros(3), PerspectiveCamera(4.0, 30.0)).snapshot(View(0, 30), 24)


def test_a_lamp_is_where_its_angles_say():
    np.testing.assert_allclose(Lamp(0, 0, 1).direction, [0, 0, 1], atol=1e-12)
    np.testing.assert_allclose(Lamp(90, 0, 1).direction, [1, 0, 0], atol=1e-12)
    np.testing.assert_allclose(Lamp(0, 90, 1).direction, [0, 1, 0], atol=1e-12)


def test_skin_in_its_own_light_comes_out_in_the_new_one(snapshot, sphere):
    """One albedo in a known light, relit, is that albedo in the lamp's light, up to a factor for all."""
    coefficients = np.array([0, 0.05, 0.1, -0.12, 0.02, 0, 0.03, 0, 0])
    # The normals of a ball are its points: those in the photo's axes, and those in the picture's.
    own_normals = snapshot.normal @ View(0, 30).rotation().as_matrix()
    albedo = np.tile([0.5, 0.4, 0.3], (len(own_normals), 1))
    lit = put_back(albedo, np.exp(harmonics(own_normals) @ coefficients))
    own = OwnLight(coefficients, sphere.vertex_normals())
    relit = own.replaced(snapshot, lit * 255, LAMP) / 255
    # What is left once the lamp's shading is taken off is the albedo again, in linear light, times one number.
    bare = remove(relit, np.exp(LAMP.strength * snapshot.normal @ LAMP.direction))
    linear = ((bare + 0.055) / 1.055) ** 2.4
    expected = ((albedo + 0.055) / 1.055) ** 2.4
    ratio = linear / expected
    assert ratio.std() / ratio.mean() < 0.02


def test_brightness_stays_and_no_colour_changes_by_more_than_a_factor(snapshot, sphere):
    # A light that no face was ever in, so that the bound is met.
    own = OwnLight(np.array([0, 0, 0, 1.5, 0, 0, 0, 0, 0]), sphere.vertex_normals())
    gray = np.full((len(snapshot.face), 3), 100.0)
    relit = own.replaced(snapshot, gray, LAMP)
    linear = ((relit / 255 + 0.055) / 1.055) ** 2.4
    before = ((100 / 255 + 0.055) / 1.055) ** 2.4
    assert linear.max() / before == pytest.approx(2, rel=1e-3)
    assert linear.min() / before == pytest.approx(0.5, rel=1e-3)
    soft = OwnLight(np.zeros(9), sphere.vertex_normals()).replaced(snapshot, gray, LAMP)
    logarithms = np.log(((soft / 255 + 0.055) / 1.055) ** 2.4 / before)
    assert logarithms.mean() == pytest.approx(0, abs=1e-3)


def test_a_lamp_of_no_strength_on_no_light_changes_nothing(snapshot, sphere):
    colours = np.random.default_rng(0).uniform(0, 255, (len(snapshot.face), 3))
    own = OwnLight(np.zeros(9), sphere.vertex_normals())
    np.testing.assert_allclose(own.replaced(snapshot, colours, Lamp(9, 9, 0)), colours, atol=1e-6)


def test_drawn_lamps_keep_to_their_limits():
    lamps = [Lamp.drawn(np.random.default_rng(seed)) for seed in range(300)]
    azimuths, elevations = (
        np.array([getattr(lamp, n) for lamp in lamps]) for n in ("azimuth", "elevation")
    )
    assert -90 <= azimuths.min() < -80
    assert 80 < azimuths.max() <= 90
    assert -15 <= elevations.min() < -10
    assert 55 < elevations.max() <= 60


def test_the_record_of_the_light_is_read(tmp_path, sphere):
    normals = sphere.vertex_normals()
    path = tmp_path / "light.json"
    write_json(path, {"coefficients": [0.0, 0.1, *[0.0] * 7]})
    assert read_own_light(path, normals, False).coefficients[1] == 0.1
    assert (read_own_light(path, normals, True).coefficients == 0).all()
    for content, problem in (({}, "no record of a light"), ({"coefficients": [1]}, "not nine")):
        write_json(path, content)
        with pytest.raises(InputError, match=problem):
            read_own_light(path, normals, False)
