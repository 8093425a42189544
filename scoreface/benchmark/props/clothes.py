"""What a person wears below the garment that is painted on the head's neck: shoulders, and sometimes a collar."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter

from scoreface.benchmark.props.sitter import Layer, Sitter
from scoreface.demo.masks import soft
from scoreface.parse.labels import CLOTHES


def shoulders(sitter: Sitter, rng: np.random.Generator) -> Layer:
    """The shoulders behind the neck, of the garment's cloth, plain, striped or checked."""
    layer = sitter.empty(CLOTHES)
    neck = sitter.posed(np.array([[0.0, sitter.skin.neckline, -0.03]]))[0]
    y, x = (np.mgrid[0 : sitter.size, 0 : sitter.size] + 0.5) / sitter.scale
    across, up = x - neck[0], sitter.size / sitter.scale - y - neck[1]
    slope, lean = rng.uniform(0.25, 0.5), rng.normal(0.0, 0.06)
    edge = 0.012 - slope * np.hypot(across, 0.05) + 0.05 * slope + lean * across
    edge -= 1.2 * np.clip(np.abs(across) - 0.17, 0.0, None) ** 1.2
    layer.alpha[:] = soft(edge - up, 2.0 / sitter.scale)
    height = 0.05 * np.sqrt(np.clip((edge - up) / 0.05, 0.0, 1.0))
    folds = gaussian_filter(rng.standard_normal(up.shape), 0.012 * sitter.scale)
    height = height + 0.0022 * folds / max(float(folds.std()), 1e-9)
    down, right = np.gradient(height, 1.0 / sitter.scale)
    normals = np.stack([-right, down, np.ones_like(down)], -1)
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
    albedo = _cloth(sitter, across, up, rng)
    layer.colour[:] = 0.92 * sitter.lit(albedo, normals)
    return layer


def _cloth(
    sitter: Sitter, across: np.ndarray, up: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """(S, S, 3) unlit."""
    own = sitter.skin.garment_colour
    colour = np.broadcast_to(own, (*up.shape, 3)).copy()
    other = np.clip(own * rng.uniform(0.5, 1.5) + rng.normal(0.0, 0.12, 3), 0.02, 0.98)
    kind, wide = rng.integers(3), rng.uniform(0.008, 0.03)
    if kind > 0:
        colour[np.floor((up + 0.2 * across) / wide) % 2 == 0] = other
    if kind > 1:
        column = np.floor(across / wide) % 2 == 0
        colour[column] = 0.5 * (colour[column] + other)
    weave = gaussian_filter(rng.standard_normal(up.shape), 1.0)
    return np.clip(colour * (1.0 + 0.08 * weave[..., None]), 0.02, 0.98)
