"""The benchmarks' commands: options in, a table out. What is measured stands in the modules that they call."""

from __future__ import annotations

from argparse import Namespace


def cost(options: Namespace) -> None:
    """Time one view of each pipeline, network and everything else apart."""
    import torch

    from scoreface.benchmark.cost import load_network, measure_all, table
    from scoreface.files import write_text
    from scoreface.score.model import choose_device

    torch.set_num_threads(options.threads)
    model = load_network(options.score_model, choose_device(options.device))
    text = table(measure_all(model, options.noise_levels, options.pipelines))
    print(text, end="")
    if options.out:
        write_text(options.out, text)


def prior(options: Namespace) -> None:
    """Measure score models as denoisers of held-out heads, and by the half pictures that they complete."""
    import torch

    from scoreface.benchmark.prior import compare
    from scoreface.files import write_image, write_text
    from scoreface.score.model import choose_device, load_score_model
    from scoreface.training.samples import as_grid

    torch.set_num_threads(options.threads)
    device = choose_device(options.device)
    text, pictures = compare(
        {path: load_score_model(path, device) for path in options.score_model},
        options.heads,
        options.noise_levels,
        options.corrector_steps,
        options.snr,
        options.seed,
    )
    write_text(options.out / "prior.md", text)
    write_image(options.out / "halves.png", as_grid(pictures, options.heads))
    print(text, end="")


def quality(options: Namespace) -> None:
    """Complete synthetic heads, whose truth is known, by the pipelines and by plain methods, and measure both."""
    from scoreface.benchmark.plan import make_plan
    from scoreface.benchmark.quality import run_quality
    from scoreface.benchmark.tables import plot_by_yaw, summarise, write_rows
    from scoreface.files import write_text

    plan = make_plan(
        options.configfile,
        options.variant,
        options.baselines,
        options.heads,
        options.yaws,
        options.seed,
        options.fit,
        options.out,
    )
    rows = run_quality(plan, options.ids, options.jobs)
    write_rows(options.out / "results.csv", rows)
    plot_by_yaw(options.out / "error_by_yaw.png", rows)
    summary = summarise(rows)
    write_text(options.out / "summary.md", summary)
    print(summary, end="")
