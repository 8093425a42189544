"""What may be before a face, by name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from scoreface.demo.people import Head
from scoreface.demo.props import glasses, hair, hand
from scoreface.demo.props.sitter import Layer, Sitter
from scoreface.demo.skin.cuts import BALD

#: What may be before a face, from the nearest to it outwards.
PROPS = ("glasses", "hair", "hand")


def groomed(head: Head, names: Collection[str]) -> Head:
    """The person under what is worn, of ``PROPS``: not bald under long hair, and with one pair of glasses."""
    skin = head.skin
    if "hair" in names and skin.cut == BALD:
        skin = replace(skin, cut="parted")
    if "glasses" in names:
        skin = replace(skin, glasses=None)
    return replace(head, skin=skin)


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
