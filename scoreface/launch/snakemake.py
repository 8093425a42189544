"""Snakemake without what it prints before it has read the workflow: ``python -m scoreface.launch.snakemake ...``."""

from __future__ import annotations

import re
import sys
from typing import Any, TextIO

_IDLE = re.compile(r"(\x1b\[\d+m)?(Using (workflow specific )?profile|Assuming unrestricted)")


class Without:
    """A stream that leaves lines of Snakemake's out which say nothing to who runs photos.

    Args:
        stream: that the rest goes to.
    """

    def __init__(self, stream: TextIO):
        self._stream = stream
        self._in_idle_line = False

    def write(self, text: str) -> int:
        """Write text, unless it is such a line, or that line's end."""
        idle = bool(_IDLE.match(text)) or (self._in_idle_line and text == "\n")
        self._in_idle_line = bool(_IDLE.match(text)) and not text.endswith("\n")
        return len(text) if idle else self._stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


if __name__ == "__main__":
    # Before Snakemake is imported, whose handlers take what standard error is then.
    sys.stderr = Without(sys.stderr)  # type: ignore[assignment]
    from snakemake.cli import main

    main()
