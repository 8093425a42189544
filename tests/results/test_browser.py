"""The report in Chromium: its table, its cards, and who reads it otherwise."""

import pytest

from .opened import HOSTILE, Head, Opened, faces

pytestmark = pytest.mark.browser

AXE = "4.14.1"


def test_fifty_faces_are_shown_at_a_time(opened):
    assert opened.names() == [f"f{n:02d}" for n in range(50)]
    assert opened.count() == "60 faces; shown are 1 to 50"
    after = opened.page.get_by_role("button", name="Next").first
    after.press("Enter")
    assert opened.names() == [f"f{n:02d}" for n in range(50, 60)]
    assert opened.count() == "60 faces; shown are 51 to 60"
    # The focus is where it was, and a further press does nothing.
    assert after.evaluate("button => button === document.activeElement")
    after.press("Enter")
    assert opened.names()[0] == "f50"


def test_an_address_opens_the_card_of_a_face_on_a_later_page(browser, report):
    opened = Opened(browser, report, "#face-f57")
    card = opened.page.locator("#face-f57")
    assert "f57" in opened.names()
    assert 0 <= card.bounding_box()["y"] < opened.page.viewport_size["height"]
    opened.context.close()


def test_sorting_moves_rows_and_cards_and_keeps_the_focus(opened):
    yaw = {face.id: face.yaw for face in faces()}
    known = sorted((id for id in yaw if yaw[id] is not None), key=lambda id: yaw[id])
    title = opened.page.get_by_role("button", name="Yaw", exact=True)
    header = opened.page.locator("th", has=title)
    assert header.get_attribute("aria-sort") is None
    title.press("Enter")
    assert header.get_attribute("aria-sort") == "ascending"
    assert [yaw[id] for id in opened.names()] == [yaw[id] for id in known][:50]
    title.press("Enter")
    assert header.get_attribute("aria-sort") == "descending"
    assert [yaw[id] for id in opened.names()] == [yaw[id] for id in known[::-1]][:50]
    assert title.evaluate("button => button === document.activeElement")
    # What has no figure comes last, whichever way.
    opened.page.get_by_role("button", name="Last").first.click()
    assert opened.names()[-1] == "f01"
    title.press("Enter")
    assert header.get_attribute("aria-sort") is None
    assert opened.names() == [f"f{n:02d}" for n in range(50)]


def test_typing_filters_rows_and_cards_and_says_how_many_match(opened):
    words = opened.page.get_by_role("searchbox")
    words.type("f0")
    opened.page.wait_for_function("document.querySelectorAll('article').length === 10")
    assert opened.names() == [f"f{n:02d}" for n in range(10)]
    assert opened.count() == "10 of 60 faces match"
    words.fill("LARGEST was")
    opened.page.wait_for_function("document.querySelectorAll('article').length === 1")
    assert opened.names() == ["f02"]
    assert opened.count() == "1 of 60 faces matches"
    words.fill("no such face")
    opened.page.wait_for_function("document.querySelectorAll('article').length === 0")
    assert opened.count() == "0 of 60 faces match"


def test_a_status_is_chosen_by_keyboard(opened):
    look = opened.page.get_by_role("button", name="complete, look at it")
    look.press("Space")
    assert look.get_attribute("aria-pressed") == "true"
    assert opened.names() == ["f02"]
    opened.page.get_by_role("button", name="all 60").press("Space")
    assert look.get_attribute("aria-pressed") == "false"
    assert len(opened.names()) == 50


def test_a_card_says_why_its_face_is_better_looked_at(opened):
    card = opened.page.locator("#face-f02")
    assert "2 faces were found in the photo" in card.locator(".look").text_content()
    cell = opened.page.locator("tr", has_text="f02").locator("td.out")
    assert cell.inner_text() == "2"
    assert "the largest was taken" in cell.get_attribute("title")


def test_text_of_a_face_stays_text(opened):
    assert HOSTILE in opened.page.locator("#face-f01 .reason").text_content()
    assert opened.page.locator("img[src='nowhere.png']").count() == 0


def test_a_face_of_an_older_run_shows_what_it_has(opened):
    card = opened.page.locator("#face-f02")
    assert card.locator(".compare, .start").count() == 0
    shown = card.locator("figcaption").all_text_contents()
    assert shown == ["before and after", "fit", "uncertainty"]


PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}


def test_a_phone_shows_pictures_as_wide_as_itself(browser, report):
    opened = Opened(browser, report, **PHONE)
    assert opened.page.evaluate("document.documentElement.scrollWidth") == 390
    for stage in opened.page.locator("#face-f00 .frame").all():
        assert stage.bounding_box()["width"] >= 350
    # What is wider than the phone is scrolled.
    wide = opened.page.locator("#face-f02 .wide img")
    assert wide.bounding_box()["height"] >= 200
    opened.context.close()


def test_without_scripts_the_page_says_where_the_figures_are(browser, report):
    opened = Opened(browser, report, java_script_enabled=False)
    assert "summary.tsv" in opened.page.locator("noscript").inner_text()
    opened.context.close()


@pytest.fixture(scope="session")
def axe(npm_package) -> str:
    """axe-core's script."""
    return (npm_package("axe-core", AXE) / "axe.min.js").read_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("device", [{"viewport": {"width": 1280, "height": 900}}, PHONE])
def test_nothing_of_it_shuts_anyone_out(browser, report, axe, scheme, device):
    opened = Opened(browser, report, color_scheme=scheme, **device)
    Head(opened)
    # What is not in sight is not drawn, and would not be looked at.
    opened.page.add_style_tag(content="article { content-visibility: visible !important; }")
    opened.page.evaluate(axe)
    found = opened.page.evaluate("axe.run().then(result => result.violations)")
    grave = [
        (each["id"], each["help"], [node["target"] for node in each["nodes"]][:3])
        for each in found
        if each["impact"] in ("serious", "critical")
    ]
    assert grave == []
    opened.context.close()
