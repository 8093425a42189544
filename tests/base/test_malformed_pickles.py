"""Pickles made to do harm, or damaged: each ends in a sentence, within a second and without much memory.

A child process reads them one after the other, so that a crash is seen, and is that of one file.
"""

import copyreg
import json
import pickle
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from scoreface.base.errors import InputError
from scoreface.base.pickles import load_dict, read_array

DEEP = 200_000
# Every case reads an array of this key.
KEY = "v_template"


def text(value: str) -> bytes:
    return b"X" + struct.pack("<I", len(value.encode())) + value.encode()


def raw(value: bytes) -> bytes:
    return b"B" + struct.pack("<I", len(value)) + value


def named(origin: str) -> bytes:
    module, _, name = origin.rpartition(".")
    return f"c{module}\n{name}\n".encode()


def array(dtype: bytes, shape: bytes, data: bytes) -> bytes:
    """What numpy writes of an array, with these parts."""
    start = named("numpy.core.multiarray._reconstruct") + named("numpy.ndarray") + b"K\0\x85"
    return start + raw(b"b") + b"\x87R" + b"(K\x01" + shape + dtype + b"\x89" + data + b"tb"


def dtype(kind: str, state: bytes = b"") -> bytes:
    return named("numpy.dtype") + text(kind) + b"\x89\x88\x87R" + (state and state + b"b")


def plain_state(order: str = "<", size: bytes = b"J\xff\xff\xff\xff") -> bytes:
    return b"(K\x03" + text(order) + b"NNN" + size + b"J\xff\xff\xff\xffK\0t"


def content(value: bytes) -> bytes:
    """A whole pickle: a dict with the value under the key that is read."""
    return b"\x80\x02}" + text(KEY) + value + b"s."


def sparse(kind: str, data: bytes, indices: list[int], starts: list[int], shape: bytes) -> bytes:
    def numbers(values: list[int]) -> bytes:
        whole = struct.pack(f"<{len(values)}i", *values)
        size = b"J" + struct.pack("<i", len(values)) + b"\x85"
        return array(dtype("i4", plain_state()), size, raw(whole))

    parts = {"data": data, "indices": numbers(indices), "indptr": numbers(starts), "_shape": shape}
    state = b"}(" + b"".join(text(name) + part for name, part in parts.items()) + b"u"
    return named(f"scipy.sparse.{kind[:3]}.{kind}") + b")\x81" + state + b"b"


F8 = dtype("f8", plain_state())
OBJECT = dtype("O8", b"(K\x03" + text("|") + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x3ft")
ADDRESS = raw(struct.pack("<Q", 0x4141414141414141))
RECORD = dtype(
    "V8",
    b"(K\x03" + text("|") + b"N" + text("a") + b"\x85}" + text("a") + OBJECT + b"K\0\x86s"
    b"K\x08K\x01K\x3ft",
)
ONE, TWO = b"K\x01\x85", b"K\x02\x85"
NUMBERS = array(F8, TWO, raw(bytes(16)))
# The functions that a file may name: none may get an attribute.
FUNCTIONS = [
    "copyreg._reconstructor",
    "_codecs.encode",
    "numpy.core.numeric._frombuffer",
    "numpy.core.multiarray.scalar",
    "numpy.ndarray",
    "numpy.dtype",
    "builtins.set",
    "builtins.object",
    "chumpy.ch.Ch",
]


def collisions() -> bytes:
    """Many keys with one hash: a dict of them takes time by their square."""
    keys = (pickle.dumps(i * (2**61 - 1), 2)[2:-1] for i in range(30_000))
    return b"}(" + b"".join(key + b"N" for key in keys) + b"u"


CASES = {
    # What says where an object is.
    "an address as an array of objects": content(array(OBJECT, ONE, ADDRESS)),
    "an address as text of Python 2": content(array(OBJECT, ONE, text("A" * 8))),
    "an address in a record": content(array(RECORD, ONE, ADDRESS)),
    "an address in a buffer": content(
        named("numpy._core.numeric._frombuffer")
        + b"(\x96\x08"
        + bytes(7)
        + b"A" * 8
        + OBJECT
        + ONE
        + text("C")
        + b"tR"
    ),
    "an address as a scalar": content(
        named("numpy.core.multiarray.scalar") + OBJECT + ADDRESS + b"\x86R"
    ),
    "an address in an array made directly": content(
        named("numpy.ndarray") + ONE + OBJECT + ADDRESS + b"\x87R"
    ),
    "fewer objects than the shape says": content(array(OBJECT, b"J\0\0\0\1\x85", b"]")),
    # What says how large something is.
    "a kind with the size of another": content(
        array(dtype("f8", plain_state(size=b"J\0\0\0\1")), ONE, raw(bytes(8)))
    ),
    "a kind that is an array itself": content(
        array(
            dtype("f8", b"(K\x03" + text("<") + text("f8") + b"J\0\0\0\1\x85\x86NNK\x08K\x08K\0t"),
            ONE,
            raw(bytes(8)),
        )
    ),
    "no byte order": content(array(dtype("f8", plain_state("?")), ONE, raw(bytes(8)))),
    "a kind from a list": content(array(named("numpy.dtype") + b"](K\x01e\x85R", ONE, raw(b"1"))),
    "a kind with a million bytes": content(array(dtype("V1000000"), ONE, raw(b"1"))),
    "a shape larger than the data": content(array(F8, b"J\0\0\0\x10\x85", raw(bytes(16)))),
    "a negative shape": content(
        array(F8, b"J\xff\xff\xff\xffJ\xfe\xff\xff\xff\x86", raw(bytes(16)))
    ),
    "a shape beyond 64 bits": content(
        array(F8, b"\x8a\x09" + bytes(8) + b"\1" + b"K\0\x86", raw(b""))
    ),
    "a shape of text": content(array(F8, text("11"), raw(bytes(8)))),
    "a sparse matrix of terabytes": content(
        sparse("csc_matrix", NUMBERS, [0, 1], [0, 2], b"J\0\0\0\x10J\0\0\0\x10\x86")
    ),
    "a sparse matrix that writes elsewhere": content(
        sparse("csc_matrix", NUMBERS, [0, 10**9], [0, 2], b"K\x02K\x01\x86")
    ),
    "a sparse matrix that writes before itself": content(
        sparse("csr_matrix", NUMBERS, [0, -(10**9)], [0, 2], b"K\x01K\x02\x86")
    ),
    "a sparse matrix that reads elsewhere": content(
        sparse("csr_matrix", NUMBERS, [0, 1], [0, 10**9, 2], b"K\x02K\x02\x86")
    ),
    "a sparse matrix with another number of columns": content(
        sparse("csc_matrix", NUMBERS, [0, 1], [0, 1, 2], b"K\x02K\x01\x86")
    ),
    **{
        f"a terabyte of {name}": content(code + struct.pack("<Q", 10**12) + b"abc")
        for name, code in (("bytes", b"\x8e"), ("text", b"\x8d"), ("a buffer", b"\x96"))
    },
    "a frame of a terabyte": b"\x80\x04\x95" + struct.pack("<Q", 10**12) + b"}",
    "2 GB of text of Python 2": content(b"T\xff\xff\xff\x7fabc"),
    "a whole number of 2 GB": content(b"\x8b\xff\xff\xff\x7fabc"),
    "a whole number of a million digits": content(b"L" + b"7" * 10**6 + b"L\n"),
    "a place in the memo at 2 billion": content(b"r\xff\xff\xff\x7f" + b"Nr\xfe\xff\xff\xff"),
    "a list in ten places of a list in ten places of ...": content(
        b"]q\x010" + (b"](" + b"h\x01" * 10 + b"eq\x010") * 12 + b"h\x01"
    ),
    "keys that share a hash": content(collisions()),
    # Things in one another.
    "lists in lists": content(b"]" * DEEP + b"a" * (DEEP - 1)),
    "tuples in tuples": content(b")" + b"\x85" * DEEP),
    "tuples in tuples for a key": content(b"}" + b")" + b"\x85" * DEEP + b"Ns"),
    "tuples in tuples in a set": content(b"\x8f()" + b"\x85" * DEEP + b"\x90"),
    "tuples in tuples in a set of Python 2": content(
        named("__builtin__.set") + b"])" + b"\x85" * DEEP + b"a\x85R"
    ),
    "dicts in dicts": content(b"}N" * DEEP + b"N" + b"s" * DEEP),
    "objects in objects": content(
        named("chumpy.ch.Ch") + b"q\x010)q\x020" + b"h\x01h\x02R\x85q\x020" * DEEP + b"h\x02"
    ),
    "arrays in arrays": content(
        b"Nq\x020" + (array(OBJECT, b")", b"]h\x02a") + b"q\x020") * 20_000 + b"h\x02"
    ),
    "a list in itself": content(b"]q\x01h\x01a"),
    "an object in itself": content(named("chumpy.ch.Ch") + b")Rq\x01}" + text("x") + b"h\x01sb"),
    "marks alone": b"\x80\x02" + b"(" * 10**6 + b".",
    # What is called, or has something set in it.
    **{
        f"an attribute of {origin}": content(named(origin) + b"}" + text("evil") + b"K\x01sb")
        for origin in FUNCTIONS
    },
    **{
        f"a slot of {origin}": content(named(origin) + b"N}" + text("evil") + b"K\x01s\x86b")
        for origin in FUNCTIONS
    },
    "an attribute of a list": content(b"]}" + text("evil") + b"K\x01sb"),
    "a call of a call": content(named("chumpy.ch.Ch") + b")R)R"),
    "a call with a list": content(named("chumpy.ch.Ch") + b"]R"),
    "bytes by way of zlib": content(named("_codecs.encode") + text("a") + text("zlib") + b"\x86R"),
    "bytes of a number": content(named("builtins.bytes") + b"J\xff\xff\xff\x7f\x85R"),
    "an object of no class": content(named("copyreg._reconstructor") + text("a") + b"NN\x87R"),
    "a set of one number": content(named("builtins.set") + b"K\x01\x85R"),
    **{
        f"STACK_GLOBAL of {module}.{name}": content(text(module) + text(name) + b"\x93)R")
        for module, name in (
            ("os", "system"),
            ("builtins", "eval"),
            ("numpy", "ndarray.__new__"),
            ("numpy", "lib.format.open_memmap"),
            ("copyreg", "_reconstructor.__globals__"),
            ("scoreface.base.pickles", "load_dict"),
            ("", ""),
        )
    },
    "STACK_GLOBAL of numbers": content(b"K\x01K\x02\x93"),
    "NEWOBJ_EX": content(named("numpy.ndarray") + b")}\x92"),
    "INST": content(b"(inumpy\nndarray\n"),
    "OBJ": content(b"(" + named("numpy.ndarray") + b"o"),
    "a registered extension": content(b"\x82\x01"),
    "another registered extension": content(b"\x84\x01\0\0\0"),
    "a persistent id": content(b"Pevil\n"),
    "a persistent id from the stack": content(text("evil") + b"Q"),
    "a buffer from outside": content(b"\x97\x98"),
    # Damage.
    "nothing but its protocol": b"\x80\x04",
    "a protocol to come": b"\x80\x06}.",
    "a text of no pickle": b"hello",
    "an end without a value": b"\x80\x02.",
    "items without a dict": b"\x80\x02]K\x01K\x02s.",
    "a key without a value": b"\x80\x02}(K\x01u.",
    "elements without a list": b"\x80\x02(K\x01e.",
    "a memo that is empty": b"\x80\x02h\x07.",
    "no mark": b"\x80\x02t.",
    "text without its end": b"}S'abc",
    "text without its quotes": content(b"Sabc\n"),
    "a NumPy file with a header of 4 GB": b"\x93NUMPY\x02\0\xff\xff\xff\xff{}",
    "a NumPy file cut short": b"\x93NUMPY",
}

CHILD = """
import json, resource, signal, sys, time
import numpy
from scoreface.base.errors import InputError
from scoreface.base.pickles import load_dict, read_array
resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10

for path in sys.stdin.read().split("\\n"):
    print(json.dumps({"path": path}), flush=True)
    started, before = time.monotonic(), peak()
    signal.alarm(20)
    try:
        content = load_dict(path)
        outcome = f"loaded {read_array(content, sys.argv[1], path)!r}"
    except InputError as error:
        outcome = f"sentence: {error}"
    except BaseException as error:
        outcome = f"traceback: {error!r}"
    signal.alarm(0)
    content = None
    spent = time.monotonic() - started
    line = {"path": path, "outcome": outcome, "seconds": spent, "megabytes": peak() - before}
    print(json.dumps(line), flush=True)
"""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    """What a process of its own found in each file; of one that it died of, that."""
    folder = tmp_path_factory.mktemp("pickles")
    paths = {}
    for number, (name, data) in enumerate(CASES.items()):
        paths[str(folder / f"{number}.pkl")] = name
        (folder / f"{number}.pkl").write_bytes(data)
    found: dict[str, dict] = {}
    while len(found) < len(paths):
        rest = "\n".join(path for path in paths if path not in found)
        command = [sys.executable, "-c", CHILD, KEY]
        done = subprocess.run(command, input=rest, stdout=subprocess.PIPE, text=True, check=False)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        found.update({line["path"]: line for line in lines if "outcome" in line})
        if done.returncode:
            found[lines[-1]["path"]] = {"outcome": f"died with {done.returncode}"}
    return {paths[path]: line for path, line in found.items()}


@pytest.mark.parametrize("name", CASES)
def test_a_malformed_pickle_ends_in_a_sentence(name: str, outcomes: dict[str, dict]) -> None:
    found = outcomes[name]
    assert found["outcome"].startswith("sentence: "), found
    assert ".pkl" in found["outcome"]
    assert found["seconds"] < 5
    assert found["megabytes"] < 500


def test_a_crash_would_be_seen(tmp_path: Path) -> None:
    (tmp_path / "a.pkl").write_bytes(CASES["fewer objects than the shape says"])
    script = "import pickle, sys; print(pickle.load(open(sys.argv[1], 'rb')))"
    command = [sys.executable, "-c", script, str(tmp_path / "a.pkl")]
    assert subprocess.run(command, capture_output=True, check=False).returncode < 0


def test_no_file_sets_anything_in_what_it_names(tmp_path: Path) -> None:
    for name in (name for name in CASES if "of copyreg" in name or "of _codecs" in name):
        (tmp_path / "a.pkl").write_bytes(CASES[name])
        with pytest.raises(InputError):
            load_dict(str(tmp_path / "a.pkl"))
    assert not hasattr(copyreg._reconstructor, "evil")


def test_the_parts_that_the_cases_are_made_of_are_sound(tmp_path: Path) -> None:
    path = tmp_path / "a.pkl"
    path.write_bytes(content(NUMBERS))
    np.testing.assert_array_equal(pickle.loads(path.read_bytes())[KEY], [0, 0])
    np.testing.assert_array_equal(read_array(load_dict(str(path)), KEY, str(path)), [0, 0])
    for kind, shape in (("csc_matrix", b"K\x02K\x01\x86"), ("csr_matrix", b"K\x01K\x02\x86")):
        path.write_bytes(content(sparse(kind, NUMBERS, [0, 1], [0, 2], shape)))
        assert read_array(load_dict(str(path)), KEY, str(path)).size == 2
