"""The checks before a run, on small models of every kind: whole ones pass, each fault is named in one sentence."""

import json
import os
import pickle
import time
from argparse import Namespace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
import yaml

from scoreface.doctor import assets, machine
from scoreface.doctor.settings import read_settings
from scoreface.doctor.stage import doctor
from scoreface.files import InputError
from scoreface.geometry.mesh import Mesh, save_obj
from scoreface.score.architectures import FFHQ_256
from scoreface.score.gaussian import GaussianScore
from scoreface.texture.layout import make_layout

PREDICTOR = bytes.fromhex("010181888101") + b"and so on"


def _grid(cells: int) -> Mesh:
    """A square of cells x cells quads, cut into triangles, that is its own UV chart."""
    row, column = np.divmod(np.arange(cells * cells), cells)
    a = row * (cells + 1) + column
    b, c, d = a + 1, a + cells + 2, a + cells + 1
    faces = np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])
    v, u = np.divmod(np.arange((cells + 1) ** 2), cells + 1)
    uv = np.stack([u, v], 1) / cells
    return Mesh(np.column_stack([uv, 0 * u]), faces, uv, faces)


def _flame(mesh: Mesh) -> dict:
    n = len(mesh.vertices)
    return {
        "v_template": mesh.vertices,
        "f": mesh.faces,
        "shapedirs": np.zeros((n, 3, 400)),
        "posedirs": np.zeros((n, 3, 36)),
        "J_regressor": np.full((5, n), 1 / n),
        "weights": np.full((n, 5), 0.2),
        "kintree_table": np.array([[-1, 0, 1, 1, 1], range(5)]),
    }


def _prior(path: Path, size: int) -> None:
    GaussianScore.fit(np.random.default_rng(0).random((4, 3, size, size)), 2).save(path)


def _safetensors(path: Path, missing: int = 0) -> None:
    entry = {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}
    header = json.dumps({"__metadata__": {"format": "pt"}, "conv_in.bias": entry}).encode()
    path.write_bytes(len(header).to_bytes(8, "little") + header + bytes(16 - missing))


def _network_folder(folder: Path, missing: int = 0) -> None:
    folder.mkdir()
    config = {"_class_name": "UNet2DModel", **FFHQ_256.arguments()}
    (folder / "config.json").write_text(json.dumps(config))
    _safetensors(folder / "diffusion_pytorch_model.safetensors", missing)


@pytest.fixture(autouse=True)
def without_dlib(monkeypatch):
    """dlib takes most of a second to load its predictor; here its header is enough."""
    there = assets.find_spec
    monkeypatch.setattr(assets, "find_spec", lambda name: None if name == "dlib" else there(name))


@pytest.fixture
def place(tmp_path: Path, monkeypatch) -> Path:
    """A working directory with one whole model of each kind, and the configuration ``my.yaml`` that names them."""
    monkeypatch.chdir(tmp_path)
    mesh = _grid(6)
    rng = np.random.default_rng(0)
    embedding = {"lmk_face_idx": rng.integers(0, 72, 68), "lmk_b_coords": np.full((68, 3), 1 / 3)}
    Path("model.pkl").write_bytes(pickle.dumps(_flame(mesh)))
    Path("embedding.pkl").write_bytes(pickle.dumps(embedding))
    Path("predictor.dat").write_bytes(PREDICTOR)
    make_layout(mesh.vt, mesh.ft, mesh.faces, 16).save(Path("layout.npy"))
    save_obj(mesh, Path("chart.obj"), "none.png")
    _prior(Path("prior.npz"), 8)
    config = {
        "assets": {
            "flame_model": "model.pkl",
            "landmark_embedding": "embedding.pkl",
            "landmark_predictor": "predictor.dat",
            "texture_data": "layout.npy",
            "score_model": "prior.npz",
        },
        "inpaint": {"face_size": 8},
    }
    Path("my.yaml").write_text(yaml.safe_dump(config))
    return tmp_path


@pytest.fixture
def run(capsys):
    """Run the command; its exit status, and what it printed."""

    def call(*files: str, settings: str | None = None, out: Path | None = None) -> tuple[int, str]:
        status = 0
        try:
            doctor(Namespace(configfile=[Path(f) for f in files], settings=settings, out=out))
        except SystemExit as ended:
            status = int(ended.code or 0)
        return status, capsys.readouterr().out

    return call


def _change(**sections: dict) -> str:
    """Write a second configuration, which goes over the first."""
    Path("change.yaml").write_text(yaml.safe_dump(sections))
    return "change.yaml"


def test_whole_models_pass_and_are_recorded(place, run):
    status, text = run("my.yaml", out=Path("results/doctor.txt"))
    assert status == 0, text
    assert Path("results/doctor.txt").read_text() == text
    assert "assets.flame_model         ok           model.pkl: 49 vertices, 72 faces" in text
    assert "layout.npy: 16 x 16, 256 texels; made anew at 512" in text
    assert "prior.npz: Gaussian prior, 8 pixels" in text
    assert "python " in text
    assert "error" not in text
    for name in ("model.pkl", "embedding.pkl", "predictor.dat", "layout.npy", "prior.npz"):
        digest = os.popen(f"sha256sum {name}").read().strip()
        assert f"\n{digest}\n" in text


def test_an_obj_is_a_layout_too(place, run):
    status, text = run("my.yaml", _change(assets={"texture_data": "chart.obj"}))
    assert status == 0, text
    assert "chart.obj: mesh with UV coordinates; the table is made at 512" in text


def test_the_embedded_models_need_not_be_there_yet(tmp_path, monkeypatch, run):
    monkeypatch.chdir(tmp_path)
    status, text = run()
    assert status == 0, text
    assert text.count("made by the workflow") == 3
    assert "diffusers folder, 64 pixels" in text
    assert text.count("not checked") == 1


def test_own_fits_need_no_flame(tmp_path, monkeypatch, run):
    monkeypatch.chdir(tmp_path)
    status, text = run(_change(fit={"engine": "external"}, assets={"flame_model": "none.pkl"}))
    assert status == 0, text
    assert text.count("not used") == 4


class _Evil:
    def __reduce__(self):
        return os.mkdir, ("executed",)


def _spoil_embedding():
    content = {"lmk_face_idx": np.full(51, 72), "lmk_b_coords": np.full((51, 3), 1 / 3)}
    Path("embedding.pkl").write_bytes(pickle.dumps(content))


def _spoil_model():
    Path("model.pkl").write_bytes(pickle.dumps({**_flame(_grid(6)), "f": _Evil()}))


def _spoil_layout():
    mesh = _grid(5)
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
            lambda: _prior(Path("prior.npz"), 16),
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


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"assets": {"landmark_embedding": "demo"}},
            "assets.landmark_embedding: demo is that of the embedded head",
        ),
        (
            {"assets": {"texture_data": "demo"}},
            "assets.texture_data: demo is that of the embedded head",
        ),
        (
            {"assets": {"score_model": "gaussian"}},
            "assets.score_model: the Gaussian prior is made for faces of 64 pixels",
        ),
        (
            {"assets": {"score_model": "my.yaml"}},
            "assets.score_model: my.yaml: no known kind of score model",
        ),
        ({"camera": {"rasteriser": "pytorch3d"}}, "package pytorch3d: not installed; camera."),
        ({"assets": {"score_model": "owner/name"}}, "package diffusers: not installed; assets."),
        ({"inpaint": {"device": "cuda"}}, "gpu: inpaint.device asks for cuda"),
    ],
)
def test_a_configuration_that_does_not_go_together(change, sentence, place, run, monkeypatch):
    there = machine.find_spec
    absent = ("pytorch3d", "diffusers")
    monkeypatch.setattr(machine, "find_spec", lambda name: None if name in absent else there(name))
    monkeypatch.setenv("HF_HUB_CACHE", str(place / "hub"))
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    status, text = run("my.yaml", _change(**change))
    assert status == 1
    assert text.count("\nerror: ") == 1
    assert f"\nerror: {sentence}" in text


def test_a_gpu_is_shown(place, run, monkeypatch):
    card = SimpleNamespace(name="Some GPU", total_memory=24 << 30)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda index: card)
    status, text = run("my.yaml", _change(inpaint={"device": "cuda"}))
    assert status == 0, text
    assert "Some GPU, 24 GiB; CUDA" in text


def test_a_full_disk_is_noticed(place, run, monkeypatch):
    full = SimpleNamespace(free=1 << 20)
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda path: full)
    status, text = run("my.yaml")
    assert status == 1
    assert "error: disk: only 0.0 GiB free for results; make room" in text


def test_files_in_the_published_formats(place, run, reference):
    given = {
        "flame_model": str(reference / "mini_flame_chumpy.pkl"),
        "landmark_embedding": str(reference / "mini_embedding.pkl"),
        "texture_data": str(reference / "mini_texture_data_128.npy"),
    }
    status, text = run("my.yaml", _change(assets=given))
    assert status == 0, text
    assert "1488 vertices, 2880 faces" in text
    layout = {**given, "texture_data": str(reference / "bumpy_head.obj")}
    assert run("my.yaml", _change(assets=layout))[0] == 0
    status, text = run("my.yaml", _change(assets={**given, "texture_data": "chart.obj"}))
    assert status == 1
    assert "chart.obj: its 72 faces are not those of the head, which has 2880" in text


def test_an_embedded_model_that_is_damaged_can_be_made_again(place, run):
    path = Path("resources/demo/prior.npz")
    path.parent.mkdir(parents=True)
    path.write_bytes(b"PK, cut short")
    status, text = run(
        "my.yaml", _change(assets={"score_model": "gaussian"}, inpaint={"face_size": 64})
    )
    assert status == 1
    assert "delete it, and the workflow makes it again" in text


def test_a_folder_of_diffusers_is_looked_into_without_loading_it(place, run):
    change = _change(assets={"score_model": "network"}, inpaint={"face_size": 256})
    _network_folder(Path("network"))
    status, text = run("my.yaml", change)
    assert status == 0, text
    assert "network: diffusers folder, 256 pixels" in text
    assert "  network/diffusion_pytorch_model.safetensors\n" in text
    status, text = run("my.yaml", _change(assets={"score_model": "network"}))
    assert status == 1
    assert "made for faces of 256 pixels, but inpaint.face_size is 8; set it to 256" in text


def test_a_folder_cut_short_is_refused(place, run):
    _network_folder(Path("network"), missing=5)
    status, text = run("my.yaml", _change(assets={"score_model": "network"}))
    assert status == 1
    assert "diffusion_pytorch_model.safetensors: " in text
    assert "cut short" in text
    Path("network/diffusion_pytorch_model.safetensors").unlink()
    assert "network: no weights there" in run("my.yaml", "change.yaml")[1]
    Path("network/config.json").unlink()
    assert "network: no diffusers folder" in run("my.yaml", "change.yaml")[1]


def test_a_hub_name_that_is_not_fetched_yet(place, run, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(place / "hub"))
    status, text = run("my.yaml", _change(assets={"score_model": "nobody/no-such-network"}))
    assert status == 0, text
    assert "not checked" in text
    assert "hub name, fetched when it is first used" in text


def test_a_published_checkpoint(place, run, reference):
    whole = reference / "ncsnpp_tiny.pth"
    change = _change(assets={"score_model": str(whole)}, inpaint={"face_size": 32})
    status, text = run("my.yaml", change)
    assert status == 0, text
    assert "score_sde_pytorch checkpoint" in text
    assert "32 pixels" in text
    Path("cut.pth").write_bytes(whole.read_bytes()[:-1000])
    status, text = run("my.yaml", _change(assets={"score_model": "cut.pth"}))
    assert status == 1
    assert "error: assets.score_model: cut.pth: no readable checkpoint (it is cut short" in text


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (
            {"model": _Evil()},
            "no readable checkpoint (it wants to run posix.mkdir; nothing was run)",
        ),
        ({"model": {}}, "no checkpoint of score_sde_pytorch"),
        ({"model": {"a": torch.zeros(1)}, "ema": {"shadow_params": []}}, "no network that"),
    ],
)
def test_another_checkpoint_is_refused(content, says, place, run):
    torch.save(content, "other.pth")
    status, text = run("my.yaml", _change(assets={"score_model": "other.pth"}))
    assert status == 1
    assert f"error: assets.score_model: other.pth: {says}" in text
    assert not Path("executed").exists()


def test_settings_in_json_take_the_place_of_files(place, run):
    config = read_settings([Path("my.yaml")])
    settings = {
        "assets": {**config.assets, "texture_data": "chart.obj"},
        "fit": {"engine": "flame"},
        "demo": {"prior_size": 64},
        "texture": {"large": 32},
        "inpaint": {"face_size": 8, "device": "cpu"},
        "camera": {"rasteriser": "embree"},
        "results": "results",
    }
    status, text = run(settings=json.dumps(settings))
    assert status == 0, text
    assert "the table is made at 32" in text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("inpaint: {face_size: big}", "config: inpaint.face_size: 'big' is no whole number"),
        ("inpaint: none", "config: inpaint.face_size: missing"),
        ("- a list", r"bad\.yaml: no configuration"),
        ("a: b: c", r"bad\.yaml: no readable configuration"),
    ],
)
def test_a_configuration_that_cannot_be_read(text, says, tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    with pytest.raises(InputError, match=says):
        read_settings([path])


def test_later_files_go_over_earlier_ones_key_by_key(place):
    settings = read_settings([Path("my.yaml"), Path(_change(inpaint={"device": "cpu"}))])
    assert (settings.face_size, settings.device, settings.large) == (8, "cpu", 512)


@pytest.mark.heavy
def test_the_real_predictor_in_seconds(place, run, monkeypatch):
    monkeypatch.undo()
    monkeypatch.chdir(place)
    started = time.monotonic()
    status, text = run("my.yaml", _change(assets={"landmark_predictor": "auto"}))
    assert status == 0, text
    assert "auto: 68 points" in text
    assert time.monotonic() - started < 20
    Path("predictor.dat").write_bytes(PREDICTOR)
    assert "predictor.dat is not a dlib shape predictor" in run("my.yaml")[1]
