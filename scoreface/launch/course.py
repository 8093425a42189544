"""How far a run has come, and how long it will take: from the jobs that begin and end, and what they took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

#: Seconds of a job on one core of a desktop processor of about 2020: where to start from. A walk's depend on the model.
SECONDS = {
    "all": 0.0,
    "doctor": 5.0,
    "doctor_fit": 5.0,
    "demo_head": 3.0,
    "demo_photos": 18.0,
    "demo_prior": 20.0,
    "person_model": 5.0,
    "face_mesh": 5.0,
    "mesh_landmarks": 1.5,
    "draw": 20.0,
    "choose": 15.0,
    "detect": 2.5,
    "parse": 1.5,
    "fit": 8.5,
    "adopt": 2.0,
    "screen": 0.5,
    "project": 1.5,
    "preprocess": 0.7,
    "order_views": 0.7,
    "merge": 4.5,
    "render": 8.0,
    "export": 2.0,
    "identity": 3.0,
    "summary": 1.0,
    "licences": 1.0,
}
WALK = "inpaint"

# Of a rule that is not in the table, and of one of which nobody knows, for the share of the work that is done.
_OTHERS, _UNKNOWN = 2.0, 60.0
# The share at which a job stays that takes longer than it should.
_NEARLY = 0.95
# What a machine may be slower or faster than the table's.
_SLOWEST, _FASTEST = 50.0, 0.1
# Up to so many unfinished faces for each core, the last of them may be alone with its chain of jobs.
_FEW = 4


class Job(NamedTuple):
    """A job: its rule, and the face that it is for, empty for one of the whole run."""

    rule: str
    id: str = ""

    @property
    def kind(self) -> str:
        """What stage it is: the links of a walk over the views count as one."""
        return WALK if self.rule.startswith(f"{WALK}_") else self.rule


@dataclass
class _Running:
    """A job that runs.

    Attributes:
        since: when it began.
        threads: cores that it takes.
        share: of it that is done, where it says so.
        projected: seconds that it will have taken, from that.
    """

    since: float
    threads: float
    share: float | None = None
    projected: float | None = None


@dataclass
class Course:
    """The state of a run; each job is told once when it begins and once when it ends.

    Attributes:
        ids: all faces of the list.
        cores: jobs, or threads of jobs, that run at once.
        seconds: of a job by its kind, where earlier faces or the configuration tell more than :data:`SECONDS`; None:
            nobody knows.
        rejected: faces that go no further.
        failed: jobs that met with an error, and their logs.
    """

    ids: Sequence[str]
    cores: float = 1.0
    seconds: Mapping[str, float | None] = field(default_factory=dict)
    rejected: set[str] = field(default_factory=set, init=False)
    failed: dict[Job, str] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        # By the face; under "" those of the whole run.
        self._left: dict[str, set[Job]] = {}
        self._left_of_kind: Counter[str] = Counter()
        self._running: dict[Job, _Running] = {}
        self._blocked: dict[str, set[Job]] = {}
        self._ended: Counter[str] = Counter()
        self._took: dict[str, float] = {}
        self._shown = 0.0

    @property
    def running(self) -> list[Job]:
        """The jobs that run, the one that began first at the front."""
        return list(self._running)

    @property
    def done(self) -> int:
        """Faces of which nothing is left to do, without the rejected."""
        busy = {*self._left, *self._blocked, *(job.id for job in self._running)}
        busy |= {job.id for job in self.failed}
        return sum(id not in busy and id not in self.rejected for id in self.ids)

    def plan(self, jobs: Iterable[Job]) -> None:
        """Take ``jobs`` for all that is left to do, those that run among them or not."""
        self._left.clear()
        self._left_of_kind.clear()
        for job in jobs:
            if job not in self._running and job not in self.failed and job.id not in self._blocked:
                self._add(job)

    def begin(self, job: Job, now: float, threads: float = 1.0) -> None:
        """A job has begun; one that had failed is tried again, and what waits for it with it."""
        if self.failed.pop(job, None) is not None:
            for other in self._blocked.pop(job.id, ()):
                self._add(other)
        self._drop(job)
        self._running[job] = _Running(now, min(threads, self.cores))

    def finish(self, job: Job, now: float) -> None:
        """A job has ended well."""
        began = self._running.pop(job, None)
        self._drop(job)
        self._ended[job.kind] += 1
        if began is not None:
            self._took[job.kind] = self._took.get(job.kind, 0.0) + now - began.since

    def fail(self, job: Job, log: str = "") -> None:
        """A job has failed: what else there is of its face waits until it is tried again."""
        self._running.pop(job, None)
        self._drop(job)
        self.failed[job] = log
        if job.id:
            others = self._left.get(job.id, set()).copy()
            self._blocked.setdefault(job.id, set()).update(others)
            for other in others:
                self._drop(other)

    def hear(self, id: str, done: int, total: int, now: float) -> None:
        """The walk of a face says how many parts of its job are done."""
        for job, running in self._running.items():
            if job.id == id and job.kind == WALK and 0 < done <= total:
                running.share = done / total
                running.projected = (now - running.since) / running.share

    def heard(self, job: Job) -> float | None:
        """The share of a running job that is done, where it says so."""
        return self._running[job].share

    def reject(self, ids: Iterable[str]) -> None:
        """Faces go no further: nothing is left to do of them."""
        for id in set(ids) - self.rejected:
            self.rejected.add(id)
            for job in self._left.get(id, set()).copy():
                self._drop(job)

    def share(self, now: float) -> float:
        """The share of the work that is done, 0 to 1: never less than before."""
        done = sum(self._guess(kind) * count for kind, count in self._ended.items())
        rest = self._rest(now)
        done += sum(self._guess(job.kind) - rest[job] for job in rest)
        left = self._work_left() + sum(rest.values())
        if done + left:
            self._shown = max(self._shown, done / (done + left))
        return self._shown

    def seconds_left(self, now: float) -> float | None:
        """Time until the end, in seconds; None while nothing tells it.

        The larger of all work over the cores, and of the chain of jobs that the face with the most to do has before it.
        """
        kinds = {*self._left_of_kind, *(job.kind for job in self._running)}
        if any(self._estimate(kind) is None for kind in kinds):
            return None
        rest = self._rest(now)
        work = self._work_left()
        work += sum(rest[job] * running.threads for job, running in self._running.items())
        longest = 0.0
        if len(self._left) <= _FEW * self.cores:
            chains = {id: sum(self._guess(job.kind) for job in self._left[id]) for id in self._left}
            for job, seconds in rest.items():
                chains[job.id] = chains.get(job.id, 0.0) + seconds
            whole = chains.pop("", 0.0)
            longest = max(chains.values(), default=0.0) + whole
        return max(work / self.cores, longest)

    def _work_left(self) -> float:
        return sum(self._guess(kind) * count for kind, count in self._left_of_kind.items())

    def _rest(self, now: float) -> dict[Job, float]:
        """Seconds that each running job still takes."""
        rest = {}
        for job, running in self._running.items():
            seconds = self._guess(job.kind)
            share = running.share
            if share is None:
                share = min(_NEARLY, (now - running.since) / max(seconds, 1e-3))
            rest[job] = seconds * (1 - share)
        return rest

    def _guess(self, kind: str) -> float:
        """Seconds of a job, some where nobody knows."""
        estimate = self._estimate(kind)
        return _UNKNOWN if estimate is None else estimate

    def _estimate(self, kind: str) -> float | None:
        """Seconds of a job: what it took, will have taken, or what is told of it at the pace of the others; or None."""
        if kind in self._took:
            return self._took[kind] / self._ended[kind]
        projected = [
            running.projected
            for job, running in self._running.items()
            if job.kind == kind and running.projected is not None
        ]
        if projected:
            return sum(projected) / len(projected)
        told = self._told(kind)
        return None if told is None else told * self._pace()

    def _told(self, kind: str) -> float | None:
        return self.seconds[kind] if kind in self.seconds else SECONDS.get(kind, _OTHERS)

    def _pace(self) -> float:
        """How much longer jobs take than was told of them."""
        told = took = 0.0
        for kind, seconds in self._took.items():
            told_of_one = self._told(kind)
            if told_of_one:
                told += told_of_one * self._ended[kind]
                took += seconds
        return min(_SLOWEST, max(_FASTEST, took / told)) if told else 1.0

    def _add(self, job: Job) -> None:
        jobs = self._left.setdefault(job.id, set())
        if job not in jobs:
            jobs.add(job)
            self._left_of_kind[job.kind] += 1

    def _drop(self, job: Job) -> None:
        jobs = self._left.get(job.id, set())
        if job not in jobs:
            return
        jobs.remove(job)
        if not jobs:
            del self._left[job.id]
        self._left_of_kind[job.kind] -= 1
        if not self._left_of_kind[job.kind]:
            del self._left_of_kind[job.kind]
