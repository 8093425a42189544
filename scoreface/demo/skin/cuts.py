"""Cuts of hair: how far hair grows into the face, what hangs from the head, and how strands run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: Where strands start: from a point at the crown, from one over the forehead, or from the line of a parting.
CROWN, TOP, PARTING = "crown", "top", "parting"


@dataclass(frozen=True)
class Cut:
    """What all who wear a cut share; what differs from person to person stands in their skin.

    Attributes:
        raised: metres by which the hair line is higher in front than the average person's.
        temples: metres by which it is higher over the temples.
        fringe: height (m) above the pupils to which hair hangs over the forehead; none by default.
        slope: metres by which the fringe ends lower on one side of the middle, and higher on the other.
        ends: height (m) at which hair that hangs over the ears ends; none by default.
        one_sided: it hangs over one ear only.
        edge: degrees round the head, from its front, where hanging hair begins.
        source: where strands start.
        curls: 0 (strands) to 1 (curls).
        cover: how much of the scalp it hides, and how much at the sides, 0 to 1.
        sides: how much there.
        shade: how deep the shadow under its edge is, 0 to 1.
        volume: of the hair on the skull, in deviations of the head's own shape, and what it varies by.
        hanging: likewise, of what hangs at the sides.
    """

    raised: float = 0.0
    temples: float = 0.0
    fringe: float | None = None
    slope: float = 0.0
    ends: float | None = None
    one_sided: bool = False
    edge: float = 62.0
    source: str = CROWN
    curls: float = 0.0
    cover: float = 0.97
    sides: float = 0.80
    shade: float = 0.25
    volume: tuple[float, float] = (0.0, 0.5)
    hanging: tuple[float, float] = (0.0, 0.3)


BALD = "bald"
CUTS: dict[str, Cut] = {
    BALD: Cut(cover=0.0, sides=0.0, shade=0.0, volume=(-1.8, 0.3)),
    "shaved": Cut(curls=0.3, cover=0.66, sides=0.56, shade=0.0, volume=(-1.0, 0.3)),
    "receding": Cut(raised=0.012, temples=0.022, cover=0.84, sides=0.76, volume=(-0.2, 0.4)),
    "short": Cut(sides=0.76, volume=(1.0, 0.5)),
    "parted": Cut(source=PARTING, sides=0.86, shade=0.40, volume=(1.5, 0.4)),
    "curly": Cut(curls=1.0, cover=0.98, sides=0.95, shade=0.45, volume=(2.3, 0.3)),
    "fringe": Cut(
        fringe=0.036,
        ends=-0.004,
        edge=62.0,
        source=TOP,
        sides=0.95,
        shade=0.75,
        volume=(1.7, 0.4),
        hanging=(0.9, 0.3),
    ),
    "bob": Cut(
        ends=-0.088,
        edge=50.0,
        source=PARTING,
        cover=0.98,
        sides=0.98,
        shade=0.85,
        volume=(1.9, 0.4),
        hanging=(1.9, 0.4),
    ),
    "long": Cut(
        ends=-0.30,
        edge=53.0,
        source=PARTING,
        cover=0.98,
        sides=0.98,
        shade=0.85,
        volume=(1.8, 0.4),
        hanging=(1.7, 0.4),
    ),
    "swept": Cut(
        fringe=0.048,
        slope=0.017,
        ends=-0.070,
        one_sided=True,
        edge=51.0,
        source=PARTING,
        sides=0.92,
        shade=0.80,
        volume=(1.8, 0.4),
        hanging=(0.8, 0.3),
    ),
}
# How often each is worn; curls go with dark skin.
_SHARES = np.array([7, 8, 9, 17, 13, 7, 11, 11, 10, 7], float)
_SHARES_DARK = np.array([9, 16, 8, 15, 4, 26, 5, 6, 7, 4], float)


def sample_cut(dark: bool, rng: np.random.Generator) -> str:
    """Draw the name of a cut, for dark skin or lighter."""
    shares = _SHARES_DARK if dark else _SHARES
    return str(rng.choice(list(CUTS), p=shares / shares.sum()))
