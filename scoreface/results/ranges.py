"""When a complete face is better looked at: the ranges in which its figures are as they should be."""

from __future__ import annotations

from dataclasses import dataclass

#: Distance up to which dlib's face-recognition network takes two pictures for one person.
SAME_PERSON = 0.6

# Share of the error at which a fit is rejected. Good fits of sharp photos stay below a half of it.
_GOOD_FIT = 0.5


@dataclass(frozen=True)
class Ranges:
    """What counts as out of range.

    Attributes:
        max_error: reprojection error from which on a photo is rejected (``fit.max_error``).
    """

    max_error: float = 0.1

    @property
    def error(self) -> float:
        """Largest reprojection error that is not looked at."""
        return _GOOD_FIT * self.max_error

    def of_identity(self, distance: float | None, reason: str) -> str:
        """Why the finished head is better compared with the photo; empty where nothing speaks for that.

        Args:
            distance: between the two, None where they could not be compared.
            reason: why they could not.
        """
        if distance is not None and distance > SAME_PERSON:
            return (
                f"dlib's network takes photo and finished head for two persons (distance {distance:.2f}, over "
                f"{SAME_PERSON:g})."
            )
        if distance is None and reason:
            return f"Photo and finished head could not be compared: {reason.rstrip('.')}."
        return ""

    def of_error(self, error: float | None) -> str:
        """Why the fit is better looked at for how far it misses the landmarks."""
        if error is None or error <= self.error:
            return ""
        return f"The fit misses its landmarks by {error:.1%} of the eyes' distance (over {self.error:.1%})."

    def of_faces(self, found: int | None) -> str:
        """Why the photo is better looked at for who is in it."""
        if found is None or found < 2:
            return ""
        return f"{found} faces were found in the photo; the largest was taken."
