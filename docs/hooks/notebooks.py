"""A Jupyter notebook as Markdown: its text, its code, and what is kept of its outputs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any


def render(path: Path) -> str:
    """The cells of a notebook, one after the other."""
    cells = json.loads(path.read_text())["cells"]
    return "\n\n".join(_cell(cell) for cell in cells if _joined(cell["source"]).strip()) + "\n"


def _cell(cell: dict[str, Any]) -> str:
    source = _joined(cell["source"])
    if cell["cell_type"] != "code":
        # The page has a title of its own.
        return re.sub(r"\A# .*\n*", "", source)
    return "\n\n".join([f"```python\n{source}\n```", *map(_output, cell.get("outputs", []))])


def _output(output: dict[str, Any]) -> str:
    data = output.get("data", {})
    for kind in ("image/png", "image/jpeg", "image/webp"):
        if kind in data:
            content = _joined(data[kind]).replace("\n", "")
            return f'<img alt="what the code above shows" src="data:{kind};base64,{content}">'
    text = _joined(output.get("text", data.get("text/plain", "")))
    return f"```text\n{text.rstrip()}\n```" if text.strip() else ""


def _joined(text: Any) -> str:
    return text if isinstance(text, str) else "".join(text)
