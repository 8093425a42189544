"""How near a completed texture comes to the truth where the photo showed nothing."""

from __future__ import annotations

import functools

import numpy as np
from skimage.metrics import peak_signal_noise_ratio

from scoreface.geometry.mesh import Mesh
from scoreface.geometry.views import frontal
from scoreface.texture.complete import complete
from scoreface.texture.layout import make_layout
from scoreface.texture.preprocess import shrink
from scoreface.texture.state import GENERATED_1, GENERATED_2, OUTSIDE


def compare(
    mesh: Mesh,
    axis_angle: np.ndarray,
    large: np.ndarray,
    known: np.ndarray,
    texture: np.ndarray,
    labels: np.ndarray,
    truth: np.ndarray,
) -> dict[str, dict[str, float]]:
    """PSNR in dB of texels that the photo did not show, for the completed texture and for a plain fill.

    The plain fill takes the photo's texels alone through :func:`scoreface.texture.complete.complete`: mirror side,
    then smooth.

    Args:
        mesh: the fitted head.
        axis_angle: (3,) its global rotation in radians.
        large: (L, L, 3) uint8 texture lifted from the photo.
        known: (L, L) bool, its known texels.
        texture: (L, L, 3) uint8 the completed texture.
        labels: (L, L) uint8 its provenance.
        truth: (T, T, 3) uint8, T at least L.

    Returns:
        for ``generated`` (made by the prior) and ``invisible`` (all that the photo did not show), a figure for
        ``scoreface`` and one for ``mirror``, and the share of the chart as ``share``.
    """
    layout = make_layout(mesh.vt, mesh.ft, mesh.faces, len(large))
    upright = frontal(mesh, axis_angle)
    seen = known & layout.chart
    plain = complete(large / 255.0, seen, upright, mesh.faces, layout)
    psnr = functools.partial(peak_signal_noise_ratio, data_range=1)
    target = shrink(truth, len(large)) / 255.0
    regions = {
        "generated": (labels == GENERATED_1) | (labels == GENERATED_2),
        "invisible": ~seen & (labels != OUTSIDE),
    }
    return {
        name: {
            "scoreface": psnr(target[region], texture[region] / 255.0),
            "mirror": psnr(target[region], plain[region]),
            "share": float(region.sum() / layout.chart.sum()),
        }
        for name, region in regions.items()
    }
