"""What a configuration violates is said in one line a key, with what was probably meant."""

import pytest

from scoreface.base.errors import InputError
from scoreface.config.files import read_config
from scoreface.config.schema import checked_config, load_schema, schema_problems, with_numbers
from scoreface.inpaint.pipelines import PIPELINES
from scoreface.parse.engines import ENGINES


@pytest.fixture
def config() -> dict:
    return read_config([])


def test_the_defaults_are_sound(config: dict) -> None:
    assert schema_problems(config) == []


def test_what_can_be_chosen_comes_from_the_registries() -> None:
    sections = load_schema()["properties"]
    assert sections["inpaint"]["properties"]["pipeline"]["enum"] == list(PIPELINES)
    assert sections["parse"]["properties"]["engine"]["enum"] == list(ENGINES)
    # Each pipeline has a section of its own.
    assert set(PIPELINES) <= set(sections["inpaint"]["properties"])


@pytest.mark.parametrize(
    ("section", "key", "value", "problem"),
    [
        ("inpaint", "snrr", 0.1, "inpaint.snrr: unknown key; did you mean snr?"),
        ("inpaint", "pipeline", "joined", "inpaint.pipeline: 'joined' is none of image, texture"),
        ("inpaint", "snr", "high", "inpaint.snr: 'high' is no number"),
        (
            "inpaint",
            "rounds",
            3,
            "inpaint.rounds: 3 is not allowed (rounds over all views, 1 or 2)",
        ),
        ("views", "azimuths", 20, "views.azimuths: 20 is no array"),
    ],
)
def test_a_mistake_is_named(config: dict, section: str, key: str, value, problem: str) -> None:
    config[section][key] = value
    (line,) = schema_problems(config)
    assert line.startswith(problem)


def test_a_missing_key_is_named(config: dict) -> None:
    del config["inpaint"]["image"]["predictor"]
    assert schema_problems(config) == ["inpaint.image.predictor: missing"]


def test_text_becomes_what_the_schema_asks_for() -> None:
    values = {
        "seed": "7",
        "inpaint": {"snr": "1e-3", "image": {"predictor": "False"}, "views_per_job": "all"},
        "views": {"azimuths": ["-20", "left"]},
        "ids": "7",
    }
    assert with_numbers(values) == {
        "seed": 7,
        "inpaint": {"snr": 0.001, "image": {"predictor": False}, "views_per_job": "all"},
        "views": {"azimuths": [-20, "left"]},
        "ids": "7",
    }


def test_a_wrong_file_ends_with_all_its_problems(tmp_path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("seed: -1\ninpaint: {rounds: two}\n")
    with pytest.raises(InputError) as caught:
        checked_config([path])
    lines = str(caught.value).splitlines()
    assert [line.partition(":")[0] for line in lines] == ["seed", "inpaint.rounds"]
