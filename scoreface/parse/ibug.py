"""The 68 landmarks of iBUG 300-W as points of MediaPipe's face mesh.

Where iBUG marks the middle between two lines of the mesh, as along the brows, two points stand for one landmark. The
jaw line is the mesh's oval: a line on the head, which on the far side of a turned face runs inside of the face's
outline, where dlib's slides along with it.
"""

from __future__ import annotations

import numpy as np

# In iBUG's order; points whose middle counts are joined by a plus. Of the right half and the middle line first.
_JAW = "127 234+93 132 58 172 136+150 149 148 152 377 378 365+379 397 288 361 454+323 356"
_BROWS = "46+70 53+63 52+105 65+66 55+107 285+336 295+296 282+334 283+293 276+300"
_NOSE = "168 197 195+5 4 75 97 2 326 305"
_EYES = "33 160 158 133 153 144 362 385 387 263 373 380"
_MOUTH = "61 39 37 0 267 269 291 321 314 17 84 91 78 82 13 312 308 317 14 87"

#: The mesh's points, one or two, for each landmark.
POINTS = tuple(
    tuple(int(number) for number in point.split("+"))
    for point in " ".join([_JAW, _BROWS, _NOSE, _EYES, _MOUTH]).split()
)


def as_ibug(points: np.ndarray) -> np.ndarray:
    """The mesh's points (468, D) as iBUG's 68 landmarks (68, D)."""
    return np.array([points[list(which)].mean(axis=0) for which in POINTS])
