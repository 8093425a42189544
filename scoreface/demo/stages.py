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


def quality(options: Namespace) -> None:
    """Print the PSNR of texels that the photo did not show, beside a plain mirror-and-smooth fill."""
    import numpy as np

    from scoreface.demo.quality import compare
    from scoreface.files import read_image, read_labels, read_mask
    from scoreface.geometry.mesh import load_obj

    with np.load(options.truth) as truth:
        target = truth["texture"]
    figures = compare(
        load_obj(options.mesh),
        np.load(options.axis_angle),
        read_image(options.large),
        read_mask(options.known),
        read_image(options.texture),
        read_labels(options.provenance),
        target,
    )
    print("texels\tshare\tscoreface_psnr\tmirror_psnr")
    for name, row in figures.items():
        print(f"{name}\t{row['share']:.3f}\t{row['scoreface']:.2f}\t{row['mirror']:.2f}")
