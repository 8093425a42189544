"""Faces as 3DDFA_V2's demo writes them."""

import pickle

import numpy as np
import pytest
from scipy.io import savemat

from scoreface.base.errors import InputError
from scoreface.cli import main
from scoreface.config.ids import read_ids
from scoreface.convert.tddfa import load_basel_face
from scoreface.texture.adopt import adopt
from scoreface.texture.layout import make_layout

from .conftest import ROTATION

SIZE = 64
HEIGHT = 200


@pytest.fixture(scope="module")
def model(head):
    """The face's vertices split at its UV seams, so that each has one UV, as the Basel Face Model's have."""
    pairs, corner = np.unique(
        np.stack([head.faces.ravel(), head.ft.ravel()], 1), axis=0, return_inverse=True
    )
    return pairs, corner.reshape(-1, 3)


@pytest.fixture
def configs(tmp_path, head, model):
    folder = tmp_path / "configs"
    folder.mkdir()
    pairs, _ = model
    # UV coordinates of more vertices, of which the model has some.
    uv = np.vstack([np.full((5, 2), 0.5), head.vt[pairs[:, 1]]])
    savemat(folder / "BFM_UV.mat", {"UV": uv})
    np.save(folder / "indices.npy", np.arange(5, len(uv), dtype=np.int32))
    mean = {"u": head.template[pairs[:, 0]].reshape(-1, 1).astype(np.float32)}
    (folder / "bfm_noneck_v3.pkl").write_bytes(pickle.dumps(mean, protocol=4))
    return folder


def _in_pixels(vertices, scale, centre):
    flat = vertices - vertices.mean(0)
    return scale * flat / np.abs(flat).max() + [*centre, 300.0]


def _save(path, faces_in_photo, model):
    """3DDFA's OBJ: colours behind the vertices, which count from the photo's bottom edge; all faces in one file."""
    pairs, faces = model
    path.parent.mkdir(exist_ok=True)
    with path.open("w") as file:
        for vertices in faces_in_photo:
            for x, y, z in vertices[pairs[:, 0]]:
                file.write(f"v {x:.2f} {y:.2f} {z:.2f} 0.50 0.40 0.30\n")
        for index in range(len(faces_in_photo)):
            for corners in faces + 1 + index * len(pairs):
                file.write("f {} {} {}\n".format(*corners))


def _convert(tmp_path, photos, configs):
    command = ["convert", "3ddfa", str(tmp_path / "tddfa"), "--photos", str(photos)]
    command += ["--configs", str(configs), "--texels", str(SIZE)]
    main([*command, "--out", str(tmp_path / "out")])
    fits = tmp_path / "out" / "fits"
    return adopt(*(fits / f"anna.{ending}" for ending in ("obj", "png", "npy")), SIZE)


def test_the_largest_face_is_lifted_from_the_photo(tmp_path, head, model, photos, configs):
    large = _in_pixels(head.vertices, 80.0, (120.0, 110.0))
    small = _in_pixels(head.vertices, 10.0, (20.0, 20.0))
    _save(tmp_path / "tddfa" / "anna_obj.obj", [small, large], model)
    mesh, texture, seen, rotation = _convert(tmp_path, photos, configs)
    np.testing.assert_allclose(rotation, ROTATION, atol=1e-3)
    assert [face.id for face in read_ids(tmp_path / "out" / "photos.tsv")] == ["anna"]
    # The photo's red is x and its green y: each texel has the colour of where it lies.
    layout = make_layout(mesh.vt, mesh.ft, mesh.faces, SIZE)
    scale = 80.0 / np.abs(mesh.vertices - mesh.vertices.mean(0)).max()
    points = layout.interpolate(mesh.vertices) * scale
    assert seen.sum() > 500
    at = layout.texels[seen.ravel()[layout.texels]]
    where = points[seen.ravel()[layout.texels]]
    colours = texture.reshape(-1, 3)[at]
    np.testing.assert_allclose(colours[:, 0], where[:, 0] - 0.5, atol=0.6)
    np.testing.assert_allclose(colours[:, 1], HEIGHT - where[:, 1] - 0.5, atol=0.6)
    assert (colours[:, 2] == 90).all()


def test_a_face_of_another_model_is_named(tmp_path, head, model, photos, configs, capsys):
    path = tmp_path / "tddfa" / "anna_obj.obj"
    _save(path, [_in_pixels(head.vertices, 80.0, (120.0, 110.0))], model)
    path.write_text("v 1 2 3\n" + path.read_text())
    with pytest.raises(SystemExit, match="nothing was converted"):
        _convert(tmp_path, photos, configs)
    assert "anna_obj.obj: " in capsys.readouterr().err


@pytest.mark.parametrize("name", ["bfm_noneck_v3.pkl", "BFM_UV.mat", "indices.npy"])
def test_a_damaged_or_missing_model_is_named(configs, name):
    (configs / name).write_bytes((configs / name).read_bytes()[:60])
    with pytest.raises(InputError, match=name):
        load_basel_face(configs)
    (configs / name).unlink()
    with pytest.raises(InputError, match=name):
        load_basel_face(configs)
