"""Pickled dicts of arrays are read whoever wrote them; anything else is refused before it runs."""

import os
import pickle
import sys
import types

import numpy as np
import pytest
import scipy.sparse

from scoreface.base.errors import InputError
from scoreface.base.pickles import load_dict, read_array

NUMBERS = np.arange(12.0).reshape(4, 3)


def write_pickle(path, content, protocol=2):
    path.write_bytes(pickle.dumps(content, protocol=protocol))
    return str(path)


def foreign_object(monkeypatch, module, name):
    """An object that pickles under another module's path, as chumpy's do."""
    made = types.ModuleType(module)
    made.__dict__[name] = type(name, (), {"__module__": module})
    for parent in module.split(".")[:-1]:
        monkeypatch.setitem(sys.modules, parent, types.ModuleType(parent))
    monkeypatch.setitem(sys.modules, module, made)
    return made.__dict__[name]()


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize(
    "array", [np.asarray, np.asfortranarray, scipy.sparse.csc_matrix, scipy.sparse.csr_matrix]
)
def test_arrays_come_back(tmp_path, array, protocol):
    content = {"a": array(NUMBERS), "b": np.float32(1), "c": [None, {"d": (1, 2)}, {3}]}
    path = write_pickle(tmp_path / "a.pkl", content, protocol)
    found = load_dict(path)
    np.testing.assert_array_equal(read_array(found, "a", path), NUMBERS)
    assert found["b"] == 1
    assert found["c"] == [None, {"d": (1, 2)}, {3}]


@pytest.mark.parametrize("kind", ["<f4", ">f8", "<i8", ">u2", "|b1", "<f2"])
@pytest.mark.parametrize("protocol", range(6))
def test_numbers_of_every_kind_come_back(tmp_path, kind, protocol):
    numbers = np.arange(24).reshape(2, 3, 4).astype(kind)
    content = {"a": numbers, "b": numbers.transpose(2, 0, 1), "c": numbers[0, 0, 3]}
    path = write_pickle(tmp_path / "a.pkl", {**content, "d": numbers[:0]}, protocol)
    found = load_dict(path)
    for name, expected in content.items():
        np.testing.assert_array_equal(found[name], expected)
        assert found[name].dtype == expected.dtype
    assert found["d"].shape == (0, 3, 4)


def test_a_pickle_within_a_numpy_file(tmp_path):
    path = tmp_path / "texture_data.npy"
    np.save(path, {"a": NUMBERS}, allow_pickle=True)
    np.testing.assert_array_equal(read_array(load_dict(str(path)), "a", str(path)), NUMBERS)


# What Python 2.7 writes of {'a': array([1., -2.]), 'n': 3L} with protocols 0 and 2, and numpy 1.16.
OF_PYTHON_2 = {
    0: b"(dp0\nS'a'\np1\ncnumpy.core.multiarray\n_reconstruct\np2\n(cnumpy\nndarray\np3\n(I0\ntp4\n"
    b"S'b'\np5\ntp6\nRp7\n(I1\n(I2\ntp8\ncnumpy\ndtype\np9\n(S'f8'\np10\nI0\nI1\ntp11\nRp12\n"
    b"(I3\nS'<'\np13\nNNNI-1\nI-1\nI0\ntp14\nbI00\n"
    b"S'\\x00\\x00\\x00\\x00\\x00\\x00\\xf0?\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\xc0'\n"
    b"p15\ntp16\nbsS'n'\np17\nL3L\ns.",
    2: b"\x80\x02}q\x00(U\x01aq\x01cnumpy.core.multiarray\n_reconstruct\nq\x02cnumpy\nndarray\nq\x03K\x00\x85"
    b"q\x04U\x01bq\x05\x87q\x06Rq\x07(K\x01K\x02\x85q\x08cnumpy\ndtype\nq\tU\x02f8q\nK\x00K\x01\x87q\x0bR"
    b"q\x0c(K\x03U\x01<q\rNNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tq\x0eb\x89"
    b"U\x10\x00\x00\x00\x00\x00\x00\xf0?\x00\x00\x00\x00\x00\x00\x00\xc0q\x0ftq\x10bU\x01nq\x11\x8a\x01\x03u.",
}


@pytest.mark.parametrize("protocol", OF_PYTHON_2)
def test_arrays_of_python_2_come_back(tmp_path, protocol):
    path = tmp_path / "a.pkl"
    path.write_bytes(OF_PYTHON_2[protocol])
    found = load_dict(str(path))
    np.testing.assert_array_equal(read_array(found, "a", str(path)), [1.0, -2.0])
    assert found["n"] == 3


def test_lists_of_numbers_are_arrays(tmp_path):
    path = write_pickle(tmp_path / "a.pkl", {"a": [[1, 2.5], [3, 4]], "b": [[1], [2, 3]]})
    np.testing.assert_array_equal(read_array(load_dict(path), "a", path), [[1, 2.5], [3, 4]])
    with pytest.raises(InputError, match=r"'b' in .*a\.pkl is a list of unequal lists"):
        read_array(load_dict(path), "b", path)


@pytest.mark.parametrize("protocol", [0, 2])
def test_a_sparse_matrix_without_numbers(tmp_path, protocol):
    matrix = scipy.sparse.csc_matrix((5, 7))
    path = write_pickle(tmp_path / "a.pkl", {"a": matrix}, protocol)
    np.testing.assert_array_equal(read_array(load_dict(path), "a", path), np.zeros((5, 7)))


def test_a_chumpy_array_is_its_numbers(tmp_path, monkeypatch):
    array = foreign_object(monkeypatch, "chumpy.ch", "Ch")
    array.__dict__.update(x=NUMBERS, _dirty_vars={"x"}, _itr=None)
    path = write_pickle(tmp_path / "a.pkl", {"a": array})
    monkeypatch.undo()  # the loader must not need the module
    np.testing.assert_array_equal(read_array(load_dict(path), "a", path), NUMBERS)


class Evil:
    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return os.mkdir, (str(self.marker),)


def test_evil_pickle_is_refused_and_not_executed(tmp_path):
    marker = tmp_path / "executed"
    path = write_pickle(tmp_path / "evil.pkl", {"a": NUMBERS, "bs_type": Evil(marker)})
    with pytest.raises(InputError, match=r"evil\.pkl is refused: its pickle names posix\.mkdir"):
        load_dict(path)
    assert not marker.exists()
    with open(path, "rb") as handle:
        pickle.load(handle)
    assert marker.exists(), "the pickle would not have done harm"


@pytest.mark.parametrize("call", [("builtins", "eval"), ("builtins", "getattr"), ("os", "system")])
def test_evil_names_are_refused(call, tmp_path):
    path = tmp_path / "evil.pkl"
    path.write_bytes("c{}\n{}\n.".format(*call).encode())
    with pytest.raises(InputError, match=r"evil\.pkl is refused.*" + call[1]):
        load_dict(str(path))


def test_chumpy_stand_in_runs_nothing(tmp_path):
    """A chumpy class called with arguments, and asked to build itself, keeps state at most."""
    path = tmp_path / "ch.pkl"
    path.write_bytes(b"(dVv_template\ncchumpy.ch\nCh\n(I1\ntR(dVx\nI5\nsbs.")
    found = load_dict(str(path))
    assert found["v_template"].state == {"x": 5}
    assert read_array(found, "v_template", str(path)) == 5


def test_another_chumpy_class_is_named(tmp_path, monkeypatch):
    select = foreign_object(monkeypatch, "chumpy.reordering", "Select")
    select.idxs = np.arange(3)
    path = write_pickle(tmp_path / "select.pkl", {"weights": select})
    monkeypatch.undo()
    with pytest.raises(InputError, match=r"'weights' in .*select\.pkl is a chumpy\.reordering"):
        read_array(load_dict(path), "weights", path)


@pytest.mark.parametrize("content", [b"", b"not a pickle", pickle.dumps({"f": 1})[:-3]])
def test_damaged_pickle(content, tmp_path):
    path = tmp_path / "damaged.pkl"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"damaged\.pkl is not a readable pickle"):
        load_dict(str(path))


def test_missing_file(tmp_path):
    with pytest.raises(InputError, match=r"cannot read .*none\.pkl: No such file"):
        load_dict(str(tmp_path / "none.pkl"))


def test_not_a_dict(tmp_path):
    with pytest.raises(InputError, match="holds a list, not a dict"):
        load_dict(write_pickle(tmp_path / "list.pkl", [1, 2]))


def test_missing_key_and_what_is_no_array_of_numbers(tmp_path):
    path = write_pickle(tmp_path / "a.pkl", {"word": "nothing"})
    found = load_dict(path)
    with pytest.raises(InputError, match=r"a\.pkl has no key 'f'"):
        read_array(found, "f", path)
    with pytest.raises(InputError, match=r"'word' in .*a\.pkl is not an array of numbers"):
        read_array(found, "word", path)
