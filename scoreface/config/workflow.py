"""What the workflow itself reads of the configuration, and its plan of the inpainting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from scoreface.base.errors import InputError
from scoreface.base.files import is_there
from scoreface.base.settings import key
from scoreface.config.assets import Assets
from scoreface.config.detector import DetectorSettings
from scoreface.config.parser import parser_problems
from scoreface.config.sampled import SampledSettings
from scoreface.inpaint.pipelines import PIPELINES, PipelineSettings
from scoreface.parse import engines
from scoreface.score.gpu import hundredths


@dataclass(frozen=True)
class ExternalFits:
    """Paths of another fitter's files, with ``{id}`` in them."""

    mesh: str = key("fit.external.mesh")
    texture: str = key("fit.external.texture")
    axis_angle: str = key("fit.external.axis_angle")


@dataclass(frozen=True)
class Containers:
    """Images with what the environments in ``envs/`` have, by the environment's name; empty: none."""

    scoreface: str = key("containers.scoreface")
    tf_flame: str = key("containers.tf_flame")


@dataclass(frozen=True)
class Threads:
    """Threads of one job."""

    prior: int = key("threads.prior")
    fit: int = key("threads.fit")
    inpaint: int = key("threads.inpaint")


@dataclass(frozen=True)
class WorkflowSettings:
    """The keys that decide which jobs there are.

    Attributes:
        assets: the models.
        external: files of another fitter.
        threads: of one job.
        containers: images to run the jobs in.
        parse: what tells what each pixel is.
        detector: who finds the faces.
        sampled: faces that the score model draws, where ``images`` asks for them.
        ids: path of the id list.
        images: path of a photo with ``{id}`` in it, or ``sampled``.
        results: folder of the results.
        share_results: let a list have a folder whose table is of other faces only.
        engine: who fits the head.
        landmarks: path of a photo's landmarks with ``{id}`` in it; empty where a detector finds them.
        pipeline: name of the pipeline.
        rounds: over all views.
        views_per_job: a number, or ``all``.
        keep_finished: keep a round's finished views once it is done.
        gpu: what one job computes on: ``auto``, 0, 1, or a share of a GPU.
        batch: pictures that the score model is given at once, or ``auto``.
    """

    assets: Assets
    external: ExternalFits
    threads: Threads
    containers: Containers
    parse: engines.Settings
    detector: DetectorSettings
    sampled: SampledSettings
    ids: str = key("ids")
    images: str = key("images")
    results: str = key("results")
    share_results: bool = key("share_results")
    engine: str = key("fit.engine")
    landmarks: str = key("fit.landmarks")
    pipeline: str = key("inpaint.pipeline", borrowed=True)
    rounds: int = key("inpaint.rounds")
    views_per_job: int | str = key("inpaint.views_per_job")
    keep_finished: bool = key("inpaint.keep_finished")
    gpu: int | float | str = key("inpaint.gpu")
    batch: int | str = key("inpaint.batch")

    @property
    def gpu_share(self) -> int:
        """Hundredths of a GPU that one job claims."""
        return hundredths(self.gpu)

    @property
    def gpus(self) -> int:
        """GPUs that one job asks a cluster for, which knows whole ones only."""
        return min(1, self.gpu_share)

    @property
    def most_pictures(self) -> int | None:
        """What ``batch`` says as a number; None for ``auto``."""
        return None if isinstance(self.batch, str) else self.batch

    def missing_models(self) -> list[str]:
        """The models that are not there, one line each."""
        problems = self.assets.problems()
        # Heads from another fitter are not parsed.
        if self.engine == "flame":
            problems += parser_problems(self.parse.parser)
        return problems


class InpaintJob(NamedTuple):
    """One link of the chain of jobs that walks over the views of a face.

    Attributes:
        name: of the rule.
        round: counted from 1.
        first: the first view that it does, counted from 0 in the face's order of views.
        before: the state that it starts from, or an empty list where it starts from the photo.
        states: the states that it leaves, one a view.
    """

    name: str
    round: int
    first: int
    before: str | list[str]
    states: list[str]


def inpaint_jobs(settings: WorkflowSettings, views: int) -> list[InpaintJob]:
    """The chain of a face: all its ``views`` in round 1, then all of them again in round 2."""
    step = settings.views_per_job
    if not isinstance(step, int) or PIPELINES[settings.pipeline].whole_round:
        step = views
    jobs: list[InpaintJob] = []
    for round in range(1, settings.rounds + 1):
        for first in range(0, views, step):
            name = f"inpaint_round{round}_view{first:03d}"
            before: str | list[str] = jobs[-1].states[-1] if jobs else []
            states = [
                f"<results>/{{id}}/inpaint/round{round}/view{view:03d}.npz"
                for view in range(first, min(first + step, views))
            ]
            jobs.append(InpaintJob(name, round, first, before, states))
    return jobs


def network_minutes(evaluations: int, size: int, gpu: bool) -> int:
    """Run time that a job of so many network evaluations asks a cluster for, in minutes.

    On a GPU, 1 s an evaluation of a megapixel: the paper's 18 hours for 60,000 of them on a Titan Xp. On a CPU, 150 s:
    a network of the FFHQ-256 architecture takes up to 10 s on two cores. Views with nothing to fill take none of it.
    """
    megapixels = evaluations * (size / 1024) ** 2
    return 20 + round(megapixels * (1 if gpu else 150) / 60)


def walk_seconds(
    settings: WorkflowSettings, pipeline: PipelineSettings, views: int
) -> float | None:
    """Seconds that a job of so many views takes with an embedded score model on a CPU, from walks at 64 and 128 pixels.

    Nobody knows what another model takes before it has run: None.
    """
    if settings.assets.score_model == "gaussian":
        return 6.0
    if not settings.assets.is_embedded("score_model"):
        return None
    an_evaluation = 0.032 + 1.8 * (pipeline.face_size / 1024) ** 2
    return 6.0 + views * pipeline.evaluations * an_evaluation


def check_external(external: ExternalFits, ids: Sequence[str]) -> None:
    """Check that another fitter has left its files for every face.

    Raises:
        InputError: files are missing.
    """
    for name, template in vars(external).items():
        check_files(f"fit.external.{name}", template, ids)


def check_files(key: str, template: str, ids: Sequence[str]) -> None:
    """Check that there is a file for every face.

    Args:
        key: of the configuration.
        template: its value, a path with ``{id}`` in it.
        ids: the faces.

    Raises:
        InputError: files are missing.
    """
    missing = [id for id in ids if not is_there(Path(template.replace("{id}", id)))]
    if missing:
        raise InputError(
            f"{key}: no file {template} for {', '.join(missing[:5])}"
            + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
        )
