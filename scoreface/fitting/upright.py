"""A face cut out of its photo by its landmarks: upright, in the middle, and of one size."""

from __future__ import annotations

from typing import Any

import numpy as np

from scoreface.fitting.detection import N_JAW
from scoreface.fitting.landmarks import predict
from scoreface.fitting.view import View, around

# The side of a picture that is cut out, and that of the box that dlib's frontal detector draws, which the predictor of
# landmarks was trained with, both in spreads of the 51 inner landmarks: on nine photos the box has 2.9 to 4.2, and lies
# around their mean.
_CUT_SPREADS, _BOX_SPREADS = 6.4, 3.15
# Pixels of the picture in which the jaw line is predicted.
_SIDE = 800


def cut_out(photo: np.ndarray, inner: np.ndarray, side: int) -> View:
    """A view of so many pixels a side of the face with inner landmarks (51, 2), its eyes level."""
    eyes = inner[25:31].mean(axis=0) - inner[19:25].mean(axis=0)
    turn = np.degrees(np.arctan2(eyes[1], eyes[0]))
    zoom = _CUT_SPREADS * max(spread(inner), 1.0) / side
    return around(photo, inner.mean(axis=0), zoom, float(turn), side)


def spread(points: np.ndarray) -> float:
    """Root mean square distance of points (N, 2) to their mean."""
    return float(np.sqrt(((points - points.mean(axis=0)) ** 2).sum(axis=1).mean()))


def box_around(inner: np.ndarray) -> np.ndarray:
    """Left, top, right, bottom of a face with inner landmarks (51, 2), as dlib's detector would draw its box."""
    middle, half = inner.mean(axis=0), _BOX_SPREADS * spread(inner) / 2
    return np.concatenate([middle - half, middle + half])


def complete_jaw(
    photo: np.ndarray, inner: np.ndarray, predictor: Any, predictor_path: str
) -> np.ndarray:
    """The 51 inner landmarks (51, 2) with the jaw line that dlib predicts for the face, (68, 2).

    The predictor is given the face upright, and the box that dlib's frontal detector would draw around it.

    Raises:
        InputError: the predictor has not 68 points.
    """
    view = cut_out(photo, inner, _SIDE)
    half = _BOX_SPREADS / _CUT_SPREADS * _SIDE / 2
    box = (_SIDE - 1) / 2 + half * np.array([-1, -1, 1, 1])
    jaw = predict(view.pixels, box, predictor, predictor_path)[:N_JAW]
    return np.concatenate([view.in_photo(jaw), inner])
