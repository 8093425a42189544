"""The checks of the face parser: whole models of every engine pass, each fault is named in one sentence."""

import importlib
import shutil
from pathlib import Path

import pytest

from scoreface.base.files import sha256_of
from scoreface.doctor import machine, parser

from ..parse.test_networks import onnx_network, segformer
from .conftest import write_change

__all__ = ["segformer"]

PERSON = "resources/selfie_segmentation.tflite"


@pytest.fixture
def check(place, run):
    """Run the doctor with an engine and its keys; exit status, and the lines about it."""

    def call(engine: str, **keys) -> tuple[int, str]:
        status, text = run("my.yaml", write_change(parse={"engine": engine, **keys}))
        lines = [line for line in text.splitlines() if "parse." in line]
        return status, "\n".join(line for line in lines if not line.startswith("package"))

    return call


def without(monkeypatch, module: str) -> None:
    for place in (machine, parser):
        there = place.find_spec
        monkeypatch.setattr(
            place, "find_spec", lambda name, there=there: None if name == module else there(name)
        )


def test_engines_without_a_model(check) -> None:
    for engine, found in (
        ("none", "none: every pixel may be the head's"),
        ("labels", "labels: of one's own"),
    ):
        status, text = check(engine)
        assert status == 0
        assert text.endswith(found)


def test_the_person_network_is_made_by_the_workflow(check) -> None:
    status, text = check("embedded")
    assert status == 0
    assert "made by the workflow" in text
    assert PERSON in text


def test_the_person_network_runs(check, person_model: Path) -> None:
    Path("resources").mkdir()
    for path, keys in ((PERSON, {}), ("mine.tflite", {"person_model": "mine.tflite"})):
        shutil.copy(person_model, path)
        status, text = check("embedded", **keys)
        assert status == 0, text
        assert f"{path}: person network, runs on a picture" in text


def test_a_damaged_person_network_is_named(check) -> None:
    Path("resources").mkdir()
    for path, keys in ((PERSON, {}), ("mine.tflite", {"person_model": "mine.tflite"})):
        Path(path).write_bytes(b"cut short")
        status, text = check("embedded", **keys)
        assert status == 1
        error = text.splitlines()[-1]
        assert error.startswith(f"error: parse.person_model: {path}: cannot be read as the person")
        assert ("delete it, and the workflow makes it again" in error) == (path == PERSON)


def test_an_onnx_network(check) -> None:
    onnx_network(Path("net.onnx"))
    status, text = check("onnx", onnx={"model": "net.onnx"})
    assert status == 0, text
    assert "net.onnx: 19 classes, runs on a picture" in text
    onnx_network(Path("net.onnx"), classes=3)
    status, text = check("onnx", onnx={"model": "net.onnx"})
    assert status == 1
    assert "error: parse.onnx.model: net.onnx makes an array of shape (1, 3, 32, 32), not" in text


@pytest.mark.heavy
def test_a_segformer(check, segformer, monkeypatch) -> None:
    folder = segformer("hair")
    status, text = check("segformer", segformer={"model": str(folder)})
    assert status == 0, text
    assert "segformer: 19 classes, runs on a picture" in text
    (folder / "model.safetensors").write_bytes(b"damaged")
    status, text = check("segformer", segformer={"model": str(folder)})
    assert status == 1
    assert f"error: parse.segformer.model: {folder} cannot be loaded" in text


@pytest.mark.heavy
def test_a_segformer_on_the_hub_is_fetched_later(check, monkeypatch, tmp_path: Path) -> None:
    module = pytest.importorskip("scoreface.parse.segformer")
    monkeypatch.setattr(module, "try_to_load_from_cache", lambda *_, **__: None)
    status, text = check("segformer", segformer={"model": "owner/name@v1"})
    assert status == 0, text
    assert "not checked" in text
    assert "owner/name@v1: on the hub, fetched when it is first used" in text


def test_a_palette(check) -> None:
    Path("palette.txt").write_text("1 skin\n2 hair\n")
    status, text = check("labels", labels={"palette": "palette.txt"})
    assert status == 0, text
    assert "palette.txt: names 2 values" in text
    Path("palette.txt").write_text("1 nose\n")
    status, text = check("labels", labels={"palette": "palette.txt"})
    assert status == 1
    assert "error: parse.labels.palette: palette.txt, line 1: is no value or colour" in text


@pytest.mark.parametrize(
    ("engine", "module"),
    [("embedded", "ai_edge_litert"), ("segformer", "transformers"), ("onnx", "onnxruntime")],
)
def test_a_package_that_is_missing_is_named_once(
    place, run, monkeypatch, engine: str, module: str
) -> None:
    without(monkeypatch, module)
    change = {"engine": engine, "onnx": {"model": "net.onnx"}}
    status, text = run("my.yaml", write_change(parse=change))
    assert status == 1
    assert text.count("\nerror: ") == 1
    assert f"error: package {module}: not installed; parse.engine: {engine} asks for it" in text
    assert f"not looked at without {module}" in text


def test_a_package_that_cannot_be_imported_is_named(check, monkeypatch) -> None:
    there = importlib.import_module

    def broken(name):
        if name == "cv2":
            raise ImportError("cv2.so: cannot open shared object file")
        return there(name)

    monkeypatch.setattr(importlib, "import_module", broken)
    status, text = check("none")
    assert status == 1
    assert "error: parse.engine: cv2 cannot be imported (cv2.so: cannot open shared" in text


def test_the_checksum_is_recorded(place, run, person_model: Path) -> None:
    shutil.copy(person_model, "mine.tflite")
    change = {"engine": "embedded", "person_model": "mine.tflite"}
    status, text = run("my.yaml", write_change(parse=change))
    assert status == 0, text
    assert f"{sha256_of(person_model)}  mine.tflite" in text
