"""One whole model of each kind, small, and the command that checks them."""

import os
import pickle
from pathlib import Path

import numpy as np
import pytest
import yaml

from scoreface.cli import main
from scoreface.doctor import assets
from scoreface.geometry.mesh import Mesh, save_obj
from scoreface.score.gaussian import GaussianScore
from scoreface.texture.layout import make_layout

PREDICTOR = bytes.fromhex("010181888101") + b"and so on"


def grid(cells: int) -> Mesh:
    """A square of cells x cells quads, cut into triangles, that is its own UV chart."""
    row, column = np.divmod(np.arange(cells * cells), cells)
    a = row * (cells + 1) + column
    b, c, d = a + 1, a + cells + 2, a + cells + 1
    faces = np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])
    v, u = np.divmod(np.arange((cells + 1) ** 2), cells + 1)
    uv = np.stack([u, v], 1) / cells
    return Mesh(np.column_stack([uv, 0 * u]), faces, uv, faces)


def flame(mesh: Mesh) -> dict:
    n = len(mesh.vertices)
    return {
        "v_template": mesh.vertices,
        "f": mesh.faces,
        "shapedirs": np.zeros((n, 3, 400)),
        "posedirs": np.zeros((n, 3, 36)),
        "J_regressor": np.full((5, n), 1 / n),
        "weights": np.full((n, 5), 0.2),
        "kintree_table": np.array([[-1, 0, 1, 1, 1], range(5)]),
    }


def write_prior(path: Path, size: int) -> None:
    GaussianScore.fit(np.random.default_rng(0).random((4, 3, size, size)), 2).save(path)


class Evil:
    """Its pickle makes a folder when it is loaded without care."""

    def __reduce__(self):
        return os.mkdir, ("executed",)


def write_change(**sections: dict) -> str:
    """Write a second configuration, which goes over the first."""
    Path("change.yaml").write_text(yaml.safe_dump(sections))
    return "change.yaml"


@pytest.fixture(autouse=True)
def without_dlib(monkeypatch):
    """dlib takes most of a second to load its predictor; here its header is enough."""
    there = assets.find_spec
    monkeypatch.setattr(assets, "find_spec", lambda name: None if name == "dlib" else there(name))


@pytest.fixture
def place(tmp_path: Path, monkeypatch) -> Path:
    """A working directory with one whole model of each kind, and the configuration ``my.yaml`` that names them."""
    monkeypatch.chdir(tmp_path)
    mesh = grid(6)
    rng = np.random.default_rng(0)
    embedding = {"lmk_face_idx": rng.integers(0, 72, 68), "lmk_b_coords": np.full((68, 3), 1 / 3)}
    Path("model.pkl").write_bytes(pickle.dumps(flame(mesh)))
    Path("embedding.pkl").write_bytes(pickle.dumps(embedding))
    Path("predictor.dat").write_bytes(PREDICTOR)
    make_layout(mesh.vt, mesh.ft, mesh.faces, 16).save(Path("layout.npy"))
    save_obj(mesh, Path("chart.obj"), "none.png")
    write_prior(Path("prior.npz"), 8)
    config = {
        "assets": {
            "flame_model": "model.pkl",
            "landmark_embedding": "embedding.pkl",
            "landmark_predictor": "predictor.dat",
            "texture_data": "layout.npy",
            "score_model": "prior.npz",
        },
        "inpaint": {"face_size": 8},
        "fit": {"detector": "dlib"},
        "parse": {"engine": "none"},
    }
    Path("my.yaml").write_text(yaml.safe_dump(config))
    return tmp_path


@pytest.fixture
def run(capsys):
    """Run the command; its exit status, and what it printed."""

    def call(*files: str, settings: str | None = None, out: Path | None = None) -> tuple[int, str]:
        arguments = ["doctor"]
        if files:
            arguments += ["--configfile", *files]
        if settings is not None:
            arguments += ["--settings", settings]
        if out is not None:
            arguments += ["--out", str(out)]
        try:
            main(arguments)
        except SystemExit as ended:
            # With a text, Python prints it and ends with 1.
            message = f"{ended.code}\n" if isinstance(ended.code, str) else ""
            return 1, capsys.readouterr().out + message
        return 0, capsys.readouterr().out

    return call
