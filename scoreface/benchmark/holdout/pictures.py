"""One picture a photo: what is hidden of it, and what each method makes of that side of the head."""

from __future__ import annotations

import cv2
import numpy as np

from scoreface.benchmark.gallery import PICTURE_SIZE
from scoreface.benchmark.holdout.measure import HoldoutJudge
from scoreface.benchmark.pictures import sheet
from scoreface.geometry.camera import OrthographicCamera

# Where the photo shows nothing of the head, and the colour of what is hidden of it, with its share.
_NOTHING = (110, 112, 118)
_HIDDEN, _TINT = np.array([214, 80, 60]), 0.55
# Room around the head in the photo, as a share of its larger side.
_ROOM = 0.06


def draw_trial(judge: HoldoutJudge, id: str, textures: dict[str, np.ndarray]) -> np.ndarray:
    """Draw a row of pictures: the photo with what is hidden tinted, then the head from the hidden side.

    There the photo's texels stand alone, those that are kept and then all, gray where there are none; behind them each
    method's head.

    Args:
        judge: of the face.
        id: its caption.
        textures: (L, L, 3) uint8 by method.

    Returns:
        (H, W, 3) uint8.
    """
    held = judge.held

    def seen(texture: np.ndarray) -> list[np.ndarray]:
        return [judge.gallery.picture(texture, judge.view).pixels]

    def alone(known: np.ndarray) -> np.ndarray:
        return np.where(known[..., None], held.whole.large, _NOTHING).astype(np.uint8)

    columns = {
        id: [_photo(judge)],
        "kept": seen(alone(held.scene.known)),
        "truth": seen(alone(held.whole.known)),
    }
    return sheet({**columns, **{name: seen(texture) for name, texture in textures.items()}})


def _photo(judge: HoldoutJudge) -> np.ndarray:
    """The head in the photo, (256, 256, 3) uint8, what is hidden of it tinted."""
    photo, lifted = judge.photo, judge.lifted
    camera = OrthographicCamera(lifted.head.in_photo.scale)
    vertices = camera.project(lifted.shown, *photo.shape[:2])[:, :2]
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    side = (high - low).max() * (1 + 2 * _ROOM)
    corner, zoom = (low + high - side) / 2, PICTURE_SIZE / side
    # From the photo's places to the picture's; OpenCV counts from the pixels' centres.
    shift = 0.5 * zoom - 0.5 - zoom * corner
    turn = np.array([[zoom, 0, shift[0]], [0, zoom, shift[1]]])
    if zoom < 1:
        # Nothing finer than a pixel of the picture, which would flicker.
        photo = cv2.GaussianBlur(photo, (0, 0), 0.4 / zoom)
    picture = cv2.warpAffine(photo, turn, (PICTURE_SIZE,) * 2, flags=cv2.INTER_LINEAR)
    points = lifted.layout.interpolate(lifted.shown)[
        judge.held.hidden.ravel()[lifted.layout.texels]
    ]
    at = ((camera.project(points, *judge.photo.shape[:2])[:, :2] - corner) * zoom).astype(int)
    x, y = at[((at >= 0) & (at < PICTURE_SIZE)).all(axis=1)].T
    hidden = np.zeros(picture.shape[:2], np.uint8)
    hidden[y, x] = 1
    # Texels may be coarser than the picture's pixels.
    hidden = cv2.morphologyEx(hidden, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    tinted = (1 - _TINT) * picture + _TINT * _HIDDEN
    return np.where(hidden[..., None] > 0, np.rint(tinted), picture).astype(np.uint8)
