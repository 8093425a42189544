"""Noise that does not depend on the device."""

import re
from pathlib import Path

import torch

from scoreface.score.noise import standard_normal

SHAPE = (2, 3, 5, 5)
META = torch.device("meta")


def test_the_noise_is_that_of_the_generator_on_the_cpu():
    noise = standard_normal(SHAPE, torch.Generator().manual_seed(4), torch.device("cpu"))
    assert torch.equal(noise, torch.randn(SHAPE, generator=torch.Generator().manual_seed(4)))


def test_another_device_takes_the_same_numbers_from_the_generator():
    # The meta device has shapes and no numbers; what it would have got shows in what comes next.
    here, there = (torch.Generator().manual_seed(4) for _ in range(2))
    standard_normal(SHAPE, here, torch.device("cpu"))
    noise = standard_normal(SHAPE, there, META)
    assert (noise.device, noise.shape, noise.dtype) == (META, SHAPE, torch.float32)
    assert torch.equal(torch.randn(9, generator=here), torch.randn(9, generator=there))


def test_no_sampler_draws_in_another_way(repository):
    package = repository / "scoreface"
    files = [*package.glob("score/*.py"), *package.glob("inpaint/*.py")]
    files += [package / "training" / "samples.py", package / "benchmark" / "prior.py"]
    draws = re.compile(r"\b(?:randn|rand|randint|randperm|normal_?|uniform_|Generator)\(([^)]*)")
    found = [
        (file.relative_to(package).as_posix(), match[0])
        for file in files
        for match in draws.finditer(file.read_text())
        # Of the CPU.
        if match[0] != "Generator("
    ]
    assert found == [("score/noise.py", "randn(tuple(shape")]
    assert Path(package / "score" / "noise.py") in files
