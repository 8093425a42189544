"""What turns a picture of a face into numbers: dlib's network, or one from an ONNX file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np

from scoreface.base.errors import InputError
from scoreface.base.files import sha256_of
from scoreface.parse.session import open_network
from scoreface.results.aligned import FIVE, SIZE, TEMPLATE, similarity

COSINE, EUCLIDEAN = "cosine", "euclidean"
#: The ways to compare descriptions, in words.
IN_WORDS = {COSINE: "the cosine", EUCLIDEAN: "the Euclidean distance, with a minus"}
RGB, BGR = "rgb", "bgr"
NO_FACE = "no face was found"
# The jaw line's landmarks come first and play no part in the five points.
_JAW = 17


class Recogniser(Protocol):
    """Describes faces.

    Attributes:
        metric: by which its descriptions are compared.
        source: the network, with its checksum.
    """

    metric: str
    source: str

    def describe(self, picture: np.ndarray) -> np.ndarray | None:
        """The description (D,) of the largest face of a picture (H, W, 3) uint8; None: there is none."""


@dataclass(frozen=True)
class Recognition:
    """Which recogniser, and how it is shown a face.

    Attributes:
        network: an ONNX file; None: dlib's.
        fast: dlib's frontal detector alone, without the second tries.
        aligned: the pictures are aligned faces already.
        colours: ``rgb`` or ``bgr``, the order that the network takes.
        mean, scale: a value v of 0..255 is given to it as (v - mean) / scale.
        flip: add what it says of the mirror image.
    """

    network: Path | None = None
    fast: bool = False
    aligned: bool = False
    colours: str = RGB
    mean: float = 127.5
    scale: float = 128.0
    flip: bool = False

    def __post_init__(self) -> None:
        if self.colours not in (RGB, BGR):
            raise InputError(f"--colours {self.colours}: give {RGB} or {BGR}")
        if not self.scale > 0:
            raise InputError(f"--scale {self.scale}: give a number above 0")
        for name in ("flip", "aligned"):
            if self.network is None and getattr(self, name):
                raise InputError(
                    f"--{name}: it goes with --network; dlib's finds and aligns faces itself"
                )


def make_recogniser(recognition: Recognition) -> Recogniser:
    """Load a recogniser.

    Raises:
        InputError: a package is missing, or a file is no such network.
    """
    if recognition.network is None:
        return DlibRecogniser(recognition.fast)
    return OnnxRecogniser(recognition)


class Finder:
    """Finds the largest face of a picture, as the stage ``detect`` does.

    Args:
        fast: by dlib's frontal detector alone.

    Raises:
        InputError: dlib or its predictor is missing.
    """

    def __init__(self, fast: bool):
        try:
            from scoreface.fitting import landmarks
        except ImportError as error:
            raise InputError(
                f"{error.name} is not installed, which finds the faces; pip install 'scoreface[verify]'"
            ) from error
        self._detect = landmarks.detect
        self._path = landmarks.find_predictor()
        self._predictor = landmarks.load_predictor(self._path)
        self._fast = fast

    def landmarks(self, picture: np.ndarray) -> np.ndarray | None:
        """Those (68, 2) of the largest face; None: there is none."""
        face = self._detect(picture, self._predictor, self._path)
        if face is None and not self._fast:
            # Imported only here: the network takes memory.
            from scoreface.fitting.search import search

            face = search(picture, self._predictor, self._path)
        return None if face is None else face.landmarks


class DlibRecogniser:
    """dlib's network of 29 layers (King 2017), 128 numbers compared by their Euclidean distance.

    Raises:
        InputError: dlib or a model of its is missing.
    """

    metric = EUCLIDEAN

    def __init__(self, fast: bool):
        self._finder = Finder(fast)
        from scoreface.fitting import identity

        self._describe, self._network = identity.describe, identity.load_network()
        self.source = f"dlib's network, {sha256_of(Path(identity.find_network()))}"

    def describe(self, picture: np.ndarray) -> np.ndarray | None:
        """See :class:`Recogniser`."""
        landmarks = self._finder.landmarks(picture)
        return None if landmarks is None else self._describe(self._network, picture, landmarks)


class OnnxRecogniser:
    """A network of ArcFace's convention (Deng et al. 2019): a face of 112 x 112 pixels, aligned by five points, in.

    Raises:
        InputError: the file is missing or no such network, or a package is missing.
    """

    metric = COSINE

    def __init__(self, recognition: Recognition):
        self._told, path = recognition, recognition.network
        assert path is not None
        try:
            self._session = open_network(path, "--network")
        except ImportError as error:
            raise InputError(
                f"{error.name} is not installed, which runs --network; pip install 'scoreface[verify]'"
            ) from error
        self._input, self.size = _input(self._session, path)
        self._finder = None if recognition.aligned else Finder(recognition.fast)
        self.source = f"{path.name}, {sha256_of(path)}"

    def describe(self, picture: np.ndarray) -> np.ndarray | None:
        """See :class:`Recogniser`.

        Raises:
            InputError: the network does not run on a face, or gives no description.
        """
        if self._finder is None:
            face = _scaled(picture, self.size)
        else:
            landmarks = self._finder.landmarks(picture)
            if landmarks is None:
                return None
            face = align(picture, landmarks, self.size)
        described = self._run(face)
        return described + self._run(face[:, ::-1]) if self._told.flip else described

    def _run(self, face: np.ndarray) -> np.ndarray:
        told = self._told
        ordered = face if told.colours == RGB else face[..., ::-1]
        values = (ordered.astype(np.float32) - np.float32(told.mean)) / np.float32(told.scale)
        batch = np.ascontiguousarray(values.transpose(2, 0, 1)[None])
        try:
            made = np.asarray(self._session.run(None, {self._input: batch})[0])
        except Exception as error:  # onnxruntime's own are of many kinds
            said = (str(error).splitlines() or [""])[0]
            raise InputError(
                f"--network {told.network}: does not run on a face ({said})"
            ) from error
        if made.size < 2 or made.shape[0] != 1 or not np.isfinite(made).all():
            raise InputError(
                f"--network {told.network}: gives numbers of shape {made.shape}, no finite description of one face"
            )
        return made.astype(np.float64).ravel()


def align(picture: np.ndarray, landmarks: np.ndarray, size: int = SIZE) -> np.ndarray:
    """A face as recognition networks expect it, (size, size, 3) uint8, black beyond the picture's edge.

    The similarity that brings its five points nearest to ArcFace's, looked up bilinearly, as insightface's own does:
    what is large in the picture is not averaged.

    Args:
        picture: (H, W, 3) uint8.
        landmarks: (68, 2) iBUG in pixels, y down.
        size: of the result.
    """
    inner = landmarks[_JAW:]
    points = np.stack([inner[part].mean(axis=0) for part in FIVE])
    turn, shift = similarity(points, TEMPLATE * (size / SIZE))
    matrix = np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])
    return cv2.warpAffine(picture, matrix, (size, size), flags=cv2.INTER_LINEAR)


def _scaled(picture: np.ndarray, size: int) -> np.ndarray:
    if picture.shape[:2] == (size, size):
        return picture
    return cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA)


def _input(session: Any, path: Path) -> tuple[str, int]:
    """The name of a network's input and the pixels along its side.

    Raises:
        InputError: it takes something else than one square picture.
    """
    inputs = session.get_inputs()
    shape = inputs[0].shape if len(inputs) == 1 else []
    # What is no number is a size that the network leaves open.
    known = [size if isinstance(size, int) else None for size in shape]
    sound = len(known) == 4 and known[0] in (1, None) and known[1] in (3, None)
    if not (sound and inputs[0].type == "tensor(float)" and known[2] == known[3]):
        raise InputError(
            f"--network {path}: does not take one square picture of shape (1, 3, size, size) in floating-point numbers"
        )
    return inputs[0].name, known[2] or SIZE
