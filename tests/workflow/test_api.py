"""The Python API beside the workflow."""

from pathlib import Path

import numpy as np
import pytest

import scoreface
from scoreface.base.arrays import read_image, read_labels
from scoreface.config.schema import checked_config

pytestmark = pytest.mark.heavy


def test_it_makes_what_the_workflow_makes(demo, workplace, small, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    photo = workplace / "resources" / "demo" / "photos" / "synthetic_p25.png"
    made = scoreface.complete(photo, config=small, folder=tmp_path / "face")
    there = demo / "synthetic_p25"
    assert made.id == "synthetic_p25"
    np.testing.assert_array_equal(made.texture, read_image(there / "texture.png"))
    np.testing.assert_array_equal(made.provenance, read_labels(there / "provenance.png"))
    read = scoreface.Head.load(there, config=checked_config([Path(small)]))
    np.testing.assert_array_equal(read.mesh.vertices, made.mesh.vertices)
    for head in (made, read):
        np.testing.assert_array_equal(head.render(size=96), read_image(there / "frontal.png"))
    # What is kept is what the workflow keeps.
    for name in ("photo.png", "parse/labels.png", "texture/known.png", "mesh/head.obj"):
        assert (tmp_path / "face" / name).read_bytes() == (there / name).read_bytes()
    # An array in the place of the file, with another id, is another draw of the same texels.
    again = scoreface.complete(read_image(photo), config=small)
    assert (again.id, again.shares) == ("face", made.shares)
    np.testing.assert_array_equal(again.texture[again.observed], made.texture[made.observed])
