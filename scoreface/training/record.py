"""What a training run says of itself: what was trained, how long and on what machine, as its model card quotes it."""

from __future__ import annotations

import platform
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from scoreface.base.files import read_json, write_json
from scoreface.training.settings import Settings

RECORD = "run.json"


class Record:
    """Writes ``run.json`` of a run, and adds up its hours over all the times that it was cut and went on.

    Args:
        out: folder of the run.
        settings: of the run.
        data: what it learns from, in words.
        device: where it computes.
        step: where it begins; at 0 an earlier record in the folder counts for nothing.
    """

    def __init__(self, out: Path, settings: Settings, data: str, device: torch.device, step: int):
        self._path = out / RECORD
        self._what: dict[str, Any] = {
            "settings": asdict(settings),
            "contents": data,
            "device": device_name(device),
            "torch": torch.__version__,
        }
        earlier = read_json(self._path) if step and self._path.exists() else {}
        self._hours = earlier.get("hours", 0.0), earlier.get("processor_hours", 0.0)
        self._started = time.monotonic(), time.process_time()

    def write(self, step: int) -> None:
        """Say how far the run is, and what it has taken: hours, and those of the processor in this process."""
        now = time.monotonic(), time.process_time()
        hours, processor = (
            round(before + (end - start) / 3600, 4)
            for before, start, end in zip(self._hours, self._started, now, strict=True)
        )
        took = {"steps": step, "hours": hours, "processor_hours": processor}
        write_json(self._path, self._what | took)


def device_name(device: torch.device) -> str:
    """The processor's or the graphics card's name."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    cpus = Path("/proc/cpuinfo")
    lines = cpus.read_text().splitlines() if cpus.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
