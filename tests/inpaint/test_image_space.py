"""Image-space inpainting: what stays as it is. The samples' law: test_posterior.py."""

import pytest
import torch

from scoreface.base.errors import InputError
from scoreface.inpaint.image_space import PredictorCorrector
from scoreface.inpaint.pipelines import ImageSettings
from scoreface.score.gaussian import GaussianScore
from scoreface.score.samplers import anneal, geometric_sigmas

SETTINGS = {
    **{"face_size": 16, "noise_levels": 5, "snr": 0.15, "correction_threshold": 0.3},
    **{"keep_silhouette": False, "supersampling": 1, "samples": 1},
}
SIGMAS = geometric_sigmas(0.01, 50.0, 10)


@pytest.fixture
def problem():
    """A prior of 4 x 4 pixels, an image, and the half of it that is known."""
    basis = torch.linalg.qr(torch.randn(48, 5, generator=torch.Generator().manual_seed(0)))[0]
    prior = GaussianScore(torch.full((48,), 0.5), basis, torch.full((5,), 0.3), 0.01, 4)
    known = torch.zeros(4, 4, dtype=torch.bool)
    known[:, :2] = True
    return prior, torch.rand(3, 4, 4, generator=torch.Generator().manual_seed(1)), known


@pytest.mark.parametrize("predictor", [True, False])
def test_known_pixels_come_back_exactly(problem, predictor):
    prior, image, known = problem
    generator = torch.Generator().manual_seed(0)
    sampler = PredictorCorrector(prior, image[None], known, 2, 0.15, generator, predictor)
    done = anneal(sampler, SIGMAS)
    assert torch.equal(done[0][:, known], image[:, known])
    assert not torch.equal(done[0][:, ~known], image[:, ~known])


def test_no_step_at_all_is_refused():
    with pytest.raises(InputError, match=r"inpaint\.corrector_steps.* inpaint\.image\.predictor"):
        ImageSettings(**SETTINGS, corrector_steps=0, predictor=False)
    assert ImageSettings(**SETTINGS, corrector_steps=0, predictor=True).evaluations == 5
    assert ImageSettings(**SETTINGS, corrector_steps=2, predictor=False).evaluations == 10


def test_several_completions_are_refused():
    several = {**SETTINGS, "samples": 2}
    with pytest.raises(InputError, match=r"^inpaint\.samples: 2, .*inpaint\.pipeline: joint"):
        ImageSettings(**several, corrector_steps=1, predictor=True)
