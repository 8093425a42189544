"""The command: what it writes for good photos, for unusable ones, and for broken assets."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import skimage.data
import tifffile
from PIL import Image

from scoreface.demo.head import sample_head
from scoreface.demo.photos import make_photo
from scoreface.demo.skin import paint_skin
from scoreface.fitting.__main__ import main
from scoreface.fitting.files import sha256_of, write_atomically

ROOT = Path(__file__).resolve().parents[2]
FILES = ("fit.json", "fit.npz", "overlay.png", "photo.png")


@pytest.fixture(scope="module")
def photo_path(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("photo") / "astronaut.png"
    Image.fromarray(skimage.data.astronaut()[:300, 60:360]).save(path)
    return path


@pytest.fixture
def command(face_model_path, embedding_path, tmp_path):
    """Arguments for an image, with those given as keywords replaced or added."""

    def build(image, **changes) -> list:
        options = {
            "image": image,
            "id": "00042",
            "flame-model": face_model_path,
            "landmark-embedding": embedding_path,
            "ftol": 1e-5,  # for speed
            "out": tmp_path / "fit",
        }
        options.update({name.replace("_", "-"): value for name, value in changes.items()})
        return [str(part) for name, value in options.items() for part in (f"--{name}", value)]

    return build


def _results(folder: Path):
    assert sorted(os.listdir(folder)) == sorted(FILES), "all files, and no temporary ones"
    record = json.loads((folder / "fit.json").read_text())
    with np.load(folder / "fit.npz", allow_pickle=False) as archive:
        arrays = dict(archive)
    pictures = [np.array(Image.open(folder / name)) for name in ("overlay.png", "photo.png")]
    return record, arrays, pictures


def _assert_rejected(folder: Path, reason: str):
    record, arrays, pictures = _results(folder)
    assert record["status"] == "rejected"
    assert reason in record["reason"]
    assert list(arrays) == ["status"]
    assert str(arrays["status"]) == "rejected"
    return record, pictures


@pytest.mark.heavy
def test_a_photo_is_fitted(command, photo_path, tmp_path, capsys):
    assert main(command(photo_path)) == 0
    record, arrays, (overlay, photo) = _results(tmp_path / "fit")
    assert record["status"] == "accepted"
    assert record["reason"] is None
    assert record["id"] == "00042"
    assert record["image"] == str(photo_path)
    assert record["image_sha256"] == sha256_of(str(photo_path))
    assert (record["image_width"], record["image_height"]) == (300, 300)
    assert record["n_faces"] >= 1
    assert record["reprojection_error"] < 0.05
    assert max(abs(record[name]) for name in ("yaw", "pitch", "roll")) < 20
    assert record["losses"]["total"] == pytest.approx(
        sum(value for name, value in record["losses"].items() if name != "total")
    )

    shapes = {name: array.shape for name, array in arrays.items()}
    assert shapes == {
        "status": (),
        "vertices": (75, 3),
        "faces": shapes["faces"],
        "axis_angle": (3,),
        "scale": (),
        "translation": (3,),
        "shape": (300,),
        "expression": (100,),
        "pose": (12,),
        "jaw": (3,),
        "landmarks": (51, 2),
        "projected": (51, 2),
        "image_size": (2,),
    }
    # The head lies on the face: its nose tip is near the detected one.
    nose = arrays["scale"] * arrays["vertices"][13, :2]
    assert np.hypot(*(nose - [arrays["landmarks"][13, 0], 300 - arrays["landmarks"][13, 1]])) < 10
    np.testing.assert_array_equal(photo, np.array(Image.open(photo_path)))
    assert overlay.shape[1] > 1000
    progress = capsys.readouterr().err
    assert "rigid stage: loss" in progress
    assert "full stage: loss" in progress


@pytest.fixture(scope="module")
def plain(photo_path, face_model_path, embedding_path, tmp_path_factory) -> dict:
    """The arrays of the fit to the photo as it is."""
    out = tmp_path_factory.mktemp("plain")
    paths = {"image": photo_path, "flame-model": face_model_path, "out": out}
    options = {**paths, "landmark-embedding": embedding_path, "id": "00042", "ftol": 1e-5}
    parts = [str(part) for name, value in options.items() for part in (f"--{name}", value)]
    assert main(parts) == 0
    return _results(out)[1]


def _with_alpha(photo: Image.Image, path: Path):
    photo.convert("RGBA").save(path)


def _on_its_side(photo: Image.Image, path: Path):
    exif = Image.Exif()
    exif[0x0112] = 6
    photo.rotate(90, expand=True).save(path, exif=exif)


def _as_tiff_of_16_bits(photo: Image.Image, path: Path):
    tifffile.imwrite(path, np.asarray(photo).astype(np.uint16) * 257, photometric="rgb")


def _as_cmyk(photo: Image.Image, path: Path):
    photo.convert("CMYK").save(path)


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("save", "suffix"),
    [
        (_with_alpha, "png"),
        (_on_its_side, "png"),
        (_as_tiff_of_16_bits, "tiff"),
        (_as_cmyk, "tiff"),
    ],
)
def test_kinds_that_lose_nothing_give_the_same_fit(
    command, photo_path, plain, tmp_path, save, suffix
):
    path = tmp_path / f"photo.{suffix}"
    save(Image.open(photo_path), path)
    assert main(command(path)) == 0
    arrays = _results(tmp_path / "fit")[1]
    for name, array in plain.items():
        np.testing.assert_array_equal(arrays[name], array, err_msg=name)


def _in_grey(photo: Image.Image, path: Path):
    photo.convert("L").save(path)


def _as_cmyk_jpeg(photo: Image.Image, path: Path):
    photo.convert("CMYK").save(path, quality=95)


def _as_jpeg(photo: Image.Image, path: Path):
    photo.save(path, quality=95)


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("save", "suffix"), [(_in_grey, "png"), (_as_cmyk_jpeg, "jpg"), (_as_jpeg, "jpg")]
)
def test_kinds_that_lose_a_little_give_nearly_the_same_fit(
    command, photo_path, plain, tmp_path, save, suffix
):
    path = tmp_path / f"photo.{suffix}"
    save(Image.open(photo_path), path)
    assert main(command(path)) == 0
    arrays = _results(tmp_path / "fit")[1]
    between_eyes = np.linalg.norm(plain["landmarks"][19] - plain["landmarks"][28])
    for name in ("landmarks", "projected"):
        apart = np.linalg.norm(arrays[name] - plain[name], axis=1)
        assert apart.mean() < 0.01 * between_eyes, name
        assert apart.max() < 0.03 * between_eyes, name


@pytest.mark.heavy
def test_of_many_faces_the_largest_is_fitted(command, photo_path, tmp_path):
    face = Image.open(photo_path).crop((80, 20, 240, 200))
    crowd = Image.new("RGB", (900, 460))
    for column in range(3):
        for row in range(2):
            crowd.paste(face, (180 * column, 200 * row))
    crowd.paste(face.resize((320, 360)), (560, 40))
    crowd.save(tmp_path / "crowd.png")
    assert main(command(tmp_path / "crowd.png")) == 0
    record, arrays, _ = _results(tmp_path / "fit")
    assert record["status"] == "accepted"
    assert record["n_faces"] == 7
    assert arrays["landmarks"][:, 0].min() > 560


@pytest.mark.heavy
def test_a_face_cut_by_the_edge_is_fitted_while_it_is_found(command, photo_path, plain, tmp_path):
    photo = Image.open(photo_path)  # the face is from column 116 to 205
    photo.crop((140, 0, *photo.size)).save(tmp_path / "quarter.png")
    assert main(command(tmp_path / "quarter.png")) == 0
    record, arrays, _ = _results(tmp_path / "fit")
    assert record["status"] == "accepted"
    assert record["face_box"][0] < 0, "it reaches beyond the photo"
    nearer = plain["landmarks"][:, 0] > 170  # the side that is in the photo
    apart = arrays["landmarks"][nearer] + [140, 0] - plain["landmarks"][nearer]
    between_eyes = np.linalg.norm(plain["landmarks"][19] - plain["landmarks"][28])
    assert np.linalg.norm(apart, axis=1).mean() < 0.1 * between_eyes

    photo.crop((160, 0, *photo.size)).save(tmp_path / "half.png")
    assert main(command(tmp_path / "half.png", out=tmp_path / "half")) == 0
    _assert_rejected(tmp_path / "half", "No face was found")


@pytest.mark.heavy
def test_as_a_program(command, photo_path, tmp_path):
    program = [sys.executable, "-m", "scoreface.fitting", *command(photo_path, threads=1)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(program, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert lines[-1] == "00042: accepted"
    assert len(lines) == 4, "progress, and none of TensorFlow's own messages"
    _results(tmp_path / "fit")


@pytest.mark.heavy
def test_again_the_same(command, photo_path, tmp_path):
    for name in ("one", "two"):
        assert main(command(photo_path, out=tmp_path / name)) == 0
    for name in ("fit.npz", "overlay.png", "photo.png"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.mark.heavy
def test_a_fit_over_the_limit_is_rejected(command, photo_path, tmp_path):
    assert main(command(photo_path, max_error=0.001)) == 0
    record, (overlay, _) = _assert_rejected(tmp_path / "fit", "more than the limit of 0.001")
    assert record["reprojection_error"] > 0.001
    assert record["yaw"] is not None
    assert overlay.shape[1] > 1000, "the fit is shown, under a banner"


@pytest.mark.heavy
def test_a_fit_that_diverges_is_rejected(command, photo_path, tmp_path):
    assert main(command(photo_path, weight_landmarks=1e308)) == 0
    record, _ = _assert_rejected(tmp_path / "fit", "did not converge")
    assert record["converged"] is False
    assert record["losses"] is None


def test_no_face(command, tmp_path):
    path = tmp_path / "grey.png"
    Image.new("RGB", (120, 80), (120, 120, 120)).save(path)
    assert main(command(path)) == 0
    record, (overlay, photo) = _assert_rejected(
        tmp_path / "fit", f"No face was found in the photo {path}."
    )
    assert record["n_faces"] == 0
    assert photo.shape == (80, 120, 3)
    assert overlay.shape[0] > photo.shape[0]


@pytest.mark.parametrize("content", [b"", b"A letter, not a picture."])
def test_unreadable_photo(command, tmp_path, content):
    path = tmp_path / "text.png"
    path.write_bytes(content)
    assert main(command(path)) == 0
    record, (overlay, photo) = _assert_rejected(tmp_path / "fit", str(path))
    assert record["n_faces"] is None
    assert overlay.shape == photo.shape, "a card in place of the photo"


@pytest.mark.heavy
def test_a_profile_is_rejected_and_a_face_half_turned_is_fitted(command, tmp_path):
    head = sample_head(np.random.default_rng(11))
    skin = paint_skin(head.skin, 128)
    for yaw in (60, 90):
        image = make_photo(head, skin, yaw, 0, 0, 256, np.random.default_rng(1)).image
        Image.fromarray(image).save(tmp_path / f"{yaw}.png")
        assert main(command(tmp_path / f"{yaw}.png", out=tmp_path / str(yaw))) == 0
    _assert_rejected(tmp_path / "90", "No face was found")
    record = _results(tmp_path / "60")[0]
    assert record["status"] == "accepted"
    assert 20 < record["yaw"] < 80


def test_a_photo_that_cannot_be_opened(command, tmp_path):
    (tmp_path / "folder.png").mkdir()
    assert main(command(tmp_path / "folder.png")) == 0
    record, _ = _assert_rejected(tmp_path / "fit", "folder.png cannot be opened: Is a directory")
    assert record["image_sha256"] is None


def test_too_little_memory_is_an_error(command, photo_path, tmp_path, monkeypatch, capsys):
    def exhausted(path, max_pixels):
        raise MemoryError

    monkeypatch.setattr("scoreface.fitting.stage.load_photo", exhausted)
    line = _fails(command(photo_path), capsys)
    assert f"{photo_path}: out of memory; lower fit.max_pixels" in line
    assert not (tmp_path / "fit").exists()


def test_a_full_disk_is_named(command, tmp_path, capsys):
    Image.new("RGB", (30, 40)).save(tmp_path / "a.png")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    # Beyond this size the system refuses to write, as on a full disk.
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        assert main(command(tmp_path / "a.png")) == 1
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert os.listdir(tmp_path / "fit") == []
    place = tmp_path / "fit" / "overlay.png"
    expected = f"error: {place}: File too large; make room there, then run again"
    assert expected in capsys.readouterr().err


def test_too_many_pixels(command, tmp_path):
    Image.new("RGB", (30, 40)).save(tmp_path / "a.png")
    assert main(command(tmp_path / "a.png", max_pixels="1e3")) == 0
    _assert_rejected(tmp_path / "fit", "30 x 40 pixels, more than the limit of 1000")


def _fails(arguments, capsys) -> str:
    assert main(arguments) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: ")
    return line


def test_missing_photo_and_assets(command, photo_path, tmp_path, capsys):
    none = tmp_path / "none"
    assert str(none) in _fails(command(none), capsys)
    for option in ("flame_model", "landmark_embedding", "landmark_predictor"):
        assert str(none) in _fails(command(photo_path, **{option: none}), capsys)
    assert not (tmp_path / "fit").exists()


def test_corrupted_assets(command, photo_path, tmp_path, capsys):
    bad = tmp_path / "bad"
    bad.write_bytes(b"nothing useful")
    for option in ("flame_model", "landmark_embedding", "landmark_predictor"):
        assert str(bad) in _fails(command(photo_path, **{option: bad}), capsys)


def test_results_that_cannot_be_written(command, tmp_path, capsys):
    Image.new("RGB", (30, 40)).save(tmp_path / "a.png")
    (tmp_path / "fit").write_text("a file in the way")
    assert str(tmp_path / "fit") in _fails(command(tmp_path / "a.png"), capsys)


@pytest.mark.parametrize(
    ("option", "value"),
    [("max_error", "-1"), ("ftol", "nan"), ("threads", "0"), ("max_pixels", "1.5")],
)
def test_wrong_options(command, photo_path, option, value, capsys):
    with pytest.raises(SystemExit) as caught:
        main(command(photo_path, **{option: value}))
    assert caught.value.code == 2
    assert "--" + option.replace("_", "-") in capsys.readouterr().err


def test_an_interrupted_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def interrupted():
        with write_atomically(str(path)) as temporary:
            Path(temporary).write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]
