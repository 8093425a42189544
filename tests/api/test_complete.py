"""One photo to one head in this process: what is refused, and what is left behind."""

import tempfile

import numpy as np
import pytest

import scoreface
from scoreface.base.errors import InputError, PhotoError

BLANK = np.full((64, 64, 3), 120, np.uint8)


@pytest.fixture(autouse=True)
def _cache(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"sede": 1}, "sede: unknown key; did you mean seed"),
        ({"inpaint": {"rounds": 3}}, "inpaint.rounds"),
        ({"assets": {"flame_model": "missing.pkl"}}, r"assets.flame_model: no such file"),
        ({"fit": {"engine": "external"}}, "fit.engine: .* workflow"),
        ({"texture": {"small": 512}}, "texture.small: 512 is more than"),
    ],
)
def test_a_wrong_key_is_named_before_anything_is_done(config, message):
    with pytest.raises(InputError, match=message):
        scoreface.complete("missing.png", config=config)


def test_a_configuration_may_be_files(tmp_path):
    (tmp_path / "one.yaml").write_text("sede: 1\n")
    with pytest.raises(InputError, match="sede"):
        scoreface.complete(BLANK, config=tmp_path / "one.yaml")
    (tmp_path / "two.yaml").write_text("fit: {engine: external}\n")
    (tmp_path / "one.yaml").write_text("seed: 1\n")
    with pytest.raises(InputError, match=r"fit\.engine"):
        scoreface.complete(BLANK, config=[tmp_path / "one.yaml", str(tmp_path / "two.yaml")])


@pytest.mark.parametrize(
    ("photo", "message"),
    [
        ("missing.png", r"missing\.png: no such photo"),
        (BLANK[..., 0], "no picture; give"),
        (BLANK / 255, "no picture; give"),
    ],
)
def test_what_is_no_photo_is_named(photo, message, person_model):
    config = {"parse": {"person_model": str(person_model)}, "fit": {"detector": "dlib"}}
    with pytest.raises(InputError, match=message):
        scoreface.complete(photo, config=config)


def test_an_id_has_to_fit_a_folder():
    with pytest.raises(InputError, match="cannot be a face's id"):
        scoreface.complete("a photo.png", id="a photo")


@pytest.mark.heavy
def test_a_photo_without_a_face_is_rejected_and_leaves_nothing(person_model, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    fit = {"detector": "dlib", "second_tries": False}
    config = {"parse": {"person_model": str(person_model)}, "fit": fit}
    with pytest.raises(PhotoError, match=r"face: No face was found"):
        scoreface.complete(BLANK, config=config)
    assert not list((tmp_path / "temporary").iterdir())
    with pytest.raises(PhotoError):
        scoreface.complete(BLANK, config=config, folder=tmp_path / "kept")
    assert (tmp_path / "kept" / "fit" / "fit.json").is_file()


def test_the_package_offers_what_it_says():
    assert {"complete", "Head", "View"} <= set(dir(scoreface))
    with pytest.raises(AttributeError, match="no attribute 'absent'"):
        _ = scoreface.absent
