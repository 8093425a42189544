"""How a head looks where its photo shows nothing: hatched, so that nobody takes it for skin, a wall or plastic."""

from __future__ import annotations

import numpy as np

from scoreface.results.display import PAPER, Snapshot, lookup

# Of the two greys, in light that comes from the camera.
_LIGHT, _DARK = np.float32(226), np.float32(142)
# From a line to the next, to the right: this share of the picture's side, and at least so many pixels.
_PERIOD, _LEAST = 1 / 56, 6.0


def photo_alone(photo_texture: np.ndarray, snapshot: Snapshot) -> np.ndarray:
    """The picture, uint8, of a head with the photo's texels, hatched where there are none.

    The hatch is fixed to the picture: lines of two neutral greys under 45 degrees, rising to the right, shaded by the
    surface's normal so that the head keeps its shape.

    Args:
        photo_texture: (S, S, 4) the photo's texels, 0..255, multiplied by the last channel: 1 where the photo shows the
            texel and 0 elsewhere; padded beyond the chart.
        snapshot: what the camera sees.
    """
    sampled = lookup(photo_texture, snapshot.uv)
    colours = sampled[:, :3] + (1 - sampled[:, 3:]) * _hatch(snapshot)
    return snapshot.develop(colours, PAPER)


def _hatch(snapshot: Snapshot) -> np.ndarray:
    """Greys (N, 1) of the samples."""
    rows, columns = np.nonzero(snapshot.inside)
    pixels = (rows + columns + 1) / snapshot.samples
    period = max(_LEAST, _PERIOD * len(snapshot.inside) / snapshot.samples)
    # A triangle wave cut off above and below: lines as wide as the gaps, their edges about a pixel.
    wave = 2 * np.abs(2 * (pixels / period % 1) - 1) - 1
    share = np.clip(0.5 + wave, 0, 1).astype(np.float32)
    shade = 0.45 + 0.55 * np.clip(snapshot.normal[:, 2], 0, 1).astype(np.float32)
    return ((_DARK + share * (_LIGHT - _DARK)) * shade)[:, None]
