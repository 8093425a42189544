"""The fit of photos of all kinds: file formats, many faces, and faces cut by the edge or turned away."""

from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from scoreface.cli import main
from scoreface.demo.people import sample_head
from scoreface.demo.photos import make_photo
from scoreface.demo.skin.paint import paint_skin

from .conftest import assert_rejected, read_results


@pytest.fixture(scope="module")
def plain(fit_command, photo_path, tmp_path_factory) -> dict:
    """The arrays of the fit to the photo as it is."""
    out = tmp_path_factory.mktemp("plain")
    main(fit_command(photo_path, out))
    return read_results(out)[1]


@pytest.fixture
def fit_saved(command, photo_path, tmp_path):
    """Fit the photo as some function saves it."""

    def fit(save, suffix: str) -> dict:
        path = tmp_path / f"photo.{suffix}"
        save(Image.open(photo_path), path)
        main(command(path))
        return read_results(tmp_path / "fit")[1]

    return fit


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
def test_kinds_that_lose_nothing_give_the_same_fit(fit_saved, plain, save, suffix):
    arrays = fit_saved(save, suffix)
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
def test_kinds_that_lose_a_little_give_nearly_the_same_fit(fit_saved, plain, save, suffix):
    arrays = fit_saved(save, suffix)
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
    main(command(tmp_path / "crowd.png"))
    record, arrays, _ = read_results(tmp_path / "fit")
    assert record["status"] == "accepted"
    assert record["n_faces"] == 7
    assert arrays["landmarks"][:, 0].min() > 560


@pytest.mark.heavy
def test_a_face_cut_by_the_edge_is_fitted_while_it_is_found(command, photo_path, plain, tmp_path):
    photo = Image.open(photo_path)  # the face is from column 116 to 205
    photo.crop((140, 0, *photo.size)).save(tmp_path / "quarter.png")
    main(command(tmp_path / "quarter.png"))
    record, arrays, _ = read_results(tmp_path / "fit")
    assert record["status"] == "accepted"
    assert record["face_box"][0] < 0, "it reaches beyond the photo"
    nearer = plain["landmarks"][:, 0] > 170  # the side that is in the photo
    apart = arrays["landmarks"][nearer] + [140, 0] - plain["landmarks"][nearer]
    between_eyes = np.linalg.norm(plain["landmarks"][19] - plain["landmarks"][28])
    assert np.linalg.norm(apart, axis=1).mean() < 0.1 * between_eyes

    photo.crop((160, 0, *photo.size)).save(tmp_path / "half.png")
    main(command(tmp_path / "half.png", out=tmp_path / "half"))
    assert_rejected(tmp_path / "half", "No face was found")


@pytest.mark.heavy
def test_a_profile_is_rejected_and_a_face_half_turned_is_fitted(command, tmp_path):
    head = sample_head(np.random.default_rng(11))
    skin = paint_skin(head.skin, 128)
    for yaw in (60, 90):
        image = make_photo(head, skin, yaw, 0, 0, 256, np.random.default_rng(1)).image
        Image.fromarray(image).save(tmp_path / f"{yaw}.png")
        main(command(tmp_path / f"{yaw}.png", out=tmp_path / str(yaw)))
    assert_rejected(tmp_path / "90", "No face was found")
    record = read_results(tmp_path / "60")[0]
    assert record["status"] == "accepted"
    assert 20 < record["yaw"] < 80
