"""No parser: every pixel may be the head's, as in the published code."""

from __future__ import annotations

import numpy as np

from scoreface.parse.engines import Given, NoSettings, Parsed, Source
from scoreface.parse.labels import UNKNOWN


class NoParser:
    """Knows nothing of a photo."""

    def __init__(self, settings: NoSettings, given: Given) -> None:
        pass

    def parse(self, photo: np.ndarray, landmarks: np.ndarray | None) -> Parsed:
        """See :meth:`scoreface.parse.engines.Parser.parse`."""
        labels = np.full(photo.shape[:2], UNKNOWN, np.uint8)
        return Parsed(labels, np.zeros_like(labels))

    def source(self) -> Source:
        """See :meth:`scoreface.parse.engines.Parser.source`."""
        return Source()
