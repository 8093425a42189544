"""``scoreface STAGE ...``: one command a stage, explicit paths in, explicit paths out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from scoreface import __version__, stages
from scoreface.files import InputError


def main(arguments: list[str] | None = None) -> None:
    """Run one stage; bad input ends with one sentence and exit status 1."""
    options = parser().parse_args(arguments)
    try:
        options.stage(options)
    except (InputError, FileNotFoundError) as error:
        sys.exit(f"error: {error}")


def parser() -> argparse.ArgumentParser:
    """The command line of all stages."""
    top = argparse.ArgumentParser(prog="scoreface", description=__doc__)
    top.add_argument("--version", action="version", version=__version__)
    commands = top.add_subparsers(required=True, metavar="STAGE")
    for add in (_doctor, _demo, _score, _fits, _texture, _inpaint, _results):
        add(commands)
    return top


class _Command:
    """A sub-command under construction: short forms for the kinds of option that stages have."""

    def __init__(self, commands, name: str, stage: Callable[[argparse.Namespace], None]):
        summary = (stage.__doc__ or "").splitlines()[0]
        self.parser = commands.add_parser(name, help=summary, description=summary)
        self.parser.set_defaults(stage=stage)

    def paths(self, *names: str) -> _Command:
        for name in names:
            self.parser.add_argument(f"--{name}", type=Path, required=True)
        return self

    def numbers(self, kind: type, *names: str) -> _Command:
        for name in names:
            self.parser.add_argument(f"--{name}", type=kind, required=True)
        return self

    def lists(self, kind: type, *names: str) -> _Command:
        for name in names:
            self.parser.add_argument(f"--{name}", type=kind, nargs="+", required=True)
        return self

    def camera(self) -> _Command:
        self.numbers(float, "field-of-view", "distance")
        self.parser.add_argument("--rasteriser", default="auto")
        return self


def _doctor(commands) -> None:
    from scoreface.doctor.stage import doctor as run

    doctor = _Command(commands, "doctor", run)
    given = doctor.parser.add_mutually_exclusive_group()
    given.add_argument(
        "--configfile", type=Path, nargs="+", default=[], help="files as given to snakemake"
    )
    given.add_argument("--settings", metavar="JSON", help="a configuration in place of all files")
    doctor.parser.add_argument("--out", type=Path, help="where the table goes once all is well")


def _demo(commands) -> None:
    from scoreface.demo import stages as demo

    head = _Command(commands, "demo-head", demo.head)
    head.numbers(int, "texture-size").paths("model", "embedding", "texture-data")
    photos = _Command(commands, "demo-photos", demo.photos)
    photos.numbers(int, "texture-size").paths("photos", "truth")
    prior = _Command(commands, "demo-prior", demo.prior)
    prior.numbers(int, "size", "heads", "components", "seed", "threads").paths("out")
    quality = _Command(commands, "demo-quality", demo.quality)
    quality.paths("mesh", "axis-angle", "large", "known", "texture", "provenance", "truth")


def _score(commands) -> None:
    score = commands.add_parser("score", help="Score models: convert.")
    actions = score.add_subparsers(required=True, metavar="ACTION")
    convert = _Command(actions, "convert", stages.score_convert)
    convert.parser.add_argument("checkpoint", type=Path, help="the .pth file")
    convert.parser.add_argument("folder", type=Path, help="the diffusers folder to write")


def _fits(commands) -> None:
    _Command(commands, "screen", stages.screen).paths("ids", "results", "out")


def _texture(commands) -> None:
    project = _Command(commands, "project", stages.project)
    project.paths("photo", "fit", "texture-data", "mesh", "axis-angle", "texture", "seen")
    project.numbers(int, "size").numbers(str, "occlusion", "sampling").numbers(float, "min-cosine")
    adopt = _Command(commands, "adopt", stages.adopt)
    adopt.paths("image", "fitted-mesh", "fitted-texture", "fitted-axis-angle")
    adopt.paths("record", "fit", "photo", "mesh", "axis-angle", "texture", "seen")
    adopt.numbers(int, "size")
    preprocess = _Command(commands, "preprocess", stages.preprocess)
    preprocess.paths("texture", "seen", "large", "known").numbers(float, "dark-threshold")
    views = _Command(commands, "order-views", stages.order_views)
    views.paths("axis-angle", "out").lists(float, "elevations", "azimuths").numbers(str, "order")


def _inpaint(commands) -> None:
    inpaint = _Command(commands, "inpaint", stages.inpaint)
    inpaint.numbers(str, "id", "space").camera()
    inpaint.paths("mesh", "axis-angle", "large", "known", "views", "score-model")
    inpaint.numbers(int, "round", "first", "face-size", "texture-size", "noise-levels")
    inpaint.numbers(int, "corrector-steps", "seed", "threads")
    inpaint.numbers(float, "snr", "correction-threshold").lists(Path, "out")
    inpaint.parser.add_argument("--textures", default="two", help="texture space only")
    inpaint.parser.add_argument("--device", default="auto")
    inpaint.parser.add_argument("--state", type=Path, help="the state before; none: the photo's")
    merge = _Command(commands, "merge", stages.merge)
    merge.paths("mesh", "axis-angle", "large", "known", "state", "texture", "provenance")


def _results(commands) -> None:
    render = _Command(commands, "render", stages.render)
    render.paths("mesh", "axis-angle", "texture", "large", "known", "photo", "fit").camera()
    render.paths("frontal", "views-dir", "turntable", "before-after")
    render.numbers(int, "size", "turntable-frames").lists(float, "elevations", "azimuths")
    export = _Command(commands, "export", stages.export)
    export.paths("mesh", "axis-angle", "texture", "obj", "glb")
    summary = _Command(commands, "summary", stages.summary)
    summary.paths("ids", "results", "summary", "report")
