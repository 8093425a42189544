"""What a score model knows, measured on a Gaussian whose answers are known in closed form."""

import pytest
import torch
from torch.nn import functional

from scoreface.base.errors import InputError
from scoreface.benchmark.prior import (
    Halves,
    compare,
    complete_halves,
    denoising_errors,
    held_out_views,
)
from scoreface.benchmark.sizes import at_sizes
from scoreface.score.gaussian import GaussianScore
from scoreface.score.model import WrappedModel

SIZE = 16


@pytest.fixture
def gaussian():
    """A prior of pictures that are symmetric, so that one half gives the other."""
    generator = torch.Generator().manual_seed(0)
    half = torch.randn(8, 3, SIZE, SIZE // 2, generator=generator)
    basis = torch.cat([half, half.flip(3)], 3).reshape(8, -1).T
    basis = torch.linalg.qr(basis)[0]
    # Pixels are 0.5 with a deviation of 0.13, and next to no noise of their own.
    variances = torch.linspace(3.0, 0.5, 8)
    return GaussianScore(torch.full((3 * SIZE**2,), 0.5), basis, variances, 1e-5, SIZE)


def draw(gaussian, count):
    components = torch.randn(count, 8, generator=torch.Generator().manual_seed(1))
    images = gaussian.mean + (components * gaussian.variances.sqrt()) @ gaussian.basis.T
    return images.reshape(count, 3, SIZE, SIZE)


def test_the_error_of_the_exact_score_is_that_of_the_best_denoiser(gaussian):
    images = draw(gaussian, 400)
    sigmas = (0.3, 1.0, 3.0)
    variances = gaussian.variances
    # The levels are those of 64 pixels, where they hide as much.
    levels = [sigma * 64 / SIZE for sigma in sigmas]
    errors = denoising_errors(gaussian, {SIZE: images}, levels, 0)[SIZE]
    for sigma, error in zip(sigmas, errors, strict=True):
        # Wiener: of a component of variance v, the share s^2 / (v + s^2) stays unknown.
        exact = (variances * sigma**2 / (variances + sigma**2)).sum() / variances.sum()
        assert error == pytest.approx(float(exact), rel=0.1)


@pytest.mark.parametrize("keep_silhouette", [False, True])
def test_the_right_half_of_symmetric_pictures_follows_from_the_left(gaussian, keep_silhouette):
    images = draw(gaussian, 3).clamp(0.01, 1)
    halves = complete_halves(gaussian, images, 200, 4, 0.15, 0, keep_silhouette)
    assert torch.equal(halves.images[..., : SIZE // 2], images[..., : SIZE // 2])
    # The mean itself would have 18 dB.
    assert halves.quality(images)[0] > 30


class Doubled(WrappedModel):
    """A model of twice the side whose denoised image is that of another one at half the side, enlarged."""

    @property
    def image_size(self):
        return 2 * self.model.image_size

    def score(self, x, sigma):
        halved, level = functional.avg_pool2d(x, 2), (sigma / 2)[:, None, None, None]
        denoised = halved + level**2 * self.model.score(halved, sigma / 2)
        return (enlarged(denoised) - x) / sigma[:, None, None, None] ** 2


def enlarged(images):
    return images.repeat_interleave(2, 2).repeat_interleave(2, 3)


def test_models_of_two_sizes_are_measured_on_common_ground(gaussian):
    images = draw(gaussian, 20).clamp(0.01, 1)
    views = at_sizes(enlarged(images), (SIZE, 2 * SIZE))
    torch.testing.assert_close(views[SIZE], images)
    small = denoising_errors(gaussian, views, (1.0, 10.0), 0)
    large = denoising_errors(Doubled(gaussian), views, (1.0, 10.0), 0)
    assert sorted(small) == [SIZE]
    # The same at the smaller size; here at the larger one, too, where there is no more to be seen.
    for size in (SIZE, 2 * SIZE):
        assert large[size] == pytest.approx(small[SIZE], rel=1e-3)


def test_halves_are_measured_at_each_size():
    # A disc on black, whose right half was made 0.1 too light.
    y, x = torch.meshgrid(torch.arange(32) - 15.5, torch.arange(32) - 15.5, indexing="ij")
    disc = (x**2 + y**2 < 150).float().expand(2, 3, 32, 32)
    views = at_sizes(0.5 * disc, (16, 32))
    for size in (16, 32):
        image = views[size]
        # Its silhouette is hard at either size, and its rim as light as its middle.
        assert set(image.unique().tolist()) == {0.0, 0.5}
        made = image.clone()
        made[..., size // 2 :] += 0.1
        halves = Halves(made, (image != 0).any(1, keepdim=True), 0.0)
        for truth in views.values():
            assert halves.quality(truth)[0] == pytest.approx(20.0, abs=0.3)


def test_models_of_two_sizes_stand_in_one_table(gaussian):
    models = {"small": gaussian, "large": Doubled(gaussian)}
    views = at_sizes(held_out_views(2 * SIZE, 2, 0), (SIZE, 2 * SIZE))
    text, pictures = compare(models, views, 5, 1, 0.15, 0)
    rows = [row.strip("| ").split(" | ") for row in text.splitlines()]
    # Each model is measured at its own size and at the smaller one.
    assert [row[:2] for row in rows[2:5]] == [["small", "16"], ["large", "16"], ["large", "32"]]
    assert rows[6][2:6] == ["PSNR (dB) at 16", "SSIM at 16", "PSNR (dB) at 32", "SSIM at 32"]
    assert [row[:2] for row in rows[8:]] == [
        [name, keep] for name in models for keep in ("kept", "free")
    ]
    # Two views, and what either model made of their right halves; the left ones stay.
    assert pictures.shape == (6, 3, 32, 32)
    assert torch.equal(pictures[4:, ..., :16], pictures[:2, ..., :16])
    outside = (pictures[:2] == 0).all(1)
    assert not pictures[2:4].permute(0, 2, 3, 1)[outside].any()


def test_sizes_that_do_not_fit_are_named():
    with pytest.raises(InputError, match="images of 24 and 32 pixels cannot be compared"):
        at_sizes(torch.ones(1, 3, 32, 32), (24, 32))
