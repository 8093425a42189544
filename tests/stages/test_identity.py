"""The comparison of pictures as a command."""

import json

import numpy as np
import pytest
import skimage.data
from PIL import Image

from scoreface.cli import main

pytestmark = pytest.mark.heavy


@pytest.fixture
def command(tmp_path):
    """The command, for three names of pictures."""
    head = np.ascontiguousarray(skimage.data.astronaut()[:240, 100:340])
    Image.fromarray(head).save(tmp_path / "photo.png")
    Image.fromarray(head[:, ::-1]).save(tmp_path / "mirrored.png")
    Image.new("RGB", (80, 80)).save(tmp_path / "black.png")
    (tmp_path / "damaged.png").write_text("no picture")

    def build(photo, before, after):
        names = {"photo": photo, "before": before, "after": after, "out": "out/identity.json"}
        pairs = ((f"--{option}", str(tmp_path / name)) for option, name in names.items())
        return ["identity", *(part for pair in pairs for part in pair)]

    return build


def test_the_distances_are_written_and_said(command, tmp_path, capsys):
    main(command("photo.png", "mirrored.png", "photo.png"))
    record = json.loads((tmp_path / "out" / "identity.json").read_text())
    assert list(record) == ["distance_before", "distance_after", "reason"]
    assert record["distance_after"] == 0
    assert 0 < record["distance_before"] < 0.6
    assert record["reason"] is None
    said = f"distance to the photo: {record['distance_before']} before, 0.0 after\n"
    assert capsys.readouterr().out == said


def test_a_picture_without_a_face_is_no_error(command, tmp_path):
    main(command("photo.png", "black.png", "photo.png"))
    record = json.loads((tmp_path / "out" / "identity.json").read_text())
    assert record["distance_before"] is None
    assert record["distance_after"] == 0
    assert record["reason"] == f"no face was found in {tmp_path / 'black.png'}"


@pytest.mark.parametrize("name", ["none.png", "damaged.png"])
def test_a_picture_that_cannot_be_read_is_named(command, name, tmp_path):
    with pytest.raises(SystemExit, match=rf"^error: .*{name}: cannot be read as a picture"):
        main(command("photo.png", name, "photo.png"))
    assert not (tmp_path / "out").exists()
