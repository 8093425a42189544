"""Real photos: what is plain to see in them is found. Those of other people's are not in the repository."""

from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image

from scoreface.parse.labels import (
    BACKGROUND,
    BARE,
    CLOTHES,
    EARS,
    FACE,
    GLASSES,
    HAIR,
    LIPS,
    MOUTH,
    NECK,
    SKIN,
)
from scoreface.parse.outline import find_outline
from scoreface.parse.pose import estimate_pose

from .conftest import see_landmarks

pytestmark = pytest.mark.heavy

PHOTOS = Path(__file__).resolve().parents[3] / "shared" / "photos"
#: Labels at pixels x, y.
SEEN = {
    "astronaut": {
        (220, 110): FACE,
        (220, 30): {HAIR},
        (225, 147): {MOUTH},
        (220, 200): {CLOTHES},
        (310, 60): {BACKGROUND},
        (140, 40): {BACKGROUND},
    },
    "imgHQ00039": {
        (500, 600): FACE,
        (500, 90): {HAIR},
        (219, 543): {EARS},
        (818, 543): {EARS},
        (513, 772): {MOUTH},
        (100, 300): {BACKGROUND},
        (950, 450): {BACKGROUND},
    },
    "imgHQ00088": {
        (530, 250): {SKIN},
        (150, 600): {HAIR},
        (505, 800): {LIPS},
        (560, 980): {NECK},
        (950, 500): {BACKGROUND},
        (40, 200): {BACKGROUND},
    },
    "white_wall": {
        (1200, 850): FACE,
        (1200, 200): {HAIR},
        (200, 600): {BACKGROUND},
        (2200, 900): {BACKGROUND},
        (1200, 1500): {NECK},
    },
    "foliage": {
        (230, 250): FACE,
        (230, 80): {HAIR},
        (110, 240): {EARS},
        (60, 400): {CLOTHES},
        (50, 200): {BACKGROUND},
        (420, 150): {BACKGROUND},
    },
    "hair_on_cheek": {(240, 250): FACE, (60, 300): {HAIR}, (420, 200): {BACKGROUND}},
    "dark_curls": {
        (240, 272): FACE,
        (350, 200): {HAIR},
        (30, 60): {BACKGROUND},
        (430, 60): {BACKGROUND},
    },
    "red_hair_quarter": {(200, 250): FACE, (380, 300): {HAIR}, (60, 200): {BACKGROUND}},
    "glasses_224": {(90, 110): FACE, (10, 140): {BACKGROUND}, (87, 55): {GLASSES}},
}


@pytest.fixture(params=SEEN)
def photo(request: pytest.FixtureRequest) -> tuple[str, np.ndarray]:
    name = request.param
    if name == "astronaut":
        return name, skimage.data.astronaut()
    files = list(PHOTOS.glob(name + ".jp*g"))
    if not files:
        pytest.skip(f"{name} is not in {PHOTOS}")
    return name, np.array(Image.open(files[0]).convert("RGB"))


def test_what_is_plain_to_see_is_found(embedded, photo) -> None:
    name, image = photo
    landmarks = see_landmarks(image, upsampled=1 if len(image) < 600 else 0)
    parsed = embedded.parse(image, landmarks)
    wrong = {
        at: parsed.labels[at[1], at[0]]
        for at, those in SEEN[name].items()
        if parsed.labels[at[1], at[0]] not in those
    }
    assert wrong == {}
    assert parsed.notes == ()
    outline = find_outline(parsed, landmarks)
    inside = outline.points - 6.0 * estimate_pose(landmarks).eye / 120.0 * outline.normals
    x, y = inside[outline.bare].astype(int).T
    assert np.isin(parsed.labels[y, x], list(BARE)).sum() >= 0.95 * len(x)
