"""The check of a configuration: numbers in text are read, and every mistake has its line."""

import copy
from pathlib import Path
from typing import Any

import pytest

from scoreface.base.errors import InputError
from scoreface.base.settings import read
from scoreface.config.files import read_config
from scoreface.config.schema import checked_config, load_schema, schema_problems, with_numbers
from scoreface.config.workflow import WorkflowSettings
from scoreface.inpaint.pipelines import PIPELINES
from scoreface.parse.engines import ENGINES
from scoreface.stages import settings_problems


def changed(path: str, value: Any) -> dict[str, Any]:
    """config.yaml's configuration with one key set."""
    config = copy.deepcopy(read_config([]))
    *sections, name = path.split(".")
    place = config
    for section in sections:
        place = place[section]
    place[name] = value
    return config


def test_config_yaml_is_without_fault() -> None:
    config = checked_config([])
    assert config == read_config([])
    assert settings_problems(config) == []


@pytest.mark.parametrize(
    ("path", "text", "value"),
    [
        ("fit.ftol", "1e-3", 1e-3),
        ("inpaint.snr", "1", 1.0),
        ("seed", "7", 7),
        ("seed", "7.5", "7.5"),
        ("inpaint.keep_silhouette", "true", True),
        ("inpaint.keep_silhouette", "False", False),
        ("inpaint.keep_silhouette", "maybe", "maybe"),
        ("views.azimuths", ["-20", "20", "left"], [-20, 20, "left"]),
        ("inpaint.views_per_job", "3", 3),
        ("inpaint.views_per_job", "all", "all"),
        ("inpaint.gpu", "1", 1),
        ("inpaint.gpu", "0.25", 0.25),
        ("inpaint.gpu", "auto", "auto"),
        ("texture.small", "64", 64),
        ("texture.small", "auto", "auto"),
        ("inpaint.joint.sigma_start", "20", 20.0),
        ("inpaint.joint.sigma_start", "max", "max"),
        ("results", "007", "007"),
        ("assets.score_model", "1e3", "1e3"),
        ("unknown", "3", "3"),
    ],
)
def test_text_becomes_a_number_where_one_is_wanted(path: str, text: Any, value: Any) -> None:
    found = with_numbers(changed(path, text))
    for name in path.split("."):
        found = found[name]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        ("inpaint.snrr", 1, "inpaint.snrr: unknown key; did you mean snr?"),
        (
            "qqq",
            1,
            "qqq: unknown key; known are ids, images, results, share_results, seed, sampled, assets, demo",
        ),
        ("inpaint.face_size", "big", "inpaint.face_size: 'big' is no integer (pixels along a"),
        ("inpaint", "none", "inpaint: 'none' is no mapping"),
        ("inpaint.snr", "high", "inpaint.snr: 'high' is no number (signal-to-noise"),
        ("inpaint.rounds", 3, "inpaint.rounds: 3 is not allowed (rounds over all views, 1 or 2)"),
        ("views.azimuths", 20, "views.azimuths: 20 is no array"),
        ("views.azimuths", [20, "left"], "views.azimuths.1: 'left' is no integer (a whole"),
        (
            "inpaint.device",
            "cuda",
            "inpaint.device: no longer a key; write inpaint.gpu: 0 for cpu, 1",
        ),
        (
            "inpaint.gpu",
            2,
            "inpaint.gpu: 2 is not allowed (what a job computes on: auto, 0 for the",
        ),
        ("texture.small", "small", "texture.small: 'small' is not allowed (auto, or texels along"),
        ("texture.small", 8, "texture.small: 8 is not allowed (auto, or texels along a side"),
        ("inpaint.joint.sigma_start", 0, "inpaint.joint.sigma_start: 0 is not allowed (max, or"),
        ("inpaint.gpu", "cpu", "inpaint.gpu: 'cpu' is not allowed (what a job computes on"),
        ("inpaint.views_per_job", 2.5, "inpaint.views_per_job: 2.5 is no integer or string"),
        ("project.occlusion", "ray", "project.occlusion: 'ray' is none of rays, normal (when"),
        ("inpaint.pipeline", "joined", "inpaint.pipeline: 'joined' is none of joint, image,"),
        ("fit.max_error", -1, "fit.max_error: -1 is not allowed (largest landmark error"),
        ("threads.fit", 0, "threads.fit: 0 is not allowed (threads of one job, 1 to 1024)"),
    ],
)
def test_a_mistake_has_one_line(path: str, value: Any, line: str) -> None:
    (problem,) = schema_problems(changed(path, value))
    assert problem.startswith(line)


def test_a_missing_key_is_named() -> None:
    config = read_config([])
    del config["inpaint"]["image"]["predictor"]
    del config["threads"]
    problems = sorted(schema_problems(config))
    assert problems == ["inpaint.image.predictor: missing", "threads: missing"]


@pytest.mark.parametrize("claim", [0.001, float("nan")])
def test_a_share_that_is_none_is_named(claim: float) -> None:
    config = changed("inpaint.gpu", claim)
    assert schema_problems(config) == []
    (problem,) = settings_problems(config)
    assert problem.startswith(f"inpaint.gpu: {claim} is neither auto nor 0")


@pytest.mark.parametrize(
    ("claim", "gpus", "share"), [("auto", 0, 0), (0, 0, 0), (1, 1, 100), (0.25, 1, 25)]
)
def test_a_cluster_gives_whole_gpus_and_one_machine_shares(
    claim: Any, gpus: int, share: int
) -> None:
    settings = read(WorkflowSettings, changed("inpaint.gpu", claim))
    assert (settings.gpus, settings.gpu_share) == (gpus, share)


def test_what_can_be_chosen_stands_in_the_registries() -> None:
    sections = load_schema()["properties"]
    assert sections["inpaint"]["properties"]["pipeline"]["enum"] == list(PIPELINES)
    assert sections["parse"]["properties"]["engine"]["enum"] == list(ENGINES)
    # Each pipeline has a section of its own.
    assert set(PIPELINES) <= set(sections["inpaint"]["properties"])


def test_all_mistakes_of_a_file_are_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "my.yaml").write_text("seed: '-1'\ninpaint: {rounds: two, snr: '0.2'}\n")
    with pytest.raises(InputError) as caught:
        checked_config([tmp_path / "my.yaml"])
    lines = sorted(str(caught.value).splitlines())
    assert [line.partition(" (")[0] for line in lines] == [
        "inpaint.rounds: 'two' is no integer",
        "seed: -1 is not allowed",
    ]


def test_keys_that_do_not_go_together_are_named_stage_by_stage() -> None:
    config = changed("demo.prior_components", 4 * 120)
    config["inpaint"]["pipeline"] = "image"
    config["inpaint"]["corrector_steps"] = 0
    config["inpaint"]["image"]["predictor"] = False
    assert schema_problems(config) == []
    problems = settings_problems(config)
    assert [problem.partition(":")[0] for problem in problems] == [
        "demo.prior_components",
        "inpaint.corrector_steps",
    ]


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        (None, "results", "results\n"),
        (None, "ids", "a\nb"),
        (None, "images", "{id}{other}.png"),
        (None, "images", "<results>/{id}.png"),
        (None, "ids", "a\0b"),
        ("inpaint", "views_per_job", "all\n"),
        ("assets", "flame_model", "{id}.pkl"),
        (None, "seed", 10**400),
        ("texture", "large", 2**31),
    ],
)
def test_what_would_fail_later_is_refused(section, key, value) -> None:
    config = read_config([])
    (config[section] if section else config)[key] = value
    (line,) = schema_problems(config)
    assert line.startswith(f"{section}.{key}: " if section else f"{key}: ")
    assert len(line) < 400


def test_whole_numbers_stay_whole() -> None:
    assert with_numbers({"seed": 7.0, "inpaint": {"snr": 1.0}}) == {
        "seed": 7,
        "inpaint": {"snr": 1.0},
    }
    assert type(with_numbers({"seed": 7.0})["seed"]) is int
