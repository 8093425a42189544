"""The picture by which a person judges a fit."""

import textwrap
from typing import List, Sequence, Tuple

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from scoreface.fitting.result import FitResult

Colour = Tuple[int, int, int]

DETECTED: Colour = (64, 224, 255)
PROJECTED: Colour = (255, 120, 40)
OUTLINE: Colour = (255, 235, 120)
_INK: Colour = (235, 235, 235)
_PAPER: Colour = (24, 26, 30)
_WARNING: Colour = (150, 30, 40)

#: Longest side of one panel in pixels; smaller photos are enlarged, larger ones reduced.
PANEL_SIDE = 800
#: Lines and discs are drawn this many times larger, then reduced, which smooths their edges.
_SMOOTHING = 2


def draw_overlay(photo: np.ndarray, fit: FitResult, caption: Sequence[str]) -> Image.Image:
    """Draw two panels: the photo with landmarks and head outline, and with the shaded head.

    Where the face is small in the photo, the panels show its surroundings only.

    Args:
        photo: (H, W, 3) uint8.
        fit: the head fitted to it.
        caption: lines of text to stand below the panels.

    Returns:
        An RGB picture.
    """
    window = _window(fit.landmarks, photo.shape[1], photo.shape[0])
    base = _panel(Image.fromarray(photo).crop(window))
    size = base.size
    zoom = _SMOOTHING * base.width / (window[2] - window[0])

    def place(points: np.ndarray) -> np.ndarray:
        return (points - window[:2]) * zoom

    corners = fit.scale * fit.vertices[:, :2]
    corners = place(np.column_stack([corners[:, 0], len(photo) - corners[:, 1]]))
    shaded, inside = _shade(corners, fit, (size[0] * _SMOOTHING, size[1] * _SMOOTHING))
    outline = _outline(inside)

    left = base.copy()
    _stamp(left, outline, OUTLINE)
    _draw_landmarks(left, place(fit.landmarks), place(fit.projected))
    right = base.copy()
    right.paste(shaded.resize(size, Image.Resampling.LANCZOS), mask=_scaled(inside, size, 0.85))
    _stamp(right, outline, OUTLINE)
    return _compose([left, right], caption)


def draw_rejected(photo: np.ndarray, reason: str) -> Image.Image:
    """Draw the photo, or the picture that stands for it, with the reason below."""
    return add_banner(_panel(Image.fromarray(photo)), reason)


def add_banner(picture: Image.Image, reason: str) -> Image.Image:
    """Return the picture with a banner below that says why the photo is rejected."""
    lines = textwrap.wrap("Rejected: " + reason, max(12, picture.width // 10))
    result = Image.new("RGB", (max(picture.width, 160), picture.height + 24 + 22 * len(lines)))
    result.paste(_WARNING, (0, 0, *result.size))
    result.paste(picture, (0, 0))
    for row, line in enumerate(lines):
        _write(result, (14, picture.height + 12 + 22 * row), line)
    return result


def draw_card(reason: str) -> Image.Image:
    """Return a plain card with the reason, in place of a photo that cannot be read."""
    return add_banner(Image.new("RGB", (640, 160), _PAPER), reason)


def _panel(picture: Image.Image) -> Image.Image:
    """Resize a picture so that its longer side is ``PANEL_SIDE``."""
    factor = PANEL_SIDE / max(picture.size)
    width, height = (max(1, round(side * factor)) for side in picture.size)
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def _window(landmarks: np.ndarray, width: int, height: int) -> Tuple[int, int, int, int]:
    """Return left, top, right and bottom of the part of the photo around the head."""
    centre = (landmarks.min(axis=0) + landmarks.max(axis=0)) / 2
    reach = 1.8 * np.ptp(landmarks, axis=0).max()
    left, top = np.clip(np.floor(centre - reach), 0, [width - 1, height - 1]).astype(int).tolist()
    right, bottom = np.clip(np.ceil(centre + reach), [left + 1, top + 1], [width, height]).tolist()
    return left, top, int(right), int(bottom)


def _shade(
    corners: np.ndarray, fit: FitResult, size: Tuple[int, int]
) -> Tuple[Image.Image, Image.Image]:
    """Draw the head in grey, far triangles first, and the mask of what it covers.

    Args:
        corners: (V, 2) vertices in the pixels of the drawing, y down.
        fit: gives the triangles, their depth (z points to the camera) and their light.
        size: width and height of the drawing.
    """
    triangles = fit.vertices[fit.faces]
    normals = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-20)
    towards = np.array([-0.35, 0.45, 0.82])  # light from above the photographer's left shoulder
    grey = np.clip(60 + 175 * np.clip(normals @ towards, 0, 1), 0, 255).astype(int)
    front = np.flatnonzero(normals[:, 2] > 0)
    order = front[np.argsort(triangles[front, :, 2].mean(axis=1))]

    # Pillow takes long over polygons far outside of the picture, as a failed fit may have them.
    corners = np.clip(corners, -10 * max(size), 10 * max(size))
    shaded, inside = Image.new("RGB", size), Image.new("L", size)
    paint, mask = ImageDraw.Draw(shaded), ImageDraw.Draw(inside)
    for index in order:
        points = [tuple(point) for point in corners[fit.faces[index]]]
        paint.polygon(points, fill=(grey[index], grey[index], min(255, grey[index] + 10)))
        mask.polygon(points, fill=255)
    return shaded, inside


def _outline(inside: Image.Image) -> Image.Image:
    """Return the mask of the line around what the head covers."""
    thick = inside.filter(ImageFilter.MaxFilter(5))
    thin = inside.filter(ImageFilter.MinFilter(3))
    return ImageChops.subtract(thick, thin)


def _scaled(mask: Image.Image, size: Tuple[int, int], opacity: float) -> Image.Image:
    return mask.resize(size, Image.Resampling.LANCZOS).point(lambda value: int(value * opacity))


def _stamp(picture: Image.Image, mask: Image.Image, colour: Colour, opacity: float = 1.0) -> None:
    """Lay a colour on the picture where a mask, drawn larger, says so."""
    picture.paste(colour, (0, 0, *picture.size), _scaled(mask, picture.size, opacity))


def _draw_landmarks(picture: Image.Image, detected: np.ndarray, projected: np.ndarray) -> None:
    """Draw rings for the detected landmarks, discs for the model's, and lines between them."""
    size = (picture.width * _SMOOTHING, picture.height * _SMOOTHING)
    edge, rings, discs = (Image.new("L", size) for _ in range(3))
    on_edge, on_rings, on_discs = (ImageDraw.Draw(mask) for mask in (edge, rings, discs))
    wide = 3 * _SMOOTHING
    for here, there in zip(detected, projected):
        on_edge.line([tuple(here), tuple(there)], fill=255, width=wide)
        on_edge.ellipse(_box(here, wide + 2), outline=255, width=wide)
        on_edge.ellipse(_box(there, wide), fill=255)
        on_rings.line([tuple(here), tuple(there)], fill=255, width=_SMOOTHING)
        on_rings.ellipse(_box(here, wide + 1), outline=255, width=_SMOOTHING)
        on_discs.ellipse(_box(there, wide - 2), fill=255)
    _stamp(picture, edge, (0, 0, 0), opacity=0.45)  # legible on light skin too
    _stamp(picture, rings, DETECTED)
    _stamp(picture, discs, PROJECTED)


def _box(centre: np.ndarray, radius: float) -> List[float]:
    return [centre[0] - radius, centre[1] - radius, centre[0] + radius, centre[1] + radius]


def _compose(panels: Sequence[Image.Image], caption: Sequence[str]) -> Image.Image:
    """Set panels side by side over a legend and the caption."""
    gap, row = 8, 24
    width = sum(panel.width for panel in panels) + gap * (len(panels) - 1)
    top = max(panel.height for panel in panels)
    legend = [(DETECTED, "detected"), (PROJECTED, "fitted"), (OUTLINE, "outline of the head")]
    result = Image.new("RGB", (width, top + 20 + row * (len(caption) + 1)), _PAPER)
    left = 0
    for panel in panels:
        result.paste(panel, (left, 0))
        left += panel.width + gap
    pen, left = ImageDraw.Draw(result), 14
    for colour, text in legend:
        pen.ellipse([left, top + 15, left + 11, top + 26], fill=colour)
        left += 20 + _write(result, (left + 18, top + 10), text) + 22
    for number, line in enumerate(caption, start=1):
        _write(result, (14, top + 10 + row * number), line)
    return result


def _write(picture: Image.Image, place: Tuple[int, int], text: str) -> int:
    """Write a line of text and return its width in pixels."""
    pen = ImageDraw.Draw(picture)
    font = _font()
    # Pillow's built-in font before 10.1 knows Latin-1 only.
    text = text.encode("latin-1", "replace").decode("latin-1")
    pen.text(place, text, fill=_INK, font=font)
    return int(pen.textlength(text, font=font))


def _font() -> ImageFont.ImageFont:
    try:
        return ImageFont.load_default(size=17)  # type: ignore[return-value]
    except TypeError:  # Pillow before 10.1 has one small bitmap font, which cannot be scaled
        return ImageFont.load_default()  # type: ignore[return-value]
