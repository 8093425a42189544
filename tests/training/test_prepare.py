"""From photos to pictures for training, on photos of which it is known where the head is."""

import numpy as np
import pytest
from PIL import Image

from scoreface.base.arrays import read_image, write_image
from scoreface.base.errors import InputError
from scoreface.cli import main
from scoreface.demo.people import sample_head
from scoreface.demo.photos import make_photo
from scoreface.demo.skin.paint import paint_skin
from scoreface.parse.engines import Parsed
from scoreface.parse.labels import BACKGROUND, CLOTHES, HAIR, SKIN
from scoreface.training.heads import cut_head
from scoreface.training.prepare import Settings


@pytest.fixture(scope="module")
def photo():
    rng = np.random.default_rng(2)
    head = sample_head(rng)
    return make_photo(head, paint_skin(head.skin, 256), 15.0, 0.0, 10.0, 256, rng)


class Known:
    """A parser that is told what the pixels are."""

    def __init__(self, labels):
        self.labels = labels

    def parse(self, photo, landmarks):
        return Parsed(self.labels, np.full_like(self.labels, 255))


def all_landmarks(photo):
    """Those of the photo, with the jaw's, which are not known, along the face's lower edge."""
    inner = photo.landmarks_2d
    low, high = inner.min(0), inner.max(0)
    along = np.linspace(np.pi, 0, 17)
    middle, radius = (low + high) / 2, (high - low) / 2 * 1.25
    jaw = middle + radius * np.stack([np.cos(along), np.sin(along)], 1)
    return np.concatenate([jaw, inner]) - 0.5


@pytest.mark.parametrize("frame", ["views", "ffhq"])
def test_what_is_no_head_is_black_and_eyes_are_level(photo, frame):
    labels = np.where(photo.visible, SKIN, BACKGROUND).astype(np.uint8)
    settings = Settings(size=64, frame=frame)
    picture = cut_head(photo.image, all_landmarks(photo), settings, Known(labels))
    whole = cut_head(
        photo.image, all_landmarks(photo), Settings(size=64, frame=frame, keep="everything"), None
    )
    black = (picture == 0).all(2)
    assert 0.05 < black.mean() < 0.8
    # Within the silhouette it is the photo, up to its rim.
    assert np.abs(picture.astype(int) - whole)[~black].mean() < 1


def test_hair_beside_a_bald_head_goes_and_clothes_do(photo):
    # All that is not the head is called hair, and a stripe below it clothes.
    labels = np.where(photo.visible, SKIN, HAIR).astype(np.uint8)
    labels[-20:] = CLOTHES
    points = all_landmarks(photo)
    shares = {}
    for keep in ("bald", "head", "person", "everything"):
        settings = Settings(size=64, frame="ffhq", keep=keep)
        picture = cut_head(photo.image, points, settings, Known(labels))
        shares[keep] = (picture > 0).any(2).mean()
    assert shares["bald"] < shares["head"] <= shares["person"] <= shares["everything"] == 1


@pytest.mark.heavy
def test_a_folder_is_prepared_and_what_shows_no_face_is_left_out_by_name(tmp_path, photo, capfd):
    folder, out = tmp_path / "photos", tmp_path / "out"
    write_image(folder / "inner" / "face.png", photo.image)
    Image.fromarray(photo.image).save(folder / "inner" / "face.jpg")
    write_image(folder / "wall.png", np.full((90, 120, 3), 120, np.uint8))
    (folder / "broken.jpg").write_bytes(b"no picture")
    given = ["prepare", str(folder), "--out", str(out), "--size", "64", "--keep", "everything"]
    main([*given, "--parser", "none", "--fast"])
    said = capfd.readouterr()
    assert "2 pictures" in said.out
    assert "left out: wall.png: no face was found" in said.err
    assert "left out: broken.jpg: The photo" in said.err
    rows = [row.split("\t") for row in (out / "prepared.tsv").read_text().splitlines()[1:]]
    assert {row[0]: row[1] for row in rows} == {
        "broken.jpg": "",
        "inner/face.jpg": "inner/face.jpg.png",
        "inner/face.png": "inner/face.png.png",
        "wall.png": "",
    }
    picture = read_image(out / "inner" / "face.png.png")
    assert picture.shape == (64, 64, 3)
    # What is there is not made again, and a set is made in one way.
    write_image(out / "inner" / "face.png.png", np.zeros((64, 64, 3), np.uint8))
    main([*given, "--parser", "none", "--fast"])
    assert not read_image(out / "inner" / "face.png.png").any()
    with pytest.raises(SystemExit, match="made with size 64, not 32"):
        main([*given, "--parser", "none", "--fast", "--size", "32"])


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"frame": "round"}, "--frame round: none of views, ffhq"),
        ({"keep": "nose"}, "--keep nose"),
        ({"parser": "eyes"}, "--parser eyes"),
        ({"parser": "none"}, "--parser none: with it nobody knows"),
        ({"parser": "onnx"}, "--parser onnx: give its network"),
    ],
)
def test_what_cannot_be_is_named(changed, named, tmp_path):
    from scoreface.training.heads import check

    with pytest.raises(InputError, match=named):
        check(Settings(**changed))


def test_a_folder_without_photos_is_named(tmp_path):
    given = ["--keep", "everything", "--out", str(tmp_path / "out")]
    with pytest.raises(SystemExit, match="no photos there"):
        main(["prepare", str(tmp_path), *given])
