"""The face parsers by name, and what they say of a photo's pixels.

The configuration's check reads the names here, so nothing heavy is imported.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np


class Parser(Protocol):
    """Something that tells what a photo's pixels are."""

    def parse(self, photo: np.ndarray) -> np.ndarray:
        """Labels (H, W) uint8, see :mod:`scoreface.parse.labels`, of a photo (H, W, 3) uint8."""
        ...


#: Module and class of each engine.
ENGINES = {"none": "scoreface.parse.none:NoParser"}


def make_parser(name: str) -> Parser:
    """The engine ``name`` of ``ENGINES``."""
    module, _, engine = ENGINES[name].partition(":")
    return getattr(importlib.import_module(module), engine)()
