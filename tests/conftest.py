"""What all tests share."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from scoreface.base.errors import InputError
from scoreface.base.files import sha256_of
from scoreface.parse.face_mesh_model import FaceMeshFiles, fetch_face_mesh
from scoreface.parse.person_model import SHA256, fetch_person_model

# On the processor, so that a machine without a GPU draws too.
WEBGL = ("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")


class Reference:
    """Outputs of the published implementations: small files of the repository, larger ones that may stand beside it."""

    def __init__(self, *folders: Path):
        self._folders = folders

    def __truediv__(self, name: str) -> Path:
        for folder in self._folders:
            if (folder / name).is_file():
                return folder / name
        pytest.skip(f"the reference file {name} is in none of {', '.join(map(str, self._folders))}")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record", action="store_true", help="record the stages' fingerprints anew")


@pytest.fixture(scope="session")
def repository() -> Path:
    """The repository's root."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def person_model(request: pytest.FixtureRequest) -> Path:
    """The person network's file, kept from run to run so that its wheel of 36 MB is fetched once."""
    path = request.config.cache.mkdir("scoreface") / "selfie_segmentation.tflite"
    # Of several test processes one fetches it.
    with FileLock(path.with_suffix(".lock")):
        if not path.is_file() or sha256_of(path) != SHA256:
            try:
                fetch_person_model(path)
            except InputError as error:
                pytest.skip(f"the person network cannot be had: {error}")
    return path


@pytest.fixture(scope="session")
def face_mesh(request: pytest.FixtureRequest) -> FaceMeshFiles:
    """The files of MediaPipe's networks that find faces, kept from run to run likewise."""
    files = FaceMeshFiles.within(request.config.cache.mkdir("scoreface"))
    with FileLock(files.mesh.with_suffix(".lock")):
        if not files.are_whole():
            try:
                fetch_face_mesh(files)
            except InputError as error:
                pytest.skip(f"MediaPipe's networks cannot be had: {error}")
    return files


@pytest.fixture(scope="session")
def npm_package(request: pytest.FixtureRequest) -> Callable[[str, str], Path]:
    """Gives the folder of an npm package by name and version, kept from run to run; skips where it cannot be had."""
    cache = request.config.cache.mkdir("npm")

    def installed(name: str, version: str) -> Path:
        folder = cache / f"{name}-{version}"
        with FileLock(cache / f"{name}.lock"):
            if not (folder / "node_modules" / name).is_dir():
                if not shutil.which("npm"):
                    pytest.skip(f"{name} is checked with npm, which is not there")
                command = ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund"]
                done = subprocess.run(
                    [*command, f"{name}@{version}"], capture_output=True, text=True, timeout=120
                )
                if done.returncode:
                    pytest.skip(f"npm cannot install {name}: {done.stderr.strip()[-200:]}")
        return folder / "node_modules" / name

    return installed


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's Chromium, driven by playwright; a test skips where either is absent."""
    sync = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        pytest.skip(f"no Chromium is installed: none of {', '.join(names)} is on the path")
    # As root it has no sandbox.
    options = [*WEBGL, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=found, args=options, timeout=180_000)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def reference(repository: Path) -> Reference:
    """Reference files by name; a test skips where one is missing."""
    return Reference(repository / "tests" / "reference", repository.parent / "shared" / "reference")
