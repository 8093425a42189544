"""The command of a small job as a rule calls it, and what it leaves."""

import json
from pathlib import Path

from scoreface.texture.state import TextureState

FACE, VIEWS, LEVELS = 16, 4, 10

SETTINGS = {
    "camera": {"field_of_view": 60, "distance": 2.6, "rasteriser": "embree"},
    "inpaint": {
        "pipeline": "image",
        "image": {"predictor": True},
        "face_size": FACE,
        "noise_levels": LEVELS,
        "corrector_steps": 1,
        "snr": 0.15,
        "keep_silhouette": True,
        "correction_threshold": 0.3,
        "supersampling": 1,
        "samples": 1,
        "precision": "fp32",
    },
    "texture": {"small": 16, "large": 32, "shrink": "corner"},
    "seed": 0,
}


def outputs(folder: Path) -> list[Path]:
    """The states of all views."""
    return [folder / f"inpaint/round1/view{view:03d}.npz" for view in range(VIEWS)]


def command(inputs: Path, folder: Path, first: int = 0, **more) -> list[str]:
    """The command of a job for the views from ``first`` to the last."""
    options = {
        **{"mesh": inputs / "head.obj", "axis-angle": inputs / "axis_angle.npy"},
        **{"large": inputs / "large.png", "known": inputs / "known.png"},
        **{"texel-labels": inputs / "labels.png", "regions": inputs / "regions.png"},
        **{"views": inputs / "views.json", "score-model": inputs / "prior.npz"},
        **{"id": "face", "round": 1, "first": first, "threads": 1, "gpu": 0},
        "settings": json.dumps(SETTINGS),
        **more,
    }
    parts = [str(part) for name, value in options.items() for part in (f"--{name}", value)]
    return ["inpaint", *parts, "--out", *map(str, outputs(folder)[first:])]


def content(folder: Path) -> list[tuple]:
    """Everything in the states, bit for bit."""
    states = [TextureState.load(path) for path in outputs(folder)]
    return [
        (state.texture.tobytes(), state.labels.tobytes(), state.view.tobytes(), state.settings)
        for state in states
    ]
