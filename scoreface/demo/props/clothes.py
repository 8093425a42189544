"""What a person wears below the garment that is painted on the head's neck: its shoulders, or a jacket over them."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter

from scoreface.demo.masks import Array, soft
from scoreface.demo.props.sitter import Layer, Sitter
from scoreface.demo.scenery.strokes import noise
from scoreface.parse.labels import CLOTHES


def shoulders(sitter: Sitter, rng: np.random.Generator) -> Layer:
    """The shoulders behind the neck: of the garment's cloth, plain or striped, or of a jacket's."""
    layer = sitter.empty(CLOTHES)
    neck = sitter.posed(np.array([[0.0, sitter.skin.neckline, -0.03]]))[0]
    y, x = (np.mgrid[0 : sitter.size, 0 : sitter.size] + 0.5) / sitter.scale
    across, up = x - neck[0], sitter.size / sitter.scale - y - neck[1]
    slope, lean = rng.uniform(0.25, 0.5), rng.normal(0.0, 0.06)
    edge = 0.012 - slope * np.hypot(across, 0.05) + 0.05 * slope + lean * across
    edge -= 1.2 * np.clip(np.abs(across) - 0.17, 0.0, None) ** 1.2
    below = edge - up
    layer.alpha[:] = soft(below, 2.0 / sitter.scale)
    height = 0.05 * np.sqrt(np.clip(below / 0.05, 0.0, 1.0))
    height = height + 0.0022 * noise(sitter.size, 0.024 * sitter.scale / sitter.size, rng)
    down, right = np.gradient(height, 1.0 / sitter.scale)
    normals = np.stack([-right, down, np.ones_like(down)], -1)
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
    lit = sitter.lit(_cloth(sitter.skin.garment_colour, across, below, rng), normals)
    # Chin and neck keep some of the light off what is near them.
    near = np.exp(-((across / 0.075) ** 2) - (below / 0.06) ** 2)
    layer.colour[:] = lit * (0.95 - 0.30 * near[..., None])
    return layer


def _cloth(own: Array, across: Array, below: Array, rng: np.random.Generator) -> Array:
    """(S, S, 3) unlit, of a garment of the colour ``own`` (3,) or over it; metres from the neck and under the edge."""
    other = np.clip(own * rng.uniform(0.4, 1.4) + rng.normal(0.0, 0.05, 3), 0.03, 0.95)
    kind = rng.random()
    jacket = kind < 0.3
    colour = np.broadcast_to(other if jacket else own, (*below.shape, 3)).copy()
    if kind > 0.8:
        wide = rng.uniform(0.004, 0.010)
        lines = np.floor((below + 0.1 * np.abs(across)) / wide) % rng.integers(2, 4) == 0
        colour[lines] = 0.5 * (own + other)
    weave = gaussian_filter(rng.standard_normal(below.shape).astype(np.float32), 1.0)
    return np.clip(colour * (1.0 + 0.08 * weave[..., None]), 0.02, 0.98)
