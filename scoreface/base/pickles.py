"""Reading pickles, FLAME's before all, without running what is in them, and without chumpy.

FLAME models up to 2020 are pickles of protocol 2 written by Python 2: numpy arrays, chumpy arrays and a SciPy sparse
matrix under a module path that SciPy has since left. FLAME 2023's hold plain arrays, written by Python 3. A pickle can
name any callable, so only those on a short list may stand there, and none of them is called: a file says what an array
is made of (:mod:`scoreface.base.opcodes`), and the array is made here once that has been found sound.
"""

import os
import re
from typing import Any, BinaryIO, Callable, Dict, Tuple

import numpy as np

from scoreface.base.errors import InputError
from scoreface.base.opcodes import Named, RefusedError, StandIn, plain, run

#: How deep things may lie in one another; FLAME's files have less than ten.
_DEEPEST = 40
#: Numbers of one array that a few bytes can describe: a sparse matrix, or one list that stands in many places.
_MOST_NUMBERS = 10**7


def load_dict(path: str) -> Dict[str, Any]:
    """Load a pickled dict of arrays, refusing every class that FLAME's files do not need.

    The pickle may stand alone or, as in FLAME's ``texture_data_*.npy``, within a NumPy file.

    Raises:
        InputError: the file is missing, is not a pickled dict, or names another class. Nothing
            that the file names is executed.
    """
    content = load_values(path, "FLAME file")
    if not isinstance(content, dict):
        raise InputError("{} holds a {}, not a dict of arrays".format(path, type(content).__name__))
    return content


def load_values(path: str, what: str) -> Any:
    """Load a pickle of numbers, text, bytes and arrays, and of lists, tuples, dicts and sets of such.

    Args:
        path: of the pickle.
        what: the file is, for the message.

    Returns:
        its content, with a :class:`~scoreface.base.opcodes.StandIn` for all else. Text that Python 2 wrote, which may
        be bytes, is text with a letter a byte (Latin-1).

    Raises:
        InputError: the file is missing, is not a pickle, or names a class that FLAME's files do not need. Nothing that
            the file names is executed.
    """
    try:
        with open(path, "rb") as handle:
            _skip_npy_header(handle)
            left = os.fstat(handle.fileno()).st_size - handle.tell()
            return _resolved(run(handle, left, _is_allowed), {})
    except OSError as error:
        raise InputError("cannot read {}: {}".format(path, error.strerror)) from error
    except RefusedError as error:
        raise InputError(
            "{} is refused: its pickle names {}, which no {} needs".format(path, error, what)
        ) from error
    except Exception as error:  # a damaged pickle raises almost anything
        reason = error if isinstance(error, (TypeError, ValueError)) else "it is damaged"
        raise InputError(
            "{} is not a readable pickle: {}; get it again from where it came".format(path, reason)
        ) from error


def read_array(content: Dict[str, Any], key: str, path: str) -> np.ndarray:
    """Return ``content[key]`` as a plain numeric array, whichever kind of array it was.

    Raises:
        InputError: the key is missing or holds no numbers; names the file and the key.
    """
    if key not in content:
        raise InputError("{} has no key '{}'".format(path, key))
    value = content[key]
    if isinstance(value, StandIn) and not value.origin.startswith("numpy."):
        value = _array_of_stand_in(value, key, path)
    if _count(value) > _MOST_NUMBERS:
        raise InputError("'{}' in {} has more than {} numbers".format(key, path, _MOST_NUMBERS))
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise InputError("'{}' in {} is a list of unequal lists".format(key, path)) from error
    if array.dtype.kind not in "iuf":
        raise InputError("'{}' in {} is not an array of numbers".format(key, path))
    return array


def _is_allowed(module: str, name: str) -> bool:
    origin = "{}.{}".format(module, name)
    return origin in _MADE or origin in _NAMED or module.split(".")[0] == "chumpy"


def _skip_npy_header(handle: BinaryIO) -> None:
    """Move to the pickle inside a NumPy file; stay at the start of any other file."""
    start = handle.read(8)
    if start[:6] != np.lib.format.MAGIC_PREFIX:
        handle.seek(0)
        return
    length = handle.read(2 if start[6:7] == b"\x01" else 4)
    handle.seek(int.from_bytes(length, "little"), os.SEEK_CUR)


def _resolved(value: Any, known: Dict[int, Any], depth: int = 0) -> Any:
    """What a pickle describes, with arrays, numbers and sets in the place of their stand-ins.

    Args:
        value: what its opcodes leave.
        known: what has been resolved, by the object's id: a pickle may hold one thing in many places.
        depth: how many things it lies in.

    Raises:
        ValueError: an array is not sound, or things lie too deep in one another. Others where a stand-in has other
            arguments than its function takes.
    """
    if not isinstance(value, (dict, list, tuple, StandIn)):
        return value
    if depth > _DEEPEST:
        raise ValueError("things lie in one another more than {} deep".format(_DEEPEST))
    if id(value) not in known:

        def inner(part: Any) -> Any:
            return _resolved(part, known, depth + 1)

        if isinstance(value, dict):
            known[id(value)] = {key: inner(part) for key, part in value.items()}
        elif isinstance(value, StandIn):
            arguments, state = inner(value.arguments), inner(value.state)
            make = _MADE.get(value.origin)
            known[id(value)] = (
                make(arguments, state) if make else _stand_in(value.origin, arguments, state)
            )
        else:
            known[id(value)] = type(value)([inner(part) for part in value])
    return known[id(value)]


def _stand_in(origin: str, arguments: Tuple[Any, ...], state: Any) -> StandIn:
    return StandIn(origin, arguments, state if isinstance(state, dict) else {})


def _reconstructor(arguments: Tuple[Any, ...], state: Any) -> StandIn:
    """What protocols 0 and 1 make an object of a class with."""
    named = arguments[0]
    if not isinstance(named, Named):
        raise ValueError("an object of no class")
    return _stand_in(named.origin, (), state)


def _encode(arguments: Tuple[Any, ...], _state: Any) -> bytes:
    """What numpy wraps the bytes of an array in."""
    text, encoding = arguments
    if encoding != "latin1":
        raise ValueError("bytes in the encoding {!r}".format(encoding))
    return text.encode("latin1")


def _bytes(arguments: Tuple[Any, ...], _state: Any) -> bytes:
    """What numpy has for the bytes of an array without elements, in protocols up to 2."""
    if arguments:
        raise ValueError("bytes made of something")
    return b""


def _set(arguments: Tuple[Any, ...], _state: Any) -> set:
    (values,) = arguments
    return set(map(plain, values))


def _dtype(arguments: Tuple[Any, ...], state: Any) -> np.dtype:
    kind = arguments[0]
    if not isinstance(kind, str) or not _KINDS.match(kind):
        raise ValueError("an array of {!r}".format(kind))
    dtype = np.dtype(kind)
    if state is None:
        return dtype
    # Version, byte order, then what only arrays of arrays and of records have, size and alignment.
    _, order, shape, names, fields, size = state[:6]
    whole = shape is names is fields is None and size in (-1, dtype.itemsize)
    if not whole or order not in ("<", ">", "=", "|"):
        raise ValueError("an array of {!r} that is said to be of something else".format(kind))
    return dtype.newbyteorder(order)


def _reconstruct(_arguments: Tuple[Any, ...], state: Any) -> Any:
    """An array of protocols up to 4."""
    if not isinstance(state, tuple) or len(state) not in (4, 5):
        raise ValueError("an array without its numbers")
    shape, dtype, by_columns, data = state[-4:]
    return _array(data, dtype, shape, "F" if by_columns else "C")


def _from_buffer(arguments: Tuple[Any, ...], _state: Any) -> Any:
    """An array of protocol 5: its bytes, kind, shape, the order of its axes, and these where there is none."""
    data, dtype, shape, order = arguments[:4]
    array = _array(data, dtype, shape, "F" if order == "F" else "C")
    if order == "K" and isinstance(array, np.ndarray):  # contiguous once its axes are exchanged
        return array.transpose(*arguments[4:])
    return array


def _scalar(arguments: Tuple[Any, ...], _state: Any) -> Any:
    dtype, data = arguments
    value = _array(data, dtype, (), "C")
    return value[()] if isinstance(value, np.ndarray) else value


def _array(data: Any, dtype: Any, shape: Any, order: Any) -> Any:
    """An array of numbers from its bytes, which Python 2 takes for text; of objects or text a stand-in.

    Raises:
        ValueError: there are more or fewer bytes than its shape and its numbers' size ask for.
    """
    if not isinstance(dtype, np.dtype):
        raise ValueError("an array of no kind")
    if dtype.kind == "O" and shape == () and isinstance(data, list) and len(data) == 1:
        return data[0]  # as numpy saves what is no array
    if dtype.kind not in "biuf":
        return _stand_in("numpy.ndarray", (), None)
    if isinstance(data, str):
        data = data.encode("latin1")
    count = dtype.itemsize
    for size in shape:
        if type(size) is not int or size < 0:
            raise ValueError("an array of shape {}".format(shape))
        count *= size
    if not isinstance(data, bytes) or len(data) != count:
        raise ValueError("an array of shape {} that has not {} bytes".format(shape, count))
    flat = np.frombuffer(data, dtype) if data else np.zeros(0, dtype)
    return flat.reshape(shape, order=order).copy()


def _array_of_stand_in(value: StandIn, key: str, path: str) -> Any:
    """What a chumpy array or a sparse matrix of SciPy holds.

    Raises:
        InputError: nothing, or a matrix that is not sound.
    """
    try:
        kind = value.origin.rpartition(".")[2]
        return _dense(value.state, kind) if kind in _SPARSE else value.state["x"]
    except Exception as error:  # its parts may be anything
        raise InputError(
            "'{}' in {} is a {} that holds no array".format(key, path, value.origin)
        ) from error


def _dense(parts: Dict[str, Any], kind: str) -> np.ndarray:
    """A sparse matrix with all its zeros.

    numpy checks every index, where SciPy's own conversion writes wherever a file tells it to.

    Raises:
        ValueError: it is not sound. Others where its parts are missing, or of other kinds.
    """
    rows, columns = map(int, parts["_shape"])
    if min(rows, columns) < 0 or rows * columns > _MOST_NUMBERS:
        raise ValueError("a matrix of {} x {}".format(rows, columns))
    data, minor, starts = parts["data"], parts["indices"], parts["indptr"]
    lengths = np.diff(starts)
    whole = starts[0] == 0 and starts[-1] == len(data) == len(minor)
    if not whole or (lengths < 0).any() or (minor < 0).any():
        raise ValueError("rows and columns that do not lie where it says")
    major = np.repeat(np.arange(len(lengths)), lengths)
    dense = np.zeros((rows, columns), data.dtype)
    np.add.at(dense, (minor, major) if kind == "csc_matrix" else (major, minor), data)
    return dense


def _count(value: Any) -> int:
    """How many numbers there are in an array or in a list of lists, one list as often as it stands there."""
    if not isinstance(value, (list, tuple)):
        return getattr(value, "size", 1)
    total = 1
    for part in value:
        total += _count(part)
        if total > _MOST_NUMBERS:
            break
    return total


#: Numbers, booleans, objects and text. The size of others than text is one digit or two, so that none is large.
_KINDS = re.compile(r"(b1|[iu][1248]|f(2|4|8|16)|O[48]?|[SU]\d{1,9})$")
#: Functions that a pickle may name, and what makes of their arguments, and of what is set in it, what they would have.
_MADE: Dict[str, Callable[[Tuple[Any, ...], Any], Any]] = {
    "numpy.dtype": _dtype,
    "_codecs.encode": _encode,
    "copyreg._reconstructor": _reconstructor,
    "builtins.bytes": _bytes,
    "builtins.set": _set,
}
for _core in ("core", "_core"):
    _MADE["numpy.{}.multiarray._reconstruct".format(_core)] = _reconstruct
    _MADE["numpy.{}.multiarray.scalar".format(_core)] = _scalar
    _MADE["numpy.{}.numeric._frombuffer".format(_core)] = _from_buffer
_SPARSE = ("csc_matrix", "csr_matrix")
#: Classes that it may name beside chumpy's.
_NAMED = {"numpy.ndarray", "builtins.object"} | {
    "scipy.sparse.{}.{}".format(module, kind)
    for kind in _SPARSE
    for module in (kind[:3], "_" + kind[:3])
}
