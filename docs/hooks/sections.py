"""Parts of a Markdown file: its body, a section."""

from __future__ import annotations

import re

_FENCE = re.compile(r"^(```|~~~)")


def body(text: str) -> str:
    """All but the title."""
    return re.sub(r"\A# .*\n", "", text)


def section(text: str, slug: str) -> str:
    """A section of the second level with its heading; with no slug what stands between the title and the first one.

    Raises:
        KeyError: there is none of that name.
    """
    parts: dict[str, list[str]] = {"": []}
    current, fenced = "", False
    for line in body(text).splitlines():
        fenced ^= bool(_FENCE.match(line))
        if line.startswith("## ") and not fenced:
            current = slugified(line[3:])
            parts[current] = []
        parts[current].append(line)
    return "\n".join(parts[slug]).strip() + "\n"


def slugified(heading: str) -> str:
    """The anchor of a heading, as GitHub and mkdocs make it."""
    kept = re.sub(r"[^\w\s-]", "", heading.replace("`", "")).strip().lower()
    return re.sub(r"[\s-]+", "-", kept)
