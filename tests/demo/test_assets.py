"""The assets' files: what is written comes back, and a failed write leaves nothing."""

import pickle
import pickletools

import numpy as np
import pytest
from PIL import Image

from scoreface.demo import assets
from scoreface.demo.head.model import build_model

FLAME_KEYS = {
    "v_template",
    "f",
    "shapedirs",
    "posedirs",
    "weights",
    "J_regressor",
    "J",
    "kintree_table",
    "bs_type",
    "bs_style",
}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("assets")
    paths = [folder / name for name in ("model.pkl", "embedding.pkl", "texture_data.npy")]
    assets.write_model(*paths, texture_size=64)
    return paths


def _load(path):
    with path.open("rb") as handle:
        return pickle.load(handle)


def test_model_comes_back(files):
    model, content = build_model(), _load(files[0])
    assert set(content) == FLAME_KEYS
    for key in FLAME_KEYS - {"bs_type", "bs_style", "J_regressor"}:
        np.testing.assert_array_equal(content[key], getattr(model, key))
    assert content["f"].dtype == np.uint32
    assert (content["J_regressor"] != model.J_regressor).nnz == 0
    assert content["J_regressor"].format == "csc"


def test_model_names_only_what_old_libraries_know(files):
    named = {a for op, a, _ in pickletools.genops(files[0].read_bytes()) if op.name == "GLOBAL"}
    assert named <= {
        "numpy.core.multiarray _reconstruct",
        "numpy ndarray",
        "numpy dtype",
        "scipy.sparse.csc csc_matrix",
        "_codecs encode",
    }


def test_embedding_comes_back(files):
    content = _load(files[1])
    assert content["lmk_face_idx"].dtype == np.uint32
    np.testing.assert_array_equal(content["lmk_b_coords"], build_model().lmk_b_coords)


def test_layout_is_written_in_the_given_size(files):
    table = np.load(files[2], allow_pickle=True).item()
    assert table["img_size"] == 64
    assert table["valid_pixel_3d_faces"].max() < len(build_model().v_template)


def test_photos_and_their_truth(tmp_path):
    assets.write_photos(tmp_path / "photos", tmp_path / "truth", 128)
    assert {p.stem for p in (tmp_path / "photos").iterdir()} == set(assets.IDS)
    for photo_id in assets.IDS:
        with Image.open(tmp_path / "photos" / f"{photo_id}.png") as image:
            assert image.size == (512, 512)
            assert image.mode == "RGB"
    assert {p.stem for p in (tmp_path / "truth").iterdir()} == set(assets.SYNTHETIC)
    for photo_id, sitting in assets.SYNTHETIC.items():
        with np.load(tmp_path / "truth" / f"{photo_id}.npz") as truth:
            assert truth["texture"].shape == (128, 128, 3)
            assert truth["texture"].dtype == np.uint8
            assert truth["vertices"].shape == build_model().v_template.shape
            assert truth["landmarks"].shape == (51, 2)
            size = np.degrees(np.linalg.norm(truth["axis_angle"]))
            assert size == pytest.approx(abs(sitting.angles[0]), abs=2.0)
