"""What the tests of the pipelines share."""

from pathlib import Path

import numpy as np
import pytest
import torch

from scoreface import cli
from scoreface.base.arrays import write_image
from scoreface.base.files import write_json
from scoreface.geometry.camera import PerspectiveCamera
from scoreface.geometry.mesh import Mesh, save_obj
from scoreface.inpaint.scene import Scene
from scoreface.score.gaussian import GaussianScore
from scoreface.texture.carried import nothing, write_carried
from scoreface.texture.preprocess import CORNER

from .jobs import FACE, command, content


@pytest.fixture(scope="session")
def scene() -> Scene:
    """A bent sheet with its left half known from a photo, made small as published."""
    n = 13
    v, u = np.mgrid[0:n, 0:n] / (n - 1)
    angle = (u - 0.5) * 4.4
    vertices = np.stack([np.sin(angle), v * 1.6 - 0.8, np.cos(angle)], -1).reshape(-1, 3)
    corner = np.arange(n * n).reshape(n, n)
    a, b, c, d = corner[:-1, :-1], corner[:-1, 1:], corner[1:, 1:], corner[1:, :-1]
    faces = np.concatenate([np.stack([a, b, c], 2), np.stack([a, c, d], 2)]).reshape(-1, 3)
    vt = np.stack([u, v], -1).reshape(-1, 2) * 0.9 + 0.05
    large = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    known = np.arange(32) + np.zeros((32, 1)) < 14
    mesh = Mesh(vertices, faces, vt, faces)
    camera = PerspectiveCamera(2.6)
    return Scene(mesh, np.zeros(3), large, known, 16, camera, "embree", shrunk=CORNER)


@pytest.fixture(scope="session")
def inputs(scene, tmp_path_factory) -> Path:
    """A folder with what the command reads."""
    folder = tmp_path_factory.mktemp("inputs")
    save_obj(scene.mesh, folder / "head.obj", "large.png")
    np.save(folder / "axis_angle.npy", scene.axis_angle)
    write_image(folder / "large.png", scene.large)
    write_image(folder / "known.png", scene.known)
    write_carried(nothing(len(scene.large)), folder / "labels.png", folder / "regions.png")
    views = [{"elevation": 0, "azimuth": azimuth} for azimuth in (0, 40, 80, -20)]
    write_json(folder / "views.json", views)
    size = 3 * FACE**2
    basis = torch.linalg.qr(torch.randn(size, 4, generator=torch.Generator().manual_seed(0)))[0]
    prior = GaussianScore(torch.full((size,), 0.6), basis, torch.full((4,), 2.0), 0.001, FACE)
    prior.save(folder / "prior.npz")
    return folder


@pytest.fixture(scope="session")
def undisturbed(inputs, tmp_path_factory) -> list[tuple]:
    """The states of a job that nothing happened to."""
    folder = tmp_path_factory.mktemp("undisturbed")
    cli.main(command(inputs, folder))
    return content(folder)
