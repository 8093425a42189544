"""What a scene refuses, and what its views average."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from scoreface.base.errors import InputError
from scoreface.geometry.camera import PerspectiveCamera
from scoreface.geometry.views import View
from scoreface.inpaint.scene import RenderedView


@pytest.mark.parametrize("distance", [1000.0, float("inf")])
def test_a_view_that_does_not_show_the_head_is_refused(scene, distance):
    away = replace(scene, camera=PerspectiveCamera(distance, 60.0))
    with pytest.raises(InputError, match=r"camera\.distance: at .* no pixel shows the head"):
        away.maps(View(0, 40), 16)


def random_view(size: int, generator: torch.Generator) -> RenderedView:
    background = torch.rand(size, size, generator=generator) < 0.2
    known = (torch.rand(size, size, generator=generator) < 0.5) & ~background
    face = torch.rand(size, size, 3, generator=generator) * known[..., None]
    return RenderedView(face, known, background)


@pytest.mark.parametrize("samples", [1, 2, 3])
def test_a_known_pixel_is_the_mean_of_its_known_samples(samples):
    generator = torch.Generator().manual_seed(0)
    view, fine = random_view(9, generator), random_view(9 * samples, generator)
    found = view.averaged(fine)
    assert torch.equal(found.known, view.known)
    assert torch.equal(found.background, view.background)
    without = 0
    for row, column in np.ndindex(9, 9):
        part = np.s_[row * samples : (row + 1) * samples, column * samples : (column + 1) * samples]
        expected = view.face[row, column]
        if view.known[row, column] and fine.known[part].any():
            expected = fine.face[part][fine.known[part]].mean(0)
        elif view.known[row, column]:
            without += 1
        torch.testing.assert_close(found.face[row, column], expected)
    # Where none of a known pixel's samples is known, its own colour stays.
    assert (without > 0) == (samples < 3)


def test_a_scene_is_made_small_as_it_says(scene):
    corner, most = (replace(scene, shrunk=how).first_state(3) for how in ("corner", "most"))
    known = scene.charts[16] & (np.arange(16) < 7)
    for state in (corner, most):
        assert (state.filled == known).all()
        assert (state.textures == state.texture).all()
        assert len(state.textures) == 3
    blocks = scene.large.reshape(16, 2, 16, 2, 3) / 255
    np.testing.assert_allclose(corner.texture[known], blocks[:, 0, :, 0][known], atol=1e-3)
    np.testing.assert_allclose(most.texture[known], blocks.mean((1, 3))[known], atol=1e-3)
