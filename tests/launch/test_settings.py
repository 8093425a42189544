"""The configuration of a run: paths that mean the same from any folder, and what may not be in it."""

from pathlib import Path

import pytest
import yaml

from scoreface.base.errors import InputError
from scoreface.base.settings import value_at
from scoreface.launch.settings import (
    PATHS,
    PERHAPS_PATHS,
    kept_settings,
    own_settings,
    write_settings,
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(name: str, text: str) -> Path:
    Path(name).write_text(text)
    return Path(name)


def test_paths_count_from_the_callers_folder(folder: Path) -> None:
    for name in ("model.pkl", "marks"):
        (folder / name).touch()
    text = "assets: {flame_model: model.pkl, landmark_embedding: demo, score_model: google/x}\n"
    config = own_settings([write("a.yaml", text + "fit: {landmarks: 'marks/{id}.npy'}\n")], [])
    assert config["assets"] == {
        "flame_model": str(folder / "model.pkl"),
        "landmark_embedding": "demo",
        "score_model": "google/x",
    }
    assert config["fit"]["landmarks"] == str(folder / "marks/{id}.npy")


def test_a_score_model_of_ones_own_is_a_path(folder: Path) -> None:
    (folder / "google" / "x").mkdir(parents=True)
    config = own_settings([write("a.yaml", "assets: {score_model: google/x}\n")], [])
    assert config["assets"]["score_model"] == str(folder / "google/x")


@pytest.mark.parametrize("word", ["demo", "demo-128", "gaussian"])
def test_an_embedded_score_model_keeps_its_name(folder: Path, word: str) -> None:
    (folder / word).mkdir()
    config = own_settings([write("a.yaml", f"assets: {{score_model: {word}}}\n")], [])
    assert config["assets"]["score_model"] == word


def test_the_later_file_and_the_views_go_over_the_earlier() -> None:
    files = [write("a.yaml", "seed: 1\nrender: {size: 96}\n"), write("b.yaml", "seed: 2\n")]
    assert own_settings(files, [-30, 30]) == {
        "seed": 2,
        "render": {"size": 96, "azimuths": [-30, 30]},
    }


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("ids: a.txt", "ids: the photos and --out say that; leave it out of a.yaml"),
        ("results: here", "results: the photos and --out say that"),
        ("render: {sise: 1}", "render.sise: unknown key"),
        ("assets: {flame_model: none.pkl}", "assets.flame_model: no such file: /.*none.pkl"),
        ("parse: {person_model: none.tflite}", "parse.person_model: no such file: /.*none.tflite"),
    ],
)
def test_mistakes_are_named(text: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        own_settings([write("a.yaml", text)], [])


def test_every_path_is_a_key(repository: Path) -> None:
    config = yaml.safe_load((repository / "config.yaml").read_text())
    for key in (*PATHS, *PERHAPS_PATHS):
        assert isinstance(value_at(config, key), str), key
        assert value_at(config, key) in (*PATHS.get(key, ()), "demo", "") or "/" in value_at(
            config, key
        )


def test_settings_are_kept(folder: Path) -> None:
    path = folder / "settings.yaml"
    assert kept_settings(path) == {}
    write_settings(path, {"seed": 3})
    assert yaml.safe_load(path.read_text()) == {"ids": "../photos.tsv", "results": "..", "seed": 3}
    assert kept_settings(path) == {"seed": 3}
