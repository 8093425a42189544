"""The face parser of the configuration: its model there, whole, and run on a picture."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from scoreface.base.errors import InputError
from scoreface.base.findings import (
    NOT_CHECKED,
    NOT_USED,
    OK,
    Finding,
    Result,
    check_model,
    failed,
)
from scoreface.config.parser import PERSON_MODEL, is_fetched
from scoreface.doctor.settings import Settings
from scoreface.parse.engines import (
    EmbeddedSettings,
    Given,
    LabelsSettings,
    OnnxSettings,
    SegformerSettings,
)

#: The module that runs the network of an engine, by the engine's name.
RUNNERS = {"embedded": "ai_edge_litert", "segformer": "transformers", "onnx": "onnxruntime"}

_PICTURE = np.full((64, 64, 3), 128, np.uint8)


def check_parser(settings: Settings) -> Finding:
    """What can be said of ``parse.engine`` and its model before a photo is parsed."""
    if settings.engine == "external":
        return Finding("parse.engine", NOT_USED, "another fitter made the heads")
    for module in ("cv2", RUNNERS.get(settings.parse.engine)):
        if module is None:
            continue
        if find_spec(module) is None:
            # That it is missing is said of the package.
            return Finding("parse.engine", NOT_CHECKED, f"not looked at without {module}")
        try:
            importlib.import_module(module)
        except ImportError as error:
            problem = f"{module} cannot be imported ({error}); install it again"
            return failed("parse.engine", problem)
    parser = settings.parse.parser
    match parser:
        case EmbeddedSettings(path):
            made = is_fetched(parser)
            path = PERSON_MODEL if made else path
            return check_model("parse.person_model", Path(path), _person_network(made), made)
        case SegformerSettings(path):
            return check_model("parse.segformer.model", Path(path), _segformer)
        case OnnxSettings(path):
            return check_model("parse.onnx.model", Path(path), _onnx)
        case LabelsSettings(palette=path) if path:
            return check_model("parse.labels.palette", Path(path), _palette)
    details = (
        "of one's own" if settings.parse.engine == "labels" else "every pixel may be the head's"
    )
    return Finding("parse.engine", OK, f"{settings.parse.engine}: {details}")


def _person_network(made: bool) -> Callable[[Path], Result]:
    def check(path: Path) -> Result:
        from scoreface.parse.person import PersonNetwork
        from scoreface.parse.person_model import SHA256

        network = PersonNetwork(path)
        network(_PICTURE)
        if made and network.sha256 != SHA256:
            raise InputError(f"{path}: is another file than the one that the workflow fetches")
        return Result("person network, runs on a picture", [path])

    return check


def _segformer(path: Path) -> Result:
    from scoreface.parse.segformer import SegformerParser, is_at_hand

    if not is_at_hand(str(path)):
        return Result("on the hub, fetched when it is first used", [], NOT_CHECKED)
    parser = SegformerParser(SegformerSettings(str(path)), Given())
    parser.parse(_PICTURE, None)
    return Result(f"{parser.classes} classes, runs on a picture", [parser.weights])


def _onnx(path: Path) -> Result:
    from scoreface.parse.onnx import OnnxParser

    parser = OnnxParser(OnnxSettings(str(path)), Given())
    parser.parse(_PICTURE, None)
    return Result(f"{parser.classes} classes, runs on a picture", [path])


def _palette(path: Path) -> Result:
    from scoreface.parse.label_pictures import read_palette_file

    named, by_colour = read_palette_file(path)
    return Result(f"names {len(named)} {'colours' if by_colour else 'values'}", [path])
