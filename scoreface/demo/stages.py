"""The stages that make the embedded default."""

from __future__ import annotations

from argparse import Namespace

from scoreface.files import InputError


def head(options: Namespace) -> None:
    """Write the procedural head: FLAME-format model, landmark embedding, UV layout."""
    from scoreface.demo.assets import write_model

    write_model(options.model, options.embedding, options.texture_data, options.texture_size)


def photos(options: Namespace) -> None:
    """Write the demo's photos, and the ground truth of the synthetic ones."""
    from scoreface.demo.assets import write_photos

    write_photos(options.photos, options.truth, options.texture_size)


def prior(options: Namespace) -> None:
    """Fit the Gaussian prior to views of random heads."""
    import torch

    from scoreface.demo.prior import fit_prior

    if not 0 < options.components < 4 * options.heads:
        raise InputError(
            f"demo.prior_components: {options.components} components need more than "
            f"{options.components // 4} heads (demo.prior_heads is {options.heads})"
        )
    torch.set_num_threads(options.threads)
    fit_prior(options.size, options.heads, options.components, options.seed).save(options.out)
