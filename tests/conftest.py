"""What all tests share."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def repository() -> Path:
    """The repository's root."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def reference(repository: Path) -> Path:
    """Outputs of the published implementations, which may stand beside the repository."""
    path = repository.parent / "shared" / "reference"
    if not path.is_dir():
        pytest.skip(f"the reference data are not in {path}")
    return path
