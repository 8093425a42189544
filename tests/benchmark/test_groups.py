"""Denoising errors by groups of heads."""

from dataclasses import dataclass

import numpy as np
import pytest
import torch

from scoreface.benchmark.groups import by_group, held_out_labels, image_errors
from scoreface.benchmark.prior import LEVEL_OF_GROUPS, head_generator
from scoreface.demo.people import sample_head


@dataclass
class Constant:
    """A score model whose denoised image is the same gray, whatever it is given."""

    gray: float
    image_size = 64
    device = torch.device("cpu")

    def score(self, x, sigma):
        return (self.gray - x) / sigma[:, None, None, None] ** 2


def test_an_image_is_as_wrong_as_it_is_far_from_what_the_model_makes():
    images = torch.zeros(3, 3, 64, 64)
    images[1], images[2] = 0.3, 0.9
    errors = image_errors(Constant(0.3), images, 0)
    # The mean picture is 0.4: its squared errors are 0.16, 0.01 and 0.25.
    assert errors == pytest.approx(np.array([0.09, 0, 0.36]) / 0.14, abs=1e-5)
    assert LEVEL_OF_GROUPS > 0


def test_the_labels_are_those_of_the_heads_in_the_views():
    labels = held_out_labels(3, 5)
    assert labels == [sample_head(head_generator(5, head)).labels for head in range(3)]
    assert held_out_labels(2, 5) == labels[:2]


def test_groups_have_their_own_means_and_standard_errors():
    labels = [{"type": kind, "glasses": "no"} for kind in ("I", "VI", "I", "VI", "I")]
    errors = {"one": np.array([0.1, 0.5, 0.2, 0.7, 0.3]), "other": np.ones(5)}
    labels[0]["glasses"] = "yes"
    rows = [row.strip("| ").split(" | ") for row in by_group(labels, errors).splitlines()]
    assert rows[0] == ["kind", "group", "heads", "one", "other"]
    assert rows[2:] == [
        ["type", "I", "3", "0.2000 ± 0.0577", "1.0000 ± 0.0000"],
        ["type", "VI", "2", "0.6000 ± 0.1000", "1.0000 ± 0.0000"],
        ["glasses", "no", "4", "0.4250 ± 0.1109", "1.0000 ± 0.0000"],
        ["glasses", "yes", "1", "0.1000", "1.0000"],
    ]
