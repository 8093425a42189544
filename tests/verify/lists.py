"""Lists of pairs for tests, as the field writes them."""

import pickle
from collections.abc import Sequence
from pathlib import Path


def write_table(path: Path, rows: Sequence[str], header: str = "image_a,image_b,same") -> Path:
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def write_lfw(path: Path, folds: Sequence[tuple[Sequence[str], Sequence[str]]]) -> Path:
    """``pairs.txt`` of folds, each of lines of one person and lines of two; blanks become tabs."""
    lines = [f"{len(folds)} {len(folds[0][0])}"]
    for same, different in folds:
        lines += [*same, *different]
    path.write_text("\n".join(line.replace(" ", "\t") for line in lines) + "\n")
    return path


def write_cfp(root: Path, pictures: int = 4) -> Path:
    """CFP's protocol with two folds and two persons; the folder of split FP."""
    protocol = root / "Protocol"
    for kind, view in (("F", "frontal"), ("P", "profile")):
        lines = [
            f"{number + 1} ../Data/Images/{number // 2 + 1:03d}/{view}/{number % 2 + 1:02d}.jpg"
            for number in range(pictures)
        ]
        protocol.mkdir(parents=True, exist_ok=True)
        (protocol / f"Pair_list_{kind}.txt").write_text("\n".join(lines) + "\n")
    for split in ("FF", "FP"):
        for fold, same, different in (("01", "1,2", "1,3"), ("02", "3,4", "4,2")):
            folder = protocol / "Split" / split / fold
            folder.mkdir(parents=True)
            (folder / "same.txt").write_text(same + "\n")
            (folder / "diff.txt").write_text(different + "\n")
    return protocol / "Split" / "FP"


def write_bin(path: Path, pictures: Sequence, labels: Sequence, protocol: int = 4) -> Path:
    path.write_bytes(pickle.dumps((list(pictures), list(labels)), protocol=protocol))
    return path
