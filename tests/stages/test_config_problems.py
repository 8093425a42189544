"""What is said of a configuration that is wrong, as it comes from Snakemake's command line."""

from pathlib import Path

import pytest
from snakemake.cli import parse_config

from scoreface import stages
from scoreface.config.files import with_defaults
from scoreface.config.schema import with_numbers


def problems(*settings: str) -> list[str]:
    """What is wrong where ``KEY=VALUE`` are given."""
    return stages.config_problems(with_numbers(with_defaults(parse_config(settings))))


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("inpaint={'snrr': 0.1}", "inpaint.snrr: unknown key; did you mean snr?"),
        ("inpant={'snr': 0.1}", "inpant: unknown key; did you mean inpaint?"),
        ("fit={'weights': {'nek': 1}}", "fit.weights.nek: unknown key; did you mean neck?"),
        ("qqq=1", "qqq: unknown key; known are ids, images"),
        ("inpaint={'snr': 'high'}", "inpaint.snr: 'high' is no number"),
        ("seed=1.5", "seed: 1.5 is no integer"),
        ("views={'azimuths': 20}", "views.azimuths: '20' is no array"),
        ("views={'azimuths': [20, left]}", "views.azimuths.1: 'left' is no integer"),
        ("views={'azimuths': [20, 20]}", "views.azimuths: [20, 20] is not allowed"),
        ("fit=3", "fit: 3 is no mapping"),
        ("project={'occlusion': 'ray'}", "project.occlusion: 'ray' is none of rays, normal"),
        ("inpaint={'snr': 0}", "inpaint.snr: 0.0 is not allowed"),
        (
            "inpaint={'image': {'predictor': maybe}}",
            "inpaint.image.predictor: 'maybe' is no boolean",
        ),
        (
            "inpaint={'pipeline': image, 'image': {'predictor': false}, 'corrector_steps': 0}",
            "inpaint.corrector_steps: 0, and inpaint.image.predictor is off",
        ),
        (
            "inpaint={'pipeline': multiview, 'corrector_steps': 0}",
            "inpaint.corrector_steps: 0, but texture space has no other steps",
        ),
        (
            "inpaint={'multiview': {'combine': median}}",
            "inpaint.multiview.combine: 'median' is none of every, first,",
        ),
        ("inpaint={'pipeline': joined}", "inpaint.pipeline: 'joined' is none of joint, image,"),
        (
            "inpaint={'joint': {'evidence': mirror}}",
            "inpaint.joint.evidence: 'mirror' is none of photo, none",
        ),
        ("inpaint={'joint': {'sigma_start': min}}", "inpaint.joint.sigma_start: 'min' is not"),
        (
            "inpaint={'pipeline': image, 'samples': 2}",
            "inpaint.samples: 2, but only the joint pipeline makes several completions",
        ),
        ("parse={'engine': eyes}", "parse.engine: 'eyes' is none of none"),
        (
            "parse={'engine': onnx}",
            "parse.onnx.model: empty, but parse.engine is onnx; give",
        ),
        (
            "parse={'engine': onnx, 'onnx': {'model': net.onnx}}",
            "parse.onnx.model: no such file: net.onnx",
        ),
        (
            "parse={'engine': segformer, 'segformer': {'model': models/segformer/b5}}",
            "parse.segformer.model: no such folder: models/segformer/b5",
        ),
        (
            "parse={'person_model': selfie.tflite}",
            "parse.person_model: no such file: selfie.tflite",
        ),
        (
            "parse={'engine': labels, 'labels': {'palette': mine.txt}}",
            "parse.labels.palette: no such file: mine.txt",
        ),
        (
            "parse={'labels': {'pictures': one.png}}",
            "parse.labels.pictures: 'one.png' is not",
        ),
        (
            "demo={'prior_heads': 2, 'prior_components': 8}",
            "demo.prior_components: 8 components need more than 2 heads",
        ),
        (
            "texture={'large': 32, 'small': 64}",
            "texture.small: 64 is more than texture.large, 32; the texture that is inpainted",
        ),
        (
            "texture={'small': 256}",
            "texture.small: 256 is more than twice inpaint.face_size, 64: the pixels of a",
        ),
        ("inpaint={'keep_finished': maybe}", "inpaint.keep_finished: 'maybe' is no boolean"),
        ("inpaint={'views_per_job': 'some'}", "inpaint.views_per_job: 'some' is not allowed"),
        ("images=photo.png", "images: 'photo.png' is not allowed"),
        ("results='my results'", "results: 'my results' is not allowed"),
        (
            "assets={'flame_model': 'flame/generic_model.pkl'}",
            "assets.flame_model: no such file: flame/generic_model.pkl",
        ),
    ],
)
def test_a_mistake_is_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (problem,) = problems(setting)
    assert message in problem
    assert "\n" not in problem


def test_all_mistakes_are_named_at_once() -> None:
    found = problems("inpaint={'snrr': 0.1, 'rounds': 'two'}", "seed=-1")
    assert [line.partition(":")[0] for line in sorted(found)] == [
        "inpaint.rounds",
        "inpaint.snrr",
        "seed",
    ]


def test_the_defaults_are_sound(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository)
    assert problems() == []
