"""What the photo suggests of texels that it does not show, and how far each suggestion is to be believed.

The other side of a face, and the surroundings on the surface, say something of every texel, but not all the same: the
detail of the other side where the face is symmetric, its colour where the light is known. So each suggestion has a
standard deviation in two bands of the surface, and both come from the face itself: from the texels that the photo shows
on both sides, and from how much its own colours change.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.spatial import KDTree

from scoreface.texture.bands import Lowpass
from scoreface.texture.complete import mirror_texels
from scoreface.texture.completion import Completion
from scoreface.texture.light import put_back, remove

# Lengths as shares of the head's extent. Deviation of the window that tells the bands apart; the distance over which
# the surface goes over to colours that say nothing of one another; what lies nearer to the plane of symmetry is its own
# mirror.
_WINDOW, _APART, _MIDDLE = 0.1, 0.01, 0.02
# Nothing is known better than this, in either band: pixels, geometry, what the light's model leaves.
_LEAST = 0.02
# Fewer texels on both sides say nothing of how symmetric a face is; then it is as the average one.
_LEAST_TEXELS, _AVERAGE = 100, (0.06, 0.04)
# Deviation of the coarse band where nothing is near, and of the fine band as a share of what the photo's own has: what
# comes there may be hair, cloth or skin.
_FAR, _DETAIL = 0.5, 2.0


@dataclass(frozen=True)
class SoftEvidence:
    """A Gaussian about each of N texels, independent in two bands of the surface.

    Attributes:
        mean: (N, 3) colours in [0, 1].
        fine, coarse: (N,) standard deviations of a channel in the two bands.
        lowpass: what gives the coarse band.
    """

    mean: np.ndarray
    fine: np.ndarray
    coarse: np.ndarray
    lowpass: Lowpass

    def at(self, texels: np.ndarray) -> SoftEvidence:
        """The same of some rows (K,) alone."""
        lowpass = self.lowpass.at(texels)
        return SoftEvidence(self.mean[texels], self.fine[texels], self.coarse[texels], lowpass)

    def drawn(self, rng: np.random.Generator) -> np.ndarray:
        """Colours (N, 3) from the Gaussian, the mean where nothing is believed.

        Texels within a window's width have much of the coarse band in common, and so have the three channels, in both
        bands: what two sides of a face differ by is light and shade more than colour.
        """
        coarse_noise, fine_noise = rng.standard_normal((2, len(self.mean), 1))
        coarse = self.lowpass(coarse_noise) / self._spread[:, None]
        fine = fine_noise - self.lowpass(fine_noise)
        coarse_doubt, fine_doubt = (
            np.where(np.isfinite(band), band, 0)[:, None] for band in (self.coarse, self.fine)
        )
        return self.mean + coarse_doubt * coarse + fine_doubt * fine

    @cached_property
    def _spread(self) -> np.ndarray:
        """(N,) standard deviation of the coarse band of white noise, from draws that are the same each time."""
        white = np.random.default_rng(0).standard_normal((len(self.mean), 200))
        return self.lowpass(white).std(axis=1)


def photo_evidence(
    completion: Completion, colours: np.ndarray, known: np.ndarray, suggested: np.ndarray
) -> SoftEvidence:
    """What a photo suggests of its head's texels: the other side where that is seen, their surroundings elsewhere.

    Args:
        completion: of the photo, N texels.
        colours: (S, S, 3) in [0, 1], the photo's texels.
        known: (S, S) bool, those that it shows.
        suggested: (S, S, 3) in [0, 1], the evidence's mean: what completion makes of the photo, best at its own size.
    """
    layout = completion.layout
    points = layout.interpolate(completion.upright)
    extent = np.ptp(points, axis=0).max()
    lowpass = Lowpass.on_surface(completion.upright, completion.faces, layout, _WINDOW * extent)
    photo = colours.reshape(-1, 3)[layout.texels]
    have = known.ravel()[layout.texels]
    nearest = mirror_texels(have, points)
    mirrored = ~have & (nearest >= 0)
    regions = completion.carried.regions.ravel()[layout.texels]

    both = have & (nearest >= 0) & (np.abs(points[:, 0]) > _MIDDLE * extent)
    other_side = remove(photo[nearest], completion.shade[nearest])
    residual = photo - put_back(other_side, completion.shade).clip(0, 1)
    coarse_residual = lowpass(residual, both.astype(float))
    coarse = np.hypot(_LEAST, _by_region(coarse_residual, both, regions, _AVERAGE[0]))
    fine = np.hypot(_LEAST, _by_region(residual - coarse_residual, both, regions, _AVERAGE[1]))

    own_coarse = lowpass(photo, have.astype(float))
    own_fine = float(np.sqrt(np.mean((photo - own_coarse)[have] ** 2))) if have.any() else 0.0
    given = have | mirrored
    distance = KDTree(points[given]).query(points)[0] / extent if given.any() else np.inf
    apart = np.sqrt(1 - np.exp(-((distance / _APART) ** 2)))
    return SoftEvidence(
        suggested.reshape(-1, 3)[layout.texels],
        np.where(given, fine, np.hypot(fine, _DETAIL * own_fine * apart)),
        np.where(given, coarse, np.hypot(coarse, _FAR * apart)),
        lowpass,
    )


def no_evidence(
    completion: Completion, colours: np.ndarray, known: np.ndarray, suggested: np.ndarray
) -> SoftEvidence:
    """The same without any weight: where a sampler may begin, and what stands where it sees nothing."""
    found = photo_evidence(completion, colours, known, suggested)
    nowhere = np.full(len(found.mean), np.inf)
    return SoftEvidence(found.mean, nowhere, nowhere, found.lowpass)


def _by_region(
    residual: np.ndarray, both: np.ndarray, regions: np.ndarray, average: float
) -> np.ndarray:
    """Root mean square (N,) of residuals (N, 3) at the texels of ``both``, by region.

    A region with few such texels takes over from the whole face, and that from the average one, as if
    ``_LEAST_TEXELS`` of theirs were its own.
    """
    squares = np.mean(residual**2, axis=1)

    def variance(texels: np.ndarray, before: float) -> float:
        return float(
            (squares[texels].sum() + _LEAST_TEXELS * before) / (texels.sum() + _LEAST_TEXELS)
        )

    whole = variance(both, average**2)
    found = np.full(len(residual), whole)
    for region in np.unique(regions):
        found[regions == region] = variance(both & (regions == region), whole)
    return np.sqrt(found)
