"""The comparison with ground truth, on a sheet where both answers are known."""

import numpy as np
import pytest

from scoreface.demo.quality import compare
from scoreface.geometry.mesh import Mesh
from scoreface.texture.state import GENERATED_1, OBSERVED


def test_psnr_of_a_constant_error_and_of_a_perfect_mirror():
    n = 17
    y, x = np.mgrid[0:n, 0:n] / (n - 1) * 2 - 1
    vertices = np.stack([x.ravel(), y.ravel(), 0 * x.ravel()], 1)
    corner = np.arange(n * n).reshape(n, n)
    a, b, c, d = corner[:-1, :-1], corner[:-1, 1:], corner[1:, 1:], corner[1:, :-1]
    faces = np.concatenate([np.stack([a, b, c], 2), np.stack([a, c, d], 2)]).reshape(-1, 3)
    mesh = Mesh(vertices, faces, (vertices[:, :2] + 1) / 2, faces)
    truth = np.full((32, 32, 3), 102, np.uint8)
    known = np.arange(32) + np.zeros((32, 1)) < 20
    large = np.where(known[..., None], truth, 0).astype(np.uint8)
    # Off by 51 of 255: 20 log10(5) dB, 14 dB.
    texture = np.where(known[..., None], truth, 153).astype(np.uint8)
    labels = np.where(known, OBSERVED, GENERATED_1).astype(np.uint8)
    figures = compare(mesh, np.zeros(3), large, known, texture, labels, truth)
    assert figures["generated"]["scoreface"] == pytest.approx(20 * np.log10(5))
    assert figures["generated"]["share"] == pytest.approx(12 / 32)
    assert figures["generated"]["mirror"] > 60
