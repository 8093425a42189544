"""The face parsers by name, each with its keys of the configuration.

The configuration's check and the rules read them here, so nothing heavy is imported: what an engine does stands in its
own module, which is imported when :func:`make_parser` makes one.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from scoreface.base.errors import InputError
from scoreface.base.settings import chosen, key

if TYPE_CHECKING:
    import numpy as np

#: ``parse.person_model`` for the network that the stage ``person-model`` fetches.
AUTO = "auto"


class Parsed(NamedTuple):
    """What a photo's pixels are.

    Attributes:
        labels: (H, W) uint8, see :mod:`scoreface.parse.labels`.
        confidence: (H, W) uint8, how sure each label is: 0 not at all, 255 fully.
        notes: sentences on what the engine could not do as it should.
    """

    labels: np.ndarray
    confidence: np.ndarray
    notes: tuple[str, ...] = ()


class Source(NamedTuple):
    """What an engine knows from where, for the record.

    Attributes:
        model: the file or the name of its network or picture; None: it has none.
        sha256: of the file's bytes.
    """

    model: str | None = None
    sha256: str | None = None


class Parser(Protocol):
    """Something that tells what a photo's pixels are."""

    def parse(self, photo: np.ndarray, landmarks: np.ndarray | None) -> Parsed:
        """What the pixels of a photo (H, W, 3) uint8 are.

        Args:
            photo: upright RGB.
            landmarks: (68, 2) iBUG landmarks of the face in question, in pixels whose centres are whole numbers; None
                where there are none.
        """
        ...

    def source(self) -> Source:
        """What the engine parses with."""
        ...


@dataclass(frozen=True)
class NoSettings:
    """Nothing is read."""


@dataclass(frozen=True)
class EmbeddedSettings:
    """What the embedded parser reads.

    Attributes:
        person_model: path of ``selfie_segmentation.tflite``, or ``auto``: the one that the workflow fetches.
    """

    person_model: str = key("parse.person_model")


@dataclass(frozen=True)
class SegformerSettings:
    """Attributes:
    model: a folder, or a name on the Hugging Face hub with ``@`` and a commit, tag or branch behind it if need be.
    """

    model: str = key("parse.segformer.model")


@dataclass(frozen=True)
class OnnxSettings:
    """Attributes:
    model: path of a network of the 19 classes of CelebAMask-HQ.
    """

    model: str = key("parse.onnx.model")

    def __post_init__(self) -> None:
        if not self.model:
            raise InputError(
                "parse.onnx.model: empty, but parse.engine is onnx; give the path of a network, or take another engine"
            )


@dataclass(frozen=True)
class LabelsSettings:
    """Attributes:
    pictures: path of a face's label picture, with ``{id}`` in it.
    palette: path of a file that says what the pictures' values or colours mean; empty: the values of
        :data:`scoreface.parse.labels.LEGEND`.
    """

    pictures: str = key("parse.labels.pictures")
    palette: str = key("parse.labels.palette")


ParserSettings = NoSettings | EmbeddedSettings | SegformerSettings | OnnxSettings | LabelsSettings


@dataclass(frozen=True)
class Engine:
    """A parser that can be asked for.

    Attributes:
        settings: its settings class.
        place: module and class, as in ``scoreface.parse.embedded:EmbeddedParser``. The class is made with the
            settings and a :class:`Given`.
    """

    settings: type
    place: str


@dataclass(frozen=True)
class Given:
    """What a job hands to a parser beside the settings.

    Attributes:
        id: the face's.
        person_model: file of the person network, where a rule has fetched it.
    """

    id: str = ""
    person_model: Path | None = None


#: The engines by their names in ``parse.engine``.
ENGINES = {
    "none": Engine(NoSettings, "scoreface.parse.none:NoParser"),
    "embedded": Engine(EmbeddedSettings, "scoreface.parse.embedded:EmbeddedParser"),
    "segformer": Engine(SegformerSettings, "scoreface.parse.segformer:SegformerParser"),
    "onnx": Engine(OnnxSettings, "scoreface.parse.onnx:OnnxParser"),
    "labels": Engine(LabelsSettings, "scoreface.parse.label_pictures:LabelPictures"),
}


@dataclass(frozen=True)
class Settings:
    """Attributes:
    engine: name of the engine.
    parser: its settings.
    """

    engine: str = key("parse.engine", borrowed=True)
    parser: ParserSettings = chosen(
        "parse.engine", {name: engine.settings for name, engine in ENGINES.items()}
    )


def engine_name(settings: ParserSettings) -> str:
    """The name of the engine that the settings belong to."""
    return next(name for name, engine in ENGINES.items() if engine.settings is type(settings))


def make_parser(settings: ParserSettings, given: Given | None = None) -> Parser:
    """The parser that the settings belong to.

    Raises:
        InputError: its model is missing or is no such model.
    """
    module, _, name = ENGINES[engine_name(settings)].place.partition(":")
    return getattr(importlib.import_module(module), name)(settings, given or Given())
