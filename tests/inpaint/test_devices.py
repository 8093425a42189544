"""The samplers on another device: they draw what they draw on the CPU, and a walk may change devices on its way."""

from dataclasses import fields, replace

import pytest
import torch

from scoreface.inpaint.checkpoint import Checkpoint
from scoreface.inpaint.image_space import PredictorCorrector
from scoreface.inpaint.multiview import MultiviewLangevin
from scoreface.inpaint.scene import RenderedView
from scoreface.inpaint.texture_space import SeenTexels, TexelLangevin
from scoreface.score.samplers import anneal, geometric_sigmas
from scoreface.texture.view_map import ViewMap

CPU, META = torch.device("cpu"), torch.device("meta")
SIZE = 6
SIGMAS = geometric_sigmas(0.01, 50.0, 5)


class Nothing:
    """A score of nothing, on any device."""

    def score(self, x, sigma):
        return 0 * x


def windows(device):
    """Two views of the same texels, some of them known."""
    shown = torch.arange(SIZE * SIZE).reshape(SIZE, SIZE)
    maps = [ViewMap(shown, SIZE), ViewMap(shown.flip(0), SIZE)]
    known = shown < 9
    views = [RenderedView(torch.zeros(SIZE, SIZE, 3), known, shown < 0) for _ in maps]
    return [
        replace(window, **{name: getattr(window, name).to(device) for name in TENSORS})
        for window in SeenTexels.together(views, maps)
    ]


TENSORS = [field.name for field in fields(SeenTexels) if field.name not in ("shape", "count")]


def image(device, generators):
    picture = torch.zeros(2, 3, SIZE, SIZE, device=device)
    known = torch.zeros(SIZE, SIZE, dtype=torch.bool, device=device)
    return PredictorCorrector(Nothing(), picture, known, 1, 0.15, generators[0])


def texture(device, generators):
    return TexelLangevin(Nothing(), windows(device)[0], 2, 0.1, generators[0])


def together(at_once):
    def problem(device, generators):
        views = windows(device)
        parts = [torch.ones(SIZE * SIZE, dtype=torch.bool, device=device)] * 2
        return MultiviewLangevin([Nothing()] * 2, views, parts, at_once, 2, 0.1, generators)

    return problem


PROBLEMS = {"image": image, "texture": texture, "mean": together(True), "every": together(False)}


@pytest.mark.parametrize("problem", PROBLEMS.values(), ids=PROBLEMS)
def test_a_sampler_draws_the_same_noise_on_every_device(problem, monkeypatch):
    # The meta device has shapes and no numbers, so nothing can be asked of them.
    monkeypatch.setattr(SeenTexels, "moves", lambda self, part: True)
    next_numbers = []
    for device in (CPU, META):
        generators = [torch.Generator().manual_seed(seed) for seed in (1, 2)]
        sampled = anneal(problem(device, generators), SIGMAS.to(device))
        assert sampled.device == device
        next_numbers.append([torch.randn(4, generator=generator) for generator in generators])
    for here, there in zip(*next_numbers, strict=True):
        assert torch.equal(here, there)


@pytest.mark.parametrize("shape", [(1, 5, 3), (2, 3, 4, 6), (7, 1)])
def test_a_checkpoint_goes_on_on_another_device(tmp_path, shape):
    generators = [torch.Generator().manual_seed(seed) for seed in (1, 2)]
    kept = Checkpoint(tmp_path / "a.npz", written=-1e9)
    state = torch.rand(shape)
    kept.keep(3, state, generators)
    expected = [torch.randn(4, generator=generator) for generator in generators]
    _, values = Checkpoint(tmp_path / "a.npz").load([torch.Generator() for _ in generators], CPU)
    assert torch.equal(values, state)
    others = [torch.Generator() for _ in generators]
    done, values = Checkpoint(tmp_path / "a.npz").load(others, META)
    assert (done, values.shape, values.device) == (3, shape, META)
    for generator, numbers in zip(others, expected, strict=True):
        assert torch.equal(torch.randn(4, generator=generator), numbers)


@pytest.mark.parametrize("wrong", [torch.nan, torch.inf])
def test_what_nobody_can_go_on_from_is_no_checkpoint(wrong, tmp_path):
    kept = Checkpoint(tmp_path / "a.npz", written=-1e9)
    kept.keep(3, torch.tensor([[0.5, wrong, 0.5]]), [torch.Generator()])
    assert not (tmp_path / "a.npz").exists()
