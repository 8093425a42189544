"""Faces in photos of all kinds: file formats, many faces, and faces cut by the edge or turned away."""

from pathlib import Path

import numpy as np
import pytest
import skimage.data
import tifffile
from PIL import Image

from scoreface.base.files import sha256_of
from scoreface.cli import main
from scoreface.demo.people import sample_head
from scoreface.demo.photos import make_photo
from scoreface.demo.skin.paint import paint_skin
from scoreface.fitting.detection import load_detection

from .conftest import read_detection


@pytest.fixture
def look(detect_command, tmp_path):
    """Look for the face in a picture's file; the record, with arrays, and the photo."""

    def look(path, **more):
        main(detect_command(path, **more))
        record, photo = read_detection(tmp_path / "detect")
        for name in ("landmarks", "face_box"):
            if record[name] is not None:
                record[name] = np.array(record[name])
        return record, photo

    return look


@pytest.fixture(scope="module")
def landmarks(found) -> np.ndarray:
    """(68, 2): those of the photo as it is."""
    return load_detection(found / "detection.json").landmarks


@pytest.fixture
def look_at_saved(look, photo_path, tmp_path):
    """The same for the photo as some function saves it."""

    def saved(save, suffix: str):
        path = tmp_path / f"photo.{suffix}"
        save(Image.open(photo_path), path)
        return look(path)

    return saved


def test_a_face_is_found(look, photo_path, tmp_path, capfd):
    record, photo = look(photo_path)
    assert (record["status"], record["reason"]) == ("accepted", None)
    assert (record["id"], record["image"]) == ("00042", str(photo_path))
    assert record["image_sha256"] == sha256_of(photo_path)
    assert (record["image_width"], record["image_height"]) == (300, 300)
    assert (record["n_faces"], record["found_by"]) == (1, "hog")
    assert record["settings"]["second_tries"] is True
    left, top, right, bottom = record["face_box"]
    inner = record["landmarks"][17:]
    assert (inner > [left - 5, top - 5]).all()
    assert (inner < [right + 5, bottom + 5]).all()
    np.testing.assert_array_equal(photo, np.array(Image.open(photo_path)))
    said = capfd.readouterr().err.splitlines()
    assert said[0].endswith("; found by: hog")
    assert said[1:] == ["00042: accepted"]


def test_again_the_same(detect_command, photo_path, tmp_path):
    for name in ("one", "two"):
        main(detect_command(photo_path, tmp_path / name))
    one, two = (load_detection(tmp_path / name / "detection.json") for name in ("one", "two"))
    np.testing.assert_array_equal(one.landmarks, two.landmarks)
    for name in ("one", "two"):
        assert (tmp_path / name / "photo.png").read_bytes() == (
            tmp_path / "one/photo.png"
        ).read_bytes()


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


@pytest.mark.parametrize(
    ("save", "suffix"),
    [
        (_with_alpha, "png"),
        (_on_its_side, "png"),
        (_as_tiff_of_16_bits, "tiff"),
        (_as_cmyk, "tiff"),
    ],
)
def test_kinds_that_lose_nothing_give_the_same(look_at_saved, photo_path, landmarks, save, suffix):
    record, photo = look_at_saved(save, suffix)
    np.testing.assert_array_equal(record["landmarks"], landmarks)
    if suffix == "png":
        np.testing.assert_array_equal(photo, np.array(Image.open(photo_path)))


def _in_grey(photo: Image.Image, path: Path):
    photo.convert("L").save(path)


def _as_cmyk_jpeg(photo: Image.Image, path: Path):
    photo.convert("CMYK").save(path, quality=95)


def _as_jpeg(photo: Image.Image, path: Path):
    photo.save(path, quality=95)


@pytest.mark.parametrize(
    ("save", "suffix"), [(_in_grey, "png"), (_as_cmyk_jpeg, "jpg"), (_as_jpeg, "jpg")]
)
def test_kinds_that_lose_a_little_give_nearly_the_same(look_at_saved, landmarks, save, suffix):
    record, _ = look_at_saved(save, suffix)
    apart = np.linalg.norm(record["landmarks"] - landmarks, axis=1)[17:]
    assert apart.mean() < 0.01 * between_eyes(landmarks)
    assert apart.max() < 0.03 * between_eyes(landmarks)


def between_eyes(landmarks: np.ndarray) -> float:
    return float(np.linalg.norm(landmarks[36] - landmarks[45]))


def test_of_many_faces_the_largest(look, photo_path, tmp_path, capfd):
    face = Image.open(photo_path).crop((80, 20, 240, 200))
    crowd = Image.new("RGB", (900, 460))
    for column in range(3):
        for row in range(2):
            crowd.paste(face, (180 * column, 200 * row))
    crowd.paste(face.resize((320, 360)), (560, 40))
    crowd.save(tmp_path / "crowd.png")
    record, _ = look(tmp_path / "crowd.png")
    assert record["n_faces"] == 7
    assert record["landmarks"][17:, 0].min() > 560
    left, top = np.rint(record["face_box"][:2]).astype(int)
    assert f"pixels at ({left}, {top}), the largest of 7; found by: hog" in capfd.readouterr().err


def test_a_face_cut_by_the_edge(look, photo_path, landmarks, tmp_path):
    photo = Image.open(photo_path)  # the face is from column 116 to 205
    photo.crop((140, 0, *photo.size)).save(tmp_path / "quarter.png")
    record, _ = look(tmp_path / "quarter.png")
    assert record["face_box"][0] < 0, "it reaches beyond the photo"
    nearer = np.r_[np.zeros(17, bool), landmarks[17:, 0] > 170]  # the side that is in the photo
    apart = record["landmarks"][nearer] + [140, 0] - landmarks[nearer]
    assert np.linalg.norm(apart, axis=1).mean() < 0.1 * between_eyes(landmarks)

    photo.crop((160, 0, *photo.size)).save(tmp_path / "half.png")
    assert look(tmp_path / "half.png")[0]["reason"].startswith("No face was found")


@pytest.mark.heavy
def test_a_profile_is_rejected_and_a_face_half_turned_is_not(look, tmp_path):
    head = sample_head(np.random.default_rng(11))
    skin = paint_skin(head.skin, 128)
    found = {}
    for yaw in (60, 90):
        image = make_photo(head, skin, yaw, 0, 0, 256, np.random.default_rng(1)).image
        Image.fromarray(image).save(tmp_path / f"{yaw}.png")
        found[yaw] = look(tmp_path / f"{yaw}.png")[0]
    assert found[60]["status"] == "accepted"
    assert found[90]["reason"].startswith("No face was found")


@pytest.fixture(scope="module")
def portrait(tmp_path_factory) -> Path:
    """The astronaut, 512 x 512."""
    path = tmp_path_factory.mktemp("portrait") / "astronaut.png"
    Image.fromarray(skimage.data.astronaut()).save(path)
    return path


def test_a_second_try_finds_a_face_that_is_turned(look, portrait, tmp_path):
    straight = look(portrait)[0]["landmarks"]
    Image.open(portrait).rotate(90).save(tmp_path / "turned.png")
    record, _ = look(tmp_path / "turned.png")
    assert record["found_by"] in ("turned by -45 degrees", "turned by -90 degrees")
    # Counter-clockwise by 90 degrees: what was right is above.
    expected = np.column_stack([straight[:, 1], 511 - straight[:, 0]])
    apart = np.linalg.norm(record["landmarks"] - expected, axis=1)
    assert apart.mean() < 0.03 * between_eyes(straight)

    record, photo = look(tmp_path / "turned.png", keys={"second_tries": False})
    assert record["reason"].startswith("No face was found")
    assert photo.shape == (512, 512, 3)


def test_own_landmarks_stand_in_for_dlibs(look, photo_path, landmarks, tmp_path):
    np.save(tmp_path / "own.npy", landmarks + 3.25)
    record, _ = look(photo_path, landmarks=tmp_path / "own.npy")
    np.testing.assert_array_equal(record["landmarks"], landmarks + 3.25)
    assert (record["found_by"], record["n_faces"]) == ("file", 1)
    assert record["settings"]["landmarks"] == str(tmp_path / "own.npy")


def test_own_landmarks_without_a_jaw_line_get_dlibs(look, photo_path, landmarks, tmp_path):
    np.save(tmp_path / "own.npy", landmarks[17:].astype(np.float32))
    record, _ = look(photo_path, landmarks=tmp_path / "own.npy")
    np.testing.assert_array_equal(record["landmarks"][17:], landmarks[17:])
    apart = np.linalg.norm(record["landmarks"] - landmarks, axis=1)[:17]
    assert apart.mean() < 0.05 * between_eyes(landmarks)
