"""What all tests share."""

from pathlib import Path

import pytest


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
def reference(repository: Path) -> Reference:
    """Reference files by name; a test skips where one is missing."""
    return Reference(repository / "tests" / "reference", repository.parent / "shared" / "reference")
