"""The head that is fitted to a photo.

Apart from the code that fits it, whose libraries are large: who only writes down what was found needs none of them.
"""

from dataclasses import dataclass
from typing import Dict, Optional, Tuple

import numpy as np

#: Outer eye corners (iBUG 36 and 45) among the 51 inner landmarks.
OUTER_EYE_CORNERS = (36 - 17, 45 - 17)


@dataclass(frozen=True)
class Stage:
    """How one stage of the optimisation ended.

    Attributes:
        name: ``rigid``, ``full`` or ``outline``.
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
class OutlineFit:
    """What the outline of bare skin says of a fit.

    Attributes:
        points: of the outline in the photo.
        matches: points that the head was drawn to; 0 where it was not.
        iou: how well the head covers the bare skin and nothing of the background, 0 to 1; None where no bare skin is
            known.
        iou_before: the same of the head before it was drawn to the outline.
        turned: degrees by which that turned it.
        moved: mean distance in the picture by which it moved the vertices, as a share of the inter-ocular distance.
    """

    points: int
    matches: int
    iou: Optional[float]
    iou_before: Optional[float]
    turned: float
    moved: float


@dataclass(frozen=True)
class FitResult:
    """A FLAME head fitted to a photo; V vertices, F triangles.

    Attributes:
        vertices: (V, 3) float64, mesh units, mouth closed, rotated and translated:
            ``scale * vertices[:, :2]`` are pixels with y up.
        open_vertices: (V, 3) float64, the same with the jaw as it was fitted: the mouth as in the photo.
        faces: (F, 3) int64.
        regions: (V,) uint8, the part of the head that each vertex is of, values of :mod:`scoreface.base.regions`.
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
        stages: those of the optimisation: rigid, full, and each in which the head was drawn to the outline.
        outline: what the outline of bare skin says of the fit.
    """

    vertices: np.ndarray
    open_vertices: np.ndarray
    faces: np.ndarray
    regions: np.ndarray
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
    stages: Tuple[Stage, ...]
    outline: OutlineFit

    @property
    def finite(self) -> bool:
        """Whether the loss and every vertex are finite numbers."""
        return bool(np.isfinite(self.losses["total"]) and np.isfinite(self.vertices).all())

    @property
    def converged(self) -> bool:
        """Whether the last stage, and those before the outline, met a tolerance of L-BFGS-B.

        Between two matchings of the outline the optimisation is cut short.
        """
        return all(stage.converged for stage in (*self.stages[:2], self.stages[-1]))

    @property
    def iterations(self) -> int:
        """L-BFGS-B iterations of all stages."""
        return sum(stage.iterations for stage in self.stages)

    @property
    def reprojection_error(self) -> float:
        """Root mean square landmark distance as a fraction of the inter-ocular distance."""
        distances = np.linalg.norm(self.projected - self.landmarks, axis=1)
        right, left = self.landmarks[list(OUTER_EYE_CORNERS)]
        return float(np.sqrt(np.mean(distances**2)) / np.linalg.norm(right - left))
