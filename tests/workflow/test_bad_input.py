"""A mistake of the user's ends before any job, in a message that names it.

What the messages say of each key: ``tests/stages/test_config_problems.py``.
"""

import json
import shutil
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("inpaint={'snrr': 0.1}", "config: inpaint.snrr: unknown key; did you mean snr?"),
        (
            "inpaint={'pipeline': image, 'image': {'predictor': false}, 'corrector_steps': 0}",
            "config: inpaint.corrector_steps: 0, and inpaint.image.predictor is off",
        ),
        (
            "parse={'engine': labels}",
            "config: parse.labels.pictures: no file labels/{id}.png for astronaut, synthetic_p25",
        ),
        (
            "assets={'flame_model': 'flame/generic_model.pkl'}",
            "config: assets.flame_model: no such file: flame/generic_model.pkl",
        ),
        ("ids=faces.txt", "config: ids: faces.txt: cannot be read"),
    ],
)
def test_bad_configuration(snakemake, tmp_path: Path, setting: str, message: str) -> None:
    ended = snakemake(tmp_path, "-j1", config=[setting])
    assert ended.status == 1, ended.text
    assert message in ended.text
    # One line, not the schema.
    assert ended.text.count("config: ") == 1
    assert "Job stats" not in ended.text


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        ("a\nb\na\n", "more than once: a"),
        ("a\na/b\n", "unfit for a folder name: 'a/b'"),
        ("a\nb\n00042\n", "no image for b (photos/b.png), 00042 (photos/00042.png)"),
        ("# nobody\n", "no ids in it"),
    ],
)
def test_bad_lists_of_ids(snakemake, tmp_path: Path, ids: str, message: str) -> None:
    (tmp_path / "ids.txt").write_text(ids)
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.png").touch()
    ended = snakemake(tmp_path, "-j1", config=["ids=ids.txt", "images=photos/{id}.png"])
    assert ended.status == 1, ended.text
    assert "config: ids: " in ended.text
    assert message in ended.text
    assert "Job stats" not in ended.text


def test_a_file_in_the_way_of_a_face_is_found_before_any_job(snakemake, tmp_path: Path) -> None:
    (tmp_path / "ids.txt").write_text("a\nb\n")
    for name in ("a.png", "b.png"):
        (tmp_path / name).touch()
    (tmp_path / "results" / "a").mkdir(parents=True)
    (tmp_path / "results" / "b").write_text("a file in the way\n")
    ended = snakemake(tmp_path, "-j1", config=["ids=ids.txt", "images={id}.png"])
    assert ended.status == 1, ended.text
    assert "config: ids: no folder: results/b; results go there, so move it away" in ended.text
    assert "Job stats" not in ended.text


def test_a_model_that_is_none_is_found_before_any_fit(
    snakemake, tmp_path: Path, person_model: Path
) -> None:
    (tmp_path / "ids.txt").write_text("a\n")
    for name in ("a.png", "model.pkl", "embedding.pkl"):
        (tmp_path / name).write_text("neither a picture nor a model\n")
    ended = snakemake(
        tmp_path,
        *("results/a/fit/fit.json", "-j1"),
        config=[
            "ids=ids.txt",
            "images={id}.png",
            "assets={'flame_model': 'model.pkl', 'landmark_embedding': 'embedding.pkl'}",
            # Nothing else is to be done meanwhile.
            f"parse={{'person_model': '{person_model}'}}",
            "fit={'detector': dlib}",
        ],
    )
    assert ended.status == 1, ended.text
    messages = ["error: assets.flame_model: model.pkl", "error: assets.landmark_embedding: emb"]
    log = (tmp_path / "results" / "logs" / "doctor.log").read_text()
    for message in messages:
        assert message in ended.text
        assert message in log
    assert not (tmp_path / "results" / "a").exists()


@pytest.mark.parametrize("image", ["{input}.png", "<results>.png", "a{id}.png"])
def test_an_image_that_would_be_another_is_named(snakemake, tmp_path: Path, image: str) -> None:
    (tmp_path / "ids.txt").write_text(f"id\timage\na\t{image}\n")
    (tmp_path / image).touch()
    ended = snakemake(tmp_path, "-j1", config=["ids=ids.txt"])
    assert ended.status == 1, ended.text
    assert f"would take for something else: a ('{image}')" in ended.text
    assert "Job stats" not in ended.text


@pytest.mark.heavy
def test_any_other_path_of_a_photo_works(snakemake, workplace: Path, small: str) -> None:
    name = "-a photo's $name;.png"
    shutil.copy(workplace / "resources" / "demo" / "photos" / "synthetic_p25.png", workplace / name)
    (workplace / "odd.txt").write_text(f"id\timage\nodd\t{name}\n")
    ended = snakemake(
        workplace,
        *("odd/odd/mesh/head.obj", "-j2", "--configfile", small),
        config=["ids=odd.txt", "results=odd"],
    )
    assert ended.status == 0, ended.text
    assert json.loads((workplace / "odd" / "odd" / "fit" / "fit.json").read_text())["image"] == name
