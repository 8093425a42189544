"""Texel tables against closed forms and FLAME's own."""

import pickle

import numpy as np
import pytest

from scoreface.files import InputError
from scoreface.geometry.mesh import load_obj
from scoreface.texture.layout import TextureLayout, make_layout

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
