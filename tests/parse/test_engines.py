"""Face parsers: all that are registered can be made, and say something of each pixel."""

import numpy as np
import pytest

from scoreface.parse.engines import ENGINES, make_parser
from scoreface.parse.labels import BACKGROUND, LEGEND


@pytest.mark.parametrize("name", ENGINES)
def test_each_engine_labels_each_pixel(name: str) -> None:
    photo = np.random.default_rng(0).integers(0, 256, (30, 20, 3), dtype=np.uint8)
    labels = make_parser(name).parse(photo)
    assert labels.shape == (30, 20)
    assert labels.dtype == np.uint8
    assert set(np.unique(labels)) <= set(LEGEND)


def test_none_takes_nothing_away() -> None:
    assert not (make_parser("none").parse(np.zeros((4, 4, 3), np.uint8)) == BACKGROUND).any()
