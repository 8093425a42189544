"""Make the pictures of what-to-expect.md: photos that go well and photos that do not, and what comes of them.

    python docs/make_gallery.py                 # photos, workflow, pictures; about a minute a photo on one core
    python docs/make_gallery.py --work FOLDER   # keeps the results there, so that only what changed runs again

All photos are the repository's own: scenes of the benchmark of evidence, and the portrait that comes with scikit-image.
Needs the extras demo, fitting and workflow.
"""

from __future__ import annotations

import argparse
import subprocess
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from scoreface.base.arrays import write_image
from scoreface.base.files import read_json, write_text
from scoreface.benchmark.scenes import DIFFICULT, PLAIN, Recipe, make_scene

REPOSITORY = Path(__file__).resolve().parent.parent
PANEL, GAP = 168, 4
# Of all scenes.
SEED = 16

Photo = Callable[[], np.ndarray]


def main() -> None:
    """Photograph, run the workflow, and draw a sheet for each photo."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--work", type=Path, default=Path("build/gallery"))
    parser.add_argument("--out", type=Path, default=REPOSITORY / "docs/gallery")
    parser.add_argument("--snakefile", type=Path, default=REPOSITORY / "Snakefile")
    options = parser.parse_args()
    for name, photo in PHOTOS.items():
        path = options.work / "photos" / f"{name}.png"
        # Left alone where it is there, so that Snakemake has nothing to do.
        if not path.exists():
            write_image(path, photo())
    write_text(options.work / "ids.txt", "".join(f"{name}\n" for name in PHOTOS))
    command = ["snakemake", "-j1", "-s", options.snakefile, "-d", options.work, "--config"]
    config = ["ids=ids.txt", "images=photos/{id}.png", "fit={'detector': dlib}"]
    subprocess.run([*command, *config], check=True)
    for name in PHOTOS:
        sheet(options.work / "results" / name, options.out / f"{name}.jpg")


def scene(
    number: int,
    yaw: float,
    background: str = "wall",
    extras: tuple[str, ...] = (),
    pitch: float = 0.0,
) -> Photo:
    """A photo of a synthetic head; ``number`` draws the person, the light and the props."""
    kind = PLAIN if background == "wall" else DIFFICULT
    recipe = Recipe(number, kind, background, extras, yaw, pitch, 0.0)
    return lambda: make_scene(SEED, recipe).image


def astronaut() -> np.ndarray:
    """The demo's real photo."""
    from skimage import data

    return data.astronaut()


def on_its_side() -> np.ndarray:
    """The real photo as a camera stores it that does not know how it was held."""
    return np.rot90(astronaut()).copy()


def small() -> np.ndarray:
    """The real photo with a face of 40 pixels, enlarged again: nothing is left of the skin."""
    reduced = cv2.resize(astronaut(), (200, 200), interpolation=cv2.INTER_AREA)
    return cv2.resize(reduced, (512, 512), interpolation=cv2.INTER_CUBIC)


def cut_off() -> np.ndarray:
    """A face whose forehead and one side lie outside of the picture."""
    return np.ascontiguousarray(scene(4, 10.0)()[190:, 215:])


def shadow() -> np.ndarray:
    """A face of which the edge of a shadow cuts off a part, as under a roof."""
    image = scene(6, 5.0)().astype(float)
    y, x = np.mgrid[: image.shape[0], : image.shape[1]]
    dark = 1.0 / (1.0 + np.exp(-(x - 262.0 + 0.35 * (y - 256.0)) / 2.0))
    return np.round(image * (1.0 - 0.68 * dark)[..., None]).astype(np.uint8)


def gray() -> np.ndarray:
    """The real photo without colours."""
    luminance = cv2.cvtColor(astronaut(), cv2.COLOR_RGB2GRAY)
    return np.repeat(luminance[..., None], 3, 2)


PHOTOS: dict[str, Photo] = {
    "frontal": scene(2, 4.0),
    "turned": scene(8, 30.0),
    "portrait": astronaut,
    "on_its_side": on_its_side,
    "far_turned": scene(8, 58.0),
    "profile": scene(8, 80.0),
    "glasses": scene(11, -8.0, "room", ("glasses",)),
    "hand": scene(13, 6.0, "foliage", ("hand",)),
    "long_hair": scene(15, 12.0, "crowd", ("hair",)),
    "skin_coloured_wall": scene(17, -15.0, "alike"),
    "shadow": shadow,
    "small": small,
    "cut_off": cut_off,
    "gray": gray,
}


def sheet(results: Path, path: Path) -> None:
    """Two rows of three: the photo, its parse, its fit; what it shows of the head, and the complete head twice.

    Of a rejected photo the photo, and the card with the reason.

    Args:
        results: folder of the face.
        path: of the picture.
    """
    record = read_json(results / "fit/fit.json")
    photo, fit = (Image.open(results / name) for name in ("photo.png", "fit/overlay.png"))
    pictures: list[Image.Image] = [photo, fit]
    if record["status"] == "accepted":
        # From the side that the photo shows less of.
        azimuth = -30 if record["yaw"] > 0 else 30
        names = "frontal_photo.png", "frontal.png", f"views/view_e+00_a{azimuth:+03d}.png"
        renders = [Image.open(results / name) for name in names]
        pictures = [photo, Image.open(results / "parse/overlay.png"), drawn(fit), *renders]
    rows = -(-len(pictures) // 3)
    step = PANEL + GAP
    canvas = Image.new("RGB", (3 * step - GAP, rows * step - GAP), "white")
    for k, picture in enumerate(pictures):
        canvas.paste(panel(picture), (k % 3 * step, k // 3 * step))
    path.parent.mkdir(parents=True, exist_ok=True)
    canvas.save(path, quality=80, optimize=True)


def drawn(overlay: Image.Image) -> Image.Image:
    """Of an overlay of the fit the right panel, which has the head, without the lines of text below."""
    pixels = np.asarray(overlay.convert("RGB"))
    pictured = np.flatnonzero((pixels[:, -16:] != pixels[-1, -1]).any((1, 2)))
    return overlay.crop((overlay.width // 2 + 4, 0, overlay.width, int(pictured.max()) + 1))


def panel(picture: Image.Image) -> Image.Image:
    """A picture as a square of PANEL pixels, the whole of it on white."""
    image = picture.convert("RGB")
    image.thumbnail((PANEL, PANEL), Image.Resampling.LANCZOS)
    square = Image.new("RGB", (PANEL, PANEL), "white")
    square.paste(image, ((PANEL - image.width) // 2, (PANEL - image.height) // 2))
    return square


if __name__ == "__main__":
    main()
