"""Make pictures for training out of photos: the heads in them, aligned, on black as the pipelines show them."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from scoreface.base.errors import InputError
from scoreface.training.prepare_job import Inputs, Outputs, Settings

__all__ = ["Inputs", "Outputs", "Settings", "run"]

_RECORD, _TABLE = "prepared.json", "prepared.tsv"


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Prepare every photo; those without a face are left out, and named.

    Raises:
        InputError: a setting or a model is wrong, there are no photos, or the folder was made with other settings.
    """
    from scoreface.base.files import write_text
    from scoreface.training.heads import check

    check(settings)
    folder, out = inputs.photos, outputs.out
    names = _pictures(folder)
    _same_settings(out, settings)
    rows = ["photo\tpicture\tleft out"]
    left_out = 0
    for (photo, picture), reason in zip(
        names, _prepared(folder, out, names, settings), strict=True
    ):
        left_out += bool(reason)
        rows.append(f"{photo}\t{'' if reason else picture}\t{reason}")
        if reason:
            print(f"left out: {photo}: {reason}", file=sys.stderr)
    write_text(out / _TABLE, "\n".join(rows) + "\n")
    print(f"{len(names) - left_out} pictures in {out}, {left_out} photos left out")


def _pictures(folder: Path) -> list[tuple[str, str]]:
    """The photos in a folder and the names of their pictures, both as paths below it."""
    from scoreface.training.data import picture_files

    paths = [path.relative_to(folder) for path in picture_files(folder)]
    if not paths:
        raise InputError(f"{folder}: no photos there")
    count = Counter(path.with_suffix("") for path in paths)
    return [
        (
            path.as_posix(),
            f"{(path if count[path.with_suffix('')] > 1 else path.with_suffix('')).as_posix()}.png",
        )
        for path in paths
    ]


def _same_settings(out: Path, settings: Settings) -> None:
    """Note how the pictures in a folder are made, so that one set is made in one way.

    Raises:
        InputError: those there were made otherwise.
    """
    from scoreface.base.files import read_json, write_json

    made = {name: value for name, value in asdict(settings).items() if name != "workers"}
    path = out / _RECORD
    if path.exists() and (before := read_json(path)) != made:
        name = next(name for name in made if before.get(name) != made[name])
        raise InputError(
            f"{out}: its pictures were made with {name} {before.get(name)}, not {made[name]}; give the same settings, "
            "or another folder"
        )
    write_json(path, made)


def _prepared(
    folder: Path, out: Path, names: Sequence[tuple[str, str]], settings: Settings
) -> Iterator[str]:
    """Why each photo is left out, in their order; empty where it is not."""
    import concurrent.futures
    import multiprocessing

    from tqdm import tqdm

    from scoreface.training.heads import prepare_one, start

    tasks = [(folder / photo, out / picture) for photo, picture in names]
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(
        settings.workers, context, start, (settings,)
    ) as pool:
        yield from tqdm(pool.map(prepare_one, tasks), total=len(tasks), unit="photo", mininterval=5)
