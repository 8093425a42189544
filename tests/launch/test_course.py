"""How far a run has come: shares that never fall and times that come true, from jobs that are told one by one."""

import json
from pathlib import Path

import pytest

from scoreface.launch.course import SECONDS, WALK, Course, Job
from scoreface.launch.line import text

CHAIN = ("detect", "parse", "fit", "project", f"{WALK}_round1_view000", "merge", "render")


def chain(*ids: str, rules: tuple[str, ...] = CHAIN) -> list[Job]:
    return [Job(rule, id) for id in ids for rule in rules]


def test_shares_and_times_of_one_face_on_one_core() -> None:
    seconds = dict.fromkeys([*CHAIN, WALK, "all"], 10.0)
    course = Course(["a"], 1.0, seconds)
    course.plan(chain("a"))
    assert course.share(0.0) == 0
    assert course.seconds_left(0.0) == pytest.approx(70)
    for number, rule in enumerate(CHAIN):
        began = 10.0 * number
        course.begin(Job(rule, "a"), began)
        assert course.seconds_left(began + 5) == pytest.approx(70 - began - 5)
        assert course.share(began + 5) == pytest.approx((began + 5) / 70)
        assert course.done == 0
        course.finish(Job(rule, "a"), began + 10)
    assert course.done == 1
    assert course.share(70.0) == 1
    assert course.seconds_left(70.0) == 0


def test_a_chain_of_jobs_does_not_fit_on_more_cores() -> None:
    seconds = dict.fromkeys([*CHAIN, WALK], 10.0)
    one, four = Course(["a"], 8.0, seconds), Course(["a", "b", "c", "d"], 2.0, seconds)
    one.plan(chain("a"))
    four.plan(chain("a", "b", "c", "d"))
    assert one.seconds_left(0.0) == pytest.approx(70)
    assert four.seconds_left(0.0) == pytest.approx(140)


def test_a_slower_machine_is_noticed() -> None:
    course = Course(["a"], 1.0, {WALK: 16.0})
    course.plan(chain("a"))
    told = course.seconds_left(0.0)
    assert told == pytest.approx(sum(SECONDS.get(rule, 16.0) for rule in CHAIN))
    course.begin(Job("detect", "a"), 0.0)
    course.finish(Job("detect", "a"), 3 * SECONDS["detect"])
    assert course.seconds_left(0.0) == pytest.approx(3 * (told - SECONDS["detect"]))


def test_of_a_walk_nobody_knows_until_it_says_how_far_it_is() -> None:
    course = Course(["a"], 1.0, {WALK: None})
    course.plan(chain("a", rules=(f"{WALK}_round1_view000", f"{WALK}_round2_view000")))
    assert course.seconds_left(0.0) is None
    course.begin(Job(f"{WALK}_round1_view000", "a"), 0.0)
    assert course.seconds_left(100.0) is None
    course.hear("a", 1, 4, 100.0)
    # 300 s more of this one, and another of 400.
    assert course.seconds_left(100.0) == pytest.approx(700)


def test_a_rejected_face_is_no_work() -> None:
    course = Course(["a", "b"], 1.0, dict.fromkeys([*CHAIN, WALK], 10.0))
    course.plan(chain("a", "b"))
    course.reject(["b"])
    assert course.seconds_left(0.0) == pytest.approx(70)
    assert (course.done, course.rejected) == (0, {"b"})


def test_what_waits_for_a_failed_job_is_no_work_until_it_is_tried_again() -> None:
    course = Course(["a", "b"], 1.0, dict.fromkeys([*CHAIN, WALK], 10.0))
    course.plan(chain("a", "b"))
    failing = Job("detect", "a")
    course.begin(failing, 0.0)
    course.fail(failing, "a.log")
    assert course.failed == {failing: "a.log"}
    assert course.seconds_left(0.0) == pytest.approx(70)
    # A new plan, after the screening, brings nothing of it back.
    course.plan(chain("a", "b"))
    assert course.seconds_left(0.0) == pytest.approx(70)
    course.begin(failing, 0.0)
    assert course.failed == {}
    assert course.seconds_left(0.0) == pytest.approx(140)
    assert course.done == 0


def test_faces_that_are_there_already_are_done() -> None:
    course = Course(["a", "b", "c"])
    course.plan(chain("c"))
    assert course.done == 2


@pytest.fixture
def stream() -> list[dict]:
    """What a run said of two faces and a photo with none, with two jobs at once."""
    lines = Path(__file__).with_name("stream.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def test_a_recorded_run_rises_to_its_end(stream: list[dict]) -> None:
    first, *events = stream
    course = Course(first["ids"], first["cores"], first["seconds"])
    shares, snakemakes, lines = [], [], []
    for event in events:
        now, what = event["t"], event["what"]
        job = Job(*event.get("job", ("", "")))
        match what:
            case "plan":
                course.plan(Job(*each) for each in event["jobs"])
            case "begin":
                course.begin(job, now, event["threads"])
            case "finish":
                course.finish(job, now)
            case "reject":
                course.reject(event["ids"])
            case "hear":
                course.hear(event["id"], event["done"], event["total"], now)
            case "snakemake":
                snakemakes.append(event["done"] / event["total"])
        shares.append(course.share(now))
        lines.append(text(course, now))
    assert shares == sorted(shares)
    assert shares[0] < 0.05
    assert shares[-1] == 1
    # Snakemake's own knows nothing of the jobs behind the screening.
    assert snakemakes != sorted(snakemakes)
    assert (course.done, course.rejected, course.failed) == (2, {"nobody"}, {})
    assert lines[-1] == "[==========] 100 % | 2 of 3 faces done, 1 rejected"
    assert course.seconds_left(events[-1]["t"]) == 0
