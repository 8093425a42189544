"""The opcodes of a pickle, run so that nothing but inert objects comes of them.

Python's own unpickler cannot be held to that. It sets attributes of whatever a file names, has numpy read what the file
says is the address of an object, takes the memory that a file announces, and hashes a tuple in a tuple in a tuple until
the C stack ends. Here a file gets text, numbers, lists, tuples, dicts and sets of Python, and stand-ins for all else.
"""

import codecs
import struct
from typing import Any, BinaryIO, Callable, Dict, List, Optional, Tuple

#: Real files have some hundreds, or some 100,000 where they hold lists of numbers.
MOST_OPCODES = 4000000
_LAST_PROTOCOL = 5
#: Of larger whole numbers any many can be found that share one hash, so that a dict of them takes for ever.
_LARGEST_KEY = 2**60
#: Digits of a whole number that stands as text. Python takes quadratic time for them.
_MOST_DIGITS = 4000

_CONSTANTS: Dict[bytes, Any] = {b"N": None, b"\x88": True, b"\x89": False}
_EMPTY: Dict[bytes, Callable[[], Any]] = {b"]": list, b"}": dict, b")": tuple, b"\x8f": set}
_PACKED = {b"K": "<B", b"M": "<H", b"J": "<i", b"G": ">d"}
_TUPLES = {b"\x85": 1, b"\x86": 2, b"\x87": 3}


def _latin1(data: bytes) -> str:
    return data.decode("latin1")


def _utf8(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")


def _whole(data: bytes) -> int:
    return int.from_bytes(data, "little", signed=True)


def _whole_text(line: bytes) -> Any:
    # Protocol 0 has booleans as numbers of two digits.
    if line in (b"00", b"01"):
        return line == b"01"
    if len(line) > _MOST_DIGITS:
        raise ValueError("a number of {} digits".format(len(line)))
    return int(line.rstrip(b"L"))


def _quoted(line: bytes) -> str:
    line = line.strip()
    if len(line) < 2 or line[:1] != line[-1:] or line[:1] not in (b"'", b'"'):
        raise ValueError("text without its quotes")
    return codecs.escape_decode(line[1:-1])[0].decode("latin1")  # type: ignore[attr-defined]


#: How many bytes tell the length of what follows, and what it is. Text of Python 2 is bytes, each a letter.
_COUNTED: Dict[bytes, Tuple[int, Callable[[bytes], Any]]] = {
    b"U": (1, _latin1),
    b"T": (4, _latin1),
    b"\x8c": (1, _utf8),
    b"X": (4, _utf8),
    b"\x8d": (8, _utf8),
    b"C": (1, bytes),
    b"B": (4, bytes),
    b"\x8e": (8, bytes),
    b"\x96": (8, bytes),
    b"\x8a": (1, _whole),
    b"\x8b": (4, _whole),
}
_LINES: Dict[bytes, Callable[[bytes], Any]] = {
    b"I": _whole_text,
    b"L": _whole_text,
    b"F": float,
    b"S": _quoted,
    b"V": lambda line: line.decode("raw-unicode-escape"),
}
#: Length of the index in the memo; None: it is a line of text.
_GET: Dict[bytes, Optional[int]] = {b"h": 1, b"j": 4, b"g": None}
_PUT: Dict[bytes, Optional[int]] = {b"q": 1, b"r": 4, b"p": None}


class RefusedError(Exception):
    """A pickle names a class that is not on the list."""


class Named:
    """What a pickle names, by its module and name: never the thing itself."""

    __slots__ = ("origin",)

    def __init__(self, origin: str) -> None:
        self.origin = origin


class StandIn:
    """Takes the place of an object of a pickle: what it was made of and what was set in it. It does nothing.

    Attributes:
        origin: its class or function, with the module.
        arguments: what that was called with.
        state: what the pickle set in it; None: nothing.
    """

    __slots__ = ("arguments", "origin", "state")

    def __init__(self, origin: str, arguments: Tuple[Any, ...], state: Any = None) -> None:
        self.origin = origin
        self.arguments = arguments
        self.state = state


def run(handle: BinaryIO, left: int, allowed: Callable[[str, str], bool]) -> Any:
    """What the pickle at the place of ``handle`` describes.

    Args:
        handle: the file.
        left: its bytes from there on.
        allowed: whether it may name a module's class or function.

    Raises:
        RefusedError: it names another.
        OSError: the file cannot be read. Almost anything where it is damaged.
    """
    return _Machine(handle, left, allowed).run()


def plain(key: Any) -> Any:
    """A key of a dict or an element of a set: text, a number or None, whose hash goes no deeper; returned as it is.

    Raises:
        TypeError: it is something else.
    """
    if key is not None and not isinstance(key, (str, bytes, int, float)):
        raise TypeError("it has a {} for a key".format(type(key).__name__))
    if isinstance(key, int) and abs(key) >= _LARGEST_KEY:
        raise TypeError("it has {:.3g} for a key".format(key))
    return key


class _Machine:
    """A stack of values, those below each mark, and the memo; a method for each opcode that does more than push."""

    def __init__(self, handle: BinaryIO, left: int, allowed: Callable[[str, str], bool]) -> None:
        self.handle = handle
        self.left = left
        self.allowed = allowed
        self.stack: List[Any] = []
        self.below: List[List[Any]] = []
        self.memo: Dict[int, Any] = {}

    def run(self) -> Any:
        for _ in range(MOST_OPCODES):
            code = self.take(1)
            if code == b".":
                return self.stack.pop()
            if code in _CONSTANTS:
                self.stack.append(_CONSTANTS[code])
            elif code in _EMPTY:
                self.stack.append(_EMPTY[code]())
            elif code in _PACKED:
                kind = _PACKED[code]
                self.stack.append(struct.unpack(kind, self.take(struct.calcsize(kind)))[0])
            elif code in _COUNTED:
                length, made = _COUNTED[code]
                self.stack.append(made(self.take(self.number(length))))
            elif code in _LINES:
                self.stack.append(_LINES[code](self.line()))
            elif code in _GET:
                self.stack.append(self.memo[self.index(_GET[code])])
            elif code in _PUT:
                self.memo[self.index(_PUT[code])] = self.stack[-1]
            elif code in _TUPLES:
                self.stack.append(tuple(self.last(_TUPLES[code])))
            elif code in _OTHERS:
                _OTHERS[code](self)
            else:
                raise ValueError("it has the opcode {!r}, which no array needs".format(code))
        raise ValueError("it has more than {} opcodes".format(MOST_OPCODES))

    def take(self, count: int) -> bytes:
        """The next bytes. No memory is taken for more than the file has."""
        data = self.handle.read(count) if count <= self.left else b""
        if len(data) < count:
            raise ValueError("it ends early")
        self.left -= count
        return data

    def line(self) -> bytes:
        line = self.handle.readline()
        self.left -= len(line)
        if not line.endswith(b"\n"):
            raise ValueError("it ends early")
        return line[:-1]

    def number(self, length: int) -> int:
        return int.from_bytes(self.take(length), "little")

    def index(self, length: Optional[int]) -> int:
        return _whole_text(self.line()) if length is None else self.number(length)

    def last(self, count: int) -> List[Any]:
        """Take the uppermost values."""
        if count > len(self.stack):
            raise IndexError("it takes more from its stack than there is")
        values = self.stack[-count:]
        del self.stack[-count:]
        return values

    def marked(self) -> List[Any]:
        """Take the values down to the last mark."""
        values, self.stack = self.stack, self.below.pop()
        return values

    def top(self, kind: type) -> Any:
        """The uppermost value, which has to be of a kind."""
        value = self.stack[-1]
        if type(value) is not kind:
            raise TypeError("it takes a {} for a {}".format(type(value).__name__, kind.__name__))
        return value

    def mark(self) -> None:
        self.below.append(self.stack)
        self.stack = []

    def pop(self) -> None:
        self.stack.pop() if self.stack else self.marked()

    def memoize(self) -> None:
        self.memo[len(self.memo)] = self.stack[-1]

    def protocol(self) -> None:
        version = self.number(1)
        if version > _LAST_PROTOCOL:
            raise ValueError("it is of protocol {}".format(version))

    def push(self, value: Any) -> None:
        self.stack.append(value)

    def extend(self, values: List[Any]) -> None:
        """Put values at the end of the uppermost list."""
        self.top(list).extend(values)

    def add(self, values: List[Any]) -> None:
        """Put values into the uppermost set."""
        self.top(set).update(map(plain, values))

    def update(self, values: List[Any]) -> None:
        """Put keys and values in turn into the uppermost dict."""
        if len(values) % 2:
            raise ValueError("it has a key without a value")
        self.top(dict).update(zip(map(plain, values[::2]), values[1::2]))

    def make_dict(self) -> None:
        values = self.marked()
        self.push({})
        self.update(values)

    def name_lines(self) -> None:
        module, name = self.line(), self.line()
        self.name(_utf8(module), _utf8(name))

    def name_stacked(self) -> None:
        self.name(*self.last(2))

    def name(self, module: Any, name: Any) -> None:
        if type(module) is not str or type(name) is not str:
            raise TypeError("it names something by what is no text")
        module = {"__builtin__": "builtins", "copy_reg": "copyreg"}.get(module, module)
        if not self.allowed(module, name):
            raise RefusedError("{}.{}".format(module, name))
        self.stack.append(Named("{}.{}".format(module, name)))

    def call(self) -> None:
        """What a class or function makes of arguments: their stand-in."""
        called, arguments = self.last(2)
        if type(called) is not Named or type(arguments) is not tuple:
            raise TypeError("it calls what it does not name")
        self.stack.append(StandIn(called.origin, arguments))

    def build(self) -> None:
        (state,) = self.last(1)
        self.top(StandIn).state = state


_OTHERS: Dict[bytes, Callable[[_Machine], Any]] = {
    b"(": _Machine.mark,
    b"0": _Machine.pop,
    b"1": lambda machine: machine.marked(),
    b"2": lambda machine: machine.push(machine.stack[-1]),
    b"\x94": _Machine.memoize,
    b"\x80": _Machine.protocol,
    b"\x95": lambda machine: machine.take(8),  # the length of a frame, for readers with a buffer
    b"t": lambda machine: machine.push(tuple(machine.marked())),
    b"l": lambda machine: machine.push(machine.marked()),
    b"d": _Machine.make_dict,
    b"a": lambda machine: machine.extend(machine.last(1)),
    b"e": lambda machine: machine.extend(machine.marked()),
    b"s": lambda machine: machine.update(machine.last(2)),
    b"u": lambda machine: machine.update(machine.marked()),
    b"\x90": lambda machine: machine.add(machine.marked()),
    b"c": _Machine.name_lines,
    b"\x93": _Machine.name_stacked,
    b"R": _Machine.call,
    b"\x81": _Machine.call,
    b"b": _Machine.build,
}
