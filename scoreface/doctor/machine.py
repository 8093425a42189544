"""The machine: what it has, and whether that is enough for the configuration."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Iterator
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from scoreface.base.errors import InputError
from scoreface.base.findings import ABSENT, FAILED, NOT_CHECKED, OK, Finding
from scoreface.config.assets import Assets
from scoreface.doctor.detector import RUNNERS as DETECTORS
from scoreface.doctor.parser import RUNNERS
from scoreface.doctor.settings import Settings
from scoreface.score.identify import Kind, identify

_GIB = 1 << 30
# A face leaves up to some hundred MB at the published sizes.
_LEAST_DISK = 1 * _GIB

# Module, and the distributions that bring it.
_PACKAGES = {
    "torch": ("torch",),
    "embreex": ("embreex",),
    "pytorch3d": ("pytorch3d",),
    "diffusers": ("diffusers",),
    "cv2": ("opencv-python-headless", "opencv-python"),
    "ai_edge_litert": ("ai-edge-litert",),
    "transformers": ("transformers",),
    "onnxruntime": ("onnxruntime", "onnxruntime-gpu"),
    "snakemake": ("snakemake",),
    "tensorflow": ("tensorflow", "tensorflow-cpu"),
    "pyarrow": ("pyarrow",),
    "dlib": ("dlib", "dlib-bin"),
}


def check_machine(settings: Settings) -> Iterator[Finding]:
    """Python, processor, memory, disk, GPU and packages."""
    yield Finding("python", OK, platform.python_version())
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    yield Finding("processor", OK, f"{cores} cores, {platform.machine()}")
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    yield Finding("memory", OK, f"{memory / _GIB:.1f} GiB")
    yield _disk(Path(settings.results))
    yield _gpu(settings.gpu)
    needed = _needed(settings)
    for module, distributions in _PACKAGES.items():
        yield _package(module, distributions, needed.get(module))


def _needed(settings: Settings) -> dict[str, str]:
    """The modules that this configuration cannot do without, and what for."""
    needed = {
        "torch": "every stage after the fit needs it",
        "embreex": "the UV layout and the test for occlusion need it",
    }
    if settings.rasteriser == "pytorch3d":
        needed["pytorch3d"] = "camera.rasteriser asks for it; auto does without"
    if _is_network(settings.assets):
        needed["diffusers"] = "assets.score_model is a network, which it loads"
    if settings.poses != "none":
        needed["pyarrow"] = "the manifest of the pictures that augment.poses asks for needs it"
    if settings.engine != "external":
        needed["cv2"] = "the stage parse needs it"
        runner = RUNNERS.get(settings.parse.engine)
        if runner is not None:
            needed[runner] = f"parse.engine: {settings.parse.engine} asks for it"
    if settings.detector.asks_mesh:
        why = f"fit.detector: {settings.detector.detector} asks for it; dlib does without"
        needed = {**dict.fromkeys(DETECTORS, why), **needed}
    return needed


def _is_network(assets: Assets) -> bool:
    """True where the score model is a network, which diffusers loads; false also where it is no model at all."""
    if assets.is_made("score_model"):
        return False
    try:
        return identify(assets.path("score_model")) is not Kind.GAUSSIAN
    except InputError:
        return False


def _disk(results: Path) -> Finding:
    # The folder may not be there yet; what counts is the file system that it will be on.
    there = next(path for path in (results, *results.absolute().parents) if path.exists())
    free = shutil.disk_usage(there).free
    details = f"{free / _GIB:.1f} GiB free for {results}"
    if free < _LEAST_DISK:
        problem = f"disk: only {details}; make room, or set results to a folder elsewhere"
        return Finding("disk", FAILED, problem)
    if not os.access(there, os.W_OK):
        return Finding("disk", FAILED, f"disk: results: no right to write into {there}")
    return Finding("disk", OK, details)


def _gpu(claim: float | str) -> Finding:
    if find_spec("torch") is None:
        return Finding("gpu", ABSENT, "without torch none can be used")
    import torch

    if torch.cuda.is_available():
        cards = [torch.cuda.get_device_properties(i) for i in range(torch.cuda.device_count())]
        details = [f"{card.name}, {card.total_memory / _GIB:.0f} GiB" for card in cards]
        return Finding("gpu", OK, f"{'; '.join(details)}; CUDA {torch.version.cuda}")
    if claim in ("auto", 0):
        return Finding("gpu", ABSENT, "torch sees none; the processor does its work")
    problem = (
        f"gpu: inpaint.gpu claims {claim:g} for each job, but torch sees none here; look whether the driver is there "
        f"and torch {torch.__version__} is a build for GPUs, run this on a machine that has one, or set inpaint.gpu: 0 "
        "to do without"
    )
    return Finding("gpu", FAILED, problem)


def _package(module: str, distributions: tuple[str, ...], needed: str | None) -> Finding:
    subject = f"package {module}"
    if find_spec(module) is not None:
        return Finding(subject, OK, _version(distributions))
    if needed:
        problem = f"{subject}: not installed; {needed}"
        return Finding(subject, FAILED, problem)
    if module in ("tensorflow", "dlib"):
        details = "not here; scoreface doctor-fit looks at it in the fit's environment"
        return Finding(subject, NOT_CHECKED, details)
    return Finding(subject, ABSENT, "this configuration does without")


def _version(distributions: tuple[str, ...]) -> str:
    for name in distributions:
        try:
            return metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return "of unknown version"
