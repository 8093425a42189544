"""Mermaid diagrams as SVG in the page: mkdocs-material would have the reader's browser fetch mermaid from a CDN."""

from __future__ import annotations

import re

_FENCE = re.compile(r"^```mermaid\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def draw(markdown: str) -> str:
    """The Markdown with its mermaid fences drawn, where there are any."""
    return _FENCE.sub(lambda found: f'<div class="diagram">{_svg(found[1])}</div>', markdown)


def _svg(source: str) -> str:
    from mermaidx import Diagram

    # In one line: an empty one would end the HTML for Markdown.
    return re.sub(r"\s*\n\s*", " ", Diagram(source).svg())
