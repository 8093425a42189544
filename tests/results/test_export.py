"""Heads for other programs: upright, and with one UV a vertex."""

import io
import json
from dataclasses import replace

import numpy as np
from PIL import Image
from scipy.spatial.transform import Rotation

from scoreface.results.export import split_seams, upright, write_glb


def test_an_upright_head_is_turned_back_and_centred(sphere):
    turn = np.array([0.3, -0.5, 0.2])
    turned = replace(sphere, vertices=Rotation.from_rotvec(turn).apply(sphere.vertices) + 4.0)
    head = upright(turned, turn)
    expected = sphere.vertices - sphere.vertices.mean(0)
    np.testing.assert_allclose(head.vertices, expected, atol=1e-12)
    np.testing.assert_array_equal(head.faces, sphere.faces)


def test_seams_are_split_and_the_vertices_come_first(sphere):
    sources, uv, faces = split_seams(sphere)
    count = len(sphere.vertices)
    np.testing.assert_array_equal(sources[:count], np.arange(count))
    assert len(sources) == len(
        np.unique(np.stack([sphere.faces, sphere.ft], 2).reshape(-1, 2), axis=0)
    )
    np.testing.assert_array_equal(sources[faces], sphere.faces)
    np.testing.assert_array_equal(uv[faces], sphere.vt[sphere.ft])


def test_an_unused_vertex_keeps_its_place(plane):
    extended = replace(plane, vertices=np.vstack([plane.vertices[:1] + 5, plane.vertices]))
    extended = replace(extended, faces=plane.faces + 1)
    sources, uv, faces = split_seams(extended)
    np.testing.assert_array_equal(sources, np.arange(5))
    np.testing.assert_array_equal(uv[1:], plane.vt)
    np.testing.assert_array_equal(faces, extended.faces)


def test_a_glb_is_laid_out_as_gltf_has_it(sphere, tmp_path):
    texture = np.random.default_rng(0).integers(0, 256, (30, 30, 3)).astype(np.uint8)
    write_glb(sphere, texture, tmp_path / "head.glb")
    content = (tmp_path / "head.glb").read_bytes()
    words = np.frombuffer(content[:20], "<u4")
    assert content[:4] == b"glTF"
    assert (words[1], words[2], content[16:20]) == (2, len(content), b"JSON")
    end = 20 + int(words[3])
    tree, binary = json.loads(content[20:end]), content[end + 8 :]
    assert content[end + 4 : end + 8] == b"BIN\0"
    assert (
        int.from_bytes(content[end : end + 4], "little")
        == len(binary)
        == tree["buffers"][0]["byteLength"]
    )
    assert len(binary) % 4 == end % 4 == 0
    views = tree["bufferViews"]
    assert all(view["byteOffset"] % 4 == 0 for view in views)
    ends = [view["byteOffset"] + view["byteLength"] for view in views]
    starts = [view["byteOffset"] for view in views[1:]]
    assert all(
        0 <= start - end < 4 for start, end in zip([*starts, len(binary)], ends, strict=True)
    )
    kinds = {5125: "<u4", 5126: "<f4"}
    for accessor in tree["accessors"]:
        view = views[accessor["bufferView"]]
        columns = {"SCALAR": 1, "VEC2": 2, "VEC3": 3}[accessor["type"]]
        values = np.frombuffer(
            binary, kinds[accessor["componentType"]], view["byteLength"] // 4, view["byteOffset"]
        )
        values = values.reshape(-1, columns)
        assert len(values) == accessor["count"]
        assert values.min(0).tolist() == accessor["min"]
        assert values.max(0).tolist() == accessor["max"]
    image = views[tree["images"][0]["bufferView"]]
    inside = binary[image["byteOffset"] : image["byteOffset"] + image["byteLength"]]
    with Image.open(io.BytesIO(inside)) as picture:
        assert picture.size == (30, 30)
    # The texture holds the photo's light: viewers that can shall add none.
    assert tree["extensionsUsed"] == ["KHR_materials_unlit"]
    assert "KHR_materials_unlit" in tree["materials"][0]["extensions"]
