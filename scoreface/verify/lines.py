"""Lists in text files, line by line, and the sentence for a line that is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from scoreface.base.errors import InputError, shown


class Line(NamedTuple):
    """A line that is not empty.

    Attributes:
        path: of its file.
        number: counted from 1, as editors do.
        text: without blanks around it.
    """

    path: Path
    number: int
    text: str

    @property
    def place(self) -> str:
        """Where it stands, for messages."""
        return f"{self.path}, line {self.number}"

    def wrong(self, expected: str) -> InputError:
        """The error for a line that is not what it has to be."""
        return InputError(f"{self.place}: {shown(self.text)} is not {expected}")

    def whole(self, word: str, least: int = 0) -> int:
        """A word of the line as a whole number.

        Raises:
            InputError: it is none, or less than ``least``.
        """
        # No sign, no blanks, no digits of other scripts: nothing that int() would take beside.
        if not (word.isascii() and word.isdecimal() and len(word) < 16 and int(word) >= least):
            raise InputError(f"{self.place}: {shown(word)} is no whole number from {least} up")
        return int(word)


def read_lines(path: Path, what: str) -> Iterator[Line]:
    """The lines of a text file in UTF-8 that are not empty.

    Raises:
        InputError: the file is missing or no text; says ``what`` it should be.
    """
    try:
        with path.open(encoding="utf-8-sig", newline=None) as handle:
            for number, text in enumerate(handle, 1):
                if text.strip():
                    yield Line(path, number, text.strip())
    except OSError as error:
        raise InputError(f"{path}: cannot be read as {what} ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: no text, so not {what}") from error
