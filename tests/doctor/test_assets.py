"""The checks of the models: whole ones of every kind pass, each fault is named in one sentence."""

import os
import pickle
from pathlib import Path

import numpy as np
import pytest

from scoreface.texture.layout import make_layout

from .conftest import PREDICTOR, Evil, flame, grid, write_change, write_prior


def test_whole_models_pass_and_are_recorded(place, run):
    status, text = run("my.yaml", out=Path("results/doctor.txt"))
    assert status == 0, text
    assert Path("results/doctor.txt").read_text() == text
    assert "assets.flame_model         ok           model.pkl: 49 vertices, 72 faces" in text
    assert "layout.npy: 16 x 16, 256 texels; made anew at 512" in text
    assert "prior.npz: Gaussian prior, 8 pixels" in text
    assert "python " in text
    assert "error" not in text
    assert "photos of your own" not in text
    for name in ("model.pkl", "embedding.pkl", "predictor.dat", "layout.npy", "prior.npz"):
        digest = os.popen(f"sha256sum {name}").read().strip()
        assert f"\n{digest}\n" in text


def test_an_obj_is_a_layout_too(place, run):
    status, text = run("my.yaml", write_change(assets={"texture_data": "chart.obj"}))
    assert status == 0, text
    assert "chart.obj: mesh with UV coordinates; the table is made at 512" in text


def test_the_embedded_models_need_not_be_there_yet(tmp_path, monkeypatch, run):
    monkeypatch.chdir(tmp_path)
    status, text = run()
    assert status == 0, text
    assert text.count("made by the workflow") == 5
    assert "diffusers folder, 64 pixels" in text
    (line,) = [line for line in text.splitlines() if line.startswith("photos of your own")]
    assert "limited" in line
    assert "knows procedural heads of 64 pixels only" in line
    assert text.count("not checked") == 1


def test_own_fits_need_no_flame(tmp_path, monkeypatch, run):
    monkeypatch.chdir(tmp_path)
    status, text = run(write_change(fit={"engine": "external"}, assets={"flame_model": "none.pkl"}))
    assert status == 0, text
    assert text.count("not used") == 7


def _spoil_embedding():
    content = {"lmk_face_idx": np.full(51, 72), "lmk_b_coords": np.full((51, 3), 1 / 3)}
    Path("embedding.pkl").write_bytes(pickle.dumps(content))


def _spoil_model():
    Path("model.pkl").write_bytes(pickle.dumps({**flame(grid(6)), "f": Evil()}))


def _spoil_layout():
    mesh = grid(5)
    make_layout(mesh.vt, mesh.ft, mesh.faces, 16).save(Path("layout.npy"))


def _cut(name: str):
    content = Path(name).read_bytes()
    Path(name).write_bytes(content[: len(content) * 2 // 3])


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (_spoil_model, "assets.flame_model: model.pkl is refused: its pickle names posix.mkdir"),
        (lambda: _cut("model.pkl"), "assets.flame_model: model.pkl is not a readable pickle"),
        (lambda: Path("model.pkl").unlink(), "assets.flame_model: cannot read model.pkl: No such"),
        (_spoil_embedding, "assets.landmark_embedding: 'lmk_face_idx' in embedding.pkl must hold"),
        (lambda: _cut("embedding.pkl"), "assets.landmark_embedding: embedding.pkl is not a"),
        (
            lambda: Path("predictor.dat").write_bytes(b"<html>"),
            "assets.landmark_predictor: predictor.dat: no dlib shape predictor of 68 points",
        ),
        (
            lambda: Path("predictor.dat").unlink(),
            "assets.landmark_predictor: predictor.dat: No such file or directory",
        ),
        (_spoil_layout, "assets.texture_data: a layout of 50 faces, but the head has 72"),
        (lambda: _cut("layout.npy"), "assets.texture_data: layout.npy: no UV layout"),
        (lambda: _cut("prior.npz"), "assets.score_model: prior.npz: no readable Gaussian prior"),
        (
            lambda: write_prior(Path("prior.npz"), 16),
            "assets.score_model: prior.npz: made for faces of 16 pixels, but inpaint.face_size is 8",
        ),
        (lambda: Path("prior.npz").unlink(), "assets.score_model: prior.npz: no such file"),
    ],
)
def test_a_fault_in_a_model_is_named(spoil, sentence, place, run):
    spoil()
    status, text = run("my.yaml", out=Path("doctor.txt"))
    assert status == 1
    errors = [line for line in text.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1
    assert errors[0].startswith(f"error: {sentence}")
    assert text.count("FAILED") == 1
    assert not Path("doctor.txt").exists()
    assert not Path("executed").exists()


def test_all_faults_are_named_at_once(place, run):
    for name in ("model.pkl", "layout.npy", "prior.npz"):
        Path(name).unlink()
    status, text = run("my.yaml")
    assert status == 1
    assert text.count("error: assets.") == 3
    assert "embedding.pkl: 51 landmarks, not compared with the head" in text


def test_files_in_the_published_formats(place, run, reference):
    given = {
        "flame_model": str(reference / "mini_flame_chumpy.pkl"),
        "landmark_embedding": str(reference / "mini_embedding.pkl"),
        "texture_data": str(reference / "mini_texture_data_128.npy"),
    }
    status, text = run("my.yaml", write_change(assets=given))
    assert status == 0, text
    assert "1488 vertices, 2880 faces" in text
    layout = {**given, "texture_data": str(reference / "bumpy_head.obj")}
    assert run("my.yaml", write_change(assets=layout))[0] == 0
    status, text = run("my.yaml", write_change(assets={**given, "texture_data": "chart.obj"}))
    assert status == 1
    assert "chart.obj: its 72 faces are not those of the head, which has 2880" in text


def test_an_embedded_model_that_is_damaged_can_be_made_again(place, run):
    path = Path("resources/demo/prior.npz")
    path.parent.mkdir(parents=True)
    path.write_bytes(b"PK, cut short")
    status, text = run(
        "my.yaml", write_change(assets={"score_model": "gaussian"}, inpaint={"face_size": 64})
    )
    assert status == 1
    assert "delete it, and the workflow makes it again" in text


@pytest.mark.heavy
def test_the_real_predictor(place, run, monkeypatch):
    monkeypatch.undo()
    monkeypatch.chdir(place)
    status, text = run("my.yaml", write_change(assets={"landmark_predictor": "auto"}))
    assert status == 0, text
    assert "auto: 68 points" in text
    Path("predictor.dat").write_bytes(PREDICTOR)
    assert "predictor.dat is not a dlib shape predictor" in run("my.yaml")[1]
