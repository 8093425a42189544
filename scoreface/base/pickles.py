"""Reading FLAME's pickles without running what is in them, and without chumpy.

FLAME models up to 2020 are pickles of protocol 2 written by Python 2: numpy arrays, chumpy arrays
and a SciPy sparse matrix under a module path that SciPy has since left. FLAME 2023's hold plain
arrays, written by Python 3. A pickle can name any callable, so only those on a short list are
found; chumpy and SciPy objects become inert stand-ins that keep their state and do nothing.
"""

import copyreg
import pickle
from typing import Any, BinaryIO, Callable, Dict, Tuple

import numpy as np
import scipy.sparse

from scoreface.base.errors import InputError


class StandIn:
    """Takes the place of an object of a pickle; keeps its state, runs nothing."""

    origin = ""

    def __new__(cls, *_args: Any, **_kwargs: Any) -> "StandIn":
        return object.__new__(cls)

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        self.state: Dict[str, Any] = {}

    def __setstate__(self, state: Any) -> None:
        self.state = state if isinstance(state, dict) else {}


def _encode_latin1(text: str, encoding: str) -> bytes:
    """Stand in for ``_codecs.encode``, with which numpy wraps the bytes of an array."""
    if encoding != "latin1":
        raise pickle.UnpicklingError("unexpected text encoding {!r}".format(encoding))
    return text.encode("latin1")


def _from_buffer(
    buffer: Any, dtype: np.dtype, shape: Tuple[int, ...], order: Any, axes: Any = None
) -> np.ndarray:
    """Stand in for numpy's ``_frombuffer``, with which pickles of protocol 5 hold arrays."""
    flat = np.frombuffer(buffer, dtype=dtype)
    if order == "K":  # contiguous once its axes are exchanged
        return flat.reshape(shape).transpose(axes)
    return flat.reshape(shape, order=order)


# Their own reductions name the functions that rebuild numpy arrays and scalars, whatever the
# module path that this version of numpy keeps them under.
_REBUILD_ARRAY: Callable[..., Any] = np.zeros(0).__reduce__()[0]  # type: ignore[assignment]
_REBUILD_SCALAR: Callable[..., Any] = np.float64(0).__reduce__()[0]  # type: ignore[assignment]

_ALLOWED: Dict[Tuple[str, str], Any] = {
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
    ("numpy.core.multiarray", "_reconstruct"): _REBUILD_ARRAY,
    ("numpy._core.multiarray", "_reconstruct"): _REBUILD_ARRAY,
    ("numpy.core.multiarray", "scalar"): _REBUILD_SCALAR,
    ("numpy._core.multiarray", "scalar"): _REBUILD_SCALAR,
    ("numpy.core.numeric", "_frombuffer"): _from_buffer,
    ("numpy._core.numeric", "_frombuffer"): _from_buffer,
    ("_codecs", "encode"): _encode_latin1,
    ("copyreg", "_reconstructor"): copyreg._reconstructor,  # type: ignore[attr-defined]
    ("builtins", "object"): object,
    ("builtins", "set"): set,
}
_PYTHON_3_NAMES = {"__builtin__": "builtins", "copy_reg": "copyreg"}
_SPARSE_KINDS = {"csc_matrix": scipy.sparse.csc_matrix, "csr_matrix": scipy.sparse.csr_matrix}
_SPARSE = {
    ("scipy.sparse." + module, kind + "_matrix")
    for kind in ("csc", "csr")
    for module in (kind, "_" + kind)
}


class _RefusedError(Exception):
    """A pickle names a class that is not on the list."""


class _RestrictedUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        module = _PYTHON_3_NAMES.get(module, module)
        if (module, name) in _ALLOWED:
            return _ALLOWED[module, name]
        if (module, name) in _SPARSE or module.split(".")[0] == "chumpy":
            return type(name, (StandIn,), {"origin": "{}.{}".format(module, name)})
        raise _RefusedError("{}.{}".format(module, name))


def _skip_npy_header(handle: BinaryIO) -> None:
    """Move to the pickle inside a NumPy file; stay at the start of any other file."""
    magic = handle.read(len(np.lib.format.MAGIC_PREFIX))
    handle.seek(0)
    if magic == np.lib.format.MAGIC_PREFIX:
        np.lib.format.read_magic(handle)
        np.lib.format.read_array_header_1_0(handle)


def load_dict(path: str) -> Dict[str, Any]:
    """Load a pickled dict of arrays, refusing every class that FLAME's files do not need.

    The pickle may stand alone or, as in FLAME's ``texture_data_*.npy``, within a NumPy file.

    Raises:
        InputError: the file is missing, is not a pickled dict, or names another class. Nothing
            that the file names is executed.
    """
    try:
        with open(path, "rb") as handle:
            _skip_npy_header(handle)
            content = _RestrictedUnpickler(handle, encoding="latin1").load()
    except OSError as error:
        raise InputError("cannot read {}: {}".format(path, error.strerror)) from error
    except _RefusedError as error:
        raise InputError(
            "{} is refused: its pickle names {}, which no FLAME file needs".format(path, error)
        ) from error
    except Exception as error:  # a damaged pickle raises almost anything
        raise InputError("{} is not a readable pickle: {}".format(path, error)) from error
    if isinstance(content, np.ndarray) and content.shape == ():
        content = content.item()
    if not isinstance(content, dict):
        raise InputError("{} holds a {}, not a dict of arrays".format(path, type(content).__name__))
    return content


def read_array(content: Dict[str, Any], key: str, path: str) -> np.ndarray:
    """Return ``content[key]`` as a plain numeric array, whichever kind of array it was.

    Raises:
        InputError: the key is missing or holds no numbers; names the file and the key.
    """
    if key not in content:
        raise InputError("{} has no key '{}'".format(path, key))
    value = content[key]
    if isinstance(value, StandIn):
        value = _array_of_stand_in(value, key, path)
    array = np.asarray(value)
    if array.dtype.kind not in "iuf":
        raise InputError("'{}' in {} is not an array of numbers".format(key, path))
    return array


def _array_of_stand_in(value: StandIn, key: str, path: str) -> np.ndarray:
    try:
        kind = _SPARSE_KINDS.get(value.origin.split(".")[-1])
        if kind is not None:
            parts = (value.state["data"], value.state["indices"], value.state["indptr"])
            return kind(parts, shape=value.state["_shape"]).toarray()
        return value.state["x"]
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise InputError(
            "'{}' in {} is a {} that holds no array".format(key, path, value.origin)
        ) from error
