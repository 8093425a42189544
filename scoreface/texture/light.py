"""The photo's light: a smooth shading of the head, estimated from its skin, taken out of colours and put back.

A matt, convex surface under distant light takes in, to within a few per cent, what the nine spherical harmonics of
order 2 and less say of its normals (Ramamoorthi and Hanrahan 2001, Basri and Jacobs 2003). Here they make the
logarithm of the shading: it stays positive without a constraint, albedo and light add up in it, and on synthetic heads
it goes on better into the half of the sphere that no photo shows than harmonics of the shading itself do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from scoreface.geometry.mesh import vertex_normals
from scoreface.texture.layout import TextureLayout

# ITU-R BT.709, weights of linear light. One shading serves all channels: one for each measured no better on heads in
# light of a little colour, and takes red cheeks for red light.
_LUMA = np.array([0.2126, 0.7152, 0.0722])
# Levels from which a channel may have been cut off, and the least light that is told from none.
_SATURATED, _DARKEST = 254, 1e-3
# Fewer texels of skin say nothing, and more than so many nothing new: of those every n-th is used.
_LEAST_TEXELS, _MOST_TEXELS = 200, 100_000
# Huber's bound, in standard deviations of normal noise: 95 % efficient there (Huber 1981).
_HUBER = 1.345
_ITERATIONS = 50
# A prior holds the harmonics near zero. The amplitude of natural light falls off as one over the order (Dror et al.
# 2001), and a matt surface weakens order 2 by 8 / 3 more than order 1: so much the nearer to zero are those. Its weight
# against the texels' mean, in units of the residuals' variance: cheeks, beard and hollows make residuals alike over
# wide areas, so all texels count as a few independent ones. Without it the shading of what is not seen is worse than
# none.
_PRIOR = 1.5
_PENALTIES = _PRIOR * np.array([0.0, *[1.0] * 3, *[(2 * 8 / 3) ** 2] * 5])
# By what factor a shading may go beyond what the skin shows of it: normals that no skin has are an extrapolation.
_BEYOND = 1.25


@dataclass(frozen=True)
class Shading:
    """Light on a head, relative to the mean over the skin that the photo shows.

    Attributes:
        coefficients: (9,) of :func:`harmonics`, for the natural logarithm of the shading of linear light; its mean
            over the skin is 0. All 0 where there is too little skin.
        darkest, brightest: bounds of the shading.
        contrast: of the shading on the skin, its 99th to its 1st percentile.
        residual: robust standard deviation of the logarithms about it: marks, beard, hollows, noise.
        n_texels: of skin that were used, those that are not cut off at white.
    """

    coefficients: np.ndarray
    darkest: float
    brightest: float
    contrast: float
    residual: float
    n_texels: int

    @property
    def estimated(self) -> bool:
        """False where there was too little skin: the shading is 1 everywhere."""
        return self.n_texels >= _LEAST_TEXELS

    def at(self, normals: np.ndarray) -> np.ndarray:
        """Factors (N,) of linear light, all positive, for unit ``normals`` (N, 3) in the camera's axes."""
        logarithm = harmonics(normals) @ self.coefficients
        return np.clip(np.exp(logarithm), self.darkest, self.brightest)

    def report(self) -> dict[str, Any]:
        """The estimate for a record: see :class:`Shading`.

        ``azimuth`` and ``elevation``, in degrees, say where most light comes from (the harmonics of order 1): both 0
        from the camera, positive from the picture's right and from above; None where no light was estimated.
        """
        y, z, x = self.coefficients[1:4]
        return {
            "estimated": self.estimated,
            "coefficients": self.coefficients.round(6).tolist(),
            "azimuth": _degrees(x, z) if self.estimated else None,
            "elevation": _degrees(y, np.hypot(x, z)) if self.estimated else None,
            "contrast": round(self.contrast, 4),
            "residual": round(self.residual, 4),
            "n_texels": self.n_texels,
        }


def _degrees(opposite: float, adjacent: float) -> float:
    return round(float(np.rad2deg(np.arctan2(opposite, adjacent))), 1)


def harmonics(normals: np.ndarray) -> np.ndarray:
    """The real spherical harmonics of order 0 to 2 at unit ``normals`` (N, 3): (N, 9).

    Their squares have mean 1 over the sphere. Order: 1; y, z, x; xy, yz, 3zz - 1, xz, xx - yy.
    """
    x, y, z = normals.T
    return np.stack(
        [
            np.ones_like(x),
            *(np.sqrt(3) * axis for axis in (y, z, x)),
            np.sqrt(15) * x * y,
            np.sqrt(15) * y * z,
            np.sqrt(5) / 2 * (3 * z**2 - 1),
            np.sqrt(15) * x * z,
            np.sqrt(15) / 2 * (x**2 - y**2),
        ],
        axis=1,
    )


def texel_normals(vertices: np.ndarray, faces: np.ndarray, layout: TextureLayout) -> np.ndarray:
    """Unit normals (N, 3) of a layout's texels on a head of ``vertices`` (V, 3) and ``faces`` (F, 3)."""
    normals = layout.interpolate(vertex_normals(vertices, faces))
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)


def estimate(colours: np.ndarray, normals: np.ndarray, skin: np.ndarray) -> Shading:
    """Estimate the shading of a head from a photo lifted onto its texture.

    Maximum a posteriori with Huber's loss, by iteratively reweighted least squares: brows, marks and hair that a parser
    took for skin weigh little. With the whole head for a mask there is no telling dark hair from shadow; the inner face
    as the geometry has it serves nearly as well as a parser's skin.

    Args:
        colours: (N, 3) uint8, sRGB.
        normals: (N, 3) unit, of the head in the photo's pose, camera on +z.
        skin: (N,) bool, texels that the photo shows and that are bare skin.

    Returns:
        the shading; of less than 200 usable texels one that is 1 everywhere and says so.
    """
    texels = np.flatnonzero(skin)
    texels = texels[:: max(1, -(-len(texels) // _MOST_TEXELS))]
    basis, pixels = harmonics(normals[texels]), colours[texels]
    used = pixels.max(axis=1) < _SATURATED
    count = int(used.sum())
    if count < _LEAST_TEXELS:
        return Shading(np.zeros(9), 1.0, 1.0, 1.0, 0.0, count)
    logarithms = np.log(np.maximum(_linear(pixels[used] / 255.0) @ _LUMA, _DARKEST))
    coefficients, residual = _fit(basis[used], logarithms)
    # The level is albedo's as much as light's: nothing but ratios can be known.
    coefficients[0] = 0.0
    shown = basis @ coefficients
    coefficients[0] = -shown.mean()
    low, high = np.exp(np.quantile(shown, [0.01, 0.99]) - shown.mean())
    return Shading(
        coefficients,
        float(low / _BEYOND),
        float(high * _BEYOND),
        float(high / low),
        residual,
        count,
    )


def _fit(basis: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, float]:
    """Coefficients (K,) of ``basis`` (N, K) for ``values`` (N,), and the residuals' robust standard deviation."""
    coefficients = np.zeros(basis.shape[1])
    coefficients[0] = np.median(values)
    for _ in range(_ITERATIONS):
        residuals = values - basis @ coefficients
        # The median absolute deviation as a normal law's standard deviation; never quite none.
        spread = max(1.4826 * float(np.median(np.abs(residuals))), 1e-6)
        weights = np.minimum(1.0, _HUBER * spread / np.maximum(np.abs(residuals), 1e-12))
        weighted = basis * (weights / weights.sum())[:, None]
        system = weighted.T @ basis + np.diag(_PENALTIES * spread**2)
        # Normals that are all alike leave the system singular but for the prior.
        system += 1e-12 * np.identity(len(system))
        before, coefficients = coefficients, np.linalg.solve(system, weighted.T @ values)
        if np.abs(coefficients - before).max() < 1e-6:
            break
    return coefficients, spread


def remove(colours: np.ndarray, shade: np.ndarray) -> np.ndarray:
    """Take light off colours (N, 3), sRGB in [0, 1]; what stood in shade may come out above 1.

    Args:
        colours: with light on them.
        shade: (N,) factors of linear light, see :meth:`Shading.at`.
    """
    return _encoded(_linear(colours) / shade[:, None])


def put_back(colours: np.ndarray, shade: np.ndarray) -> np.ndarray:
    """Put light on colours (N, 3), sRGB from 0: what :func:`remove` takes off."""
    return _encoded(_linear(colours) * shade[:, None])


def complete_delit(
    texture: np.ndarray,
    filled: np.ndarray,
    shade: np.ndarray,
    layout: TextureLayout,
    fill: Callable[[np.ndarray], np.ndarray],
) -> np.ndarray:
    """Complete a texture with the light taken off, and put the light back.

    What one side tells of the other is then skin and not the light that falls on it.

    Args:
        texture: (S, S, 3) float in [0, 1].
        filled: (S, S) bool.
        shade: (N,) factors at the layout's texels.
        layout: the texel table of size S.
        fill: completes such a texture, as :func:`scoreface.texture.complete.complete` does.

    Returns:
        (S, S, 3): the texture completed, in [0, 1]; filled texels are untouched.
    """
    colours = texture.reshape(-1, 3)
    have = filled.ravel()[layout.texels]
    delit = np.zeros_like(colours, dtype=float)
    delit[layout.texels[have]] = remove(colours[layout.texels[have]], shade[have])
    # Completion ends at 1, which colours without their shade may exceed; it is linear in them.
    peak = max(float(delit.max(initial=0.0)), 1.0)
    done = fill((delit / peak).reshape(texture.shape)).reshape(-1, 3)
    lit = colours.astype(float)
    missing = layout.texels[~have]
    lit[missing] = np.clip(put_back(done[missing] * peak, shade[~have]), 0.0, 1.0)
    return lit.reshape(texture.shape)


def unlit(texture: np.ndarray, shade: np.ndarray, layout: TextureLayout) -> np.ndarray:
    """A finished texture without the photo's light.

    Args:
        texture: (S, S, 3) uint8, sRGB.
        shade: (N,) factors at the layout's texels.
        layout: the texel table of size S.

    Returns:
        (S, S, 3) uint8: the mean skin of the photo as bright as before; outside the chart as it was.
    """
    pixels = texture.reshape(-1, 3).copy()
    without = remove(pixels[layout.texels] / 255.0, shade)
    pixels[layout.texels] = np.rint(np.clip(without, 0.0, 1.0) * 255)
    return pixels.reshape(texture.shape)


def _linear(encoded: np.ndarray) -> np.ndarray:
    """Linear light of sRGB values from 0 (IEC 61966-2-1)."""
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def _encoded(linear: np.ndarray) -> np.ndarray:
    """sRGB values of linear light from 0 (IEC 61966-2-1)."""
    return np.where(
        linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 0.0) ** (1 / 2.4) - 0.055
    )
