"""Measure score models as denoisers of held-out heads, of all and by groups, and by the half pictures they complete."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scoreface.base.command import option


@dataclass(frozen=True)
class Settings:
    """How much is measured, and how halves are completed."""

    heads: int = option("how many, each seen once", 32)
    azimuth: float = option("degrees, the largest that they are seen from to either side", 40.0)
    noise_levels: int = option("of the completion of halves", 100)
    corrector_steps: int = option("at each of them", 1)
    snr: float = option("signal-to-noise ratio of these steps", 0.15)
    seed: int = option("of the heads and the noise", 0)
    device: str = option("cpu, cuda, or auto", "auto")
    threads: int = option("of the arithmetic", 1)


@dataclass(frozen=True)
class Inputs:
    """Attributes:
    score_model: paths.
    """

    score_model: tuple[str, ...] = option(
        "paths, to compare with each other; their sizes may differ"
    )


@dataclass(frozen=True)
class Outputs:
    """Attributes:
    out: folder for the table and the pictures.
    """

    out: Path = option("folder for prior.md, groups.md and halves.png")


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Measure, print and write.

    Raises:
        InputError: a model is missing or damaged, or their sizes are no multiples of each other.
    """
    import torch

    from scoreface.base.arrays import write_image
    from scoreface.base.files import write_text
    from scoreface.benchmark.groups import by_group, held_out_labels, image_errors
    from scoreface.benchmark.prior import compare, held_out_views
    from scoreface.benchmark.sizes import at_sizes
    from scoreface.score.model import choose_device, load_score_model
    from scoreface.score.unconditional import as_grid

    torch.set_num_threads(settings.threads)
    device = choose_device(settings.device)
    models = {path: load_score_model(path, device) for path in inputs.score_model}
    sizes = sorted({model.image_size for model in models.values()})
    largest = held_out_views(sizes[-1], settings.heads, settings.seed, settings.azimuth)
    views = at_sizes(largest, sizes)
    text, pictures = compare(
        models,
        views,
        settings.noise_levels,
        settings.corrector_steps,
        settings.snr,
        settings.seed,
    )
    errors = {
        path: image_errors(model, views[model.image_size], settings.seed)
        for path, model in models.items()
    }
    groups = by_group(held_out_labels(settings.heads, settings.seed), errors)
    write_text(outputs.out / "prior.md", text)
    write_text(outputs.out / "groups.md", groups)
    write_image(outputs.out / "halves.png", as_grid(pictures, settings.heads))
    print(f"{text}\n{groups}", end="")
