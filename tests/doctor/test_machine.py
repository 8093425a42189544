"""The machine: its GPU is shown, and a full disk is noticed."""

from types import SimpleNamespace

import torch

from scoreface.doctor import machine

from .conftest import write_change


def test_a_gpu_is_shown(place, run, monkeypatch):
    card = SimpleNamespace(name="Some GPU", total_memory=24 << 30)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda index: card)
    status, text = run("my.yaml", write_change(inpaint={"gpu": 1}))
    assert status == 0, text
    assert "Some GPU, 24 GiB; CUDA" in text


def test_a_full_disk_is_noticed(place, run, monkeypatch):
    full = SimpleNamespace(free=1 << 20)
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda path: full)
    status, text = run("my.yaml")
    assert status == 1
    assert "error: disk: only 0.0 GiB free for results; make room" in text


def test_what_only_the_fits_environment_has_is_left_to_its_own_doctor(place, run, monkeypatch):
    there = machine.find_spec
    absent = ("tensorflow", "dlib")
    monkeypatch.setattr(machine, "find_spec", lambda name: None if name in absent else there(name))
    status, text = run("my.yaml")
    assert status == 0, text
    for name in absent:
        (line,) = (line for line in text.splitlines() if line.startswith(f"package {name} "))
        assert " not checked " in line
        assert "scoreface doctor-fit looks at it in the fit's environment" in line
    assert text.endswith("Nothing that was looked at stands in the way of a run.\n")
