"""Make heads of photos: the whole workflow over files and folders, in a folder of its own.

Photos are JPEG, PNG, WebP, TIFF or BMP files, found in sub-folders too. Their names become ids. Run again with the same
--out and further photos to add them; with the same photos, to go on where a run was stopped.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scoreface.base.command import count, option
from scoreface.base.errors import InputError, shown

# Sentences about names of photos that are printed.
_MOST = 20


@dataclass(frozen=True)
class Settings:
    """Attributes:
    config: configuration files.
    views: azimuths to render.
    jobs: at once; None: as many as there are cores.
    rest: options for Snakemake.
    """

    config: tuple[Path, ...] = option(
        "a file that goes over config.yaml; may be given again; left out: as in the last run with this --out, or "
        "config.yaml as it stands",
        (),
        action="append",
        nargs=None,
        metavar="FILE",
    )
    views: tuple[int, ...] = option(
        "azimuths of the views to render, in degrees, such as -60 -30 0 30 60 (render.azimuths)",
        (),
        metavar="DEGREES",
    )
    jobs: int | None = option(
        "jobs at once; left out: as many as there are cores",
        None,
        short="-j",
        type=count,
        metavar="N",
    )
    rest: tuple[str, ...] = option("options for Snakemake, behind --", (), rest=True)


@dataclass(frozen=True)
class Inputs:
    """Attributes:
    photos: files and folders.
    """

    photos: tuple[Path, ...] = option(
        "photos, and folders of photos", positional=True, metavar="PHOTO_OR_FOLDER"
    )


@dataclass(frozen=True)
class Outputs:
    """Attributes:
    out: the folder of the results.
    """

    out: Path | None = option(
        "the folder for the results; left out: scoreface-NAME, after the one folder or photo that is given, or "
        "scoreface-results",
        None,
        metavar="DIR",
    )


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Make the list and run Snakemake, which says what has become of the faces.

    Raises:
        InputError: a photo, a folder or the configuration is at fault, or there is no workflow to run.
        SystemExit: Snakemake has ended with another status than 0, which becomes this command's.
    """
    from scoreface.config.photos import WORK, find_photos
    from scoreface.launch import lent, workflow
    from scoreface.launch.outcome import shown_path
    from scoreface.launch.photos import merge, read_list, write_list
    from scoreface.launch.settings import kept_settings, own_settings, write_settings

    snakefile = workflow.snakefile()
    out = _absolute(outputs.out or default_out(inputs.photos))
    _check_out(out)
    photos, notes = find_photos(inputs.photos)
    if settings.config or settings.views:
        config = own_settings(settings.config, settings.views)
    else:
        config = kept_settings(out / "settings.yaml")
        if config:
            notes.append(f"settings as in {shown_path(out / 'settings.yaml', Path.cwd())}")
    listed = read_list(out / "photos.tsv")
    if outputs.out is None:
        _check_own(out, [face.image or "" for face in listed], photos)
    (out / WORK).mkdir(parents=True, exist_ok=True)
    faces, more = merge(listed, photos, out / WORK)
    _say([*notes, *more])
    write_settings(out / "settings.yaml", config)
    write_list(out / "photos.tsv", faces)
    count_of = f"{len(faces)} photo{'s' if len(faces) > 1 else ''}"
    print(f"{count_of}; results go to {shown_path(out, Path.cwd())}/", flush=True)
    lent.lend(out / WORK, [Path.cwd(), snakefile.parent])
    status = workflow.run(workflow.command(snakefile, out, settings.jobs, settings.rest))
    lent.keep(out / WORK)
    if status:
        raise SystemExit(status)


def default_out(photos: Sequence[Path]) -> Path:
    """The folder for the results of photos where none is given: in the working directory, named after them."""
    from scoreface.config.ids import fit_id

    if len(photos) > 1:
        return Path("scoreface-results")
    (place,) = photos
    name = Path(os.path.abspath(place))
    return Path(f"scoreface-{fit_id(name.name if place.is_dir() else name.stem)}")


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))


def _check_out(out: Path) -> None:
    """Check that a folder is there for results of this command, or for nothing yet.

    Raises:
        InputError: something else is in it, or it is none.
    """
    from scoreface.config.photos import WORK

    if not out.exists():
        return
    if not out.is_dir():
        raise InputError(f"--out: {out} is no folder")
    try:
        names = os.listdir(out)
    except OSError as error:
        raise InputError(f"--out: {out} cannot be read ({error.strerror})") from error
    if names and WORK not in names:
        what = "results of another list" if "summary.tsv" in names else "other files"
        raise InputError(f"--out: {out} has {what} in it; give a folder that is new or empty")


def _check_own(out: Path, listed: Sequence[str], photos: Sequence[Path]) -> None:
    """Check that a folder that nobody has named holds faces of these photos, where it holds any.

    Raises:
        InputError: it holds others only.
    """
    own = {os.path.realpath(path) for path in photos}
    others = [image for image in listed if os.path.realpath(out / ".scoreface" / image) not in own]
    if listed and len(others) == len(listed):
        raise InputError(
            f"{out} holds the faces of other photos ({others[0]}, ...); give --out {shown(str(out))} to add these to "
            "them, or another --out"
        )


def _say(notes: Sequence[str]) -> None:
    for note in notes[:_MOST]:
        print(note)
    if len(notes) > _MOST:
        print(f"and {len(notes) - _MOST} more; photos.tsv has the id of each photo")
