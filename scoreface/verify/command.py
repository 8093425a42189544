"""Say how well a face recogniser tells pairs of pictures apart, and whether frontalising them helps it."""

from __future__ import annotations

from scoreface.verify.job import Inputs, Outputs, Settings

__all__ = ["Inputs", "Outputs", "Settings", "run"]


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Describe what has not been described yet, and write table, summary and plot.

    Raises:
        InputError: a list, a picture, a model or an option is wrong.
    """
    from scoreface.verify.run import verify

    print(verify(inputs, outputs.out, settings), end="")
