"""The report in Chromium: what one sees of a face, two pictures with a line between them and the head in 3D."""

import numpy as np
import pytest

from .opened import BLUE, GREEN, RED, Head, Opened, colour_at, picture_of

pytestmark = pytest.mark.browser


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
