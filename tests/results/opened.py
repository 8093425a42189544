"""The report in Chromium, opened from disk: what the tests of table and heads share."""

import base64
import io

import numpy as np
from PIL import Image

from scoreface.results.faces import FaceSummary

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


def picture_of(locator):
    """What is seen of an element: (H, W, 3)."""
    return np.asarray(Image.open(io.BytesIO(locator.screenshot())).convert("RGB"))


def colour_at(picture, across, down=0.3):
    height, width = picture.shape[:2]
    return picture[int(down * height), int(across * width)]


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
