"""The embedded parser: a small person network, colours and the head's pose. CPU, no account, no download by hand."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from scoreface.base.errors import InputError
from scoreface.parse.crop import HeadCrop, crop_head
from scoreface.parse.engines import AUTO, EmbeddedSettings, Given, Parsed, Source
from scoreface.parse.features import draw_features
from scoreface.parse.labels import BACKGROUND, UNKNOWN
from scoreface.parse.person import Person, PersonNetwork, find_person
from scoreface.parse.regions import label_by_colour, label_by_place
from scoreface.parse.skin import find_skin, inner_face, learn_skin

NO_FACE = "no landmarks: nothing is known of the pixels"
GREY = "the photo has no colours: skin, hair and clothes are told apart by their places alone"


class EmbeddedParser:
    """Person network, GrabCut, skin colours."""

    def __init__(self, settings: EmbeddedSettings, given: Given) -> None:
        path = given.person_model
        if settings.person_model != AUTO:
            path = Path(settings.person_model)
        if path is None:
            raise InputError(
                "parse.person_model: auto, but no file is given; fetch it with `scoreface person-model --out FILE` and "
                "give it with --person-model FILE"
            )
        self._path, self._network = path, PersonNetwork(path)

    def parse(self, photo: np.ndarray, landmarks: np.ndarray | None) -> Parsed:
        """See :meth:`scoreface.parse.engines.Parser.parse`."""
        if landmarks is None:
            nothing = np.full(photo.shape[:2], UNKNOWN, np.uint8)
            return Parsed(nothing, np.zeros_like(nothing), (NO_FACE,))
        head = crop_head(photo, landmarks)
        person = find_person(self._network, head)
        mask = person.share > 0.5
        features = draw_features(head.pose, head.shape)
        lab = cv2.cvtColor(head.picture, cv2.COLOR_RGB2LAB)
        colours = learn_skin(lab, inner_face(head, features))
        if colours.grey:
            return _on_photo(photo, head, person, label_by_place(head, mask, features), (GREY,))
        skin = find_skin(head, mask, features, colours)
        labels = label_by_colour(head, mask, skin, features, colours)
        return _on_photo(photo, head, person, labels, ())

    def source(self) -> Source:
        """See :meth:`scoreface.parse.engines.Parser.source`."""
        return Source(str(self._path), self._network.sha256)


def _on_photo(
    photo: np.ndarray,
    head: HeadCrop,
    person: Person,
    labels: np.ndarray,
    notes: tuple[str, ...],
) -> Parsed:
    """The labels (h, w) of the reduced picture, 0 where nobody is, on the photo's pixels."""
    share = head.enlarged(person.share)
    network = head.enlarged(person.network)
    inside = share > 0.5
    known = cv2.resize(_spread(labels), head.box.size, interpolation=cv2.INTER_NEAREST)
    all_labels = np.full(photo.shape[:2], BACKGROUND, np.uint8)
    confidence = np.full(photo.shape[:2], 255, np.uint8)
    part = head.box.rows, head.box.columns
    all_labels[part] = np.where(inside, known, BACKGROUND)
    sure = np.where(inside, share, 1.0 - np.maximum(share, network))
    confidence[part] = np.rint(255.0 * sure).astype(np.uint8)
    return Parsed(all_labels, confidence, notes)


def _spread(labels: np.ndarray) -> np.ndarray:
    """Labels (h, w) with the nearest one where there is none, so that the person's edge can be drawn more finely."""
    bare = labels == 0
    if bare.all() or not bare.any():
        return labels
    _, nearest = cv2.distanceTransformWithLabels(
        bare.astype(np.uint8), cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL
    )
    table = np.zeros(int(nearest.max()) + 1, np.uint8)
    table[nearest[~bare]] = labels[~bare]
    return table[nearest]
