"""The network of a training run, and how it takes over the weights of an earlier one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from scoreface.base.errors import InputError
from scoreface.score.architectures import INNER, with_sigma_data
from scoreface.score.grown import GrownUNet, core, make_network
from scoreface.training.settings import Settings

# Standard deviation of the Fourier frequencies, in cycles for a factor e of the noise level. Published networks have
# 16, with which nothing learnt at one level carries over to the next: a long training makes up for that, a short one
# cannot.
_FOURIER_SCALE = 1.0


def new_network(settings: Settings, sigma_data: float) -> Any:
    """The network at step 0.

    Args:
        settings: its size, levels and seed.
        sigma_data: root mean square of the images.
    """
    arguments = settings.architecture().arguments()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)
        network = make_network(with_sigma_data(arguments, sigma_data))
        innermost = core(network)
        innermost.time_proj.weight.data.normal_(0, _FOURIER_SCALE)
    # An output of nothing is the best first guess of noise, and does not have to be unlearnt.
    torch.nn.init.zeros_(innermost.conv_out.weight)
    torch.nn.init.zeros_(innermost.conv_out.bias)
    return network


def begin_with(network: Any, initial: Any, folder: Path) -> None:
    """Give a network the weights of an earlier one, or those of a smaller one to the levels within.

    Args:
        network: the new one.
        initial: of the same architecture, or of that of the network within.
        folder: where it comes from, for the message.

    Raises:
        InputError: it is of another architecture.
    """
    grown = isinstance(network, GrownUNet)
    if grown and 2 * initial.config["sample_size"] == network.config["sample_size"]:
        network = network.inner
    difference = _difference(initial.config, network.config)
    if difference:
        name, found, wanted = difference
        advice = (
            "give the --size, --channels, --outer-channels and --layers that it was trained with"
        )
        if grown:
            advice += (
                ", or to grow it, twice the --size and one --outer-channels more, before the others"
            )
        raise InputError(
            f"--initial-model {folder}: its {name} is {found}, this run's {wanted}; {advice}"
        )
    network.load_state_dict(initial.state_dict())


def inner_weights(network: Any) -> list[torch.Tensor]:
    """The weights of a grown network that lie within its first level, of those that are trained."""
    if not isinstance(network, GrownUNet):
        return []
    return [weight for weight in network.inner.parameters() if weight.requires_grad]


def _difference(found: Any, wanted: Any) -> tuple[str, Any, Any] | None:
    """The first argument in which two networks differ, and its two values; None: in none that matters."""
    names = ("sample_size", "width", "layers", "block_out_channels", "layers_per_block")
    for name in (*names, "down_block_types"):
        one, other = (_plain(config.get(name)) for config in (found, wanted))
        if one != other:
            return name, one, other
    within = found.get(INNER), wanted.get(INNER)
    if within == (None, None):
        return None
    if None in within:
        return INNER, *within
    return _difference(*within)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
