"""The manifest as Parquet and CSV, written part by part: no more than one part of it is in memory."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, get_type_hints

from scoreface.base.errors import InputError
from scoreface.base.files import atomic
from scoreface.results.dataset.rows import Row

try:
    import pyarrow
    import pyarrow.parquet as parquet
except ImportError as error:
    raise InputError(
        "the manifest needs the package pyarrow; pip install 'scoreface[dataset]'"
    ) from error

_KINDS = {str: pyarrow.string(), int: pyarrow.int64(), float: pyarrow.float64()}
_SCHEMA = pyarrow.schema([(name, _KINDS[kind]) for name, kind in get_type_hints(Row).items()])


def write_part(path: Path, rows: Sequence[Row]) -> None:
    """Write some rows as Parquet, atomically."""
    table = pyarrow.Table.from_pylist([row._asdict() for row in rows], schema=_SCHEMA)
    with atomic(path) as temporary:
        parquet.write_table(table, temporary)


def column_pairs(path: Path, first: str, second: str) -> Iterator[tuple[Any, Any]]:
    """The values of two columns of a part, row by row.

    Raises:
        InputError: the part is damaged.
    """
    for batch in _batches(path, [first, second]):
        yield from zip(*(batch.column(name).to_pylist() for name in (first, second)), strict=True)


def join(parts: Sequence[Path], table: Path, text: Path) -> None:
    """Write the parts one after the other, as one Parquet file of a row group each, and as CSV; both atomically.

    Raises:
        InputError: a part is missing or damaged.
    """
    with atomic(table) as temporary, parquet.ParquetWriter(temporary, _SCHEMA) as writer:
        for part in parts:
            for batch in _batches(part):
                writer.write_batch(batch)
    with atomic(text) as temporary, temporary.open("w", newline="", encoding="utf-8") as handle:
        lines = csv.writer(handle, lineterminator="\n")
        lines.writerow(Row._fields)
        for part in parts:
            for batch in _batches(part):
                lines.writerows(row.values() for row in batch.to_pylist())


def _batches(path: Path, columns: list[str] | None = None) -> Iterator[Any]:
    try:
        with parquet.ParquetFile(path) as file:
            yield from file.iter_batches(columns=columns)
    except (OSError, pyarrow.ArrowException, KeyError) as error:
        raise InputError(
            f"{path}: no readable part of a manifest ({error}); delete its folder and run again"
        ) from error
