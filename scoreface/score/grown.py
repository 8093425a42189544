"""A network for twice the side of another one, which it starts from.

Around the inner network lies one more level of a U-Net. The inner one sees the image at half the side, where the noise
of a pixel is half as strong, and what it makes comes back enlarged: its denoised image, and the features that this is
made of. The outer level adds to both. Growth level by level: Karras et al. 2018, section 2; noise that follows the
resolution: Hoogeboom et al. 2023 (simple diffusion), section 3.1.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from diffusers import ConfigMixin, ModelMixin, UNet2DModel
from diffusers.configuration_utils import register_to_config
from diffusers.models.unets.unet_2d_blocks import DownBlock2D, UpBlock2D
from torch.nn import functional

from scoreface.score.architectures import INNER

#: Root mean square of what an image loses at half the side, over that of the image: about that of renders and photos.
DETAIL = 0.1


class Gains(NamedTuple):
    """What a grown network's output is made of, each (B, 1, 1, 1): see :func:`gains`.

    Attributes:
        given: of the halved image, as the inner network is given it.
        made: of what the inner network makes, enlarged.
        halved: of the halved image, enlarged.
        rest: of what the halved image, enlarged, lacks.
    """

    given: torch.Tensor
    made: torch.Tensor
    halved: torch.Tensor
    rest: torch.Tensor


def gains(sigma: torch.Tensor, sigma_data: float) -> Gains:
    """The gains with which an outer level that adds nothing leaves the inner network's denoised image.

    With A for the mean of each 2 x 2 pixels and U for its enlargement, the denoised image is then

        D(x, sigma) = U D_inner(A x, sigma / 2) + s^2 / (s^2 + sigma^2) (x - U A x),

    the second term being the best guess of details that are white noise of deviation s = ``DETAIL`` sigma_data. Both
    networks are preconditioned: D = c_skip x + c_out F(c_in x) (Karras et al. 2022, table 1), here solved for F.

    Args:
        sigma: (B,) noise levels of the large image.
        sigma_data: root mean square of the clean images, at either size.
    """
    level = sigma[:, None, None, None]
    total, inner_total = level**2 + sigma_data**2, level**2 / 4 + sigma_data**2
    detail = DETAIL * sigma_data
    return Gains(
        given=(total / inner_total).sqrt(),
        made=(total / inner_total).sqrt() / 2,
        halved=0.75 * level * sigma_data / inner_total,
        rest=-level * (sigma_data**2 - detail**2) / (sigma_data * (level**2 + detail**2)),
    )


class GrownUNet(ModelMixin, ConfigMixin):
    """An inner ``UNet2DModel`` of plain blocks, or another grown network, and one level around it.

    Args:
        sample_size: height and width of the images in pixels, twice those of the inner network.
        inner_arguments: those of the inner network.
        width: channels of the level, a multiple of the inner network's group count.
        layers: residual blocks of the level on the way down; one more on the way up.
        sigma_data: root mean square of the clean images, by which both are preconditioned.
    """

    @register_to_config
    def __init__(
        self,
        sample_size: int,
        inner_arguments: dict[str, Any],
        width: int,
        layers: int,
        sigma_data: float,
    ):
        super().__init__()
        self.inner = make_network(inner_arguments)
        innermost = core(self.inner)
        groups, eps = innermost.config["norm_num_groups"], innermost.config["norm_eps"]
        blocks = {
            "temb_channels": innermost.time_embedding.linear_2.out_features,
            "resnet_groups": groups,
            "resnet_eps": eps,
        }
        features = self.inner.conv_out.in_channels  # type: ignore[has-type]
        self.conv_in = torch.nn.Conv2d(3, width, 3, padding=1)
        self.down = DownBlock2D(width, width, num_layers=layers, add_downsample=False, **blocks)
        self.to_inner = torch.nn.Conv2d(width, features, 3, stride=2, padding=1)
        self.up = UpBlock2D(
            width, features, width, num_layers=layers + 1, add_upsample=False, **blocks
        )
        self.conv_norm_out = torch.nn.GroupNorm(groups, width, eps)
        self.conv_out = torch.nn.Conv2d(width, 3, 3, padding=1)
        for added in (self.to_inner, self.conv_out):
            for weight in added.parameters():
                torch.nn.init.zeros_(weight)

    def forward(
        self, sample: torch.Tensor, timestep: torch.Tensor, return_dict: bool = True
    ) -> tuple[torch.Tensor]:
        """As of ``UNet2DModel``: images (B, 3, S, S) and noise levels (B,) to the output, divided by these.

        Always a tuple, whatever ``return_dict``.
        """
        made, _ = evaluate(self, sample, timestep)
        return (made / timestep[:, None, None, None],)

    def evaluate(
        self, sample: torch.Tensor, sigma: torch.Tensor, added: torch.Tensor | None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """See :func:`evaluate`."""
        gain = gains(sigma, self.config["sigma_data"])
        embedded = _embed(self, sigma)
        halved = functional.avg_pool2d(sample, 2)
        first = self.conv_in(sample)
        if added is not None:
            first = first + added
        hidden, skips = self.down(first, embedded)
        made, features = evaluate(self.inner, gain.given * halved, sigma / 2, self.to_inner(hidden))
        hidden = self.up(_enlarged(features), (first, *skips), embedded)
        fine = self.conv_out(functional.silu(self.conv_norm_out(hidden)))
        rest = sample - _enlarged(halved)
        return fine + _enlarged(gain.made * made + gain.halved * halved) + gain.rest * rest, hidden


def make_network(arguments: dict[str, Any]) -> UNet2DModel | GrownUNet:
    """The network with the given arguments, its weights drawn by torch's generator."""
    return GrownUNet(**arguments) if INNER in arguments else UNet2DModel(**arguments)


def evaluate(
    network: Any, sample: torch.Tensor, sigma: torch.Tensor, added: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    """What a network makes of images, before it is divided by their noise levels.

    Args:
        network: a ``UNet2DModel`` of plain blocks or a grown network.
        sample: (B, 3, S, S) preconditioned images.
        sigma: (B,) noise levels.
        added: (B, C, S, S), to the first features.

    Returns:
        the output (B, 3, S, S), and the features (B, C, S, S) that it was made of.
    """
    if isinstance(network, GrownUNet):
        return network.evaluate(sample, sigma, added)
    embedded = _embed(network, sigma)
    hidden = network.conv_in(sample)
    if added is not None:
        hidden = hidden + added
    skips = (hidden,)
    for block in network.down_blocks:
        hidden, more = block(hidden, embedded)
        skips += more
    hidden = network.mid_block(hidden, embedded)
    for block in network.up_blocks:
        count = len(block.resnets)
        hidden, skips = block(hidden, skips[-count:], embedded), skips[:-count]
    made = network.conv_out(network.conv_act(network.conv_norm_out(hidden)))
    return made, hidden


def core(network: Any) -> Any:
    """The innermost network."""
    return core(network.inner) if isinstance(network, GrownUNet) else network


def _embed(network: Any, sigma: torch.Tensor) -> torch.Tensor:
    """The embedding (B, C) of noise levels (B,), which the innermost network has of them at its own size."""
    if isinstance(network, GrownUNet):
        return _embed(network.inner, sigma / 2)
    return network.time_embedding(network.time_proj(sigma).to(network.dtype))


def _enlarged(images: torch.Tensor) -> torch.Tensor:
    """Each pixel (B, C, H, W) as four: (B, C, 2 H, 2 W)."""
    return functional.interpolate(images, scale_factor=2.0, mode="nearest")
