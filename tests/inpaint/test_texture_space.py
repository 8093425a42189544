"""Texture-space sampling: the view's transpose against autograd, and what a step counts."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from scoreface.base.errors import InputError
from scoreface.inpaint.pipelines import TextureSettings
from scoreface.inpaint.scene import RenderedView
from scoreface.inpaint.texture_space import SeenTexels, TexelLangevin
from scoreface.score.samplers import anneal, geometric_sigmas
from scoreface.texture.view_map import ViewMap

SETTINGS = {
    **{"face_size": 64, "noise_levels": 10, "snr": 0.1, "correction_threshold": 0.3},
    **{"keep_silhouette": False, "supersampling": 1, "samples": 1},
}


@pytest.fixture
def seen() -> SeenTexels:
    """A random view of 9 x 7 pixels of a texture of 6 x 6, half of it known."""
    generator = torch.Generator().manual_seed(0)
    view_map = ViewMap(torch.randint(-1, 36, (9, 7), generator=generator), 6)
    known = (torch.rand(36, generator=generator) > 0.5)[view_map.texels] & ~view_map.background
    face = torch.rand(36, 3, generator=generator)[view_map.texels] * known[..., None]
    return SeenTexels.of(RenderedView(face, known, view_map.background), view_map)


def test_the_pulled_back_gradient_equals_autograd_through_grid_sample():
    generator = torch.Generator().manual_seed(1)
    size, height, width = 6, 9, 7
    uv = torch.rand(height, width, 2, generator=generator)
    weights = torch.randn(height, width, 3, generator=generator)
    texture = torch.randn(1, 3, size, size, generator=generator, requires_grad=True)
    # grid_sample counts v downwards from -1 at the top.
    grid = torch.stack([uv[..., 0] * 2 - 1, 1 - uv[..., 1] * 2], -1)[None]
    rendered = torch.nn.functional.grid_sample(texture, grid, mode="nearest", align_corners=False)
    (expected,) = torch.autograd.grad((rendered[0].permute(1, 2, 0) * weights).sum(), texture)

    view_map = ViewMap.from_uv(uv.numpy(), np.zeros((height, width), bool), size)
    blank = torch.zeros(height, width, dtype=torch.bool)
    seen = SeenTexels.of(RenderedView(torch.zeros(height, width, 3), blank, blank), view_map)
    found = torch.zeros(size * size, 3)
    found[torch.unique(view_map.texels)] = seen.pull_back(weights)
    torch.testing.assert_close(
        found, expected[0].permute(1, 2, 0).reshape(-1, 3), atol=1e-6, rtol=0
    )


def test_render_shows_each_texel_in_its_pixels_and_leaves_the_background(seen):
    values = torch.rand(len(seen.values), 3)
    background = torch.full((9, 7, 3), -1.0)
    face = seen.render(values, background).reshape(-1, 3)
    assert torch.equal(face[seen.pixels], values[seen.texel])
    face[seen.pixels] = -1
    assert (face == -1).all()
    assert (background == -1).all()


class Zero:
    image_size, sigma_min, sigma_max, device = 8, 0.01, 50.0, torch.device("cpu")

    def score(self, x, sigma):
        return -x / sigma[:, None, None, None] ** 2


def test_known_texels_come_back_exactly(seen):
    sigmas = geometric_sigmas(0.01, 50.0, 5)
    sampler = TexelLangevin(Zero(), seen, 2, 0.15, torch.Generator().manual_seed(0))
    (done,) = anneal(sampler, sigmas)
    assert torch.equal(done[seen.known], seen.values[seen.known])
    assert not torch.equal(done[~seen.known], seen.values[~seen.known])


def test_the_step_counts_the_noise_of_the_whole_texture(seen):
    # A texture of four times the size, of which the view sees the same texels: steps of four times the length.
    calls = []

    class Recording(Zero):
        def score(self, x, sigma):
            calls.append(x.clone())
            return torch.ones_like(x)

    moves = []
    for count in (10_000, 40_000):
        calls.clear()
        texels = replace(seen, known=seen.known & False, count=count)
        sampler = TexelLangevin(Recording(), texels, 2, 0.01, torch.Generator().manual_seed(0))
        anneal(sampler, torch.tensor([1e-6]))
        before, after = (call[0].flatten(1)[:, seen.pixels] for call in calls)
        # The gradient of ones moves a texel in proportion to its pixels; noise is taken out by the mean.
        moves.append((after - before).square().mean())
    # Both the drift's and the noise's part grow with the step; at this length the noise's (proportional) dominates.
    assert moves[1] / moves[0] == pytest.approx(4, rel=0.3)


def test_settings_that_cannot_work_are_refused():
    with pytest.raises(InputError, match=r"inpaint\.corrector_steps"):
        TextureSettings(**SETTINGS, corrector_steps=0, textures="two")
    with pytest.raises(InputError, match=r"inpaint\.texture\.textures"):
        TextureSettings(**SETTINGS, corrector_steps=1, textures="three")
