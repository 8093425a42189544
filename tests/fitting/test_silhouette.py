"""The silhouette of bodies whose outline is known."""

import numpy as np
import pytest
import trimesh

from scoreface.fitting.silhouette import covered, paired_edges, rim_edges


def ball(radius: float = 1.0, centre=(0.0, 0.0, 0.0)):
    mesh = trimesh.creation.icosphere(subdivisions=4, radius=radius)
    return mesh.vertices + np.array(centre), mesh.faces.astype(np.int64)


def test_each_edge_of_a_closed_mesh_has_two_triangles():
    vertices, faces = ball()
    edges, triangles = paired_edges(faces)
    # Euler: V - E + F = 2.
    assert len(edges) == len(vertices) + len(faces) - 2
    for edge, pair in zip(edges, triangles, strict=True):
        assert all(np.isin(edge, faces[triangle]).all() for triangle in pair)


def test_an_edge_at_a_hole_has_one_triangle_and_is_left_out():
    edges, _ = paired_edges(np.array([[0, 1, 2], [1, 3, 2]]))
    assert edges.tolist() == [[1, 2]]


def test_the_area_that_a_ball_covers():
    vertices, faces = ball(40.0, (60.3, 50.6, 0.0))
    inside = covered(vertices[:, :2], faces, (120, 100))
    assert inside.shape == (100, 120)
    assert inside.sum() == pytest.approx(np.pi * 40**2, rel=0.03)
    rows, columns = np.nonzero(inside)
    assert columns.mean() + 0.5 == pytest.approx(60.3, abs=0.3)
    assert rows.mean() + 0.5 == pytest.approx(50.6, abs=0.3)


def test_the_rim_of_a_ball_is_a_circle_and_its_normals_point_away():
    vertices, faces = ball(0.1, (0.02, -0.03, 0.5))
    edges, triangles = paired_edges(faces)
    found, outwards = rim_edges(vertices, faces, edges, triangles)
    away = vertices[edges[found]].mean(axis=1)[:, :2] - [0.02, -0.03]
    assert len(found) > 60
    assert np.linalg.norm(away, axis=1) == pytest.approx(0.1, rel=0.03)
    cosines = (outwards * away).sum(axis=1) / np.linalg.norm(away, axis=1)
    assert cosines.min() > 0.95
    angles = np.sort(np.arctan2(away[:, 1], away[:, 0]))
    assert np.diff(angles).max() < 0.2, "all around"


def test_a_silhouette_before_the_head_itself_is_no_rim():
    """As a chin before the neck: a small ball before a large one has an outline of which nothing is at the rim."""
    large, small = ball(0.1), ball(0.03, (0.02, 0.0, 0.1))
    vertices = np.concatenate([large[0], small[0]])
    faces = np.concatenate([large[1], small[1] + len(large[0])])
    edges, triangles = paired_edges(faces)
    found, _ = rim_edges(vertices, faces, edges, triangles)
    assert len(found) > 60
    assert (edges[found] < len(large[0])).all()
