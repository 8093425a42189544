"""What the name of a score model means. Imports nothing heavy: the workflow asks before any job."""

from __future__ import annotations

import re
from pathlib import Path

#: Endings of the files in a folder of diffusers that its score depends on.
MODEL_SUFFIXES = frozenset({".json", ".safetensors", ".bin"})


def is_hub_name(path: Path) -> bool:
    """Whether ``path`` is a repository of the Hugging Face hub: ``owner/name``, and nothing here is called so."""
    name = re.fullmatch(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", path.as_posix())
    return name is not None and path.suffix not in {".npz", ".pth"} and not path.exists()
