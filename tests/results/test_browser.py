"""The report in Chromium, opened from disk: what a person sees, presses and turns."""

import base64
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scoreface.base.arrays import write_image
from scoreface.results.faces import FaceSummary
from scoreface.results.head_script import write_head_script
from scoreface.results.page.page import Run, write_page
from scoreface.results.page.viewer import write_viewer
from scoreface.results.ranges import Ranges

pytestmark = pytest.mark.browser

AXE = "4.14.1"
# Milliseconds: a machine that is busy draws slowly.
PATIENCE = 180_000
HOSTILE = "<img src=nowhere.png onerror=alert(1)> & </script>"

RED, GREEN, BLUE, YELLOW = ((200, 30, 30), (30, 160, 40), (40, 60, 200), (220, 200, 40))


def two_halves(left, right, size=64):
    """A texture of which a sphere's left side, as one looks at it, has one colour, and its right the other."""
    texture = np.empty((size, size, len(left)))
    texture[:, : size // 2], texture[:, size // 2 :] = left, right
    return texture


def faces():
    """Sixty: one that can be turned, one that is rejected, one to be looked at, and others with various figures."""
    yield FaceSummary("f00", "complete", "", yaw=-30.0, identity_after=0.4, n_faces=1)
    yield FaceSummary("f01", "rejected", HOSTILE)
    look = {"faces_found": "2 faces were found in the photo; the largest was taken."}
    yield FaceSummary("f02", "complete", "", look, yaw=12.0, identity_after=0.5, n_faces=2)
    for n in range(3, 60):
        yield FaceSummary(f"f{n:02d}", "complete", "", yaw=float((7 * n) % 60), n_faces=1)


@pytest.fixture
def report(tmp_path, sphere) -> Path:
    """The page of sixty faces; of the first there is everything."""
    folder = tmp_path / "results of a run"
    first = folder / "f00"
    seen = np.concatenate([two_halves(RED, (0, 0, 0)), two_halves([1], [0])], 2)
    labels = two_halves(BLUE, YELLOW).astype(np.uint8)
    write_head_script("f00", sphere, two_halves(RED, GREEN), seen, labels, first / "head.js")
    for name, colour in (("photo", RED), ("incomplete", GREEN), ("complete", BLUE)):
        write_image(first / "compare" / f"{name}.png", np.full((64, 64, 3), colour, np.uint8))
    for name in ("frontal.png", "fit/overlay.png", "before_after.png", "uncertainty.png"):
        write_image(first / name, np.full((32, 32, 3), 90, np.uint8))
        write_image(folder / "f02" / name, np.full((32, 80, 3), 90, np.uint8))
    write_viewer(folder / "viewer.js")
    run = Run("embedded score model", True, 64, "joint", 0)
    beside = {"viewer": folder / "viewer.js", "contact_sheet": folder / "contact_sheet.png"}
    write_page(folder / "report.html", list(faces()), folder, run, Ranges(), beside)
    return folder / "report.html"


class Opened:
    """A page and what it said and asked for while it was open."""

    def __init__(self, browser, path, hash="", **options):
        self.context = browser.new_context(offline=True, **options)
        self.context.set_default_timeout(PATIENCE)
        self.page = self.context.new_page()
        self.said, self.asked = [], []
        self.page.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.said.append(f"error: {error}"))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(path.as_uri() + hash)

    def names(self):
        """The ids in the table and on the cards, which must be the same."""
        rows = self.page.locator("tbody th").all_inner_texts()
        cards = self.page.locator("article").evaluate_all("all => all.map(card => card.id)")
        assert [f"face-{name}" for name in rows] == cards
        return rows

    def count(self):
        return self.page.locator("#count").inner_text()


@pytest.fixture
def opened(browser, report):
    """The page, which must say nothing on the console and ask for nothing but files."""
    it = Opened(browser, report)
    yield it
    it.context.close()
    assert it.said == []
    assert {url.partition(":")[0] for url in it.asked} <= {"file", "data", "blob"}


# --- Table and cards ---


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


# --- Two pictures, and the line between them ---


def picture_of(locator):
    """What is seen of an element: (H, W, 3)."""
    return np.asarray(Image.open(io.BytesIO(locator.screenshot())).convert("RGB"))


def colour_at(picture, across, down=0.3):
    height, width = picture.shape[:2]
    return picture[int(down * height), int(across * width)]


def assert_near(found, colour):
    assert np.abs(found.astype(int) - colour).max() < 12, (found, colour)


def test_the_slider_moves_the_line_by_keyboard(opened):
    frame = opened.page.locator("#face-f00 .compare .frame")
    slider = frame.get_by_role("slider", name="Compare photo and complete of f00")
    assert_near(colour_at(picture_of(frame), 0.4), RED)
    assert_near(colour_at(picture_of(frame), 0.6), BLUE)
    slider.focus()
    for _ in range(20):
        slider.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "70 % photo, 30 % complete"
    assert_near(colour_at(picture_of(frame), 0.6), RED)
    assert_near(colour_at(picture_of(frame), 0.8), BLUE)


def test_the_line_follows_the_pointer_and_the_pictures_are_chosen(opened):
    frame = opened.page.locator("#face-f00 .compare .frame")
    opened.page.locator("#face-f00").get_by_role("button", name="texels | complete").click()
    box = frame.bounding_box()
    frame.get_by_role("slider").click(position={"x": 0.25 * box["width"], "y": 40})
    picture = picture_of(frame)
    assert_near(colour_at(picture, 0.2), GREEN)
    assert_near(colour_at(picture, 0.3), BLUE)


# --- The head in 3D ---


class Head:
    """A head that is shown in 3D."""

    def __init__(self, opened):
        self.page = opened.page
        self.card = opened.page.locator("#face-f00")
        self.card.get_by_role("button", name="Show f00 in 3D").click()
        self.canvas = self.card.locator("canvas")
        self.canvas.wait_for()

    def pixels(self):
        """(H, W, 4) of the canvas, once all is drawn."""
        read = """canvas => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => {
            const {width, height} = canvas;
            const copy = Object.assign(document.createElement('canvas'), {width, height});
            const context = copy.getContext('2d', {willReadFrequently: true});
            context.drawImage(canvas, 0, 0);
            const {data} = context.getImageData(0, 0, width, height);
            done([height, width, btoa(Array.from(data, c => String.fromCharCode(c)).join(''))]);
        })))"""
        height, width, text = self.canvas.evaluate(read)
        return np.frombuffer(base64.b64decode(text), np.uint8).reshape(height, width, 4)

    def at(self, across, down=0.5):
        return colour_at(self.pixels()[..., :3], across, down)

    def press(self, name):
        self.card.get_by_role("button", name=name, exact=True).click()

    def covered(self):
        return np.mean(self.pixels()[..., 3] > 0)


@pytest.fixture
def head(opened):
    return Head(opened)


def test_nothing_of_the_viewer_is_loaded_before_it_is_asked_for(opened):
    assert not [url for url in opened.asked if url.endswith(".js")]
    Head(opened)
    loaded = [url.rpartition("/")[2] for url in opened.asked if url.endswith(".js")]
    assert loaded == ["viewer.js", "head.js"]


def test_the_head_is_seen_from_the_front_before_nothing(head):
    assert_near(head.at(0.4), RED)
    assert_near(head.at(0.6), GREEN)
    assert head.pixels()[0, 0, 3] == 0
    assert 0.2 < head.covered() < 0.8


def test_the_textures_are_toggled(head):
    head.press("provenance")
    left, right = head.at(0.4).astype(int), head.at(0.6).astype(int)
    assert left.argmax() == 2, "blue"
    assert right.argmin() == 2, "yellow"
    head.press("incomplete")
    assert_near(head.at(0.4), RED)
    # Hatched: gray, in two shades, and neither of the textures' colours.
    shown = head.pixels()[..., :3].astype(int)
    middle = len(shown) // 2
    hatched = shown[middle - 40 : middle + 40, middle + 20 : middle + 100]
    assert np.ptp(hatched, axis=2).max() < 60
    assert hatched.mean(2).std() > 5
    head.press("complete")
    assert_near(head.at(0.6), GREEN)


def test_a_drag_to_the_right_takes_the_surface_along(head):
    box = head.canvas.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse = head.page.mouse
    mouse.move(x, y)
    mouse.down()
    # A quarter of the width: 45 degrees.
    mouse.move(x + box["width"] / 4, y, steps=3)
    mouse.up()
    assert_near(head.at(0.6), RED)


def test_keys_turn_zoom_and_reset(head):
    assert head.canvas.evaluate("canvas => canvas === document.activeElement")
    front = head.pixels()
    for _ in range(18):
        head.canvas.press("ArrowLeft")
    # From behind: what was left is right.
    assert_near(head.at(0.4), GREEN)
    assert_near(head.at(0.6), RED)
    head.canvas.press("0")
    assert np.array_equal(head.pixels(), front)
    before = head.covered()
    head.canvas.press("+")
    assert head.covered() > before
    head.canvas.press("-")
    head.canvas.press("-")
    assert head.covered() < before
    head.press("Reset: show from the front")
    assert np.array_equal(head.pixels(), front)


def test_the_wheel_zooms_the_head_that_has_the_focus_and_else_scrolls(head):
    before, scrolled = head.covered(), head.page.evaluate("scrollY")
    head.canvas.hover()
    head.page.mouse.wheel(0, -200)
    assert head.covered() > before
    assert head.page.evaluate("scrollY") == scrolled
    closest = head.covered()
    head.page.get_by_role("searchbox").evaluate("box => box.focus({preventScroll: true})")
    head.page.mouse.wheel(0, 200)
    head.page.wait_for_function(f"scrollY > {scrolled}")
    assert head.covered() == closest


def test_a_head_is_still_there_after_the_cards_were_drawn_anew(head):
    head.page.get_by_role("button", name="Yaw", exact=True).click()
    assert head.canvas.count() == 0
    head.card.get_by_role("button", name="Show f00 in 3D").click()
    assert_near(head.at(0.4), RED)


@pytest.mark.parametrize("missing", ["viewer.js", "f00/head.js"])
def test_a_file_that_is_missing_is_named(browser, report, missing):
    (report.parent / missing).unlink()
    opened = Opened(browser, report)
    start = opened.page.get_by_role("button", name="Show f00 in 3D")
    start.click()
    alert = opened.page.locator("#face-f00").get_by_role("alert")
    assert alert.text_content() == f"{missing} cannot be loaded; it belongs beside this page."
    assert start.is_visible()
    opened.context.close()


def test_a_browser_without_webgl_is_told(browser, report):
    opened = Opened(browser, report)
    opened.page.evaluate("HTMLCanvasElement.prototype.getContext = () => null")
    opened.page.get_by_role("button", name="Show f00 in 3D").click()
    assert "no WebGL" in opened.page.get_by_role("alert").text_content()
    opened.context.close()


# --- Other readers ---

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
