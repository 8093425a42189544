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
    for add in (_doctor, _demo, _score, _train, _fits, _texture, _inpaint, _results, _benchmark):
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


def _score(commands) -> None:
    score = commands.add_parser("score", help="Score models: convert.")
    actions = score.add_subparsers(required=True, metavar="ACTION")
    convert = _Command(actions, "convert", stages.score_convert)
    convert.parser.add_argument("checkpoint", type=Path, help="the .pth file")
    convert.parser.add_argument("folder", type=Path, help="the diffusers folder to write")


def _train(commands) -> None:
    from scoreface.training.stage import train as run

    train = _Command(commands, "train", run).parser
    options = {
        "--data": (str, "demo", "folder of pictures; demo: renders of procedural heads"),
        "--size": (int, 64, "pixels along a side"),
        "--heads": (int, 4000, "procedural heads in all"),
        "--layers": (int, 1, "residual blocks a level"),
        "--sigma-min": (float, 0.01, "smallest noise level"),
        "--sigma-max": (float, 0, "largest; 0: the largest distance between two images"),
        "--batch": (int, 16, "images a step"),
        "--learning-rate": (float, 3e-4, "of Adam"),
        "--warm-up": (int, 200, "steps until the learning rate is reached"),
        "--precision": (str, "auto", "float32, bfloat16; auto: bfloat16 on a GPU"),
        "--steps": (int, 20000, "in all, those of an earlier run in the folder included"),
        "--checkpoint-every": (int, 500, "steps"),
        "--samples-every": (int, 1000, "steps"),
        "--seed": (int, 0, "of everything random"),
        "--threads": (int, 1, "of the training"),
        "--workers": (int, 1, "processes that render heads"),
        "--device": (str, "auto", "cpu, cuda, or auto"),
    }
    for name, (kind, default, meaning) in options.items():
        train.add_argument(name, type=kind, default=default, help=f"{meaning} (default: {default})")
    train.add_argument(
        "--channels",
        type=int,
        nargs="+",
        default=[32, 64, 128, 192],
        help="of each level, finest first; each level halves the image (default: 32 64 128 192)",
    )
    train.add_argument(
        "--initial-model",
        default="",
        help="model/ of another run of the same size, channels and layers, to begin with its weights",
    )
    train.add_argument("--compile", action="store_true", help="through torch.compile")
    train.add_argument("--out", type=Path, required=True, help="folder of the run")


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
    preprocess.numbers(str, "dark-texels")
    views = _Command(commands, "order-views", stages.order_views)
    views.paths("axis-angle", "out").lists(float, "elevations", "azimuths").numbers(str, "start")


def _inpaint(commands) -> None:
    inpaint = _Command(commands, "inpaint", stages.inpaint)
    inpaint.numbers(str, "id", "space").camera()
    inpaint.paths("mesh", "axis-angle", "large", "known", "views", "score-model")
    inpaint.numbers(int, "round", "first", "face-size", "texture-size", "noise-levels")
    inpaint.numbers(int, "corrector-steps", "seed", "threads")
    inpaint.numbers(float, "snr", "correction-threshold").lists(Path, "out")
    inpaint.parser.add_argument(
        "--predictor", action=argparse.BooleanOptionalAction, default=True, help="image space only"
    )
    inpaint.parser.add_argument(
        "--keep-silhouette", action=argparse.BooleanOptionalAction, default=True
    )
    inpaint.parser.add_argument("--textures", default="two", help="texture and multiview only")
    inpaint.parser.add_argument("--combine", default="every", help="multiview only")
    inpaint.parser.add_argument("--device", default="auto")
    inpaint.parser.add_argument("--state", type=Path, help="the state before; none: the photo's")
    merge = _Command(commands, "merge", stages.merge)
    merge.paths("mesh", "axis-angle", "large", "known", "state", "texture", "provenance")


def _results(commands) -> None:
    render = _Command(commands, "render", stages.render)
    render.paths("mesh", "axis-angle", "texture", "large", "known", "photo", "fit").camera()
    render.paths("frontal", "frontal-photo", "views-dir", "turntable", "before-after")
    render.numbers(int, "size", "turntable-frames").lists(float, "elevations", "azimuths")
    export = _Command(commands, "export", stages.export)
    export.paths("mesh", "axis-angle", "texture", "obj", "glb")
    summary = _Command(commands, "summary", stages.summary)
    summary.paths("ids", "results", "summary")
    summary.parser.add_argument("--report", type=Path, help="the page; left out: the table only")


def _benchmark(commands) -> None:
    from scoreface.benchmark import stages as run

    benchmark = commands.add_parser("benchmark", help="Measure: cost, prior, quality.")
    actions = benchmark.add_subparsers(required=True, metavar="ACTION")
    cost = _Command(actions, "cost", run.cost)
    cost.numbers(str, "score-model")
    cost.parser.add_argument("--pipelines", nargs="+", metavar="NAME", help="left out: all")
    cost.parser.add_argument("--noise-levels", type=int, default=5, help="each costs the same")
    cost.parser.add_argument("--device", default="auto")
    cost.parser.add_argument("--threads", type=int, default=1)
    cost.parser.add_argument("--out", type=Path, help="where the table goes as TSV")
    prior = _Command(actions, "prior", run.prior).paths("out").parser.add_argument
    prior("--score-model", nargs="+", required=True, help="paths, to compare with each other")
    prior("--heads", type=int, default=32, help="how many, each seen once")
    prior("--noise-levels", type=int, default=100, help="of the completion of halves")
    prior("--corrector-steps", type=int, default=1)
    prior("--snr", type=float, default=0.15)
    prior("--seed", type=int, default=0)
    prior("--device", default="auto")
    prior("--threads", type=int, default=1)
    quality = _Command(actions, "quality", run.quality).paths("out")
    add = quality.parser.add_argument
    add("--configfile", type=Path, nargs="+", default=[], help="files as given to snakemake")
    add(
        "--variant",
        nargs="+",
        action="append",
        default=[],
        metavar=("NAME", "KEY=VALUE"),
        help="a pipeline to compare, such as: one inpaint.space=texture inpaint.textures=one; may be repeated",
    )
    add("--baselines", nargs="*", help="plain methods beside them; left out: all that there are")
    add("--heads", type=int, default=10, help="how many")
    add("--yaws", type=float, nargs="+", default=[0, 15, 30, 45, 60, -30], help="degrees")
    add("--seed", type=int, default=0, help="of the heads")
    add("--fit", action="store_true", help="fit the heads to the photos; else: true geometry")
    add("--ids", nargs="+", help="do these faces only, such as head003_yaw-30")
    add("--jobs", type=int, default=1, help="processes at once")
