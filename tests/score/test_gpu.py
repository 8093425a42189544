"""What a job computes on, and places on GPUs that jobs of one machine share."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from scoreface.base.errors import InputError
from scoreface.score import gpu
from scoreface.score.gpu import claimed_device, hundredths, read_claim, take_place

# Takes a place, says on which card, and holds it until it is told to end.
JOB = """
import sys, time
from pathlib import Path
from scoreface.score.gpu import take_place
soon = lambda seconds: time.sleep(seconds / 100)
print(take_place(int(sys.argv[2]), sys.argv[3:], Path(sys.argv[1]), soon), flush=True)
sys.stdin.read()
"""


class Jobs:
    """Processes that take places on cards.

    Attributes:
        folder: of the locks.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self._running = folder, []

    def start(self, share: int, *cards: str) -> subprocess.Popen:
        job = subprocess.Popen(
            [sys.executable, "-c", JOB, str(self.folder), str(share), *cards],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._running.append(job)
        return job

    def card(self, share: int, *cards: str) -> str:
        """The card that a new job gets, which need not wait for it."""
        return self.start(share, *cards).stdout.readline().strip()

    def end(self) -> None:
        for job in self._running:
            job.kill()
            job.communicate()


@pytest.fixture
def jobs(tmp_path):
    running = Jobs(tmp_path / "places")
    yield running
    running.end()


def test_jobs_that_take_a_card_each_sit_on_different_ones(jobs):
    assert sorted(jobs.card(100, "0", "1", "2") for _ in range(3)) == ["0", "1", "2"]


def test_jobs_with_a_share_fill_the_cards_evenly(jobs):
    assert [jobs.card(25, "0", "1") for _ in range(8)] == ["0", "1"] * 4


def test_a_job_without_a_place_waits_until_one_is_free(jobs):
    first = jobs.start(100, "0")
    assert first.stdout.readline() == "0\n"
    second = jobs.start(50, "0")
    assert second.stdout.readline() == "waiting for 50 % of one of the GPUs 0\n"
    assert second.poll() is None
    # However the first one ends.
    first.kill()
    assert second.stdout.readline() == "0\n"


def test_a_whole_card_is_not_given_to_two_kinds_of_jobs(jobs):
    assert jobs.card(25, "0", "1") == "0"
    assert jobs.card(100, "0", "1") == "1"
    assert jobs.card(50, "0", "1") == "0"
    waiting = jobs.start(50, "0", "1")
    assert waiting.stdout.readline().startswith("waiting for 50 %")
    assert jobs.card(25, "0", "1") == "0"


def test_names_as_the_driver_has_them_are_no_paths(jobs, tmp_path):
    names = ("GPU-8932f937-d72c/1", "../MIG-1")
    assert sorted(jobs.card(100, *names) for _ in range(2)) == sorted(names)
    assert [path.parent for path in tmp_path.rglob("*MIG*")] == [jobs.folder]


def test_places_that_cannot_be_written_are_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"inpaint\.gpu: .*/file: no place .* \(File exists\)"):
        take_place(100, ["0"], tmp_path / "file")


@pytest.fixture
def machine(monkeypatch):
    """Makes torch see so many GPUs, and keeps the places that are asked for."""
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    claimed_device.cache_clear()
    asked = []

    def place(share, cards):
        asked.append((share, cards))
        return cards[-1]

    def have(count):
        monkeypatch.setattr(torch.cuda, "device_count", lambda: count)
        monkeypatch.setattr(torch.cuda, "is_available", lambda: count > 0)
        monkeypatch.setattr(gpu, "take_place", place)
        return asked

    yield have
    os.environ.pop("CUDA_VISIBLE_DEVICES", None)
    claimed_device.cache_clear()


@pytest.mark.parametrize(("claim", "share"), [("auto", 1), (0.25, 25), (1, 100)])
def test_a_gpu_that_is_there_is_taken_with_a_place(machine, claim, share):
    asked = machine(2)
    assert claimed_device(claim).type == claimed_device(claim).type == "cuda"
    assert asked == [(share, ["0", "1"])]
    assert os.environ["CUDA_VISIBLE_DEVICES"] == "1"


def test_the_processor_takes_no_place(machine, monkeypatch):
    asked = machine(2)
    assert claimed_device(0).type == "cpu"
    assert asked == []
    assert "CUDA_VISIBLE_DEVICES" not in os.environ


def test_the_card_of_the_scheduler_is_obeyed(machine, monkeypatch):
    asked = machine(1)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3")
    assert claimed_device(0.25).type == "cuda"
    assert (asked, os.environ["CUDA_VISIBLE_DEVICES"]) == ([], "3")


def test_of_several_cards_that_are_named_one_is_taken(machine, monkeypatch):
    asked = machine(2)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "2, 5")
    assert claimed_device(1).type == "cuda"
    assert asked == [(100, ["2", "5"])]
    assert os.environ["CUDA_VISIBLE_DEVICES"] == "5"


def test_a_gpu_that_is_claimed_is_not_done_without(machine):
    machine(0)
    assert claimed_device("auto").type == "cpu"
    for claim in (1, 0.25):
        with pytest.raises(InputError, match=rf"^inpaint\.gpu: {claim} claims a GPU, but torch"):
            claimed_device(claim)


def test_claims_are_read_and_counted_in_hundredths():
    claims = [read_claim(text) for text in ("auto", "0", "1", "0.25", "1e-2")]
    assert claims == ["auto", 0, 1, 0.25, 0.01]
    assert [hundredths(claim) for claim in claims] == [0, 0, 100, 25, 1]


@pytest.mark.parametrize("text", ["cpu", "2", "-1", "0.001", "nan", "inf", ""])
def test_what_is_no_claim_is_named(text):
    with pytest.raises(InputError, match=r"^inpaint\.gpu: .* is neither auto nor 0"):
        read_claim(text)
