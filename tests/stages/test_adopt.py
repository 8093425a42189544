"""The adopt stage: heads of another fitter are taken, and one that is no head is rejected without stopping anything."""

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scoreface.base.arrays import read_image, read_mask, write_image
from scoreface.base.errors import InputError
from scoreface.cli import main
from scoreface.config.schema import checked_config
from scoreface.geometry.fitted import load_fit
from scoreface.geometry.mesh import load_head, save_obj
from scoreface.stages.adopt import Inputs, Outputs, Settings, run
from scoreface.texture.carried import read_carried

SETTINGS = Settings(max_pixels=10_000, size=32)
FILES = {
    "record": "fit/fit.json",
    "fit": "fit/fit.npz",
    "photo": "photo.png",
    "mesh": "mesh/head.obj",
    "axis_angle": "mesh/axis_angle.npy",
    "texture": "texture/photo.png",
    "seen": "texture/seen.png",
    "texel_labels": "texture/labels.png",
    "regions": "texture/regions.png",
}


@pytest.fixture
def inputs(tmp_path, sphere) -> Inputs:
    """A photo, taken with the camera on its side, and a head in another fitter's files."""
    exif = Image.Exif()
    exif[0x0112] = 6
    photo = np.zeros((20, 30, 3), np.uint8)
    photo[0] = 255  # the upper edge of the file, the right one of the photo
    Image.fromarray(photo).save(tmp_path / "a.png", exif=exif)
    save_obj(sphere, tmp_path / "head.obj", "head.png")
    write_image(tmp_path / "head.png", np.full((32, 32, 3), 99, np.uint8))
    np.save(tmp_path / "head.npy", np.radians([0.0, 20.0, 0.0]))
    names = ("a.png", "head.obj", "head.png", "head.npy")
    return Inputs(*(tmp_path / name for name in names))


@pytest.fixture
def outputs(tmp_path) -> Outputs:
    return Outputs(**{name: tmp_path / "out" / file for name, file in FILES.items()})


def written(outputs: Outputs) -> list[str]:
    folder = outputs.record.parent.parent
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_head_is_taken(inputs, outputs, sphere):
    run(inputs, outputs, SETTINGS)
    record = json.loads(outputs.record.read_text())
    assert record.pop("yaw") == pytest.approx(20)
    assert record == {
        "status": "accepted",
        "reason": None,
        **dict.fromkeys(("pitch", "roll"), 0),
        "reprojection_error": None,
    }
    fit = load_fit(outputs.fit)
    assert fit.scale is None
    np.testing.assert_allclose(fit.vertices, sphere.vertices, rtol=1e-8, atol=1e-9)
    np.testing.assert_array_equal(fit.faces, sphere.faces)
    np.testing.assert_array_equal(load_head(outputs.mesh).ft, sphere.ft)
    np.testing.assert_array_equal(np.load(outputs.axis_angle), np.radians([0.0, 20.0, 0.0]))
    assert read_mask(outputs.seen).any()
    assert (read_image(outputs.texture)[read_mask(outputs.seen)] == 99).all()
    # Nothing is known of the texels.
    assert not np.any(read_carried(outputs.texel_labels, outputs.regions, 32))
    assert written(outputs) == sorted([*FILES.values(), "mesh/head.mtl"])


def test_the_photo_is_turned_as_the_camera_was_held(inputs, outputs):
    run(inputs, outputs, SETTINGS)
    photo = read_image(outputs.photo)
    assert photo.shape == (30, 20, 3)
    assert (photo[:, -1] == 255).all()
    assert (photo[:, :-1] == 0).all()


def spoil_photo(inputs: Inputs) -> None:
    os.truncate(inputs.image, inputs.image.stat().st_size // 2)


def enlarge_photo(inputs: Inputs) -> None:
    Image.new("RGB", (101, 100)).save(inputs.image)


def eps_photo(inputs: Inputs) -> None:
    Image.new("RGB", (10, 10)).save(inputs.image, "EPS")


def not_a_number(inputs: Inputs) -> None:
    lines = inputs.fitted_mesh.read_text().splitlines()
    lines[2] = "v 0 nan 0"
    inputs.fitted_mesh.write_text("\n".join(lines))


def quads(inputs: Inputs) -> None:
    inputs.fitted_mesh.write_text(inputs.fitted_mesh.read_text() + "f 1/1 2/2 3/3 4/4\n")


def no_size(inputs: Inputs) -> None:
    lines = inputs.fitted_mesh.read_text().splitlines()
    flat = ("v 1 1 1" if line.startswith("v ") else line for line in lines)
    inputs.fitted_mesh.write_text("\n".join(flat))


def folder_for_a_mesh(inputs: Inputs) -> None:
    inputs.fitted_mesh.unlink()
    inputs.fitted_mesh.mkdir()


# What is wrong with one of the files, with a part of the reason.
BAD = {
    "photo cut short": (spoil_photo, "a.png cannot be read: it is damaged"),
    "photo too large": (enlarge_photo, "101 x 100 pixels, more than the limit of 10000"),
    "photo an EPS": (eps_photo, "not a picture of a known format"),
    "NaN": (not_a_number, "head.obj, line 3: 3 finite numbers are needed, not '0 nan 0'"),
    "quads": (quads, "a face must be a triangle"),
    "no size": (no_size, "head.obj: no head: all its faces are in one place"),
    "a folder": (folder_for_a_mesh, "head.obj: cannot be read (Is a directory)"),
    "binary mesh": (lambda i: i.fitted_mesh.write_bytes(bytes(range(256)) * 9), "no faces"),
    "empty mesh": (lambda i: i.fitted_mesh.write_bytes(b""), "no faces"),
    "texture": (lambda i: i.fitted_texture.write_bytes(b"\x89PNG"), "head.png: it is damaged"),
    "texture's size": (
        lambda i: Image.new("RGB", (64, 64)).save(i.fitted_texture),
        "64 x 64 texels, but texture.large is 32",
    ),
    "black texture": (
        lambda i: Image.new("RGB", (32, 32)).save(i.fitted_texture),
        "shows nothing inside the UV chart",
    ),
    "rotation": (lambda i: i.fitted_axis_angle.write_bytes(b"PK\3\4"), "no readable axis-angle"),
    "degrees": (lambda i: np.save(i.fitted_axis_angle, [0.0, 20.0, 0.0]), "if it is in degrees"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_face_with_a_bad_file_is_rejected_with_all_files_written(name, inputs, outputs, capsys):
    spoil, reason = BAD[name]
    spoil(inputs)
    run(inputs, outputs, SETTINGS)
    record = json.loads(outputs.record.read_text())
    assert record["status"] == "rejected"
    assert reason in record["reason"]
    assert {record[key] for key in ("yaw", "pitch", "roll", "reprojection_error")} == {None}
    assert f"rejected: {record['reason']}" in capsys.readouterr().err
    assert written(outputs) == sorted([*FILES.values(), "mesh/head.mtl"])
    with np.load(outputs.fit) as fit:
        assert fit.files == ["status"]
    # The photo where it can be read, and a card with the reason where it cannot.
    assert (read_image(outputs.photo).shape == (30, 20, 3)) is (not name.startswith("photo"))
    # The others are empty: no stage takes them for those of a head.
    for read, path in (
        (load_head, outputs.mesh),
        (read_image, outputs.texture),
        (read_image, outputs.texel_labels),
        (read_image, outputs.regions),
        (load_fit, outputs.fit),
    ):
        with pytest.raises(InputError):
            read(path)


def test_a_face_that_is_mended_is_taken(inputs, outputs):
    whole = inputs.fitted_mesh.read_text()
    inputs.fitted_mesh.write_text("")
    run(inputs, outputs, SETTINGS)
    inputs.fitted_mesh.write_text(whole)
    run(inputs, outputs, SETTINGS)
    assert json.loads(outputs.record.read_text())["status"] == "accepted"
    assert load_fit(outputs.fit).scale is None


@pytest.mark.parametrize("name", ["image", "fitted_mesh", "fitted_texture", "fitted_axis_angle"])
def test_a_missing_file_is_no_fault_of_the_face(name, inputs, outputs):
    path = getattr(inputs, name)
    path.unlink()
    with pytest.raises(InputError, match=rf"{path.name}: no such file"):
        run(inputs, outputs, SETTINGS)
    assert not outputs.record.exists()


def test_a_face_that_is_too_much_for_the_machine_is_rejected(inputs, outputs, monkeypatch):
    def exhausted(*_arguments):
        raise MemoryError

    monkeypatch.setattr("scoreface.base.photo.load_photo", exhausted)
    run(inputs, outputs, SETTINGS)
    record = json.loads(outputs.record.read_text())
    assert record["status"] == "rejected"
    assert "a.png, or the head's texture, ran out of memory" in record["reason"]


def test_the_command_ends_well_whatever_the_face_is_like(inputs, outputs, tmp_path):
    shutil.copy(inputs.image, inputs.fitted_mesh)
    settings = {"fit": {"max_pixels": 10_000}, "texture": {"large": 32}}
    assert set(settings["fit"]) <= set(checked_config([])["fit"])
    options = {**vars(inputs), **vars(outputs), "settings": json.dumps(settings)}
    main(["adopt", *(f"--{name.replace('_', '-')}={value}" for name, value in options.items())])
    assert json.loads(Path(outputs.record).read_text())["status"] == "rejected"
