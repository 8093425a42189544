"""What a stage's files hold, in a few numbers: they change with the content, and hardly with the machine.

Arrays, pictures and the numbers of a mesh are projected onto fixed random directions; text without numbers that a
machine rounds in its own way counts letter by letter.
"""

import base64
import hashlib
import json
import re
from pathlib import Path

import numpy as np
from PIL import Image, ImageSequence

from scoreface.base.pickles import load_dict

# Of the spread of the values: another processor's last digits are far below, a visible change far above.
TOLERANCE = 2e-4
_DIRECTIONS = 6


def fingerprint(path: Path) -> list[float] | str:
    """The fingerprint of a file, or of all files in a folder."""
    if path.is_dir():
        parts = [fingerprint(file) for file in sorted(path.rglob("*")) if file.is_file()]
        return _joined(parts)
    if path.suffix == ".npz":
        with np.load(path) as file:
            arrays = {name: file[name] for name in sorted(file.files)}
        return _numbers(np.concatenate([_flat(values) for values in arrays.values()]))
    if path.suffix == ".pkl" or _is_pickled(path):
        content = load_dict(str(path))
        arrays = {name: np.asarray(content[name]) for name in sorted(content)}
        numbers = [_flat(values) for values in arrays.values() if values.dtype.kind in "iuf"]
        return _numbers(np.concatenate(numbers))
    if path.suffix == ".npy":
        return _numbers(_flat(np.load(path)))
    if path.suffix in (".png", ".gif", ".webp"):
        with Image.open(path) as picture:
            frames = [np.asarray(f.convert("RGB"), float) for f in ImageSequence.Iterator(picture)]
        return _numbers(np.stack(frames).ravel())
    if path.suffix == ".obj":
        lines = [line.split() for line in path.read_text().splitlines() if line[:2] in ("v ", "vt")]
        return _numbers(np.array([float(word) for words in lines for word in words[1:]]))
    if path.suffix == ".glb":
        return _glb(path)
    if path.name == "head.js":
        return _head_script(path)
    return _text(path)


def same(one: list[float] | str, other: list[float] | str) -> bool:
    """Whether two fingerprints are of the same content."""
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    return len(one) == len(other) and np.allclose(one, other, rtol=TOLERANCE, atol=TOLERANCE)


def _is_pickled(path: Path) -> bool:
    """Whether an npy file holds a pickle, as FLAME's UV layouts do."""
    return path.suffix == ".npy" and b"'|O'" in path.read_bytes()[:128]


def _joined(parts: list) -> list[float] | str:
    if all(isinstance(part, list) for part in parts):
        return [number for part in parts for number in part]
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _flat(values: np.ndarray) -> np.ndarray:
    """All values as numbers; text by its letters, without what depends on the machine."""
    if values.dtype.kind in "US":
        text = re.sub(r'"(key|inputs|before)": ("[^"]*"|\{[^}]*\})', "", str(values))
        return np.frombuffer(text.encode(), np.uint8).astype(float)
    return values.astype(float).ravel()


def _numbers(values: np.ndarray) -> list[float]:
    """How many there are, their spread, and their projections in units of it."""
    values = np.nan_to_num(values)
    spread = float(np.sqrt(np.mean(values**2))) if len(values) else 0.0
    directions = np.random.default_rng(len(values)).normal(size=(_DIRECTIONS, len(values)))
    projected = directions @ values / (spread * np.sqrt(len(values)) or 1.0)
    return [float(len(values)), spread, *(round(float(p), 6) for p in projected)]


def _glb(path: Path) -> list[float]:
    """The accessors' numbers, from the binary chunk; the picture inside is texture.png, which has its own."""
    content = path.read_bytes()
    length = int.from_bytes(content[12:16], "little")
    tree = json.loads(content[20 : 20 + length])
    chunk = content[28 + length :]
    kinds = {5126: np.float32, 5125: np.uint32, 5123: np.uint16, 5121: np.uint8}
    wide = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}
    values = []
    for accessor in tree["accessors"]:
        view = tree["bufferViews"][accessor["bufferView"]]
        count = accessor["count"] * wide[accessor["type"]]
        values.append(
            np.frombuffer(
                chunk, kinds[accessor["componentType"]], count, view.get("byteOffset", 0)
            ).astype(float)
        )
    return _numbers(np.concatenate(values))


def _head_script(path: Path) -> list[float]:
    """The surface's numbers; the pictures inside are files too, which have their own."""
    content = path.read_text()
    head = json.loads(content[content.index("{") : content.rindex("}") + 1])
    kinds = {"vertices": "<f4", "normals": "<f4", "uv": "<f4", "faces": "<u4"}
    arrays = [np.frombuffer(base64.b64decode(head[name]), kind) for name, kind in kinds.items()]
    return _numbers(np.concatenate([values.astype(float) for values in arrays]))


def _text(path: Path) -> str:
    """SHA-256 of a text, its numbers rounded to three digits after the point."""
    text = path.read_text()
    text = re.sub(r"-?\d+\.\d+(e-?\d+)?", lambda m: f"{float(m[0]) + 0.0:.3f}", text)
    return hashlib.sha256(text.encode()).hexdigest()
