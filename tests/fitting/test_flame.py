"""FLAME files of every kind are read, and wrong ones are named with the key."""

import pickle
import sys
import types

import numpy as np
import pytest
import scipy.sparse

from scoreface.base.errors import InputError
from scoreface.fitting.flame import load_embedding, load_flame

from .conftest import make_embedding, write_pickle


def _foreign_class(monkeypatch, module: str, name: str) -> type:
    """A class that pickles under another module's path, as chumpy's and old SciPy's do."""
    made = types.ModuleType(module)
    made.__dict__[name] = type(name, (), {"__module__": module})
    for parent in module.split(".")[:-1]:
        if parent not in sys.modules:
            monkeypatch.setitem(sys.modules, parent, types.ModuleType(parent))
    monkeypatch.setitem(sys.modules, module, made)
    return made.__dict__[name]


def _as_old_sparse(monkeypatch, array):
    csc = scipy.sparse.csc_matrix(array)
    old = _foreign_class(monkeypatch, "scipy.sparse.csc", "csc_matrix")()
    old.__dict__.update(
        data=csc.data, indices=csc.indices, indptr=csc.indptr, _shape=csc.shape, maxprint=50
    )
    return old


def _assert_same_model(model, content):
    np.testing.assert_array_equal(model.v_template, content["v_template"])
    np.testing.assert_array_equal(model.faces, content["f"])
    np.testing.assert_array_equal(model.shapedirs, content["shapedirs"])
    np.testing.assert_array_equal(model.posedirs, content["posedirs"])
    np.testing.assert_array_equal(model.joint_regressor, content["J_regressor"])
    np.testing.assert_array_equal(model.weights, content["weights"])
    np.testing.assert_array_equal(model.parents[1:], content["kintree_table"][0, 1:])
    np.testing.assert_allclose(model.joints, content["J"], atol=1e-12)
    assert model.parents[0] == -1


def test_tiny_flame_of_python_2_and_chumpy(reference):
    model = load_flame(str(reference / "tiny_flame_chumpy.pkl"), n_blendshapes=8)
    with np.load(reference / "tiny_flame_expected.npz") as expected:
        _assert_same_model(model, expected)


def test_plain_arrays(face_model, face_model_path):
    _assert_same_model(load_flame(face_model_path), face_model)


def test_flame_2020_kind(face_model, tmp_path, monkeypatch):
    content = dict(face_model)
    chumpy_array = _foreign_class(monkeypatch, "chumpy.ch", "Ch")
    for key in ("v_template", "shapedirs", "posedirs", "weights"):
        content[key] = chumpy_array()
        content[key].__dict__.update(x=face_model[key], _dirty_vars={"x"}, _itr=None)
    content["J_regressor"] = _as_old_sparse(monkeypatch, face_model["J_regressor"])
    content["kintree_table"] = face_model["kintree_table"].astype(np.uint32)
    content.update(bs_type="lrotmin", bs_style="lbs")
    path = write_pickle(tmp_path / "flame2020.pkl", content)
    monkeypatch.undo()  # the loader must not need the modules
    _assert_same_model(load_flame(path), face_model)


@pytest.mark.parametrize("protocol", [2, 4, 5])
@pytest.mark.parametrize(
    "regressor", [np.asarray, scipy.sparse.csc_matrix, scipy.sparse.csr_matrix]
)
def test_flame_2023_kind(protocol, regressor, face_model, tmp_path):
    """Plain arrays in single precision, in any memory order; no rest joints; more keys than are read."""
    content = {
        key: value.astype(np.float32) if value.dtype == float else value
        for key, value in face_model.items()
        if key != "J"
    }
    content["shapedirs"] = np.asfortranarray(content["shapedirs"])
    content["posedirs"] = np.ascontiguousarray(content["posedirs"].swapaxes(0, 1)).swapaxes(0, 1)
    content["J_regressor"] = regressor(content["J_regressor"])
    content["kintree_table"] = np.array([[-1, 0, 1, 1, 1], range(5)], dtype=np.int32)
    content.update(bs_style="lbs", bs_type="lrotmin", extra=[np.float32(1), None, {"a": (1, 2)}])
    path = tmp_path / "flame2023.pkl"
    path.write_bytes(pickle.dumps(content, protocol=protocol))
    model = load_flame(str(path))
    for key in ("shapedirs", "posedirs", "weights"):
        np.testing.assert_array_equal(getattr(model, key), face_model[key].astype(np.float32))
        assert getattr(model, key).dtype == np.float64
    np.testing.assert_allclose(model.joints, face_model["J"], atol=1e-6)
    assert model.parents.tolist() == [-1, 0, 1, 1, 1]


def test_other_chumpy_class_is_named(face_model, tmp_path, monkeypatch):
    select = _foreign_class(monkeypatch, "chumpy.reordering", "Select")()
    select.idxs = np.arange(3)
    path = write_pickle(tmp_path / "select.pkl", {**face_model, "weights": select})
    with pytest.raises(InputError, match=r"'weights' in .*select\.pkl is a chumpy\.reordering"):
        load_flame(path)


def test_missing_file(tmp_path):
    with pytest.raises(InputError, match=r"cannot read .*none\.pkl: No such file"):
        load_flame(str(tmp_path / "none.pkl"))


@pytest.mark.parametrize(
    "key", ["v_template", "f", "shapedirs", "posedirs", "J_regressor", "weights", "kintree_table"]
)
def test_missing_key(key, face_model, tmp_path):
    content = {name: value for name, value in face_model.items() if name != key}
    with pytest.raises(InputError, match=rf"missing\.pkl has no key '{key}'"):
        load_flame(write_pickle(tmp_path / "missing.pkl", content))


@pytest.mark.parametrize(
    ("key", "spoil", "message"),
    [
        ("shapedirs", lambda a: a[..., :399], r"shape \(75, 3, 399\), not \(75, 3, 400\)"),
        ("weights", lambda a: a[:-1], r"shape \(74, 5\), not \(75, 5\)"),
        ("v_template", lambda a: a * np.nan, "not finite"),
        ("f", lambda a: a + 75, "whole numbers from 0 to 74"),
        ("f", lambda a: a + 0.5, "whole numbers"),
        ("kintree_table", lambda a: np.array([[0, 3, 1, 1, 1], range(5)]), "parent before"),
        ("kintree_table", lambda a: a * [[1, 1, 1, 1, np.nan]] * [[1], [1]], "parent before"),
        ("kintree_table", lambda a: a + [[0, 0, 0, 0.5, 0]] * np.ones((2, 1)), "parent before"),
        ("kintree_table", lambda a: a[:, [0, 1, 3, 2, 4]], "joints in order"),
        ("posedirs", lambda a: "nothing", "not an array of numbers"),
    ],
)
def test_wrong_values(key, spoil, message, face_model, tmp_path):
    content = {**face_model, key: spoil(face_model[key])}
    with pytest.raises(InputError, match=message) as caught:
        load_flame(write_pickle(tmp_path / "wrong.pkl", content))
    assert f"'{key}'" in str(caught.value)
    assert "wrong.pkl" in str(caught.value)


def test_embedding_of_68_points_uses_the_last_51(face_model, tmp_path):
    inner = make_embedding(face_model)
    content = {
        "lmk_face_idx": np.concatenate([np.zeros(17, np.uint32), inner["lmk_face_idx"]]),
        "lmk_b_coords": np.concatenate([np.full((17, 3), 1 / 3), inner["lmk_b_coords"]]),
    }
    path = write_pickle(tmp_path / "68.pkl", content)
    embedding = load_embedding(path, len(face_model["f"]))
    np.testing.assert_array_equal(embedding.faces, inner["lmk_face_idx"])
    np.testing.assert_array_equal(embedding.barycentric, inner["lmk_b_coords"])


def test_embedding_of_another_count(face_model, tmp_path):
    content = {"lmk_face_idx": np.zeros(49, int), "lmk_b_coords": np.zeros((49, 3))}
    with pytest.raises(InputError, match="has 49 landmarks, not 51 or 68"):
        load_embedding(write_pickle(tmp_path / "49.pkl", content), len(face_model["f"]))


def test_embedding_of_another_model(embedding_path):
    with pytest.raises(InputError, match="whole numbers from 0 to 9"):
        load_embedding(embedding_path, 10)
