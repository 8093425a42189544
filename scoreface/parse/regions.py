"""From person and skin to labels: ears, neck, hair, clothes, and what stands before the face."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from scoreface.parse.crop import HeadCrop
from scoreface.parse.features import Features
from scoreface.parse.labels import (
    BROWS,
    CLOTHES,
    EARS,
    EYES,
    GLASSES,
    HAIR,
    LIPS,
    MOUTH,
    NECK,
    OTHER,
    SKIN,
)
from scoreface.parse.masks import at_least, closed, filled, grow, opened, shrink, touching
from scoreface.parse.skin import SkinColours, learn_skin

#: Deviations from the hair's colours up to which what hangs below the chin is hair.
_HAIR_COLOUR = 3.5
#: Deviations from the skin's colours that are neither shadow nor gloss.
_ODD = 6.0
#: Contrast in Lab of frames with what is around them: all along, and over the nose.
_FAINT, _CLEAR = 20.0, 26.0
#: Least share of each eye's width with a frame below it; lids and lashes are nearer to the eye.
_RIM = 0.5
#: Least share of its convex hull that a thing fills which goes on across eyes and mouth.
_COMPACT = 0.5


class Zones(NamedTuple):
    """Where by the head's pose something can be, each (h, w) bool."""

    face: np.ndarray
    skull: np.ndarray
    ears: np.ndarray
    neck: np.ndarray
    own: np.ndarray
    below: np.ndarray
    eyes: np.ndarray
    forehead: np.ndarray


def find_zones(head: HeadCrop) -> Zones:
    """The zones of a head's picture; ``own`` is all that can be the head's or the neck's."""
    pose, shape, eye = head.pose, head.shape, head.pose.eye
    face, heights = pose.face(shape), pose.heights(shape)
    skull, neck = pose.skull(shape), pose.neck(shape, 1.12, 1.3)
    ears = pose.ears(shape, 1.45) & ~shrink(face, 0.08 * eye)
    return Zones(
        face=face,
        skull=skull,
        ears=ears,
        neck=neck,
        # Between jaw, ear and neck is a gap, which is theirs.
        own=closed(grow(skull, 0.2 * eye) | grow(face, 0.1 * eye) | ears | neck, 0.3 * eye),
        below=heights < pose.chin,
        eyes=(heights > -0.45) & (heights < 0.35),
        # Where strands of hair are likelier than things.
        forehead=heights > 0.3,
    )


def label_by_colour(
    head: HeadCrop,
    person: np.ndarray,
    skin: np.ndarray,
    features: Features,
    colours: SkinColours,
) -> np.ndarray:
    """What each of the person's pixels is: (h, w) uint8, 0 elsewhere.

    Args:
        head: the picture.
        person: (h, w) bool.
        skin: (h, w) bool, what has the skin's colours.
        features: eyes, brows and mouth.
        colours: the skin's.
    """
    zones, eye = find_zones(head), head.pose.eye
    heights = head.pose.heights(head.shape)
    lab = cv2.cvtColor(head.picture, cv2.COLOR_RGB2LAB)
    odd = (colours.distances(lab) > _ODD) & person
    hair = person & ~skin & ~zones.below & ~shrink(zones.face, 0.1 * eye)
    sure = hair & (heights > 0.2)
    of_hair = np.zeros_like(person)
    if np.count_nonzero(sure) > 0.02 * eye * eye:
        of_hair = learn_skin(lab, sure).distances(lab) < _HAIR_COLOUR
    glasses = _frames(head, lab, skin, zones, features)
    before = _before_the_face(odd & ~of_hair & ~glasses, ~skin & ~of_hair, zones, features, eye)
    skin = filled(skin, 0.03 * eye * eye) & person & ~before & ~glasses
    if _bearded(head, person & ~skin & ~before, zones):
        skin |= zones.face & person & (heights < -0.45) & ~before
    own = _own_skin(skin, zones)
    # Beside and below the jaw is also what is worn; hair is what hangs down from above in the hair's colour.
    low = (heights < -0.5) & ~zones.face
    hanging = low & of_hair & person & ~skin
    hair = touching(hair & ~low | hanging, hair & ~low)
    labels = np.where(zones.below | low, CLOTHES, HAIR).astype(np.uint8)
    labels[hair | (zones.face & ~skin)] = HAIR
    labels[skin] = np.where(own[skin], SKIN, OTHER)
    labels[own & zones.neck & ~zones.face & ~zones.skull] = NECK
    labels[own & zones.ears & ~zones.face] = EARS
    _draw(labels, features)
    labels[before] = OTHER
    labels[glasses] = GLASSES
    labels[~person] = 0
    return labels


def label_by_place(head: HeadCrop, person: np.ndarray, features: Features) -> np.ndarray:
    """The same of a photo without colours, by the head's pose alone; what may be hair or clothes is."""
    zones, heights = find_zones(head), head.pose.heights(head.shape)
    labels = np.where(zones.below, CLOTHES, HAIR).astype(np.uint8)
    neck = head.pose.neck(head.shape, 0.8, 0.8) & (heights > head.pose.chin - 0.35)
    labels[neck & ~zones.face] = NECK
    labels[zones.face] = SKIN
    _draw(labels, features)
    labels[~(person | shrink(zones.face, 0.1 * head.pose.eye))] = 0
    return labels


def _draw(labels: np.ndarray, features: Features) -> None:
    """Eyes, brows, lips and mouth over the skin."""
    labels[features.brows] = BROWS
    labels[features.eyes] = EYES
    labels[features.lips] = LIPS
    labels[features.mouth] = MOUTH


def _before_the_face(
    odd: np.ndarray, neither: np.ndarray, zones: Zones, features: Features, eye: float
) -> np.ndarray:
    """(h, w) bool: things before the face.

    Args:
        odd: of surely other colours than skin and hair.
        neither: neither skin nor hair.
        zones, features, eye: the face's.
    """
    around = features.around(0.04 * eye)
    core = opened(odd & zones.face & ~zones.forehead & ~around, 0.025 * eye)
    core = at_least(core, 0.03 * eye * eye)
    # Opened first: along the hair's edge runs a thin line of neither.
    things = touching(opened(core | (neither & zones.own & ~around), 0.03 * eye), core)
    # Across eyes and mouth, whose own colours are odd too, a thing goes straight on.
    hulls = np.zeros(odd.shape, np.uint8)
    near = (things & grow(zones.face, 0.1 * eye)).astype(np.uint8)
    lines, _ = cv2.findContours(near, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    for line in lines:
        hull = cv2.convexHull(line)
        if cv2.contourArea(line) > _COMPACT * cv2.contourArea(hull):
            cv2.fillConvexPoly(hulls, hull, 1)
    return closed(things | ((hulls > 0) & (odd | neither)), 0.1 * eye)


def _frames(
    head: HeadCrop, lab: np.ndarray, skin: np.ndarray, zones: Zones, features: Features
) -> np.ndarray:
    """(h, w) bool: thin things on the skin, lighter or darker, that go from one eye over the nose to the other."""
    eye, at = head.pose.eye, head.pose.landmarks
    around = cv2.medianBlur(lab, 2 * max(1, round(0.1 * eye)) + 1)
    contrast = np.linalg.norm(lab.astype(np.float32) - around, axis=2)
    there = closed(skin | zones.face, 0.06 * eye) & zones.eyes
    joined = closed((contrast > _FAINT) & there & ~shrink(features.eyes, 0.02 * eye), 0.01 * eye)
    # Lids and brows do not reach over the nose; frames do, in strong contrast somewhere.
    y, x = np.indices(head.shape)
    nose = (np.hypot(x - at[27, 0], y - at[27, 1]) < 0.12 * eye) & ~features.around(0.03 * eye)
    frames = touching(joined, nose & (contrast > _CLEAR))
    under = frames & (head.pose.heights(head.shape) < -0.13)
    middles = at[36:42].mean(0), at[42:48].mean(0)
    there_too = [_across(frames, middle, 1.0) for middle in middles]
    rims = [_across(under, middle, 0.15 * eye) for middle in middles]
    if min(there_too) == 0 or min(rims) < _RIM:
        return np.zeros_like(skin)
    return frames & ~features.eyes & ~features.brows


def _across(mask: np.ndarray, at: np.ndarray, radius: float) -> float:
    """The share of the columns around a point that have something of a mask (h, w)."""
    left, right = np.clip(np.rint([at[0] - radius, at[0] + radius]), 0, mask.shape[1]).astype(int)
    return float(mask[:, left:right].any(axis=0).mean()) if left < right else 0.0


def _bearded(head: HeadCrop, bare: np.ndarray, zones: Zones) -> bool:
    """Whether the chin, below the lower lip, has no skin to see."""
    at = (head.pose.landmarks[57] + head.pose.landmarks[8]) / 2
    y, x = np.indices(head.shape)
    chin = zones.face & (np.hypot(x - at[0], y - at[1]) < 0.15 * head.pose.eye)
    return bool(np.count_nonzero(chin & bare) > 0.6 * np.count_nonzero(chin))


def _own_skin(skin: np.ndarray, zones: Zones) -> np.ndarray:
    """(h, w) bool: the skin of head and neck; hands and other people's is not."""
    near = skin & zones.own
    # Hair can part an ear or the neck from the face.
    return touching(near, zones.face) | (near & (zones.ears | zones.neck))
