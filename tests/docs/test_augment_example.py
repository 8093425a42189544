"""The example that trains with weights does what the page says."""

import re
from pathlib import Path

import pytest
import torch

from scoreface.results.dataset.gather import Gathering
from scoreface.results.dataset.rows import labelled

from ..results.dataset.conftest import write_face

pytest.importorskip("webdataset")


@pytest.fixture
def example(repository: Path) -> dict:
    text = (repository / "docs" / "augment.md").read_text()
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    names: dict = {}
    exec(compile(code, "augment.md", "exec"), names)
    return names


@pytest.fixture
def urls(tmp_path: Path) -> list[str]:
    for id in ("a", "b"):
        write_face(tmp_path / "results" / id / "augment", id, 8)
    faces = list(labelled([("a", "a"), ("b", "b")], tmp_path / "results"))
    Gathering(faces, tmp_path / "dataset", "webdataset", "", 1).gather()
    return sorted(map(str, (tmp_path / "dataset" / "shards").iterdir()))


def test_a_network_learns_the_set(example, urls) -> None:
    torch.manual_seed(0)
    network = torch.nn.Sequential(
        torch.nn.Flatten(), torch.nn.Linear(48, 32), torch.nn.ReLU(), torch.nn.Linear(32, 2)
    )
    optimiser = torch.optim.Adam(network.parameters(), lr=0.02)
    losses = [example["epoch"](network, optimiser, urls, 16) for _ in range(100)]
    assert losses[-1] < losses[0] / 2


def test_a_picture_weighs_by_what_was_observed(example, urls) -> None:
    (batch,) = example["batches"](urls, 16)
    picture, confidence, label, weight = batch
    assert picture.shape == (16, 3, 4, 4)
    assert confidence.shape == (16, 4, 4)
    assert sorted(label.tolist()) == [0] * 8 + [1] * 8
    # As the pictures of a face are written: a quarter more of each is observed.
    shares = torch.tensor(sorted([0, 0.25, 0.5, 0.75] * 4))
    torch.testing.assert_close(weight.sort().values, 0.3 + 0.7 * shares)
    torch.testing.assert_close(confidence.amax((1, 2)), confidence.amin((1, 2)))
