"""The documentation as a site: it builds strictly, its links lead somewhere, and it asks no other host for anything."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pages
import pytest

REPOSITORY = Path(__file__).resolve().parent.parent.parent
#: What a browser fetches by itself, by tag: the attribute with the address.
FETCHED = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src"}


class Reader(HTMLParser):
    """A page's anchors, links, and what a browser fetches for it."""

    def __init__(self, path):
        super().__init__()
        self.anchors, self.links, self.fetched = set(), [], []
        self.feed(path.read_text())

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.anchors |= {values[name] for name in ("id", "name") if values.get(name)}
        if tag == "a" and values.get("href"):
            self.links.append(values["href"])
        if values.get(FETCHED.get(tag, "")) and values.get("rel") != "canonical":
            self.fetched.append(values[FETCHED[tag]])


@pytest.fixture(scope="module")
def html(site):
    """The pages by their paths."""
    return {path: Reader(path) for path in sorted(site.rglob("*.html"))}


@pytest.mark.heavy
def test_every_link_leads_somewhere(site, html):
    broken = []
    for path, page in html.items():
        for link in page.links + page.fetched:
            parts = urlsplit(link)
            # The page for what is not found does not know from where it is shown.
            if parts.scheme or path.name == "404.html":
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            anchor = unquote(parts.fragment)
            missing = anchor and target in html and anchor not in html[target].anchors
            if not target.exists() or (missing and not anchor.startswith("__")):
                broken.append(f"{path.relative_to(site)}: {link}")
    assert broken == []


@pytest.mark.heavy
def test_pages_fetch_nothing_from_other_hosts(html):
    fetched = {link for page in html.values() for link in page.fetched}
    assert [link for link in fetched if urlsplit(link).netloc] == []


@pytest.mark.heavy
def test_styles_fetch_nothing_from_other_hosts(site):
    styles = "".join(path.read_text() for path in site.rglob("*.css"))
    assert re.findall(r"url\(.?(?:https?:)?//|@import", styles) == []


@pytest.mark.heavy
def test_nothing_is_left_for_the_hooks(site):
    """No marker, and no diagram that the theme would load a script of another host for."""
    for path in site.rglob("*.html"):
        text = path.read_text()
        assert "<!-- build:" not in text
        assert 'class="mermaid"' not in text


def _slug(heading):
    """The anchor that GitHub gives a heading."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").strip().lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


MARKDOWN = sorted(
    path
    for path in (*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/**/*.md"))
    if "node_modules" not in path.parts
)


@pytest.mark.parametrize("path", MARKDOWN, ids=lambda path: path.name)
def test_links_lead_somewhere_in_the_repository(path):
    """On GitHub, where nothing is generated: anchors are looked for in pages that are not."""
    text = re.sub(r"^```.*?^```", "", path.read_text(), flags=re.MULTILINE | re.DOTALL)
    for link in re.findall(r"\]\(([^()\s]+)\)", text):
        parts = urlsplit(link)
        if parts.scheme:
            continue
        target = (path.parent / parts.path).resolve() if parts.path else path
        assert target.exists(), link
        if parts.fragment and target.suffix == ".md" and "<!-- build:" not in target.read_text():
            headings = re.findall(r"^#+ (.+)$", target.read_text(), re.MULTILINE)
            generated = "::: scoreface" in target.read_text()
            assert generated or parts.fragment in map(_slug, headings), link


def test_links_out_of_the_docs_become_those_of_the_site():
    text = (
        "[a](../config.yaml) [the card](../scoreface/demo/score_model/README.md#x) [b](gpu.md)\n"
        "[LICENSE](../LICENSE) [tests](../tests/) [c](https://example.org) [d](#here)\n"
        "```\n[e](../config.yaml)\n```\n"
    )
    assert pages.relinked(text, "docs/page.md", "page.md") == (
        "[a](config.md) [the card](model-card.md#x) [b](gpu.md)\n"
        "`LICENSE` `tests` [c](https://example.org) [d](#here)\n"
        "```\n[e](../config.yaml)\n```\n"
    )
    assert pages.relinked("[x](docs/gpu.md)", "README.md", "sub/p.md") == "[x](../gpu.md)"


def test_a_link_that_the_site_has_no_place_for_is_told(caplog):
    assert pages.relinked("[a](../nowhere.md)", "docs/p.md", "p.md") == "[a](../nowhere.md)"
    assert "docs/p.md: link to ../nowhere.md" in caplog.text
