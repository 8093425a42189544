"""The script for the page's viewer, read as the browser reads it."""

import base64
import io
import json
import re

import numpy as np
import pytest
from PIL import Image

from scoreface.results.head_script import write_head_script


def _read(path):
    """Id and head of the script's one call."""
    found = re.fullmatch(r"scorefaceHead\((\".*?\"), (\{.*\})\);\n", path.read_text())
    return json.loads(found[1]), json.loads(found[2])


def _numbers(text, kind, columns):
    return np.frombuffer(base64.b64decode(text), kind).reshape(-1, columns)


def _picture(uri, kind):
    start = f"data:image/{kind};base64,"
    assert uri.startswith(start)
    with Image.open(io.BytesIO(base64.b64decode(uri[len(start) :]))) as picture:
        return np.array(picture.convert("RGBA"))


@pytest.mark.parametrize(("size", "shown"), [(64, 64), (2048, 1024)])
def test_a_script_holds_the_surface_and_three_textures(sphere, tmp_path, size, shown):
    complete = np.full((size, size, 3), (200, 120, 90), np.uint8)
    photo = np.zeros((size, size, 4), np.float32)
    photo[: size // 2] = (180, 110, 80, 1)
    labels = np.full((size, size, 3), (240, 160, 60), np.uint8)
    labels[: size // 2] = (70, 130, 180)
    write_head_script("00042", sphere, complete, photo, labels, tmp_path / "head.js")
    id, head = _read(tmp_path / "head.js")
    assert id == "00042"
    vertices, normals = (_numbers(head[name], "<f4", 3) for name in ("vertices", "normals"))
    faces, uv = _numbers(head["faces"], "<u4", 3), _numbers(head["uv"], "<f4", 2)
    np.testing.assert_allclose(vertices[faces], sphere.vertices[sphere.faces], atol=1e-6)
    np.testing.assert_allclose(uv[faces], sphere.vt[sphere.ft], atol=1e-6)
    np.testing.assert_allclose(normals[faces], sphere.vertex_normals()[sphere.faces], atol=1e-6)
    textures = {
        name: _picture(head["textures"][name], kind).astype(int)
        for name, kind in {"complete": "webp", "incomplete": "webp", "provenance": "png"}.items()
    }
    assert {picture.shape for picture in textures.values()} == {(shown, shown, 4)}
    half = shown // 2
    assert abs(textures["complete"][..., :3] - (200, 120, 90)).max() <= 6
    assert (textures["incomplete"][:half, :, 3] == 255).all()
    assert (textures["incomplete"][half:, :, 3] == 0).all()
    assert abs(textures["incomplete"][: half - 8, :, :3] - (180, 110, 80)).max() <= 6
    assert (textures["provenance"][:half, :, :3] == (70, 130, 180)).all()
    assert (textures["provenance"][half:, :, :3] == (240, 160, 60)).all()
