"""The documentation's site in Chromium, opened from disk."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.heavy]


@pytest.fixture
def page(browser):
    """A page of a Chromium, with the addresses that it asked for and what it complained of."""
    page = browser.new_page()
    page.set_default_timeout(180_000)
    page.asked, page.errors = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on(
        "console",
        lambda said: page.errors.append(said.text) if said.type == "error" else None,
    )
    yield page
    page.close()


def test_search_finds_a_key_and_asks_no_other_host(site, page):
    page.goto((site / "index.html").as_uri())
    page.click("input.md-search__input")
    page.keyboard.type("supersampling")
    page.locator(".md-search-result__item a", has_text="supersampling").first.wait_for()
    assert [url for url in page.asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert page.errors == []


def test_nothing_is_wider_than_a_phone(site, page):
    page.set_viewport_size({"width": 390, "height": 844})
    wide = []
    for path in sorted(site.glob("*.html")):
        page.goto(path.as_uri())
        if page.evaluate("document.documentElement.scrollWidth") > 390:
            wide.append(path.name)
    assert wide == []
