"""Whether a score model could mend a fit: heads moved to where what the photo shows of them looks likelier to it.

The thesis names it as a way on (section 5.4). Here everything that would help it is given: the truth says which pixels
show the head's own surface, so that no error of a parser is taken for one of the fit's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from scipy.ndimage import map_coordinates
from scipy.spatial.transform import Rotation

from scoreface.benchmark.chain import Lifted
from scoreface.benchmark.evidence import geometry_errors, is_own
from scoreface.benchmark.prior import denoised
from scoreface.benchmark.scenes import Scene
from scoreface.demo.head.model import SHAPE_COLUMNS, build_model
from scoreface.geometry.camera import OrthographicCamera, PerspectiveCamera
from scoreface.geometry.fitted import FittedHead
from scoreface.geometry.mesh import Mesh
from scoreface.geometry.rasterise import rasterise
from scoreface.score.model import ScoreModel
from scoreface.score.noise import standard_normal
from scoreface.training.loss import as_at_64

#: What a head is moved by, and by how much at first: degrees, shares of its height, deviations of its shape.
MOVES = {"yaw": 4.0, "pitch": 4.0, "roll": 4.0, "right": 0.02, "up": 0.02, "size": 0.03}
_SHAPES, _EXPRESSIONS = 4, 2
MOVES |= {f"shape {k}": 1.0 for k in range(_SHAPES)}
MOVES |= {f"expression {k}": 0.5 for k in range(_EXPRESSIONS)}


@dataclass(frozen=True)
class Posed:
    """A head before its photo's camera.

    Attributes:
        head: as fitted.
        shown: (V, 3) its vertices, the mouth as the photo was looked up.
    """

    head: FittedHead
    shown: np.ndarray

    def moved(self, move: str, by: float) -> Posed:
        """The head moved by one of :data:`MOVES`; turned and enlarged about the middle of its vertices."""
        turn = np.eye(3)
        if move in ("yaw", "pitch", "roll"):
            axis = {"pitch": "x", "yaw": "y", "roll": "z"}[move]
            turn = Rotation.from_euler(axis, by, degrees=True).as_matrix()
        middle, height = self.head.vertices.mean(0), np.ptp(self.head.vertices[:, 1])
        shift = height * by * np.array([move == "right", move == "up", 0.0])
        grown = 1.0 + by * (move == "size")
        added = by * self._direction(move)

        def apply(vertices: np.ndarray) -> np.ndarray:
            return (vertices + added - middle) @ turn.T * grown + middle + shift

        turned = Rotation.from_matrix(turn) * Rotation.from_rotvec(self.head.axis_angle)
        head = replace(self.head, vertices=apply(self.head.vertices), axis_angle=turned.as_rotvec())
        return Posed(head, apply(self.shown))

    def _direction(self, move: str) -> np.ndarray:
        """(V, 3) or (1,), what a deviation of shape or expression moves the vertices by in the photo."""
        kind, _, number = move.partition(" ")
        if not number:
            return np.zeros(1)
        column = int(number) + (SHAPE_COLUMNS if kind == "expression" else 0)
        turned = Rotation.from_rotvec(self.head.axis_angle)
        return turned.apply(build_model().shapedirs[..., column])


class Unlikeliness:
    """How unlikely what a photo shows of a head looks: the denoising error at middle noise levels, in known pixels.

    The head is seen from where the photo sees it, as the pipelines show views to the network; each pixel is looked up
    where the head's camera projects its surface point. The noise is the same for all heads.

    Args:
        model: S pixels a side.
        scene: the photo and its truth.
        camera: of the views.
        sigmas: noise levels for images of 64 pixels a side.
        draws: pictures of noise at each.
    """

    def __init__(
        self,
        model: ScoreModel,
        scene: Scene,
        camera: PerspectiveCamera,
        sigmas: Sequence[float],
        draws: int,
    ):
        self._model, self._scene, self._camera = model, scene, camera
        size = model.image_size
        self._sigmas = [sigma / as_at_64(1.0, size) for sigma in sigmas]
        generator = torch.Generator().manual_seed(0)
        self._noise = standard_normal((draws, 3, size, size), generator, torch.device("cpu"))

    def view(self, posed: Posed) -> tuple[np.ndarray, np.ndarray]:
        """What the photo shows of a head: picture (S, S, 3) in [0, 1], black where nothing is known, and which is."""
        size, scene, faces = self._model.image_size, self._scene, posed.head.faces
        vertices = Mesh(posed.shown, faces, np.zeros((1, 2)), np.zeros_like(faces)).normalised()
        seen = rasterise(vertices.vertices, faces, self._camera, (size, size), "embree")
        points = seen.interpolate(posed.shown, faces).reshape(-1, 3)
        camera = OrthographicCamera(posed.head.known_scale)
        pixels = camera.project(points, *scene.labels.shape)[:, :2]
        known = ~seen.background & is_own(scene, pixels).reshape(size, size)
        at = pixels[:, ::-1].T - 0.5
        channels = [
            map_coordinates(scene.image[..., k].astype(float), at, order=1, mode="nearest")
            for k in range(3)
        ]
        colours = np.stack(channels, 1).reshape(size, size, 3) / 255
        return np.where(known[..., None], colours, 0.0), known

    def __call__(self, posed: Posed) -> float:
        """The mean squared error of what is denoised, over known pixels and noise levels, in squares of sigma."""
        picture, known = self.view(posed)
        image = torch.from_numpy(picture).float().permute(2, 0, 1)
        mask = torch.from_numpy(known).float()
        errors = []
        with torch.inference_mode():
            for sigma in self._sigmas:
                wrong = denoised(self._model, image + sigma * self._noise, sigma) - image
                errors.append(float((wrong.square() * mask).sum() / mask.sum() / sigma**2))
        return float(np.mean(errors) / (3 * len(self._noise)))


def refine(unlikeliness: Unlikeliness, posed: Posed, rounds: int) -> Posed:
    """Move a head along one of :data:`MOVES` after the other, to and fro, as long as that makes it likelier.

    Args:
        unlikeliness: what is made less.
        posed: the head.
        rounds: each has half the steps of the one before, and at most two evaluations a move.
    """
    least = unlikeliness(posed)
    for turn in range(rounds):
        for move, step in MOVES.items():
            for by in (step / 2**turn, -step / 2**turn):
                there = posed.moved(move, by)
                if (found := unlikeliness(there)) < least:
                    posed, least = there, found
                    break
    return posed


def compare(
    unlikeliness: Unlikeliness, scene: Scene, lifted: Lifted, rounds: int
) -> dict[str, Any]:
    """The errors of a fit's geometry before and after, and how unlikely the head is before, after, and in truth."""
    fitted = Posed(lifted.head, lifted.shown)
    refined = refine(unlikeliness, fitted, rounds)
    true = Posed(
        replace(
            lifted.head, vertices=scene.vertices, axis_angle=scene.axis_angle, scale=scene.scale
        ),
        scene.vertices,
    )
    row: dict[str, Any] = {}
    for name, posed in (("fit", fitted), ("refined", refined)):
        errors = geometry_errors(scene, posed.head, posed.shown)
        row |= {f"{figure}_{name}": value for figure, value in errors.items()}
    heads = {"fit": fitted, "refined": refined, "truth": true}
    return row | {f"unlikeliness_{name}": unlikeliness(posed) for name, posed in heads.items()}
