"""One verification as the command asks for it: what is compared, how, and where the results go."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scoreface.base.command import count, option


@dataclass(frozen=True)
class Settings:
    """How faces are found, described and counted."""

    network: Path | None = option(
        "ONNX recogniser that takes aligned faces; left out: dlib's network", None
    )
    aligned: bool = option(
        "the pictures are aligned faces already, as those of insightface's .bin are; with --network",
        False,
    )
    colours: str = option("rgb or bgr: the order that --network takes", "rgb")
    mean: float = option("taken off the values 0..255 for --network", 127.5)
    scale: float = option("by which what is left is divided", 128.0)
    flip: bool = option("add what --network says of the mirror image", False)
    fast: bool = option(
        "dlib's frontal detector alone, without the second tries, of which each takes seconds",
        False,
    )
    metric: str = option(
        "cosine or euclidean; auto: euclidean for dlib's network, else cosine", "auto"
    )
    missing: str = option(
        "pairs with a face that is not found: different (they count as told to be two persons) or leave-out",
        "different",
    )
    folds: int = option("where the list has none of its own", 10)
    bootstrap: int = option("draws for the intervals; 0: none", 1000)
    resample: str = option("what is drawn: identity or pair", "identity")
    seed: int = option("of the draws", 0)
    workers: int = option("processes that describe pictures", 1, type=count)


@dataclass(frozen=True)
class Inputs:
    """What is compared."""

    pairs: Path = option(
        "LFW's pairs.txt, CFP's folder Protocol/Split/FF or FP, insightface's .bin, CSV with image_a,image_b,same, or "
        "pairs of templates (IJB) with --templates",
        positional=True,
    )
    templates: tuple[Path, ...] = option("lists of the templates' pictures", ())
    images: Path | None = option(
        "folder of the pictures; left out: where the list's format has them", None
    )
    embeddings: Path | None = option(
        ".npz with names and embeddings, or .npy with the names in a .txt beside it, in place of pictures",
        None,
    )
    before: Path | None = option(
        "the originals, in place of --images or --embeddings: a folder, a file of embeddings, or a .bin",
        None,
    )
    after: Path | None = option(
        "the same pictures frontalised, to compare pair by pair: a folder of them, results of a run, a file of "
        "embeddings, or a .bin",
        None,
    )
    yaws: Path | None = option(
        "table with columns yaw and image, file or id, such as screen.tsv of a run", None
    )


@dataclass(frozen=True)
class Outputs:
    """Attributes:
    out: folder of verification.csv, summary.md, roc.png, and what was described.
    """

    out: Path = option("folder of the results")
