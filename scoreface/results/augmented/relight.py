"""Another light on a finished head, by the ratio of two shadings.

The photo's light was estimated as a smooth shading of the skin (:mod:`scoreface.texture.light`). Colours times the
ratio of a new shading to that one are those of the same skin in the new light (the quotient image of Riklin-Raviv and
Shashua 1999, in spherical harmonics Wen et al. 2003), as far as the estimate goes: cast shadows and highlights stay
where the photo has them, and the colour of the light is the photo's.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from scoreface.base.errors import InputError
from scoreface.base.files import read_json
from scoreface.geometry.rasterise import weighted
from scoreface.results.display import Snapshot
from scoreface.texture.light import harmonics, put_back

# Degrees to the sides, and below and above the horizon, from which a new light may come.
_AZIMUTH, _ELEVATIONS = 90.0, (-15.0, 60.0)
# The logarithm of its shading is at most so much times the cosine to its direction: lit and averted side are then apart
# by a factor of four.
_STRENGTH = 0.7
# No colour gets brighter or darker by more than this.
_MOST = 2.0


@dataclass(frozen=True)
class Lamp:
    """A new light.

    Attributes:
        azimuth, elevation: degrees; 0 from the camera, positive from the picture's right and from above.
        strength: of the logarithm of its shading, which is this times the cosine to the direction.
    """

    azimuth: float
    elevation: float
    strength: float

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> Lamp:
        """A light from in front or from a side."""
        azimuth, elevation = rng.uniform(-_AZIMUTH, _AZIMUTH), rng.uniform(*_ELEVATIONS)
        return cls(float(azimuth), float(elevation), float(rng.uniform(0, _STRENGTH)))

    @property
    def direction(self) -> np.ndarray:
        """Unit vector (3,) towards it, in the picture's axes: right, up, to the camera."""
        azimuth, elevation = np.radians([self.azimuth, self.elevation])
        along = np.cos(elevation)
        return np.array(
            [np.sin(azimuth) * along, np.sin(elevation), np.cos(azimuth) * along], np.float64
        )

    def record(self) -> dict[str, float]:
        """It as JSON."""
        return {name: round(value, 4) for name, value in vars(self).items()}


@dataclass(frozen=True)
class OwnLight:
    """The light that a texture has already.

    Attributes:
        coefficients: (9,) of the logarithm of its shading; 0 where it was taken out, or never estimated.
        normals: (V, 3) unit, of the head as the photo shows it.
    """

    coefficients: np.ndarray
    normals: np.ndarray

    def replaced(self, snapshot: Snapshot, colours: np.ndarray, lamp: Lamp) -> np.ndarray:
        """Colours (N, 3) of a snapshot's samples, 0..255, in the light of a lamp; on average as bright as before."""
        normals = weighted(self.normals, snapshot.mesh.faces, snapshot.face, snapshot.weights)
        facing = _unit(snapshot.normal) @ lamp.direction
        change = lamp.strength * facing - harmonics(_unit(normals)) @ self.coefficients
        if len(change):
            change -= change.mean()
        ratio = np.exp(np.clip(change, -np.log(_MOST), np.log(_MOST)))
        return 255 * put_back(colours / 255.0, ratio).clip(0, 1)


def read_own_light(path: Path, normals: np.ndarray, removed: bool) -> OwnLight:
    """The light on a texture, from the JSON that stage ``merge`` leaves.

    Args:
        path: the file.
        normals: (V, 3) of the head as the photo shows it.
        removed: whether it was taken out of the texture.

    Raises:
        InputError: the file is missing or damaged.
    """
    record: Any = read_json(path)
    try:
        coefficients = np.array(record["coefficients"], np.float64)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path}: no record of a light; delete it and run again") from error
    if coefficients.shape != (9,) or not np.isfinite(coefficients).all():
        raise InputError(f"{path}: not nine coefficients; delete it and run again")
    return OwnLight(np.zeros(9) if removed else coefficients, normals)


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
