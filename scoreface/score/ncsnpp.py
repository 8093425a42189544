"""The tensors of a score_sde_pytorch NCSN++ checkpoint: what they are called, and what they say of the network.

The original keeps its modules in one list in the order in which they run, so that a tensor is called
``module.all_modules.N.NAME``. diffusers names the same tensors by block.
"""

from __future__ import annotations

import itertools
import re
import statistics
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from scoreface.score.architectures import PUBLISHED, Architecture

PREFIX = "module.all_modules."
FOURIER = f"{PREFIX}0.W"

_LINEAR = (("weight", "weight"), ("bias", "bias"))
_RESIDUAL = {
    "GroupNorm_0": "norm1",
    "Conv_0": "conv1",
    "Dense_0": "time_emb_proj",
    "GroupNorm_1": "norm2",
    "Conv_1": "conv2",
    "Conv_2": "conv_shortcut",
}
_ATTENTION = {"NIN_0": "to_q", "NIN_1": "to_k", "NIN_2": "to_v", "NIN_3": "to_out.0"}

# The published configurations have attention where the image has this size, and nowhere else.
_ATTENTION_SIZE = 16

# diffusers gives attention blocks 32 groups whatever their width; the original a quarter of the channels at most.
_LEAST_ATTENTION_CHANNELS = 128


class UnknownNetworkError(ValueError):
    """The tensors are not those of a network that diffusers can rebuild; the message says which and why."""


class Name(NamedTuple):
    """One tensor in both worlds.

    Attributes:
        original: ``module.all_modules.N...``
        diffusers: key of ``UNet2DModel.state_dict()``.
        transposed: the original is a matrix (in, out), diffusers' (out, in).
    """

    original: str
    diffusers: str
    transposed: bool = False


def tensor_names(architecture: Architecture, present: Iterable[str]) -> list[Name]:
    """All tensors of a network, in the original's order.

    Args:
        architecture: the network.
        present: the keys of its ``UNet2DModel.state_dict()``; they tell which residual blocks have a shortcut.
    """
    keys = set(present)
    names = [
        name
        for index, (kind, block) in enumerate(_modules(architecture))
        for name in _module_names(f"{PREFIX}{index}.", kind, block)
    ]
    return [name for name in names if name.diffusers in keys]


def recognise(shapes: Mapping[str, tuple[int, ...]]) -> Architecture:
    """Find the architecture from the names and shapes of a checkpoint's tensors.

    The order of the modules gives levels, layers and attention; a network that agrees with a published one in these
    is taken for it. Otherwise the widths come from the shapes, by vote, so that one wrong tensor can still be named.

    Args:
        shapes: shape of each tensor by original name.

    Raises:
        UnknownNetworkError: another kind of network, or one that diffusers computes differently.
    """
    modules = _by_module(shapes)
    kinds = "".join(_kind(parts) for parts in modules)
    # Fourier embedding, two dense layers, first convolution; then levels of residual (R) and attention (A) blocks,
    # each but the last ending with the combination (K) of the input's pyramid.
    match = re.match(r"FDDC((?:(?:RA?)+RK)+)(RA?)", kinds)
    if not match:
        raise UnknownNetworkError(_oddity(kinds))
    upper = match[1].split("K")[:-1]
    layers = upper[0].count("R") - 1
    levels = [*upper, match[2]]
    attention = tuple(i for i, level in enumerate(levels) if "A" in level)
    for known in PUBLISHED:
        shape = (len(known.channels), known.layers, known.attention)
        if shape == (len(levels), layers, attention):
            return known
    starts = itertools.accumulate((len(level) + 1 for level in upper), initial=4)
    channels = tuple(_width(modules[start]) for start in starts)
    if len(attention) != 1:
        raise UnknownNetworkError(
            f"attention at {len(attention)} resolutions, so the image size cannot be told; ScoreFace converts "
            f"networks with attention at {_ATTENTION_SIZE} pixels only"
        )
    if channels[attention[0]] < _LEAST_ATTENTION_CHANNELS:
        raise UnknownNetworkError(
            f"attention on {channels[attention[0]]} channels, which diffusers normalises in other groups than the "
            f"original; it takes {_LEAST_ATTENTION_CHANNELS} or more"
        )
    return Architecture(_ATTENTION_SIZE << attention[0], channels, layers, attention)


def _modules(architecture: Architecture) -> Iterator[tuple[str, str]]:
    """(kind, name in diffusers) of each module in the order in which the original runs them."""
    last = len(architecture.channels) - 1
    yield "fourier", "time_proj"
    yield "linear", "time_embedding.linear_1"
    yield "linear", "time_embedding.linear_2"
    yield "linear", "conv_in"
    for level in range(last + 1):
        block = f"down_blocks.{level}"
        for layer in range(architecture.layers):
            yield "residual", f"{block}.resnets.{layer}"
            if level in architecture.attention:
                yield "attention", f"{block}.attentions.{layer}"
        if level < last:
            yield "residual", f"{block}.resnet_down"
            yield "combine", f"{block}.skip_conv"
    yield "residual", "mid_block.resnets.0"
    yield "attention", "mid_block.attentions.0"
    yield "residual", "mid_block.resnets.1"
    for level in reversed(range(last + 1)):
        block = f"up_blocks.{last - level}"
        for layer in range(architecture.layers + 1):
            yield "residual", f"{block}.resnets.{layer}"
        if level in architecture.attention:
            yield "attention", f"{block}.attentions.0"
        yield "linear", f"{block}.skip_norm" if level else "conv_norm_out"
        yield "linear", f"{block}.skip_conv" if level else "conv_out"
        if level:
            yield "residual", f"{block}.resnet_up"


def _module_names(original: str, kind: str, block: str) -> list[Name]:
    """The tensors of one module; ``original`` ends in a dot."""
    if kind == "fourier":
        return [Name(f"{original}W", f"{block}.weight")]
    if kind == "linear":
        return [Name(f"{original}{a}", f"{block}.{b}") for a, b in _LINEAR]
    if kind == "combine":
        return [Name(f"{original}Conv_0.{a}", f"{block}.{b}") for a, b in _LINEAR]
    if kind == "residual":
        return [
            Name(f"{original}{outer}.{a}", f"{block}.{inner}.{b}")
            for outer, inner in _RESIDUAL.items()
            for a, b in _LINEAR
        ]
    names = [Name(f"{original}GroupNorm_0.{a}", f"{block}.group_norm.{b}") for a, b in _LINEAR]
    for outer, inner in _ATTENTION.items():
        names.append(Name(f"{original}{outer}.W", f"{block}.{inner}.weight", transposed=True))
        names.append(Name(f"{original}{outer}.b", f"{block}.{inner}.bias"))
    return names


def _by_module(shapes: Mapping[str, tuple[int, ...]]) -> list[dict[str, tuple[int, ...]]]:
    """Shapes by the name within the module, for each module from 0; empty where a number is left out."""
    found: dict[int, dict[str, tuple[int, ...]]] = {}
    for name, shape in shapes.items():
        match = re.fullmatch(re.escape(PREFIX) + r"(\d{1,4})\.(.+)", name)
        if match:
            found.setdefault(int(match[1]), {})[match[2]] = shape
    return [found.get(index, {}) for index in range(max(found, default=-1) + 1)]


def _kind(parts: Mapping[str, tuple[int, ...]]) -> str:
    """A letter for the kind of one module, from the names of its tensors."""
    outer = {name.split(".")[0] for name in parts}
    if outer == {"W"}:
        return "F"
    if outer & {"NIN_0", "NIN_1", "NIN_2", "NIN_3"}:
        return "A"
    if outer & {"GroupNorm_1", "Dense_0", "Conv_1", "Conv_2"}:
        return "R"
    if outer == {"Conv_0"}:
        return "K"
    if outer <= {"weight", "bias"} and parts:
        return {1: "N", 2: "D", 4: "C"}.get(max(len(shape) for shape in parts.values()), "?")
    return "?"


def _width(parts: Mapping[str, tuple[int, ...]]) -> int:
    """Output channels of a residual block, by the vote of all tensors that have them as first dimension."""
    voters = ("Conv_", "Dense_0", "GroupNorm_1")
    return statistics.mode(
        shape[0] for name, shape in parts.items() if shape and name.startswith(voters)
    )


def _oddity(kinds: str) -> str:
    """Where the order of modules leaves that of NCSN++."""
    if not kinds:
        return f"it has no tensors called {PREFIX}N..."
    start = re.match(r"F?D?D?C?(?:[RA]+K)*[RA]*", kinds)
    place = start.end() if start else 0
    return (
        f"{PREFIX}{place} is missing or not what NCSN++ has there; ScoreFace converts continuous variance-exploding "
        "NCSN++ networks with output_skip, input_skip and biggan blocks"
    )
