"""Texel tables against closed forms and FLAME's own."""

import pickle

import numpy as np
import pytest

from scoreface.base.errors import InputError
from scoreface.geometry.mesh import Mesh, load_obj, save_obj
from scoreface.texture.layout import TextureLayout, load_chart, load_layout, make_layout

VT = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
FACES = np.array([[0, 1, 2], [0, 2, 3]])


def test_a_texel_shows_the_point_at_its_centre():
    # On a square whose corners are their own UVs, the point of texel (i, j) is its (u, v).
    layout = make_layout(VT, FACES, FACES, 8)
    rows, columns = layout.texels // 8, layout.texels % 8
    expected = np.stack([(columns + 0.5) / 8, 1 - (rows + 0.5) / 8], 1)
    assert layout.chart.all()
    np.testing.assert_allclose(layout.interpolate(VT), expected, atol=1e-6)


def test_a_table_comes_back_as_it_was_saved(tmp_path):
    layout = make_layout(VT, FACES, FACES, 8)
    layout.save(tmp_path / "layout.npy")
    again = TextureLayout.load(tmp_path / "layout.npy")
    assert again.size == 8
    for name in ("texels", "vertices", "barycentric", "vt", "ft"):
        np.testing.assert_array_equal(getattr(again, name), getattr(layout, name))
    assert again.resized(8, FACES) is again
    assert again.resized(16, FACES).chart.all()


def test_made_table_equals_the_published_one(reference):
    published = TextureLayout.load(reference / "mini_texture_data_128.npy")
    mesh = load_obj(reference / "bumpy_head.obj")
    made = make_layout(published.vt, published.ft, mesh.faces, published.size)
    np.testing.assert_array_equal(made.texels, published.texels)
    # A centre on an edge may go to either face: the surface points must agree.
    np.testing.assert_allclose(
        made.interpolate(mesh.vertices), published.interpolate(mesh.vertices), atol=1e-6
    )


class _Bomb:
    def __reduce__(self):
        return (print, ("this must not run",))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (_Bomb(), "refused"),
        ({"img_size": 4}, "valid_pixel_ids"),
        ([1, 2], "not a dict"),
    ],
)
def test_a_bad_table_is_refused_and_named(content, says, tmp_path, capsys):
    path = tmp_path / "layout.npy"
    np.save(path, np.array(content, dtype=object), allow_pickle=True)
    with pytest.raises(InputError, match=says) as caught:
        TextureLayout.load(path)
    assert str(path) in str(caught.value)
    assert capsys.readouterr().out == ""


def test_a_table_of_another_mesh_is_refused(tmp_path):
    layout = make_layout(VT, FACES, FACES, 8)
    with pytest.raises(InputError, match="2 faces, but the head has 1"):
        layout.resized(8, FACES[:1])


def test_a_plain_pickle_is_read_too(tmp_path):
    layout = make_layout(VT, FACES, FACES, 4)
    layout.save(tmp_path / "layout.npy")
    table = np.load(tmp_path / "layout.npy", allow_pickle=True).item()
    (tmp_path / "layout.pkl").write_bytes(pickle.dumps(table, protocol=2))
    np.testing.assert_array_equal(TextureLayout.load(tmp_path / "layout.pkl").texels, layout.texels)


def _grid(cells: int) -> Mesh:
    """A square of cells x cells quads, each two triangles; every triangle has UV corners of its own."""
    row, column = np.divmod(np.arange(cells * cells), cells)
    a = row * (cells + 1) + column
    b, c, d = a + 1, a + cells + 2, a + cells + 1
    faces = np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])
    v, u = np.divmod(np.arange((cells + 1) ** 2), cells + 1)
    uv = np.stack([u, v], 1) / cells
    return Mesh(
        np.column_stack([uv, 0 * u]), faces, uv[faces.ravel()], np.arange(faces.size).reshape(-1, 3)
    )


def _save(mesh: Mesh, path) -> None:
    save_obj(mesh, path, "none.png")


@pytest.mark.parametrize("size", [8, 21])
def test_an_obj_gives_the_same_table_as_its_uv_coordinates(size, tmp_path):
    mesh = _grid(4)
    _save(mesh, tmp_path / "head.OBJ")
    layout = load_layout(tmp_path / "head.OBJ", size, mesh.faces)
    made = make_layout(mesh.vt, mesh.ft, mesh.faces, size)
    for name in ("texels", "vertices", "barycentric", "ft"):
        np.testing.assert_array_equal(getattr(layout, name), getattr(made, name))


def test_the_faces_of_an_obj_may_be_turned_and_in_another_order(tmp_path):
    mesh = _grid(4)
    rng = np.random.default_rng(0)
    order, start = rng.permutation(len(mesh.faces)), rng.integers(0, 3, (len(mesh.faces), 1))
    turn = (start + np.arange(3)) % 3
    faces, ft = (np.take_along_axis(x[order], turn, 1) for x in (mesh.faces, mesh.ft))
    _save(Mesh(mesh.vertices, faces, mesh.vt, ft), tmp_path / "head.obj")
    vt, ft = load_chart(tmp_path / "head.obj", mesh.faces)
    np.testing.assert_array_equal(vt[ft], mesh.vt[mesh.ft])


def test_the_reference_mesh_as_obj_gives_the_published_table(reference):
    published = TextureLayout.load(reference / "mini_texture_data_128.npy")
    mesh = load_obj(reference / "bumpy_head.obj")
    layout = load_layout(reference / "bumpy_head.obj", published.size, mesh.faces)
    np.testing.assert_array_equal(layout.texels, published.texels)
    points = [table.interpolate(mesh.vertices) for table in (layout, published)]
    np.testing.assert_allclose(*points, atol=1e-6)
    same = load_layout(reference / "mini_texture_data_128.npy", published.size, mesh.faces)
    np.testing.assert_array_equal(same.barycentric, published.barycentric)


@pytest.mark.parametrize(
    ("faces", "says"),
    [
        (_grid(3).faces, "its 32 faces are not those of the head, which has 18"),
        (_grid(4).faces[:, ::-1], "not those of the head"),
        (_grid(4).faces[::-1] + 1, "not those of the head"),
    ],
)
def test_an_obj_of_another_mesh_is_refused(faces, says, tmp_path):
    path = tmp_path / "head.obj"
    _save(_grid(4), path)
    with pytest.raises(InputError, match=r"assets\.texture_data: .*head\.obj: .*" + says):
        load_layout(path, 8, faces)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n", "line 4: a face must be a triangle with UV"),
        ("v 0 0 0\nv 1 x", "line 2: could not convert string to float: 'x'"),
        ("v 0 0 0\nv 1 0 0\nv 0 1 0\nvt 0 0\nvt 2 0\nvt 0 1\nf 1/1 2/2 3/3\n", "outside of 0 to 1"),
        ("v 0 0 0\nv 1 0 0\nv 0 1 0\nvt 0 0\nf 1/1 2/2 3/3\n", "UV index out of range"),
        ("", "is the file whole"),
    ],
)
def test_a_bad_obj_is_refused_and_named(text, says, tmp_path):
    path = tmp_path / "chart.obj"
    path.write_text(text)
    with pytest.raises(InputError, match=says) as caught:
        load_layout(path, 8, np.array([[0, 1, 2]]))
    assert f"assets.texture_data: {path}" in str(caught.value)


@pytest.mark.parametrize("name", ["none.obj", "none.npy"])
def test_a_missing_layout_is_named(name, tmp_path):
    with pytest.raises(InputError, match=r"assets\.texture_data: .*" + name):
        load_layout(tmp_path / name, 8, FACES)


@pytest.mark.parametrize(
    ("faces", "says"),
    [
        (_grid(3).faces, "a layout of 32 faces, but the head has 18"),
        (np.minimum(_grid(4).faces, 20), "25 vertices or more, but the head has 21"),
        (_grid(4).faces @ np.diag([1, 0, 1]), "only 3% of the layout's triangles"),
    ],
)
def test_a_table_of_another_mesh_is_refused_at_any_size(faces, says, tmp_path):
    mesh = _grid(4)
    make_layout(mesh.vt, mesh.ft, mesh.faces, 16).save(tmp_path / "layout.npy")
    for size in (16, 32):
        with pytest.raises(InputError, match=says):
            load_layout(tmp_path / "layout.npy", size, faces)


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("valid_pixel_3d_faces", -np.ones((16, 3), int), "index out of range"),
        ("ft", FACES + 3, "index out of range"),
        ("ft", FACES[:, :2], "must be"),
        ("vt", VT[:, :1], "must be"),
        ("vt", VT + 0.5, "outside of 0 to 1"),
        ("vt", VT * np.nan, "not finite"),
        ("valid_pixel_b_coords", np.full((16, 3), np.inf), "not finite"),
        ("valid_pixel_b_coords", np.ones((15, 3)), "differ in length"),
        ("valid_pixel_ids", np.arange(16) + 0.5, "no whole numbers"),
        ("valid_pixel_ids", np.full(16, np.nan), "no whole numbers"),
        ("valid_pixel_ids", np.arange(16) + 1, "texels outside of 4 x 4"),
        ("img_size", 10**9, "1000000000 of them along a side"),
        ("img_size", 0, "0 of them along a side"),
        ("img_size", np.inf, "no whole numbers"),
        ("img_size", [4, 4], "no UV layout"),
        ("img_size", None, "no UV layout"),
    ],
)
def test_a_damaged_table_is_refused(key, value, says, tmp_path):
    make_layout(VT, FACES, FACES, 4).save(tmp_path / "layout.npy")
    table = np.load(tmp_path / "layout.npy", allow_pickle=True).item()
    np.save(tmp_path / "layout.npy", np.array({**table, key: value}), allow_pickle=True)
    with pytest.raises(InputError, match=says):
        TextureLayout.load(tmp_path / "layout.npy")


def test_a_texel_has_the_value_of_the_nearest_corner_and_its_place_in_the_picture():
    # One triangle over half of the chart.
    vt = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    faces = np.array([[0, 1, 2]])
    layout = make_layout(vt, faces, faces, 16)
    found = layout.picture(layout.nearest(np.array([7, 8, 9], np.uint8)))
    assert found.dtype == np.uint8
    rows, columns = np.nonzero(layout.chart)
    u, v = (columns + 0.5) / 16, 1 - (rows + 0.5) / 16
    weights = np.stack([1 - u - v, u, v])
    first, second = np.sort(weights, axis=0)[::-1][:2]
    clear = first - second > 1e-6
    np.testing.assert_array_equal(found[rows, columns][clear], 7 + weights.argmax(0)[clear])
    assert (found[~layout.chart] == 0).all()
