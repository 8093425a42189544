"""Precision and batches: what they change of a score, and what they leave as it is."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
import torch

import scoreface
from scoreface.base.errors import InputError
from scoreface.benchmark.prior import held_out_views
from scoreface.score.diffusers_model import DiffusersScore
from scoreface.score.evaluation import (
    BF16_FROM,
    Evaluated,
    actual_precision,
    evaluated,
    pictures_at_once,
)
from scoreface.score.gaussian import GaussianScore

CPU, CUDA = torch.device("cpu"), torch.device("cuda")
# Of float32, through some forty layers.
ROUNDING = 1e-5


@pytest.fixture
def network() -> DiffusersScore:
    """The embedded network, anew: its weights may be laid out otherwise."""
    return DiffusersScore.from_folder(Path(scoreface.__file__).parent / "demo" / "score_model")


@pytest.fixture(scope="module")
def heads() -> torch.Tensor:
    """(3, 3, 64, 64) views of heads."""
    return held_out_views(64, 3, 0)


def noised(heads: torch.Tensor, sigma: float) -> tuple[torch.Tensor, torch.Tensor]:
    noise = torch.randn(heads.shape, generator=torch.Generator().manual_seed(0))
    return heads + sigma * noise, torch.full((len(heads),), sigma)


def error(score: torch.Tensor, exact: torch.Tensor) -> float:
    """Of the predicted noise, over its size."""
    return float((score - exact).norm() / exact.norm())


@dataclass(frozen=True)
class Witness:
    """A score model that notes how it is evaluated."""

    seen: list[dict] = field(default_factory=list)
    image_size, sigma_min, sigma_max, device = 8, 0.01, 50.0, CPU

    def score(self, x, sigma):
        self.seen.append(
            {
                "pictures": len(x),
                "bf16": torch.is_autocast_enabled("cpu"),
                "tf32": (
                    torch.backends.cuda.matmul.allow_tf32,
                    torch.backends.cudnn.allow_tf32,
                ),
                "channels last": x.is_contiguous(memory_format=torch.channels_last),
            }
        )
        return -x / sigma[:, None, None, None] ** 2


def test_float32_is_the_network_itself(network, heads):
    x, sigma = noised(heads, 1.0)
    expected = network.score(x, sigma)
    assert torch.equal(evaluated(network, "fp32").score(x, sigma), expected)
    assert network.unet.conv_in.weight.is_contiguous()


@pytest.mark.parametrize("precision", ["fp32", "tf32"])
def test_a_batch_is_the_same_in_parts_of_any_size(network, heads, precision):
    x, sigma = noised(heads, 0.3)
    expected = network.score(x, sigma)
    for batch in (1, 2, 3):
        found = evaluated(network, precision, batch).score(x, sigma)
        assert error(found, expected) < ROUNDING
        assert found.is_contiguous()


def test_bfloat16_is_close_where_there_is_much_noise_and_not_used_where_there_is_little(
    network, heads
):
    for sigma, least, most in (
        (BF16_FROM / 2, 0.0, ROUNDING),
        (BF16_FROM, 1e-3, 0.02),
        (1.0, 1e-4, 0.005),
    ):
        given = noised(heads, sigma)
        found = evaluated(network, "bf16").score(*given)
        assert least <= error(found, network.score(*given)) < most
        assert found.dtype == torch.float32


def test_one_picture_with_little_noise_keeps_its_part_in_float32():
    model = Witness()
    x, sigma = torch.rand(3, 3, 8, 8), torch.tensor([1.0, BF16_FROM / 2, 1.0])
    Evaluated(model, "bf16", 2).score(x, sigma)
    assert [seen["bf16"] for seen in model.seen] == [False, True]
    assert [seen["pictures"] for seen in model.seen] == [2, 1]


@pytest.mark.parametrize(
    ("precision", "tf32", "bf16"),
    [("fp32", False, False), ("tf32", True, False), ("bf16", True, True), ("auto", True, False)],
)
def test_what_torch_may_do_is_said_for_the_network_alone(precision, tf32, bf16):
    matrices, convolutions = torch.backends.cuda.matmul, torch.backends.cudnn
    before = matrices.allow_tf32, convolutions.allow_tf32
    model = Witness()
    evaluated(model, precision).score(torch.rand(4, 3, 8, 8), torch.ones(4))
    assert model.seen == [
        {"pictures": 4, "bf16": bf16, "tf32": (tf32, tf32), "channels last": precision != "fp32"}
    ]
    assert (matrices.allow_tf32, convolutions.allow_tf32) == before
    assert not torch.is_autocast_enabled("cpu")


def test_a_score_may_be_changed_in_place():
    x = torch.rand(2, 3, 8, 8)
    score = evaluated(Witness(), "fp32", 1).score(x, torch.ones(2))
    score += x
    assert torch.equal(score, torch.zeros_like(x))


def test_what_auto_is_depends_on_the_device():
    assert actual_precision("auto", CPU) == "tf32"
    assert actual_precision("auto", CUDA) == "bf16"
    assert actual_precision("fp32", CUDA) == "fp32"
    assert [pictures_at_once(CPU, size) for size in (8, 64, 256, 1024)] == [5, 5, 2, 1]
    assert [pictures_at_once(CUDA, size) for size in (64, 256, 1024, 8192)] == [64, 16, 4, 1]


def test_a_gaussian_stays_as_it_is():
    gaussian = GaussianScore(torch.zeros(12), torch.eye(12)[:, :2], torch.ones(2), 0.1, 2)
    assert evaluated(gaussian, "bf16", 1) is gaussian


def test_an_unknown_precision_is_named():
    with pytest.raises(InputError, match=r"inpaint\.precision: 'fp16' is none of auto, fp32, tf32"):
        evaluated(Witness(), "fp16")
