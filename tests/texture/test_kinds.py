"""What texels are made of: hair, where the scalp shows hair."""

import numpy as np
import pytest

from scoreface.base.regions import FACE, NECK, SCALP
from scoreface.parse import labels as parsed
from scoreface.parse.labels import HAIR, HAT, SKIN
from scoreface.texture.carried import Carried, nothing
from scoreface.texture.kinds import COVER, NECK_SKIN, REST, texel_kinds

SIZE = 20
BROWN, ROSE = (0.3, 0.2, 0.1), (0.8, 0.6, 0.5)


class Head:
    """A picture of texels: scalp in the upper half, face and neck below; the photo shows the left half."""

    def __init__(self) -> None:
        rows, columns = np.mgrid[0:SIZE, 0:SIZE]
        self.scalp = rows < 10
        self.regions = np.where(self.scalp, SCALP, np.where(rows < 15, FACE, NECK)).astype(np.uint8)
        self.observed = columns < 10
        self.filled = self.observed.copy()
        noise = np.random.default_rng(0).normal(0, 0.02, (SIZE, SIZE, 3))
        self.colours = np.where(self.scalp[..., None], BROWN, ROSE) + noise

    def kinds(self, labels: np.ndarray) -> np.ndarray:
        carried = Carried(np.where(self.observed, labels, 0).astype(np.uint8), self.regions)
        return texel_kinds(carried, self.observed, self.filled, self.colours)


@pytest.fixture
def head() -> Head:
    return Head()


@pytest.mark.parametrize("cover", [HAIR, HAT])
def test_an_unseen_scalp_is_what_covers_the_seen_one(head: Head, cover: int) -> None:
    found = head.kinds(np.where(head.scalp, cover, SKIN))
    expected = np.where(head.scalp, COVER, np.where(head.regions == NECK, NECK_SKIN, REST))
    np.testing.assert_array_equal(found, expected)


def test_the_scalp_of_a_bald_head_is_skin(head: Head) -> None:
    labels = np.full((SIZE, SIZE), SKIN)
    # A parser mistakes a little.
    labels[:1, :5] = HAIR
    found = head.kinds(labels)
    assert (found[head.scalp & ~head.observed] == REST).all()


def test_a_receding_hair_line_does_not_make_the_back_of_the_head_bald(head: Head) -> None:
    # Skin on three fifths of the scalp that the photo shows.
    labels = np.where(head.scalp & (np.arange(SIZE) >= 6), HAIR, SKIN)
    found = head.kinds(labels)
    assert (found[head.scalp & ~head.observed] == COVER).all()
    assert (found[head.scalp & head.observed & (labels == SKIN)] == REST).all()


def test_next_to_no_scalp_tells_nothing(head: Head) -> None:
    head.observed = head.filled = head.scalp & (np.arange(SIZE * SIZE).reshape(SIZE, SIZE) < 1)
    assert (head.kinds(np.full((SIZE, SIZE), HAIR))[head.scalp & ~head.observed] != COVER).all()


def test_what_views_made_of_the_scalp_counts_as_hair_where_it_has_its_colours(head: Head) -> None:
    head.filled[:, 10:15] = True
    head.colours[:5, 10:15] = ROSE
    found = head.kinds(np.where(head.scalp, HAIR, SKIN))
    assert (found[:5, 10:15] == REST).all()
    assert (found[5:10, 10:15] == COVER).all()
    assert (found[:10, 15:] == COVER).all()


def test_hair_on_the_forehead_is_hair(head: Head) -> None:
    labels = np.where(head.scalp, HAIR, SKIN)
    labels[12, 3] = HAIR
    assert head.kinds(labels)[12, 3] == COVER


def test_without_labels_or_regions_all_is_one(head: Head) -> None:
    labels = np.full((SIZE, SIZE), HAIR, np.uint8)
    for carried in (
        nothing(SIZE),
        Carried(nothing(SIZE).labels, head.regions),
        Carried(labels, nothing(SIZE).regions),
    ):
        assert (texel_kinds(carried, head.observed, head.filled, head.colours) == REST).all()


def test_only_what_is_still_observed_tells(head: Head) -> None:
    # Preprocessing may have taken texels away that had a label.
    labels = np.where(head.scalp, HAIR, SKIN).astype(np.uint8)
    none = np.zeros((SIZE, SIZE), bool)
    found = texel_kinds(Carried(labels, head.regions), none, none, head.colours)
    assert (found == REST).all()
    assert parsed.UNKNOWN == 0
