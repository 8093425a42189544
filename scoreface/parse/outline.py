"""Where a person ends before the background: what a fit may be drawn to, and held by."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from scoreface.parse.crop import head_box
from scoreface.parse.engines import Parsed
from scoreface.parse.labels import BACKGROUND, BARE, NECK, PERSON
from scoreface.parse.masks import touching
from scoreface.parse.pose import estimate_pose

#: All pixel counts below are for this distance between the outer eye corners; nothing is enlarged to it.
_EYE_DISTANCE = 120.0
_SPACING = 3
_INSIDE, _OUTSIDE = (3.0, 6.0, 9.0), (5.0, 8.0)
#: How sure the background has to be: hair is a person's, and where hair may be there is no outline of skin.
_SURE = 0.65
_BORDER = 3
_SOFT = 1.5

#: Values of ``sides``: pixels that count neither way, that are surely nobody's, and bare skin of the head.
NEITHER, OUTSIDE, INSIDE = 0, 1, 2
#: Longest side of ``sides``.
_SIDE = 1024


class Outline(NamedTuple):
    """The edge of a person before the background, and what lies on its two sides.

    Attributes:
        points: (N, 2) float64, x and y in the photo's pixels, whose centres are halves; background is surely outside.
        normals: (N, 2) float64, unit vectors to the outside, y down.
        bare: (N,) bool, whether bare skin is inside: there the head ends. Elsewhere hair or clothes do, and the head
            ends no further out.
        sides: (h, w) uint8 of every ``step``-th pixel from the first on: ``INSIDE`` for bare skin of the head without
            the neck, ``OUTSIDE`` where surely nothing of a person is, ``NEITHER`` elsewhere.
        step: in pixels of the photo.
    """

    points: np.ndarray
    normals: np.ndarray
    bare: np.ndarray
    sides: np.ndarray
    step: int


def no_outline(shape: tuple[int, int]) -> Outline:
    """The outline in a photo (H, W) of which nothing is known."""
    step = _step(shape)
    sides = np.full(shape, NEITHER, np.uint8)[::step, ::step]
    return Outline(np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(0, bool), sides, step)


def find_outline(parsed: Parsed, landmarks: np.ndarray) -> Outline:
    """The outline of the person whose landmarks (68, 2) are given."""
    pose = estimate_pose(landmarks)
    box, eye = head_box(parsed.labels.shape[:2], pose), pose.eye
    factor = min(1.0, _EYE_DISTANCE / eye)
    size = max(1, round(box.size[0] * factor)), max(1, round(box.size[1] * factor))
    labels = parsed.labels[box.rows, box.columns]
    sure = (labels == BACKGROUND) & (parsed.confidence[box.rows, box.columns] >= round(255 * _SURE))
    person = _smaller(np.isin(labels, list(PERSON)), size)
    skin = _smaller(np.isin(labels, list(BARE)), size)
    background = _smaller(sure, size)
    unit = eye * factor / _EYE_DISTANCE
    at = _edge(person, skin)
    at, normals = _sharpened(at, cv2.GaussianBlur(person, (0, 0), _SOFT))
    kept = np.all((at >= _BORDER) & (at <= np.array(size) - 1 - _BORDER), axis=1)
    for depth in _OUTSIDE:
        kept &= _look_up(background, at + depth * unit * normals) > 0.5
    at, normals = at[kept], normals[kept]
    bare = np.ones(len(at), bool)
    for depth in _INSIDE:
        bare &= _look_up(skin, at - depth * unit * normals) > 0.5
    points = (at + 0.5) / [size[0] / box.size[0], size[1] / box.size[1]]
    points += np.array([box.left, box.top])
    return Outline(points, normals, bare, *_sides(parsed))


def _sides(parsed: Parsed) -> tuple[np.ndarray, int]:
    step = _step(parsed.labels.shape[:2])
    labels, confidence = parsed.labels[::step, ::step], parsed.confidence[::step, ::step]
    sides = np.full(labels.shape, NEITHER, np.uint8)
    sides[(labels == BACKGROUND) & (confidence >= round(255 * _SURE))] = OUTSIDE
    sides[np.isin(labels, list(BARE - {NECK}))] = INSIDE
    return sides, step


def _step(shape: tuple[int, int]) -> int:
    return -(-max(shape) // _SIDE)


def _smaller(mask: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """The share (h, w) float32 of a mask in the larger pixels of a picture of ``size``, width and height."""
    return cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA)


def _edge(person: np.ndarray, skin: np.ndarray) -> np.ndarray:
    """(N, 2) float64: pixels along the outer edges of those people that have skin."""
    soft = cv2.GaussianBlur(person, (0, 0), _SOFT) > 0.5
    own = touching(soft, skin > 0.5)
    lines, _ = cv2.findContours(own.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    found = [line[::_SPACING, 0] for line in lines]
    return np.concatenate(found).astype(float) if found else np.zeros((0, 2))


def _sharpened(at: np.ndarray, soft: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Points (N, 2) moved to where a soft mask is one half, and the normals (N, 2) to the outside there."""
    smooth = cv2.GaussianBlur(soft, (0, 0), 2.0)
    slopes = np.stack([cv2.Sobel(smooth, -1, 1, 0), cv2.Sobel(smooth, -1, 0, 1)], axis=-1) / 8.0
    x, y = at.astype(int).T
    normals = -slopes[y, x].astype(float)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12
    step = 0.5
    rise = _look_up(soft, at - step * normals) - _look_up(soft, at + step * normals)
    away = (_look_up(soft, at) - 0.5) / np.maximum(rise, 0.05)
    return at + np.clip(away, -1.0, 1.0)[:, None] * normals, normals


def _look_up(values: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Values (N,) between the pixels of (h, w) float32 at points (N, 2); beyond the border those of the border."""
    if not len(at):
        return np.zeros(0)
    x, y = at.astype(np.float32).T
    found = cv2.remap(values, x[None], y[None], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return found[0].astype(float)
