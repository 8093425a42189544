"""The silhouette that the geometry gives, on a prior whose exact score is known."""

import pytest
import torch

from scoreface.inpaint.image_space import PredictorCorrector
from scoreface.inpaint.silhouette import KnownSilhouette
from scoreface.score.samplers import anneal, geometric_sigmas

SIZE = 32
SKIN = torch.tensor([0.8, 0.6, 0.5])


class TwoHeads:
    """A prior of two pictures, a head and one that is smaller by a rim: a mixture of two Gaussians when noised."""

    image_size, sigma_min, sigma_max = SIZE, 0.01, 50.0
    device = torch.device("cpu")

    def __init__(self):
        self.pictures = torch.stack([head(11), head(9)])

    def score(self, x, sigma):
        away = self.pictures[None] - x[:, None]
        variance = sigma.square()[:, None]
        weights = (-away.square().sum((2, 3, 4)) / (2 * variance)).softmax(1)
        mean = (weights[:, :, None, None, None] * away).sum(1)
        return mean / variance[:, :, None, None]


def head(radius):
    """A disc of skin with a dark pupil, before black: (3, SIZE, SIZE)."""
    y, x = torch.meshgrid(*[torch.arange(SIZE) - SIZE / 2 + 0.5] * 2, indexing="ij")
    picture = torch.where(x**2 + y**2 < radius**2, SKIN[:, None, None], 0.0)
    picture[:, 12:14, 20:22] = 0.05
    return picture


@pytest.fixture
def prior():
    return TwoHeads()


def complete(model, image, known, seed):
    generator = torch.Generator().manual_seed(seed)
    problem = PredictorCorrector(model, image[None], known, 1, 0.15, generator)
    return anneal(problem, geometric_sigmas(0.01, 50.0, 60))[0]


def test_a_head_fills_its_silhouette(prior):
    truth = prior.pictures[0]
    background = (truth == 0).all(0)
    known = background.clone()
    # Of what is known, nothing tells the two heads apart.
    known[:, : SIZE // 2] |= (prior.pictures[1] > 0).all(0)[:, : SIZE // 2]
    told = KnownSilhouette(prior, background, ~known)
    rim = ~background & ~(prior.pictures[1] > 0).all(0)
    free = torch.stack([complete(prior, truth, known, seed)[:, rim] for seed in range(12)])
    held = torch.stack([complete(told, truth, known, seed)[:, rim] for seed in range(12)])
    dark = (free.mean((1, 2)) < 0.1).float().mean()
    assert 0.2 < dark < 0.8, "either head will do"
    assert (held - SKIN[:, None]).abs().max() < 0.12


def test_all_else_is_left_as_it_is(prior):
    truth = prior.pictures[0]
    background = (truth == 0).all(0)
    told = KnownSilhouette(prior, background, ~background)
    sigma = torch.tensor([0.05])
    noise = torch.randn(truth.shape, generator=torch.Generator().manual_seed(0))
    # The picture of the larger head has no dark rim, though a dark pupil: nothing is to be done.
    x = (truth + 0.05 * noise)[None]
    assert torch.equal(told.score(x, sigma), prior.score(x, sigma))
    # That of the smaller one has a rim, which is lifted towards the skin; the pupil and the background are not.
    x = (prior.pictures[1] + 0.05 * noise)[None]
    rim = ~background & ~(prior.pictures[1] > 0).all(0)
    denoised = x + sigma**2 * told.score(x, sigma)
    torch.testing.assert_close(
        denoised[0][:, rim], SKIN[:, None].expand(3, int(rim.sum())), atol=0.12, rtol=0
    )
    assert torch.equal(
        told.score(x, sigma)[0][:, ~rim],
        prior.score(x, sigma)[0][:, ~rim],
    )
