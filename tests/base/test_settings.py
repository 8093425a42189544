"""Settings are read from the configuration by their keys, and bad values are named by them."""

import copy
from dataclasses import dataclass
from typing import Tuple, Union  # noqa: UP035

import pytest

from scoreface.base.errors import InputError
from scoreface.base.settings import chosen, key, keys, read, subtree, value_at


@dataclass(frozen=True)
class Weights:
    shape: float = key("fit.weights.shape")
    jaw: float = key("fit.weights.jaw")


@dataclass(frozen=True)
class Way:
    steps: int = key("inpaint.steps")


@dataclass(frozen=True)
class Slow(Way):
    rests: bool = key("inpaint.slow.rests")


@dataclass(frozen=True)
class Fast(Way):
    speed: float = key("inpaint.fast.speed")

    def __post_init__(self):
        if self.speed > 100:
            raise InputError("inpaint.fast.speed: above 100")


@dataclass(frozen=True)
class Settings:
    weights: Weights
    way: Way = chosen("inpaint.way", {"slow": Slow, "fast": Fast})
    seed: int = key("seed")
    name: str = key("name")
    angles: tuple[float, ...] = key("views.angles")
    jobs: int | str = key("jobs")
    size: int = key("texture.size", borrowed=True)


CONFIG = {
    "fit": {"weights": {"shape": 0.5, "jaw": 2.0}, "engine": "flame"},
    "inpaint": {"way": "fast", "steps": 4, "slow": {"rests": True}, "fast": {"speed": 1.5}},
    "seed": 7,
    "name": "a",
    "views": {"angles": [-10.5, 0.0], "start": "photo"},
    "jobs": "all",
    "texture": {"size": 64},
}


def changed(path, value):
    """The configuration with one key replaced."""
    config = copy.deepcopy(CONFIG)
    *sections, name = path.split(".")
    place = config
    for section in sections:
        place = place[section]
    place[name] = value
    return config


def without(path):
    """The configuration with one key left out."""
    config = copy.deepcopy(CONFIG)
    *sections, name = path.split(".")
    place = config
    for section in sections:
        place = place[section]
    del place[name]
    return config


def test_settings_are_read_at_every_depth():
    expected = Settings(Weights(0.5, 2.0), Fast(4, 1.5), 7, "a", (-10.5, 0.0), "all", 64)
    assert read(Settings, CONFIG) == expected
    slow = read(Settings, changed("inpaint.way", "slow"))
    assert slow.way == Slow(4, True)


def test_the_keys_of_all_ways_are_keys():
    assert list(dict.fromkeys(keys(Settings))) == [
        *("fit.weights.shape", "fit.weights.jaw"),
        *("inpaint.way", "inpaint.steps", "inpaint.slow.rests", "inpaint.fast.speed"),
        *("seed", "name", "views.angles", "jobs", "texture.size"),
    ]
    assert set(keys(Settings)) - set(keys(Settings, borrowed=False)) == {"texture.size"}


def test_a_part_of_a_configuration_is_what_its_class_reads():
    part = subtree(Settings, CONFIG)
    assert part == {
        "fit": {"weights": {"shape": 0.5, "jaw": 2.0}},
        "inpaint": {"way": "fast", "steps": 4, "fast": {"speed": 1.5}},
        "seed": 7,
        "name": "a",
        "views": {"angles": [-10.5, 0.0]},
        "jobs": "all",
        "texture": {"size": 64},
    }
    assert read(Settings, part) == read(Settings, CONFIG)


def test_what_another_way_reads_changes_nothing():
    part = subtree(Settings, CONFIG)
    assert subtree(Settings, changed("inpaint.slow.rests", False)) == part
    assert subtree(Settings, changed("inpaint.slow.rests", "no boolean")) == part
    assert subtree(Settings, without("inpaint.slow")) == part
    assert read(Settings, without("inpaint.slow")) == read(Settings, CONFIG)
    assert subtree(Settings, changed("inpaint.fast.speed", 2.0)) != part
    slow = subtree(Settings, changed("inpaint.way", "slow"))
    assert slow["inpaint"] == {"way": "slow", "steps": 4, "slow": {"rests": True}}


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("seed", "seed"),
        ("fit.weights.jaw", "fit.weights.jaw"),
        ("fit.weights", "fit.weights.shape"),
        ("fit", "fit.weights.shape"),
        ("inpaint.way", "inpaint.way"),
        ("inpaint.fast", "inpaint.fast.speed"),
        ("views.angles", "views.angles"),
        ("texture", "texture.size"),
    ],
)
def test_a_missing_key_is_named(path, named):
    for look in (read, subtree):
        with pytest.raises(InputError) as caught:
            look(Settings, without(path))
        assert str(caught.value) == f"{named}: missing"


def test_a_value_in_the_place_of_a_section_has_no_keys():
    for value in (3, "text", ["jaw"], None):
        with pytest.raises(InputError, match=r"fit\.weights\.shape: missing"):
            read(Settings, changed("fit.weights", value))


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        ("seed", "7", "seed: '7' is no whole number"),
        ("seed", 7.5, "seed: 7.5 is no whole number"),
        ("seed", True, "seed: True is no whole number"),
        ("seed", None, "seed: None is no whole number"),
        ("seed", float("nan"), "seed: nan is no whole number"),
        ("seed", float("inf"), "seed: inf is no whole number"),
        ("fit.weights.jaw", "2", "fit.weights.jaw: '2' is no number"),
        ("fit.weights.jaw", True, "fit.weights.jaw: True is no number"),
        ("fit.weights.jaw", [2.0], r"fit.weights.jaw: [2.0] is no number"),
        ("fit.weights.jaw", float("nan"), "fit.weights.jaw: nan is no number"),
        ("fit.weights.jaw", float("inf"), "fit.weights.jaw: inf is no number"),
        ("fit.weights.jaw", -float("inf"), "fit.weights.jaw: -inf is no number"),
        ("name", 3, "name: 3 is no text"),
        ("name", None, "name: None is no text"),
        ("views.angles", 3.0, "views.angles: 3.0 is no list"),
        ("views.angles", "12", "views.angles: '12' is no list"),
        ("views.angles", [0, "1"], "views.angles: '1' is no number"),
        ("views.angles", [0, float("nan")], "views.angles: nan is no number"),
        ("jobs", 2.5, "jobs: 2.5 is not allowed"),
        ("jobs", True, "jobs: True is not allowed"),
        ("jobs", None, "jobs: None is not allowed"),
        ("inpaint.fast.speed", 101.0, "inpaint.fast.speed: above 100"),
    ],
)
def test_a_value_of_the_wrong_kind_is_named(path, value, sentence):
    with pytest.raises(InputError) as caught:
        read(Settings, changed(path, value))
    assert str(caught.value) == sentence


def test_a_boolean_is_no_number_nor_text():
    for value in (1, 0.0, "true", None):
        config = changed("inpaint.slow.rests", value)
        config["inpaint"]["way"] = "slow"
        with pytest.raises(InputError, match=r"inpaint\.slow\.rests: .* is no boolean"):
            read(Settings, config)


def test_whole_numbers_are_numbers_and_the_other_way_round():
    settings = read(Settings, changed("fit.weights.jaw", 2))
    assert (settings.weights.jaw, type(settings.weights.jaw)) == (2.0, float)
    settings = read(Settings, changed("views.angles", (1, 2.5)))
    assert settings.angles == (1.0, 2.5)
    assert {type(angle) for angle in settings.angles} == {float}
    # 120e6 is a common way to write a number of pixels.
    settings = read(Settings, changed("seed", 120e6))
    assert (settings.seed, type(settings.seed)) == (120_000_000, int)


def test_one_of_several_kinds_may_be_any_of_them():
    assert read(Settings, changed("jobs", 3)).jobs == 3
    assert read(Settings, changed("jobs", "all")).jobs == "all"


@pytest.mark.parametrize("name", ["other", "", 3, None, ["fast"], {"fast": 1}])
def test_an_unknown_way_is_named(name):
    for look in (read, subtree):
        with pytest.raises(InputError) as caught:
            look(Settings, changed("inpaint.way", name))
        assert str(caught.value) == f"inpaint.way: {name!r} is none of slow, fast"


def test_the_kinds_as_python_3_7_writes_them():
    @dataclass(frozen=True)
    class Old:
        angles: Tuple[float, ...] = key("views.angles")  # noqa: UP006
        jobs: Union[int, str] = key("jobs")  # noqa: UP007

    assert read(Old, CONFIG) == Old((-10.5, 0.0), "all")
    with pytest.raises(InputError, match="jobs: None is not allowed"):
        read(Old, changed("jobs", None))


def test_the_value_of_a_key():
    assert value_at(CONFIG, "fit.weights.jaw") == 2.0
    assert value_at(CONFIG, "views") == CONFIG["views"]
    with pytest.raises(InputError, match=r"^seed\.deeper: missing$"):
        value_at(CONFIG, "seed.deeper")
