"""Measure on photos with known truth whether the score model would mend the fit."""

from __future__ import annotations

from dataclasses import dataclass

from scoreface.base.command import option
from scoreface.benchmark.commands import Inputs, Outputs

__all__ = ["Inputs", "Outputs", "Settings", "run"]


@dataclass(frozen=True)
class Settings:
    """Which photos, and how the head is moved."""

    photos: int = option("how many; every other one has a hard background", 12)
    sigmas: tuple[float, ...] = option("noise levels, for images of 64 pixels", (0.3, 1.0))
    draws: int = option("pictures of noise at each", 4)
    rounds: int = option("of all moves, with half the steps of the one before", 2)
    seed: int = option("of the photos", 0)
    threads: int = option("of the arithmetic", 1)


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Fit the photos, move the heads, and write a row for each and the means.

    Raises:
        InputError: a configuration or an option is wrong, or a model is missing.
    """
    import pandas
    import torch

    from scoreface.base.arrays import write_image
    from scoreface.base.errors import InputError
    from scoreface.base.files import atomic
    from scoreface.base.settings import read
    from scoreface.benchmark.chain import Rejected, check_chain, run_chain
    from scoreface.benchmark.contest import score_model
    from scoreface.benchmark.prior_fit import Unlikeliness, compare
    from scoreface.benchmark.scenes import make_recipe, make_scene
    from scoreface.config.schema import checked_config
    from scoreface.geometry.camera import PerspectiveCamera
    from scoreface.geometry.settings import CameraSettings
    from scoreface.score.model import load_score_model

    for name in ("photos", "draws", "rounds"):
        if getattr(settings, name) < 1:
            raise InputError(f"--{name}: {getattr(settings, name)} is too few; give 1 or more")
    if not settings.sigmas or min(settings.sigmas) <= 0:
        raise InputError(f"--sigmas: {settings.sigmas}; give one or more, each above 0")
    config = checked_config(inputs.configfile)
    check_chain(config)
    torch.set_num_threads(settings.threads)
    model = load_score_model(score_model(config), torch.device("cpu"))
    view = read(CameraSettings, config)
    camera = PerspectiveCamera(view.distance, view.field_of_view)
    rows = []
    for number in range(settings.photos):
        recipe = make_recipe(settings.seed, number)
        scene = make_scene(settings.seed, recipe, config["texture"]["large"])
        photo = outputs.out / "photos" / f"{recipe.id}.png"
        write_image(photo, scene.image)
        lifted = run_chain(
            photo, recipe.id, config, outputs.out / "models", outputs.out / "stages" / recipe.id
        )
        row = {"photo": recipe.id, "backgrounds": recipe.backgrounds, "yaw": recipe.yaw}
        if isinstance(lifted, Rejected):
            print(f"left out: {recipe.id}: {lifted.reason}")
            continue
        unlikeliness = Unlikeliness(model, scene, camera, settings.sigmas, settings.draws)
        rows.append(row | compare(unlikeliness, scene, lifted, settings.rounds))
        # After each, so that a run that is cut has a table too.
        with atomic(outputs.out / "results.csv") as temporary:
            pandas.DataFrame(rows).to_csv(temporary, index=False, float_format="%.6g")
    if not rows:
        raise InputError(f"--photos {settings.photos}: no fit was accepted; give more")
    summary = pandas.DataFrame(rows).groupby("backgrounds", sort=False).mean(numeric_only=True)
    with atomic(outputs.out / "summary.csv") as temporary:
        summary.to_csv(temporary, float_format="%.6g")
    print(summary.T.to_string(float_format=lambda value: f"{value:.4f}"))
