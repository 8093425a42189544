"""The Gaussian prior against autograd, its own definition and damaged files."""

import numpy as np
import pytest
import torch

from scoreface.base.errors import InputError
from scoreface.score.gaussian import GaussianScore
from scoreface.score.model import load_score_model


def small_prior(size: int = 2, components: int = 3, seed: int = 0) -> GaussianScore:
    """A prior of 3 * size^2 dimensions with correlated pixels."""
    generator = torch.Generator().manual_seed(seed)
    dimensions = 3 * size * size
    basis, _ = torch.linalg.qr(torch.randn(dimensions, components, generator=generator))
    return GaussianScore(
        mean=torch.rand(dimensions, generator=generator),
        basis=basis,
        variances=torch.linspace(0.3, 0.05, components),
        residual=0.01,
        image_size=size,
    )


def covariance(prior: GaussianScore) -> torch.Tensor:
    """The prior's covariance (D, D), written out."""
    explained = prior.basis @ torch.diag(prior.variances) @ prior.basis.T
    return explained + prior.residual * torch.eye(len(prior.mean))


def test_score_is_the_gradient_of_the_noised_log_density():
    prior = small_prior()
    sigma = torch.tensor([0.05, 0.7, 20.0])
    x = torch.randn(3, 3, 2, 2, generator=torch.Generator().manual_seed(1))
    x = (x * sigma[:, None, None, None]).requires_grad_()
    density = torch.distributions.MultivariateNormal(
        prior.mean, covariance(prior) + sigma[:, None, None] ** 2 * torch.eye(12)
    )
    (expected,) = torch.autograd.grad(density.log_prob(x.flatten(1)).sum(), x)
    torch.testing.assert_close(prior.score(x, sigma), expected, rtol=1e-4, atol=1e-4)


def test_fit_finds_the_distribution_that_made_the_images():
    truth = small_prior()
    density = torch.distributions.MultivariateNormal(truth.mean, covariance(truth))
    torch.manual_seed(0)
    images = density.sample((20000,)).reshape(-1, 3, 2, 2).numpy()
    found = GaussianScore.fit(images, 3)
    torch.testing.assert_close(found.mean, truth.mean, atol=0.02, rtol=0)
    torch.testing.assert_close(covariance(found), covariance(truth), atol=0.01, rtol=0)


@pytest.mark.parametrize(("count", "size", "components"), [(6, 2, 5), (6, 2, 6), (40, 2, 12)])
def test_components_that_leave_no_variance_are_refused(count, size, components):
    # Six images vary in five directions about their mean, and images of 2 x 2 pixels in twelve.
    images = np.random.default_rng(0).random((count, 3, size, size))
    with pytest.raises(ValueError, match=rf"^{components} components of {count} images"):
        GaussianScore.fit(images, components)
    assert GaussianScore.fit(images, min(count - 2, 11)).residual > 1e-4


def test_saved_and_loaded(tmp_path):
    prior = small_prior()
    prior.save(tmp_path / "prior.npz")
    again = load_score_model(tmp_path / "prior.npz", torch.device("cpu"))
    x, sigma = torch.rand(1, 3, 2, 2), torch.tensor([0.3])
    # The basis is kept in half precision.
    torch.testing.assert_close(again.score(x, sigma), prior.score(x, sigma), rtol=2e-2, atol=2e-2)
    assert (again.image_size, again.sigma_min, again.sigma_max) == (2, 0.01, 50.0)


def change(prior: GaussianScore) -> dict:
    """A prior's numbers as its file has them, to be spoilt."""
    return {
        "mean": prior.mean.numpy(),
        "basis": prior.basis.numpy().astype(np.float16),
        "variances": prior.variances.numpy(),
        "residual": prior.residual,
        "image_size": prior.image_size,
        "sigmas": [prior.sigma_min, prior.sigma_max],
    }


SOUND = change(small_prior())


def test_numbers_that_are_sound_are_taken(tmp_path):
    """In any precision, and whichever way round their bytes are."""
    arrays = {name: np.asarray(values) for name, values in SOUND.items()}
    arrays = {name: a.astype(a.dtype.newbyteorder(">")) for name, a in arrays.items()}
    arrays["mean"] = arrays["mean"].astype(">f8")
    np.savez(tmp_path / "prior.npz", **arrays)
    prior = GaussianScore.load(tmp_path / "prior.npz")
    assert prior.mean.dtype == prior.basis.dtype == prior.variances.dtype == torch.float32
    torch.testing.assert_close(prior.mean, small_prior().mean)


@pytest.mark.parametrize(
    ("spoilt", "says"),
    [
        (
            {"mean": np.where(np.arange(12) == 7, np.nan, SOUND["mean"])},
            "mean has values that are not",
        ),
        ({"basis": SOUND["basis"] * np.float16(np.inf)}, "basis has values that are not finite"),
        ({"variances": np.array([0.3, -np.inf, 0.1])}, "variances has values that are not finite"),
        ({"mean": SOUND["mean"].astype(float) + 1e300}, "numbers that are not finite"),
        ({"mean": SOUND["mean"][:-1]}, "of shape"),
        ({"mean": SOUND["mean"].reshape(3, 2, 2)}, "mean is float32 of shape"),
        ({"basis": SOUND["basis"][:-1]}, "of shape"),
        ({"basis": SOUND["basis"].T}, "of shape"),
        ({"variances": SOUND["variances"][:-1]}, "variances is float32 of shape .2,., not .* .3."),
        ({"variances": -SOUND["variances"]}, "a variance below 0"),
        ({"residual": 0.0}, "or none that is left over"),
        ({"residual": -0.1}, "or none that is left over"),
        ({"residual": np.nan}, "residual has values that are not finite"),
        ({"residual": [0.1, 0.1]}, "residual is float64 of shape"),
        ({"image_size": 3}, "12 numbers are no picture of 3 pixels"),
        ({"image_size": -2}, "no picture of -2 pixels"),
        ({"image_size": 2.0}, "image_size is float64"),
        ({"sigmas": [50.0, 0.01]}, "noise levels from 50 to 0.01"),
        ({"sigmas": [0.0, 50.0]}, "noise levels from 0 to 50"),
        ({"sigmas": [1.0, 1.0]}, "noise levels from 1 to 1"),
        ({"sigmas": [0.01, np.inf]}, "sigmas has values that are not finite"),
        ({"sigmas": [0.01, 1.0, 50.0]}, "sigmas is float64 of shape"),
        ({"sigmas": ["low", "high"]}, "sigmas is <U4"),
        ({"mean": np.array([{}] * 12, object)}, "mean is object"),
    ],
)
def test_numbers_that_are_no_gaussian_are_refused(spoilt, says, tmp_path):
    np.savez(tmp_path / "prior.npz", **{**SOUND, **spoilt})
    sentence = rf"prior\.npz: no readable Gaussian prior \(.*{says}.*\); make it again"
    with pytest.raises(InputError, match=sentence):
        GaussianScore.load(tmp_path / "prior.npz")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 half a file", None])
def test_a_damaged_file_is_named(content, tmp_path):
    path = tmp_path / "prior.npz"
    if content is None:
        np.savez(path, mean=np.zeros(3))
    else:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"prior\.npz"):
        load_score_model(path, torch.device("cpu"))
