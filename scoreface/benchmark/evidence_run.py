"""The benchmark of evidence: photos with truth, lifted by the stages with each engine, and measured once."""

from __future__ import annotations

import copy
import functools
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from tqdm import tqdm

from scoreface.api.steps import LIFTING
from scoreface.base.arrays import write_image, write_labels
from scoreface.base.errors import InputError
from scoreface.base.files import atomic
from scoreface.base.settings import read
from scoreface.benchmark import evidence, scenes
from scoreface.benchmark.chain import (
    Lifted,
    Rejected,
    chain_keys,
    check_chain,
    prepare,
    run_chain,
)
from scoreface.benchmark.evidence_sheets import draw_sheet
from scoreface.benchmark.pool import each
from scoreface.benchmark.records import Records
from scoreface.benchmark.scenes import Recipe, make_recipe, make_scene
from scoreface.config.schema import checked_config, schema_problems
from scoreface.parse.engines import ENGINES
from scoreface.parse.labels import COLOURS, LEGEND
from scoreface.stages import demo_photos, project

#: Columns of ``results.csv``, in their order.
COLUMNS = (
    "photo",
    "engine",
    "backgrounds",
    "background",
    "extras",
    "yaw",
    "pitch",
    "roll",
    "reason",
    "background_observed",
    "wall_observed",
    *evidence.PARTS,
    "skin_lost",
    "skin_dropped",
    "outline_iou",
    "yaw_error",
    "vertex_error",
    "seconds",
    *(f"seconds_{name}" for name in LIFTING),
)
#: Columns of ``summary.csv``: the first two name a row, the others are figures, all but the worst means.
SUMMARY = (
    "engine",
    "backgrounds",
    "background_observed_mean",
    "background_observed_worst",
    "skin_lost",
    "outline_iou",
    "yaw_error",
    "seconds",
)
#: The engine that is given the true labels, so that it shows what a perfect parser would have.
TRUE = "labels"
# Folder of the files that all photos share.
_MODELS = "models"


@dataclass(frozen=True)
class EvidencePlan:
    """A run of the benchmark.

    Attributes:
        configs: the workflow's configuration for each engine.
        recipes: of the photos.
        seed: of the photos.
        out: folder of the results.
    """

    configs: dict[str, dict[str, Any]]
    recipes: tuple[Recipe, ...]
    seed: int
    out: Path

    def key(self, recipe: Recipe, engine: str) -> str:
        """A hash of everything that the figures of a photo depend on."""
        config = self.configs[engine]
        content = {
            "versions": [evidence.VERSION, scenes.VERSION, demo_photos.VERSION],
            "seed": self.seed,
            "recipe": asdict(recipe),
            "texture": config["texture"]["large"],
            "chain": chain_keys(config),
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def make_evidence_plan(
    configfiles: Sequence[Path], engines: Sequence[str] | None, photos: int, seed: int, out: Path
) -> EvidencePlan:
    """Lay out a run.

    Args:
        configfiles: laid over ``config.yaml``, one after the other.
        engines: names in :data:`scoreface.parse.engines.ENGINES`; None: ``none``, the configured one and ``labels``,
            which has the true labels. Nothing else of the configuration is another for them.
        photos: how many.
        seed: of the photos.
        out: folder of the results.

    Raises:
        InputError: a configuration is wrong, an engine is unknown or has no model, or there are no photos.
    """
    config = checked_config(configfiles)
    if photos < 1:
        raise InputError(f"--photos: {photos} is too few; give 1 or more")
    names = dict.fromkeys(engines or ("none", config["parse"]["engine"], TRUE))
    configs = {name: _with_engine(config, name, out) for name in names}
    recipes = tuple(make_recipe(seed, number) for number in range(photos))
    return EvidencePlan(configs, recipes, seed, out)


def _with_engine(config: dict[str, Any], name: str, out: Path) -> dict[str, Any]:
    """The configuration with another face parser.

    Raises:
        InputError: there is no such parser, or it lacks its model.
    """
    if name not in ENGINES:
        raise InputError(f"--engines: {name!r} is none of {', '.join(ENGINES)}")
    config = copy.deepcopy(config)
    config["parse"]["engine"] = name
    if name == TRUE:
        config["parse"]["labels"] = {"pictures": str(_truth(out, "{id}")), "palette": ""}
    for problem in schema_problems(config):
        raise InputError(f"--engines {name}: {problem}")
    try:
        check_chain(config)
    except InputError as error:
        raise InputError(f"--engines {name}: {error}; give it with --configfile") from error
    return config


def run_evidence(plan: EvidencePlan, jobs: int) -> list[dict[str, Any]]:
    """Lift and measure what has not been yet.

    Args:
        plan: of the run.
        jobs: processes at once.

    Returns:
        one row a photo and engine.
    """
    for config in plan.configs.values():
        prepare(config, plan.out / _MODELS)
    with tqdm(total=len(plan.recipes), desc="evidence", unit="photo") as bar:
        for _ in each(functools.partial(run_photo, plan), plan.recipes, jobs):
            bar.update(1)
    return [row for recipe in plan.recipes for row in finished_rows(plan, recipe)]


def run_photo(plan: EvidencePlan, recipe: Recipe) -> None:
    """Take a photo, lift it with each engine, and leave figures and a sheet, where some of that is missing."""
    sheet = plan.out / "sheets" / f"{recipe.id}.png"
    records = _records(plan, recipe)
    wanted = records.missing
    if not wanted and sheet.exists():
        return
    # It is drawn last, and shows all engines: as long as it is missing, the photo is not finished.
    sheet.unlink(missing_ok=True)
    photo = plan.out / "photos" / f"{recipe.id}.png"
    size = max(config["texture"]["large"] for config in plan.configs.values())
    scene = make_scene(plan.seed, recipe, size)
    write_image(photo, scene.image)
    write_labels(_truth(plan.out, recipe.id), scene.labels, LEGEND, COLOURS)
    drawn: dict[str, Lifted | None] = {}
    for name, config in plan.configs.items():
        folder = plan.out / "stages" / recipe.id
        lifted = run_chain(photo, recipe.id, config, plan.out / _MODELS, folder)
        drawn[name] = None if isinstance(lifted, Rejected) else lifted
        if name not in wanted:
            continue
        if isinstance(lifted, Rejected):
            records.reject([name], lifted.reason)
            continue
        figures = evidence.measure(scene, lifted, read(project.Settings, config).min_cosine)
        figures["seconds"] = sum(lifted.seconds.values())
        figures |= {f"seconds_{step}": value for step, value in lifted.seconds.items()}
        records.write(name, figures)
    write_image(sheet, draw_sheet(scene, drawn, _caption(recipe)))


def finished_rows(plan: EvidencePlan, recipe: Recipe) -> list[dict[str, Any]]:
    """The figures of a photo, one row an engine that is done with the plan's settings."""
    shown = asdict(recipe) | {"photo": recipe.id, "extras": " ".join(recipe.extras)}
    records = _records(plan, recipe)
    found = {name: records.read(name) for name in plan.configs}
    return [
        {**shown, "engine": name, **record} for name, record in found.items() if record is not None
    ]


def write_results(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    """One line a photo and engine as CSV; of a rejected photo the figures are empty."""
    with atomic(path) as temporary:
        table = pd.DataFrame(rows).reindex(columns=list(COLUMNS))
        table.to_csv(temporary, index=False, float_format="%.6g")


def summarise(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """One row an engine and kind of backgrounds with the columns of ``SUMMARY``; rejected photos count in none."""
    table = pd.DataFrame(rows).reindex(columns=list(COLUMNS))
    done = table[table["reason"] == ""]
    groups = done.groupby(["engine", "backgrounds"], sort=False)
    found = groups[["skin_lost", "outline_iou", "yaw_error", "seconds"]].mean()
    found["background_observed_mean"] = groups["background_observed"].mean()
    found["background_observed_worst"] = groups["background_observed"].max()
    return found.reset_index()[list(SUMMARY)]


def write_summary(path: Path, summary: pd.DataFrame) -> None:
    """The table as CSV."""
    with atomic(path) as temporary:
        summary.to_csv(temporary, index=False, float_format="%.6g")


def _caption(recipe: Recipe) -> str:
    what = ", ".join((recipe.background, *recipe.extras))
    return f"{recipe.id}: {what}, yaw {recipe.yaw:+.0f}"


def _truth(out: Path, id: str) -> Path:
    """The true labels of a photo."""
    return out / "truth" / f"{id}.png"


def _records(plan: EvidencePlan, recipe: Recipe) -> Records:
    hashes = {engine: plan.key(recipe, engine) for engine in plan.configs}
    return Records(plan.out / "figures" / recipe.id, hashes)
