"""Which part of the head each vertex of a FLAME model is: from FLAME's own masks, or from where the landmarks lie.

A parser's labels mean different things in different places: dark hair over the scalp is the head's, over a cheek it
hides it.
"""

from typing import NamedTuple, Optional

import numpy as np

from scoreface.base.errors import InputError
from scoreface.base.pickles import load_dict, read_array
from scoreface.base.regions import EARS, FACE, FOREHEAD, NECK, SCALP
from scoreface.fitting.flame import FlameModel, LandmarkEmbedding
from scoreface.fitting.result import OUTER_EYE_CORNERS

#: The masks of FLAME_masks.pkl in the order in which they are laid over each other.
_MASKS = (
    ("face", FACE),
    ("forehead", FOREHEAD),
    ("scalp", SCALP),
    ("neck", NECK),
    ("boundary", NECK),
    ("left_ear", EARS),
    ("right_ear", EARS),
)

_BROWS, _NOSE_BASE, _EYES, _MOUTH = slice(0, 10), 16, slice(19, 31), slice(31, 51)

# Sizes of an adult head (Farkas 1994, rounded) in distances between the outer corners of the eyes, 87 mm.
_CHIN_BELOW_NOSE = 0.77
_JAW_RISE = 0.47  # of the lower edge of the jaw, from the chin to the ear
_NAPE_BELOW_MOUTH = 0.04  # where the hair of the nape ends
_HAIR_ABOVE_BROWS = 0.70
_FOREHEAD_ABOVE_BROWS = 0.05
_TEMPLE_BEHIND_EYES = 0.50
_TEMPLE_ABOVE_EYES = 0.15
_EAR_HALF_HEIGHT, _EAR_HALF_DEPTH = 0.36, 0.22
_EAR_ASIDE = 0.60
# From the outermost point of the ear, which lies up on the rim and behind, to its middle.
_EAR_MIDDLE = (-0.14, 0.12)
_BEHIND_EAR = 0.20


class _Frame(NamedTuple):
    """The template in distances between the outer eye corners, from the middle of the eyes.

    Attributes:
        vertices: (V, 3), x to the person's left, y up, z forward.
        landmarks: (51, 3).
    """

    vertices: np.ndarray
    landmarks: np.ndarray


def find_regions(
    flame: FlameModel, embedding: LandmarkEmbedding, masks: Optional[str] = None
) -> np.ndarray:
    """Tell what part of the head each vertex is.

    Args:
        flame: the model; its mean head stands upright, as FLAME's does.
        embedding: its landmarks.
        masks: path of FLAME_masks.pkl; None: the parts are found from the landmarks and sizes of an adult head.

    Returns:
        (V,) uint8, values of :mod:`scoreface.base.regions`.

    Raises:
        InputError: the masks cannot be read, or are another head's.
    """
    regions = _by_place(_frame(flame, embedding))
    if masks is not None:
        _lay_masks(regions, masks)
    return regions


def _frame(flame: FlameModel, embedding: LandmarkEmbedding) -> _Frame:
    corners = flame.v_template[flame.faces[embedding.faces]]
    landmarks = np.einsum("lkc,lk->lc", corners, embedding.barycentric)
    right, left = landmarks[list(OUTER_EYE_CORNERS)]
    unit = max(float(np.linalg.norm(right - left)), 1e-12)
    middle = landmarks[_EYES].mean(axis=0)
    return _Frame((flame.v_template - middle) / unit, (landmarks - middle) / unit)


def _by_place(frame: _Frame) -> np.ndarray:
    x, y, z = frame.vertices.T
    brows = frame.landmarks[_BROWS, 1].mean()
    mouth = frame.landmarks[_MOUTH, 1].mean()
    nape = mouth - _NAPE_BELOW_MOUTH
    chin = frame.landmarks[_NOSE_BASE, 1] - _CHIN_BELOW_NOSE
    around = (np.abs(x) < 0.15) & (np.abs(y - chin) < 0.15)
    chin_depth = z[around].max() if around.any() else frame.landmarks[_MOUTH, 2].mean()

    beside = (np.abs(x) > _EAR_ASIDE) & (y > mouth) & (y < brows)
    outermost = np.argmax(np.where(beside, np.abs(x), -1.0))
    ear_y, ear_z = y[outermost] + _EAR_MIDDLE[0], z[outermost] + _EAR_MIDDLE[1]
    in_ear = np.hypot((y - ear_y) / _EAR_HALF_HEIGHT, (z - ear_z) / _EAR_HALF_DEPTH) < 1.0

    regions = np.full(len(x), FACE, np.uint8)
    regions[y > brows + _FOREHEAD_ABOVE_BROWS] = FOREHEAD
    temple = (y > _TEMPLE_ABOVE_EYES) & (z < -_TEMPLE_BEHIND_EYES)
    regions[temple | (y > brows + _HAIR_ABOVE_BROWS) | (z < ear_z - _BEHIND_EAR)] = SCALP
    regions[y < np.minimum(chin + _JAW_RISE * np.maximum(chin_depth - z, 0.0), nape)] = NECK
    regions[in_ear & (np.abs(x) > _EAR_ASIDE)] = EARS
    return regions


def _lay_masks(regions: np.ndarray, path: str) -> None:
    content = load_dict(path)
    for name, region in _MASKS:
        mask = read_array(content, name, path)
        if mask.ndim != 1 or mask.dtype.kind not in "iu":
            raise InputError(
                "'{}' in {} is no list of vertices; give FLAME's FLAME_masks.pkl".format(name, path)
            )
        if len(mask) and not 0 <= mask.min() <= mask.max() < len(regions):
            raise InputError(
                "'{}' in {} names vertices that the head of {} vertices has not; give the masks of the same "
                "model".format(name, path, len(regions))
            )
        regions[mask] = region
