"""Image-space inpainting: what stays as it is, and progress. The samples' law: test_posterior.py."""

import pytest
import torch

from scoreface.base.errors import InputError
from scoreface.inpaint.image_space import inpaint
from scoreface.inpaint.pipelines import ImageSettings
from scoreface.score.gaussian import GaussianScore
from scoreface.score.samplers import geometric_sigmas


@pytest.fixture
def problem():
    """A prior of 4 x 4 pixels, an image, and the half of it that is known."""
    basis = torch.linalg.qr(torch.randn(48, 5, generator=torch.Generator().manual_seed(0)))[0]
    prior = GaussianScore(torch.full((48,), 0.5), basis, torch.full((5,), 0.3), 0.01, 4)
    known = torch.zeros(4, 4, dtype=torch.bool)
    known[:, :2] = True
    return prior, torch.rand(3, 4, 4, generator=torch.Generator().manual_seed(1)), known


def test_known_pixels_come_back_exactly(problem):
    prior, image, known = problem
    sigmas = geometric_sigmas(0.01, 50.0, 10)
    done = inpaint(prior, image[None], known, sigmas, 2, 0.15, torch.Generator().manual_seed(0))
    assert torch.equal(done[0][:, known], image[:, known])
    assert not torch.equal(done[0][:, ~known], image[:, ~known])


def test_progress_counts_the_levels(problem):
    prior, image, known = problem
    calls = []
    inpaint(
        prior,
        image[None],
        known,
        geometric_sigmas(0.01, 50.0, 4),
        1,
        0.15,
        torch.Generator().manual_seed(0),
        lambda done, total: calls.append((done, total)),
    )
    assert calls == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_no_step_at_all_is_refused():
    with pytest.raises(InputError, match=r"inpaint\.corrector_steps.* inpaint\.image\.predictor"):
        ImageSettings(16, 5, 0, 0.15, 0.3, False, predictor=False)
    assert ImageSettings(16, 5, 0, 0.15, 0.3, False, predictor=True).evaluations == 5
    assert ImageSettings(16, 5, 2, 0.15, 0.3, False, predictor=False).evaluations == 10
