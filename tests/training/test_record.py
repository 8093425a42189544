"""What a run says of itself."""

import json
from pathlib import Path

import torch

from scoreface.training.record import Record, device_name
from scoreface.training.settings import Settings

SETTINGS = Settings("tests", 8, 0, (32, 32), 1, 0.05, 0.0, 16, 2e-3, 10, "float32", 0)
CPU = torch.device("cpu")


def read(folder):
    return json.loads((folder / "run.json").read_text())


def spend(monkeypatch, hours):
    """Two clocks that have gone on by so many hours at each look but the first."""
    looks = iter(range(100))
    for name in ("monotonic", "process_time"):
        monkeypatch.setattr(f"time.{name}", lambda: 3600 * hours * (next(looks) // 2))


def test_hours_of_all_parts_of_a_run_add_up(tmp_path, monkeypatch):
    spend(monkeypatch, 1.5)
    Record(tmp_path, SETTINGS, "two", CPU, 0).write(3)
    first = read(tmp_path)
    spend(monkeypatch, 0.25)
    Record(tmp_path, SETTINGS, "two", CPU, 3).write(6)
    second = read(tmp_path)
    assert (first["steps"], first["hours"], first["processor_hours"]) == (3, 1.5, 1.5)
    assert (second["steps"], second["hours"], second["processor_hours"]) == (6, 1.75, 1.75)


def test_a_run_from_the_start_forgets_the_one_before(tmp_path, monkeypatch):
    spend(monkeypatch, 2)
    Record(tmp_path, SETTINGS, "two", CPU, 0).write(3)
    spend(monkeypatch, 1)
    Record(tmp_path, SETTINGS, "two", CPU, 0).write(3)
    assert read(tmp_path)["hours"] == 1


def test_it_names_settings_and_machine(tmp_path):
    Record(tmp_path, SETTINGS, "two pictures", CPU, 0).write(1)
    record = read(tmp_path)
    assert record["settings"]["channels"] == [32, 32]
    assert record["contents"] == "two pictures"
    assert record["torch"] == torch.__version__
    assert record["device"] == device_name(CPU)
    cpus = Path("/proc/cpuinfo")
    if "model name" in (cpus.read_text() if cpus.exists() else ""):
        assert record["device"] in cpus.read_text()
