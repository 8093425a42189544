"""The head as GLB: its layout, its two textures, and what Khronos' validator says."""

import io
import json
import subprocess

import numpy as np
import pytest
from PIL import Image

from scoreface.results.glb import write_glb


def test_a_glb_is_laid_out_as_gltf_has_it(sphere, tmp_path):
    texture = np.random.default_rng(0).integers(0, 256, (30, 30, 3)).astype(np.uint8)
    labels = np.zeros_like(texture)
    labels[:, 15:] = (70, 130, 180)
    write_glb(sphere, texture, labels, {"id": "00042"}, tmp_path / "head.glb")
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
    pictures = [_picture(binary, views[image["bufferView"]]) for image in tree["images"]]
    np.testing.assert_array_equal(pictures[0], texture)
    np.testing.assert_array_equal(pictures[1], labels)
    assert [node["extras"] for node in tree["nodes"] if "mesh" in node] == [{"id": "00042"}]


def _picture(binary, view):
    content = binary[view["byteOffset"] : view["byteOffset"] + view["byteLength"]]
    with Image.open(io.BytesIO(content)) as picture:
        return np.array(picture)


def test_the_provenance_is_a_variant_of_the_material(sphere, tmp_path):
    write_glb(
        sphere, np.zeros((8, 8, 3), np.uint8), np.ones((8, 8, 3), np.uint8), {}, tmp_path / "a.glb"
    )
    content = (tmp_path / "a.glb").read_bytes()
    tree = json.loads(content[20 : 20 + int.from_bytes(content[12:16], "little")])
    names = [each["name"] for each in tree["extensions"]["KHR_materials_variants"]["variants"]]
    assert names == ["complete", "provenance"]
    (primitive,) = tree["meshes"][0]["primitives"]
    mappings = primitive["extensions"]["KHR_materials_variants"]["mappings"]
    shown = {}
    for mapping in mappings:
        material = tree["materials"][mapping["material"]]
        # The texture holds the photo's light: viewers that can shall add none; and the neck is open.
        assert material["extensions"] == {"KHR_materials_unlit": {}}
        assert material["doubleSided"] is True
        texture = tree["textures"][material["pbrMetallicRoughness"]["baseColorTexture"]["index"]]
        sampler = tree["samplers"][texture["sampler"]]
        for variant in mapping["variants"]:
            shown[names[variant]] = (texture["source"], sampler["magFilter"])
    linear, nearest = 9729, 9728
    assert shown == {"complete": (0, linear), "provenance": (1, nearest)}
    assert primitive["material"] == 0


@pytest.mark.heavy
def test_khronos_validator_finds_nothing(sphere, tmp_path, npm_package):
    package = npm_package("gltf-validator", "2.0.0-dev.3.10")
    texture = np.random.default_rng(0).integers(0, 256, (32, 32, 3)).astype(np.uint8)
    extras = {"id": "a", "provenance": {"observed in the photo": 0.25}}
    write_glb(sphere, texture, texture[::-1], extras, tmp_path / "head.glb")
    script = tmp_path / "validate.js"
    script.write_text(
        "const [package, file] = process.argv.slice(2);\n"
        "const bytes = new Uint8Array(require('fs').readFileSync(file));\n"
        "require(package).validateBytes(bytes).then(r => console.log(JSON.stringify(r)));\n"
    )
    command = ["node", str(script), str(package), str(tmp_path / "head.glb")]
    report = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    issues = report["issues"]
    found = {name: issues[name] for name in ("numErrors", "numWarnings", "numInfos", "numHints")}
    assert found == dict.fromkeys(found, 0), issues["messages"]
    # It has looked at the whole of it.
    assert report["info"]["totalTriangleCount"] == len(sphere.faces)
    assert report["info"]["materialCount"] == 2
