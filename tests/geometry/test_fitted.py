"""The head that a fit leaves: read back, and known to be damaged."""

import numpy as np
import pytest

from scoreface.base.errors import InputError
from scoreface.geometry.fitted import load_fit

HEAD = {
    "vertices": np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0]], np.float32),
    "faces": np.array([[0, 1, 2]], np.uint32),
    "axis_angle": np.array([0.1, 0.2, 0.3]),
    "scale": np.float64(300),
    "open_vertices": np.array([[0, 0, 0], [1, 0, 0], [1, 2, 0]], np.float64),
    "regions": np.array([1, 2, 5], np.uint8),
    "landmarks": np.zeros((51, 2)),
    "status": "accepted",
}


def test_a_head_comes_back(tmp_path):
    np.savez(tmp_path / "fit.npz", **HEAD)
    head = load_fit(tmp_path / "fit.npz")
    for name in ("vertices", "faces", "axis_angle"):
        np.testing.assert_array_equal(getattr(head, name), HEAD[name])
    assert head.faces.dtype == np.int64
    assert head.scale == head.known_scale == head.in_photo.scale == 300
    for name in ("open_vertices", "regions", "landmarks"):
        np.testing.assert_array_equal(getattr(head.in_photo, name), HEAD[name])


def test_another_fitter_s_head_has_no_scale(tmp_path):
    np.savez(
        tmp_path / "fit.npz", **{name: HEAD[name] for name in ("vertices", "faces", "axis_angle")}
    )
    head = load_fit(tmp_path / "fit.npz")
    assert head.scale is None
    with pytest.raises(InputError, match=r"fit\.npz: another fitter's head, whose camera is not"):
        _ = head.known_scale
    with pytest.raises(
        InputError, match=r"fit\.npz: another fitter's head, of whose photo nothing"
    ):
        _ = head.in_photo


@pytest.mark.parametrize("name", ["open_vertices", "regions", "landmarks"])
def test_what_an_older_fit_left_is_not_taken(tmp_path, name):
    np.savez(tmp_path / "fit.npz", **{key: HEAD[key] for key in HEAD if key != name})
    with pytest.raises(InputError, match=rf"fit\.npz: .*no {name} in it.*delete it and run again"):
        load_fit(tmp_path / "fit.npz")


def test_a_rejected_photo_has_no_head(tmp_path):
    np.savez(tmp_path / "fit.npz", status="rejected")
    with pytest.raises(
        InputError, match=r"fit\.npz: the photo was rejected, .* fit\.json says why"
    ):
        load_fit(tmp_path / "fit.npz")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"vertices": HEAD["vertices"] * np.nan}, "vertices has values that are not finite"),
        ({"vertices": HEAD["vertices"][:, :2]}, "vertices is float32 of shape"),
        ({"vertices": HEAD["vertices"] * 0}, "all its faces are in one place"),
        ({"vertices": HEAD["vertices"] * [1, 0, 0]}, "all its faces are without area"),
        ({"faces": HEAD["faces"] + 1}, "a vertex index out of range"),
        ({"faces": HEAD["faces"].astype(int) - 1}, "a vertex index out of range"),
        ({"faces": np.full((1, 3), 2**63, np.uint64)}, "a vertex index out of range"),
        ({"faces": HEAD["faces"][:0]}, "no faces"),
        ({"faces": HEAD["faces"] * 1.0}, "not whole numbers"),
        ({"axis_angle": np.zeros(2)}, "axis_angle is float64 of shape"),
        ({"axis_angle": np.array([90.0, 0, 0])}, "more than two turns"),
        ({"scale": 0.0}, "a scale of 0"),
        ({"scale": -1.0}, "a scale of -1"),
        ({"scale": np.nan}, "scale has values that are not finite"),
        ({"status": 3}, "status is int64"),
        ({"open_vertices": HEAD["open_vertices"][:, :2]}, "open_vertices is float64 of shape"),
        ({"open_vertices": HEAD["open_vertices"] * 0}, "mouth open all its faces are in one place"),
        ({"regions": HEAD["regions"] + 1}, "regions that no head has"),
        ({"regions": HEAD["regions"][:2]}, "regions is uint8 of shape"),
        ({"regions": HEAD["regions"] * 1.0}, "not whole numbers"),
        ({"landmarks": np.zeros((68, 2))}, "landmarks is float64 of shape"),
    ],
)
def test_what_is_no_head_is_named(tmp_path, change, says):
    np.savez(tmp_path / "fit.npz", **{**HEAD, **change})
    with pytest.raises(InputError, match=rf"fit\.npz: .*{says}"):
        load_fit(tmp_path / "fit.npz")
