"""Lists of pairs of every format, told apart by what is in them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from scoreface.base.errors import InputError, shown
from scoreface.base.files import is_there
from scoreface.verify.cfp import is_split, read_cfp
from scoreface.verify.ijb import read_ijb
from scoreface.verify.insightface import read_bin
from scoreface.verify.lfw import read_lfw
from scoreface.verify.lines import read_lines
from scoreface.verify.pairs import PairSet
from scoreface.verify.table import COLUMNS, read_table

# How a pickle of protocol 2 or later begins.
_PICKLE = b"\x80"


def read_pairs(path: Path, templates: Sequence[Path] = ()) -> PairSet:
    """Read a list of pairs.

    Args:
        path: a folder of CFP, insightface's ``.bin``, or a text file: LFW's, a table, or pairs of templates.
        templates: the lists of the templates' pictures, where pairs are of templates.

    Raises:
        InputError: it is missing, of no known format, or a line is wrong.
    """
    if templates:
        return read_ijb(path, templates)
    if not is_there(path):
        raise InputError(f"{path}: no such file or folder")
    if path.is_dir():
        if not is_split(path):
            raise InputError(f"{path}: no list of pairs; of CFP, give Protocol/Split/FF or FP")
        return read_cfp(path)
    if _begins_as_pickle(path):
        return read_bin(path)
    first = next(read_lines(path, "a list of pairs"), None)
    words = first.text.split() if first else []
    if first and set(COLUMNS) <= {cell.strip() for cell in first.text.split(",")}:
        return read_table(path)
    if len(words) in (1, 2) and all(word.isdecimal() for word in words):
        return read_lfw(path)
    if len(words) == 3 or (first and first.text.count(",") == 1):
        raise InputError(
            f"{path}: if these are pairs of templates, name the lists of their pictures with --templates; LFW's begin "
            f"with the numbers of folds and pairs, a table with {','.join(COLUMNS)}"
        )
    raise InputError(
        f"{path}: begins with {shown(words[:5])}, as no known list of pairs does: LFW's pairs.txt, CFP's folder, pairs "
        f"of templates with --templates, insightface's .bin, or CSV with {','.join(COLUMNS)}"
    )


def _begins_as_pickle(path: Path) -> bool:
    try:
        with path.open("rb") as handle:
            return handle.read(1) == _PICKLE or path.suffix == ".bin"
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
