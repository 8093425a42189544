"""Heads as DECA's demo writes them."""

from pathlib import Path

import numpy as np
import pytest
import yaml
from PIL import Image

from scoreface.base.errors import InputError
from scoreface.cli import main
from scoreface.config.ids import read_ids
from scoreface.config.schema import checked_config
from scoreface.convert.fits import find_photos
from scoreface.geometry.mesh import load_obj, vertex_normals
from scoreface.texture.adopt import adopt
from scoreface.texture.layout import make_layout

from .conftest import ROTATION

SIZE = 64
COLOUR = (200, 140, 110)


@pytest.fixture
def saved(tmp_path, head):
    """DECA's folder with one head, whose texture is the face's in the middle and DECA's gray around."""
    folder = tmp_path / "deca" / "anna"
    _write_obj(folder / "anna.obj", head.vertices, head)
    texture = np.full((SIZE, SIZE, 3), 178, np.uint8)
    texture[16:48, 16:48] = COLOUR
    Image.fromarray(texture).save(folder / "anna.png")
    _write_obj(tmp_path / "template.obj", head.template, head)
    return folder.parent


def _write_obj(path, vertices, head):
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ["mtllib anna.mtl", ""]
    lines += ["v {} {} {}".format(*vertex) for vertex in vertices]
    lines += ["vt {} {}".format(*uv) for uv in head.vt]
    lines += ["usemtl FaceTexture"]
    for corners, texels in zip(head.faces + 1, head.ft + 1, strict=True):
        lines.append("f " + " ".join(f"{a}/{b}" for a, b in zip(corners, texels, strict=True)))
    path.write_text("\n".join(lines) + "\n")


def _convert(saved, photos, out):
    command = ["convert", "deca", str(saved), "--photos", str(photos), "--out", str(out)]
    template = saved.parent / "template.obj"
    main([*command, "--template", str(template), "--texels", str(SIZE)])


def test_a_head_is_what_the_workflow_takes(saved, photos, tmp_path, head):
    _convert(saved, photos, tmp_path / "out")
    config = checked_config([tmp_path / "out" / "config.yaml"])
    (face,) = read_ids(Path(config["ids"]))
    assert (face.id, face.image) == ("anna", str(photos / "anna.png"))
    assert config["fit"]["engine"] == "external"
    files = config["fit"]["external"]
    paths = [
        Path(files[name].replace("{id}", "anna")) for name in ("mesh", "texture", "axis_angle")
    ]
    mesh, texture, seen, rotation = adopt(*paths, config["texture"]["large"])
    np.testing.assert_allclose(rotation, ROTATION, atol=1e-6)
    np.testing.assert_allclose(mesh.vertices, head.vertices, atol=1e-8)
    assert (texture[seen] == COLOUR).all()
    assert seen.sum() > 200
    # DECA's gray and what is mixed with it, 3 texels wide, do not count.
    assert not seen[:19].any()
    assert not seen[:, 45:].any()
    # Nor does what is turned away, which DECA paints too.
    layout = make_layout(mesh.vt, mesh.ft, mesh.faces, SIZE)
    normals = layout.interpolate(vertex_normals(mesh.vertices, mesh.faces))
    away = layout.picture(normals[:, 2] < 0.19 * np.linalg.norm(normals, axis=1))
    assert (away & (np.abs(np.mgrid[:SIZE, :SIZE] - 31.5).max(0) < 12)).any()
    assert not (seen & away).any()


def test_a_head_that_cannot_be_converted_is_left_out_by_name(saved, photos, tmp_path, capsys):
    for name in ("bert", "carl", "dora"):
        (saved / name).mkdir()
        for ending in ("obj", "png"):
            content = (saved / "anna" / f"anna.{ending}").read_bytes()
            (saved / name / f"{name}.{ending}").write_bytes(content)
    for name in ("bert", "carl"):
        (photos / f"{name}.png").write_bytes((photos / "anna.png").read_bytes())
    (saved / "bert" / "bert.png").unlink()
    whole = (saved / "carl" / "carl.obj").read_text()
    (saved / "carl" / "carl.obj").write_text(whole[: len(whole) // 2])
    _convert(saved, photos, tmp_path / "out")
    said = capsys.readouterr()
    left_out = [line for line in said.err.splitlines() if line.startswith("left out: ")]
    assert len(left_out) == 3
    for line, name in zip(left_out, ("bert.png", "carl.obj", "dora"), strict=True):
        assert name in line
    assert "1 of 4 heads converted" in said.out
    assert [face.id for face in read_ids(tmp_path / "out" / "photos.tsv")] == ["anna"]


def test_a_detailed_mesh_is_refused(saved, photos, tmp_path, head, capsys):
    more = head._replace(vertices=np.vstack([head.vertices, head.vertices[:1]]))
    _write_obj(saved / "anna" / "anna.obj", more.vertices, more)
    with pytest.raises(SystemExit, match="nothing was converted"):
        _convert(saved, photos, tmp_path / "out")
    assert "_detail" in capsys.readouterr().err
    assert not (tmp_path / "out" / "config.yaml").exists()


def test_an_empty_folder_says_how_to_fill_it(photos, tmp_path, saved):
    (tmp_path / "none").mkdir()
    (saved.parent / "none" / "x.txt").write_text("")
    with pytest.raises(SystemExit, match="saveObj"):
        _convert(tmp_path / "none", photos, tmp_path / "out")


def test_the_configuration_is_yaml_of_its_own(saved, photos, tmp_path):
    out = tmp_path / "with 'quotes' and spaces"
    _convert(saved, photos, out)
    config = yaml.safe_load((out / "config.yaml").read_text())
    assert config["results"] == str(out / "results")
    assert load_obj(Path(config["fit"]["external"]["mesh"].replace("{id}", "anna")))


def test_a_missing_folder_of_photos_is_named(tmp_path):
    with pytest.raises(InputError, match="missing: no such folder of photos"):
        find_photos(tmp_path / "missing")
