"""The variance-exploding NCSN++ networks as arguments of ``diffusers.UNet2DModel``.

NCSN++: Song et al. 2021, section 4.1 and appendix H. diffusers builds it from blocks named ``Skip``; of its other
arguments, several load without an error at the wrong value and then give wrong scores. Networks that ``scoreface
train`` makes have plain blocks instead.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scoreface.base.errors import InputError

# What is the same in all these networks, and cannot be told from the shapes of their tensors. The published ones were
# trained on images in [0, 1], which the network itself spreads to [-1, 1]: center_input_sample.
FIXED: dict[str, Any] = {
    "in_channels": 3,
    "out_channels": 3,
    "center_input_sample": True,
    "time_embedding_type": "fourier",
    "mid_block_type": "UNetMidBlock2D",
    "mid_block_scale_factor": 2**0.5,
    "norm_num_groups": None,  # of skip blocks
    "attn_norm_num_groups": None,
    "norm_eps": 1e-6,
    "attention_head_dim": None,
    "act_fn": "silu",
    "dropout": 0.0,
    "resnet_time_scale_shift": "default",
    "downsample_type": "conv",
    "downsample_padding": 1,
    "upsample_type": "conv",
    "add_attention": True,
    "class_embed_type": None,
    "num_class_embeds": None,
}

SIGMA_MIN = 0.01

#: The argument of a grown network (:mod:`scoreface.score.grown`) that no other has: those of the network within.
INNER = "inner_arguments"


@dataclass(frozen=True)
class Architecture:
    """What one NCSN++ network differs in from another.

    Attributes:
        image_size: height and width of the images in pixels.
        channels: of each level, finest first.
        layers: residual blocks a level on the way down; one more on the way up.
        attention: the levels that have attention blocks, counted from the finest.
        blocks: ``skip``, those of NCSN++ with its pyramids of the image, or ``plain``, residual blocks alone.
        outer: channels of the levels around a network of plain blocks, finest first, each for twice the side
            (:mod:`scoreface.score.grown`). The levels of ``channels`` lie within.
    """

    image_size: int
    channels: tuple[int, ...]
    layers: int
    attention: tuple[int, ...]
    blocks: str = "skip"
    outer: tuple[int, ...] = ()

    def arguments(self) -> dict[str, Any]:
        """All arguments of ``diffusers.UNet2DModel`` that matter to these networks; of a grown one, its own."""
        if self.outer:
            inner = replace(self, image_size=self.image_size // 2, outer=self.outer[1:])
            return {
                "sample_size": self.image_size,
                INNER: inner.arguments(),
                "width": self.outer[0],
                "layers": self.layers,
            }
        kind = "Skip" if self.blocks == "skip" else ""
        kinds = [f"{'Attn' * (i in self.attention)}{kind}" for i in range(len(self.channels))]
        # Skip blocks choose their groups themselves: a quarter of the channels, at most 32.
        groups = None if self.blocks == "skip" else min(min(self.channels) // 4, 32)
        return {
            **FIXED,
            "norm_num_groups": groups,
            # Plain networks are preconditioned, which puts their input in range already.
            "center_input_sample": self.blocks == "skip",
            "sample_size": self.image_size,
            "block_out_channels": self.channels,
            "layers_per_block": self.layers,
            "down_block_types": tuple(f"{kind}DownBlock2D" for kind in kinds),
            "up_block_types": tuple(f"{kind}UpBlock2D" for kind in reversed(kinds)),
        }


FFHQ_256 = Architecture(256, (128, 128, 256, 256, 256, 256, 256), 2, (4,))
FFHQ_1024 = Architecture(1024, (16, 32, 64, 128, 256, 512, 512, 512), 1, (6,))
PUBLISHED = (FFHQ_256, FFHQ_1024)

# Largest noise level of the published training, by image size, for folders that do not say.
SIGMA_MAX = {256: 348.0, 1024: 1348.0}


def trusted_arguments(config: dict[str, Any], source: Path) -> dict[str, Any]:
    """The arguments with which the network described by a diffusers folder gives true scores.

    A published network has its fixed arguments set right whatever the folder says, because some copies of it say
    something else. For any other network only its maker knows them, so a difference is refused.

    Args:
        config: the folder's ``config.json``.
        source: its path, for messages.

    Returns:
        arguments to put over those of ``config``.

    Raises:
        InputError: not an NCSN++ network, or one with an argument that gives wrong scores here.
    """
    if isinstance(config, dict) and INNER in config:
        return _trusted_grown(config, source)
    architecture = _described(config, source)
    arguments = architecture.arguments()
    if architecture in PUBLISHED:
        return arguments
    for name in FIXED:
        right = arguments[name]
        found = config.get(name, right)
        if not _same(found, right):
            raise InputError(
                f"{source}: {name} is {found!r}, and with that the network's output is no score of images in [0, 1]; "
                f"if its weights come from score_sde_pytorch, set {name} to {right!r} or convert the checkpoint "
                "again with scoreface score convert"
            )
    return arguments


def with_sigma_data(arguments: dict[str, Any], sigma_data: float) -> dict[str, Any]:
    """Arguments of a network, those of a grown one with the root mean square that it is preconditioned by."""
    if INNER not in arguments:
        return arguments
    inner = with_sigma_data(arguments[INNER], sigma_data)
    return {**arguments, INNER: inner, "sigma_data": sigma_data}


def _trusted_grown(config: dict[str, Any], source: Path) -> dict[str, Any]:
    """The same of a grown network."""
    arguments = {
        name: _count(config.get(name), name, source) for name in ("sample_size", "width", "layers")
    }
    inner = trusted_arguments(config[INNER], source)
    if not is_plain(inner) or 2 * inner["sample_size"] != arguments["sample_size"]:
        raise InputError(
            f"{source}: {INNER} are of no network of plain blocks for half of {arguments['sample_size']} pixels; copy "
            "the whole folder that scoreface train wrote"
        )
    return {**arguments, INNER: inner}


def _described(config: dict[str, Any], source: Path) -> Architecture:
    """The architecture in ``config``, given that it is NCSN++."""
    try:
        architecture = Architecture(
            _count(config["sample_size"], "sample_size", source),
            tuple(
                _count(width, "block_out_channels", source)
                for width in config["block_out_channels"]
            ),
            _count(config["layers_per_block"], "layers_per_block", source),
            _levels_with_attention(config["down_block_types"]),
            "plain" if is_plain(config) else "skip",
        )
        expected = architecture.arguments()
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise InputError(f"{source}: no configuration of a UNet2DModel ({error!r})") from error
    for name in ("down_block_types", "up_block_types"):
        found = config.get(name)
        if not isinstance(found, list | tuple) or tuple(found) != expected[name]:
            raise InputError(
                f"{source}: {name} is {found}, NCSN++ would have {list(expected[name])}; ScoreFace takes "
                "variance-exploding NCSN++ networks only"
            )
    return architecture


def _count(value: Any, name: str, source: Path) -> int:
    """``value``, given that it counts something."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InputError(f"{source}: {name}: {value!r} is no whole number above 0")
    return value


def is_plain(arguments: dict[str, Any]) -> bool:
    """True for a network of plain residual blocks, false for one with those of NCSN++."""
    return INNER in arguments or "Skip" not in arguments["down_block_types"][0]


def _levels_with_attention(block_types: Sequence[str]) -> tuple[int, ...]:
    return tuple(i for i, name in enumerate(block_types) if name.startswith("Attn"))


def _same(found: Any, right: Any) -> bool:
    """Equal, numbers up to the digits that someone may have typed."""
    if isinstance(right, float) and isinstance(found, int | float):
        return math.isclose(found, right, rel_tol=1e-5)
    return found == right
