"""What mkdocs does to a page before it becomes HTML (mkdocs.yml: hooks).

Pages have lines ``<!-- build: WHAT ARGUMENTS -->``, in whose place comes what is made of the repository: the keys of
the configuration, the commands, a file or a section of one that stands outside of docs/, a notebook. On GitHub such a
line is not seen; what is said there in its place stands between ``<!-- repository -->`` and ``<!-- site -->``.
"""

from __future__ import annotations

import logging
import posixpath
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cli_reference
import config_reference
import diagrams
import notebooks
import sections

REPOSITORY = Path(__file__).resolve().parent.parent.parent
#: The cards of the embedded score models, by the folder that has them, and their pages.
CARDS = {
    "scoreface/demo/score_model": "model-card",
    "scoreface/demo/score_model_128": "model-card-128",
}
#: Pages of the site for files outside of docs/.
PAGES = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "config.yaml": "config.md",
    **{f"{folder}/README.md": f"{page}.md" for folder, page in CARDS.items()},
}
#: Pictures outside of docs/ that come onto the site, and where to.
PICTURES = {
    f"{folder}/{name}.png": f"{page}/{name}.png"
    for folder, page in CARDS.items()
    for name in ("samples", "loss", "halves")
}
#: Files that the site has no page for: of a link to one its text stays.
NOT_THERE = (
    *("LICENSE", "Makefile", "pyproject.toml", "constraints.txt"),
    *("config/", "envs/", "profiles/", "scoreface/", "tests/"),
    *("docs/make_gallery.py", "docs/hooks/"),
)

_MARKER = re.compile(r"^<!-- build: (\w+)(?: (.+?))? -->$", re.MULTILINE)
_IN_REPOSITORY = re.compile(r"<!-- repository -->.*?<!-- site -->\n*", re.DOTALL)
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^()\s]+)\)")
_FENCE = re.compile(r"(^```.*?^```[^\n]*$)", re.MULTILINE | re.DOTALL)
_log = logging.getLogger("mkdocs.hooks.scoreface")


def on_files(files: Any, config: Any) -> Any:
    """Put the pictures of other folders among the site's files."""
    from mkdocs.structure.files import File

    for source, place in PICTURES.items():
        content = (REPOSITORY / source).read_bytes()
        files.append(File.generated(config, place, content=content))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Fill the markers of a page, draw its diagrams, and turn its links into those of the site."""
    here = page.file.src_uri
    markdown = relinked(_IN_REPOSITORY.sub("", markdown), f"docs/{here}", here)
    markdown = _MARKER.sub(lambda found: BUILDERS[found[1]](found[2] or "", here), markdown)
    return diagrams.draw(markdown)


def relinked(markdown: str, source: str, page: str) -> str:
    """Markdown with its links as they are on the site.

    Args:
        markdown: of a file.
        source: that file, in the repository, from which its links count.
        page: where it comes to stand, below docs/, from which they shall count.
    """

    def moved(found: re.Match[str]) -> str:
        mark, text, target = found.groups()
        path, hash_, anchor = target.partition("#")
        if re.match(r"[a-z]+:", target) or not path:
            return found[0]
        file = posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
        if file in PAGES or file in PICTURES:
            place = PAGES.get(file) or PICTURES[file]
        elif (REPOSITORY / file).exists() and f"{file}/".startswith(NOT_THERE):
            return f"`{file}`" if text.strip("`") == file else text
        elif file.startswith("docs/"):
            place = file.removeprefix("docs/")
        else:
            _log.warning(
                "%s: link to %s, which is no file, or has no place in docs/hooks/pages.py",
                source,
                target,
            )
            return found[0]
        text = _title(place) if text == path and place.endswith(".md") else text
        return f"{mark}[{text}]({posixpath.relpath(place, posixpath.dirname(page) or '.')}{hash_}{anchor})"

    parts = _FENCE.split(markdown)
    return "".join(part if k % 2 else _LINK.sub(moved, part) for k, part in enumerate(parts))


def _title(page: str) -> str:
    """What stands at the top of a page."""
    return (REPOSITORY / "docs" / page).read_text().partition("\n")[0].removeprefix("# ")


def _configuration(_: str, page: str) -> str:
    return config_reference.render(REPOSITORY / "config.yaml", posixpath.dirname(page))


def _commands(_: str, page: str) -> str:
    return cli_reference.render()


def _file(arguments: str, page: str) -> str:
    """A file of the repository without its title; with ``#slug`` one section, with ``#`` what is before the first."""
    name, hash_, slug = arguments.partition("#")
    text = (REPOSITORY / name).read_text()
    text = sections.section(text, slug) if hash_ else sections.body(text)
    return relinked(text, name, page)


def _notebook(arguments: str, page: str) -> str:
    return relinked(notebooks.render(REPOSITORY / arguments), arguments, page)


BUILDERS: dict[str, Callable[[str, str], str]] = {
    "configuration": _configuration,
    "commands": _commands,
    "file": _file,
    "notebook": _notebook,
}
