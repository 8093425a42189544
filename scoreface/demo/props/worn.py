"""What may be before a face, by name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from scoreface.demo.people import Head
from scoreface.demo.props import glasses, hair, hand
from scoreface.demo.props.sitter import Layer, Sitter

#: What may be before a face, from the nearest to it outwards.
PROPS = ("glasses", "hair", "hand")


def groomed(head: Head, names: Collection[str]) -> Head:
    """The person as one who wears that, of ``PROPS``, is under it: nobody with long hair is bald."""
    return replace(head, skin=replace(head.skin, bald=False)) if "hair" in names else head


def props(
    sitter: Sitter, names: Collection[str], rng: np.random.Generator
) -> tuple[list[Layer], list[Layer]]:
    """What is behind the head and what before it, each from the back to the front.

    Args:
        sitter: the head.
        names: of ``PROPS``.
        rng: draws style and pose of each.
    """
    behind: list[Layer] = []
    before: list[Layer] = []
    if "glasses" in names:
        before.append(glasses.glasses(sitter, glasses.sample_style(rng), rng))
    if "hair" in names:
        back, front = hair.long_hair(sitter, hair.sample_style(rng), rng)
        behind.append(back)
        before.append(front)
    if "hand" in names:
        before.append(hand.hand(sitter, hand.sample_pose(sitter, rng), rng))
    return behind, before
