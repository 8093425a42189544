"""The augmentation benchmark: pictures, then a training a set and seed, each of which describes the tested faces."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Mapping
from typing import TypeVar

import numpy as np
import torch
from tqdm import tqdm

from scoreface.base.arrays import write_image
from scoreface.benchmark.augmentation.heads import (
    make_pictures,
    photograph,
    pictures_of,
    tested_pictures,
)
from scoreface.benchmark.augmentation.plan import FRONTAL, Augmentation
from scoreface.benchmark.augmentation.recogniser import (
    VERSION,
    as_input,
    describe,
    train,
)
from scoreface.benchmark.cases import prepare_cases
from scoreface.benchmark.contest import digest
from scoreface.benchmark.pool import each
from scoreface.benchmark.records import Records

T = TypeVar("T")
#: Descriptions (F, D) of the tested faces, by set and number of the training.
Described = Mapping[tuple[str, int], np.ndarray]
# Heads that the sheets show.
_SHOWN = 4


def run_augmentation(run: Augmentation, jobs: int) -> Described:
    """Do what has not been done yet, and describe the tested faces by each recogniser.

    ``sheets/`` of the run's folder has what the first heads look like in each set, and tested faces.

    Args:
        run: the plan.
        jobs: processes at once.

    Raises:
        InputError: a stage cannot run.
    """
    prepare_cases(run.plan)
    _each(functools.partial(make_pictures, run), run.plan.faces, jobs, "heads")
    _each(functools.partial(photograph, run), run.tested, jobs, "tested")
    _draw_sheets(run)
    trainings = tuple(itertools.product(run.sets, range(run.seeds)))
    _each(functools.partial(_learn, run), trainings, jobs, "trainings")
    found = {}
    for name, number in trainings:
        record = _trained(run, number).read(name)
        assert record is not None
        found[name, number] = np.array(record["vectors"])
    return found


def _each(work: Callable[[T], None], items: tuple[T, ...], jobs: int, what: str) -> None:
    with tqdm(total=len(items), desc=what) as bar:
        for _ in each(work, items, jobs):
            bar.update(1)


def _learn(run: Augmentation, which: tuple[str, int]) -> None:
    """Train on a set, by the numbers of a seed, unless that is done."""
    name, number = which
    records = _trained(run, number)
    if name not in records.missing:
        return
    pictures = [pictures_of(run, face, name) for face in run.plan.faces]
    labels = torch.arange(len(pictures)).repeat_interleave(
        torch.tensor([len(shown) for shown in pictures])
    )
    numbers = np.random.SeedSequence((run.plan.seed, number)).generate_state(1)
    learnt = train(as_input(np.concatenate(pictures)), labels, run.training, int(numbers[0]))
    vectors = describe(learnt.network, as_input(tested_pictures(run)))
    figures = {"losses": learnt.losses, "vectors": vectors.round(6).tolist()}
    records.write(name, figures)


def _trained(run: Augmentation, number: int) -> Records:
    """What the trainings by the numbers of one seed said of the tested faces."""
    shown = [run.hashes(face) for face in run.plan.faces]
    common = {
        "version": VERSION,
        "training": vars(run.training),
        "tested": [run.photographed(face) for face in run.tested],
        "seed": number,
    }
    hashes = {
        name: digest({**common, "pictures": [(of[FRONTAL], of[name]) for of in shown]})
        for name in run.sets
    }
    return Records(run.folder / "trained" / f"{number}", hashes)


def _draw_sheets(run: Augmentation) -> None:
    """A row a head and set; and a row a tested head."""
    faces = run.plan.faces[:_SHOWN]
    rows = [_row(pictures_of(run, face, name)) for face in faces for name in run.augmented]
    if rows:
        write_image(run.folder / "sheets" / "trained.png", np.concatenate(rows))
    tested = np.split(tested_pictures(run), run.tests)[:_SHOWN]
    sheet = np.concatenate([_row(pictures) for pictures in tested])
    write_image(run.folder / "sheets" / "tested.png", sheet)


def _row(pictures: np.ndarray) -> np.ndarray:
    return np.concatenate(list(pictures), axis=1)
