"""No parser: every pixel may be the head's, as in the published code."""

from __future__ import annotations

import numpy as np

from scoreface.parse.labels import UNKNOWN


class NoParser:
    """Knows nothing of a photo."""

    def parse(self, photo: np.ndarray) -> np.ndarray:
        """See :meth:`scoreface.parse.engines.Parser.parse`."""
        return np.full(photo.shape[:2], UNKNOWN, np.uint8)
