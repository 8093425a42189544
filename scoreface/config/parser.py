"""The files that the face parser reads: whether the user's are there, and what of them counts."""

from __future__ import annotations

from pathlib import Path

from scoreface.base.errors import shown
from scoreface.base.files import is_there
from scoreface.config.checksums import content_checksums
from scoreface.parse.engines import (
    AUTO,
    EmbeddedSettings,
    LabelsSettings,
    OnnxSettings,
    ParserSettings,
    SegformerSettings,
)
from scoreface.score.identify import is_hub_name

#: Where the workflow puts the person network for ``parse.person_model: auto``, in the working directory.
PERSON_MODEL = "resources/selfie_segmentation.tflite"


def is_fetched(parser: ParserSettings) -> bool:
    """True where the workflow fetches the parser's network itself."""
    return isinstance(parser, EmbeddedSettings) and parser.person_model == AUTO


def own_files(parser: ParserSettings) -> dict[str, str]:
    """The user's files, or folders, that the parser reads for every face, by their keys."""
    match parser:
        case EmbeddedSettings(path) if path != AUTO:
            return {"parse.person_model": path}
        case SegformerSettings(path) if not is_hub_name(path):
            return {"parse.segformer.model": path}
        case OnnxSettings(path):
            return {"parse.onnx.model": path}
        case LabelsSettings(palette=path) if path:
            return {"parse.labels.palette": path}
    return {}


def parser_problems(parser: ParserSettings) -> list[str]:
    """Files of the parser that are not there, one line each."""
    folder = isinstance(parser, SegformerSettings)
    return [
        f"{key}: no such {'folder' if folder else 'file'}: {shown(path)[1:-1]} (relative paths count from {Path.cwd()})"
        for key, path in own_files(parser).items()
        if not (is_there(Path(path)) and (Path(path).is_dir() if folder else Path(path).is_file()))
    ]


def parser_contents(parser: ParserSettings, memory: Path) -> dict[str, str]:
    """What counts of the parser's files, for ``params:``: their checksums by their keys, not their times.

    What the workflow fetches and the faces' label pictures are in ``input:``; a model on the hub is known by its name.

    Args:
        parser: the chosen one's settings.
        memory: see :func:`content_checksums`.

    Raises:
        InputError: a file cannot be read.
    """
    paths = {key: Path(path) for key, path in own_files(parser).items() if is_there(Path(path))}
    checksums = content_checksums(paths.values(), memory)
    return {key: checksums[path] for key, path in paths.items()}
