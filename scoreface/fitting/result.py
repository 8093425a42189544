"""What is found in a photo: a face, and the head that is fitted to it.

Apart from the code that finds them, whose libraries are large: who only writes down what was found needs none of them.
"""

from dataclasses import dataclass
from typing import Dict, Tuple

import numpy as np

#: Outer eye corners (iBUG 36 and 45) among the 51 inner landmarks.
OUTER_EYE_CORNERS = (36 - 17, 45 - 17)


@dataclass(frozen=True)
class Detection:
    """The largest face of a photo.

    Attributes:
        landmarks: (51, 2) float64, iBUG 17..67 in pixels, x right and y down.
        box: (4,) float64, left, top, right, bottom of the face in pixels.
        n_faces: how many faces the detector found.
    """

    landmarks: np.ndarray
    box: np.ndarray
    n_faces: int


@dataclass(frozen=True)
class Stage:
    """How one stage of the optimisation ended.

    Attributes:
        name: ``rigid`` or ``full``.
        loss: value of the stage's loss at the end.
        iterations: L-BFGS-B iterations.
        evaluations: evaluations of loss and gradient.
        converged: whether L-BFGS-B met one of its tolerances.
        message: L-BFGS-B's own words.
    """

    name: str
    loss: float
    iterations: int
    evaluations: int
    converged: bool
    message: str


@dataclass(frozen=True)
class FitResult:
    """A FLAME head fitted to a photo; V vertices, F triangles.

    Attributes:
        vertices: (V, 3) float64, mesh units, mouth closed, rotated and translated:
            ``scale * vertices[:, :2]`` are pixels with y up.
        faces: (F, 3) int64.
        axis_angle: (3,) float64, global rotation about the root joint, radians.
        scale: pixels per mesh unit.
        translation: (3,) float64, mesh units, before the scale.
        shape: (300,) float64, standard deviations.
        expression: (100,) float64, standard deviations.
        pose: (12,) float64, axis-angles of neck, jaw (zero: closed), right and left eyeball.
        jaw: (3,) float64, the fitted axis-angle of the jaw, before it was closed.
        landmarks: (51, 2) float64, the detected landmarks in pixels, y down.
        projected: (51, 2) float64, the model's landmarks in pixels, y down, before the jaw was
            closed.
        losses: the final value of each weighted loss term and their ``total``, before the jaw was
            closed.
        stages: the two stages of the optimisation.
    """

    vertices: np.ndarray
    faces: np.ndarray
    axis_angle: np.ndarray
    scale: float
    translation: np.ndarray
    shape: np.ndarray
    expression: np.ndarray
    pose: np.ndarray
    jaw: np.ndarray
    landmarks: np.ndarray
    projected: np.ndarray
    losses: Dict[str, float]
    stages: Tuple[Stage, Stage]

    @property
    def finite(self) -> bool:
        """Whether the loss and every vertex are finite numbers."""
        return bool(np.isfinite(self.losses["total"]) and np.isfinite(self.vertices).all())

    @property
    def converged(self) -> bool:
        """Whether both stages of the optimisation met a tolerance of L-BFGS-B."""
        return all(stage.converged for stage in self.stages)

    @property
    def iterations(self) -> int:
        """L-BFGS-B iterations of both stages."""
        return sum(stage.iterations for stage in self.stages)

    @property
    def reprojection_error(self) -> float:
        """Root mean square landmark distance as a fraction of the inter-ocular distance."""
        distances = np.linalg.norm(self.projected - self.landmarks, axis=1)
        right, left = self.landmarks[list(OUTER_EYE_CORNERS)]
        return float(np.sqrt(np.mean(distances**2)) / np.linalg.norm(right - left))
