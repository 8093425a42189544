"""The fit of FLAME to one photo: to 51 landmarks, after TF_FLAME's fit to 2D landmarks, and to the outline of skin.

The camera is scaled-orthographic with the image's y pointing up:
``pixel = scale * vertex[:2]``, where the vertex includes a translation in the mesh's units.
"""

from typing import Any, Callable, List, NamedTuple, Tuple

import numpy as np
from scipy.spatial.transform import Rotation

from scoreface.fitting import model
from scoreface.fitting.flame import FlameModel, LandmarkEmbedding
from scoreface.fitting.job import Settings
from scoreface.fitting.outline import FEWEST_MATCHES, Outline, Rim, find_rim, match, outline_iou
from scoreface.fitting.problem import FitProblem, initial_parameters, minimise, open_session
from scoreface.fitting.result import FitResult, OutlineFit, Stage

_RIGID = np.r_[model.SCALE, model.TRANSLATION, model.ROTATION]
# TF_FLAME hands its second stage a slice of the translation, which the loss does not depend on:
# the translation stays where the rigid stage left it. The same is done where the published fit is
# asked for, because with a free translation the same landmarks give another head: 1 degree and 4 mm
# away from TF_FLAME's, and nearer to the truth.
_PUBLISHED = np.r_[model.SCALE, model.ROTATION, model.POSE, model.SHAPE, model.EXPRESSION]
_ALL = np.r_[
    model.SCALE,
    model.TRANSLATION.start : model.TRANSLATION.stop - 1,
    model.ROTATION,
    model.POSE,
    model.SHAPE,
    model.EXPRESSION,
]

#: How often the outline is matched anew.
_OUTLINE_ITERATIONS = 3
#: Iterations of L-BFGS-B and its tolerance between two matchings; after the last one the fit's own tolerance counts.
_BETWEEN, _BETWEEN_FTOL = 80, 1e-7


def _units(scale: float, size: float) -> np.ndarray:
    """How large a step of each parameter is that changes the losses about as much as one of any other.

    In the parameters as they are, a pixel per metre and a radian count alike, the losses are valleys a thousand times
    as long as wide, and L-BFGS-B stops on their slopes after more than a thousand iterations; in these units it is at
    the bottom after a hundred and some.

    Args:
        scale: pixels per mesh unit.
        size: of the face in pixels.

    Returns:
        (N_PARAMETERS,).
    """
    units = np.ones(model.N_PARAMETERS)
    units[model.SCALE] = 0.2 * scale
    units[model.TRANSLATION] = 0.1 * size / scale
    units[model.ROTATION] = units[model.POSE] = 0.2
    units[model.NECK] = 0.07
    units[model.SHAPE] = units[model.EXPRESSION] = 5.0
    return units


def fit_head(
    flame: FlameModel,
    embedding: LandmarkEmbedding,
    landmarks: np.ndarray,
    image_height: int,
    settings: Settings,
    threads: int,
    regions: np.ndarray,
    outline: Outline,
    progress: Callable[[Stage], Any] = lambda stage: None,
) -> FitResult:
    """Fit the head to a photo: first rigidly, then with pose, shape and expression, then to the outline of skin.

    Args:
        flame: the model.
        embedding: its landmarks.
        landmarks: (51, 2) detected landmarks in pixels, y down.
        image_height: in pixels; y up is ``image_height - y``.
        settings: weights and tolerances. Without ``outline`` the fit is TF_FLAME's.
        threads: threads that TensorFlow may use.
        regions: (V,) uint8, see :func:`scoreface.fitting.regions.find_regions`.
        outline: what a parse of the photo tells.
        progress: called with each stage when it ends.

    Returns:
        The fitted head. Its numbers are not finite when the optimisation diverged.
    """
    target = _flip(np.asarray(landmarks, dtype=np.float64), image_height)
    stages: List[Stage] = []

    def ended(stage: Stage) -> None:
        stages.append(stage)
        progress(stage)

    with open_session(threads) as session:
        problem = FitProblem(flame, embedding, target, settings.weights, session)
        start = initial_parameters(problem, target)
        rigid, stage = minimise(problem, "rigid", _RIGID, start, ftol=settings.rigid_ftol)
        ended(stage)
        matches = 0
        if settings.outline:
            units = _units(float(rigid[model.SCALE][0]), problem.size)
            fitted, stage = minimise(problem, "full", _ALL, rigid, units, ftol=settings.ftol)
            ended(stage)
        else:
            fitted, stage = minimise(problem, "full", _PUBLISHED, rigid, ftol=settings.ftol)
            ended(stage)
        before = fitted
        if settings.outline and np.isfinite(stage.loss):
            rim = find_rim(flame.faces)
            drawn = _Drawing(problem, outline, image_height, rim, units, settings.ftol)
            fitted, matches = drawn.draw(fitted, ended)
        closed = fitted.copy()
        closed[model.JAW] = 0.0
        return FitResult(
            vertices=problem.vertices(closed),
            open_vertices=problem.vertices(fitted),
            faces=flame.faces,
            regions=regions,
            axis_angle=fitted[model.ROTATION],
            scale=float(fitted[model.SCALE][0]),
            translation=fitted[model.TRANSLATION],
            shape=fitted[model.SHAPE],
            expression=fitted[model.EXPRESSION],
            pose=closed[model.POSE],
            jaw=fitted[model.JAW],
            landmarks=np.asarray(landmarks, dtype=np.float64),
            projected=_flip(problem.projected(fitted), image_height),
            losses=problem.terms(fitted),
            stages=tuple(stages),
            outline=_compare(problem, before, fitted, outline, image_height, flame.faces, matches),
        )


class _Drawing(NamedTuple):
    """The outline, the head that is drawn to it, and how."""

    problem: FitProblem
    outline: Outline
    image_height: int
    rim: Rim
    units: np.ndarray
    ftol: float

    def draw(self, parameters: np.ndarray, ended: Callable[[Stage], Any]) -> Tuple[np.ndarray, int]:
        """Match the outline and draw the head to it, alternately; where there is too little of it, leave the head.

        Returns:
            the parameters, and how many points the head was drawn to last.
        """
        drawn_to = 0
        for iteration in range(_OUTLINE_ITERATIONS):
            found = match(
                self.outline,
                self.image_height,
                self.rim,
                self.problem.vertices(parameters),
                float(parameters[model.SCALE][0]),
                self.problem.size,
                first=iteration == 0,
            )
            if found.drawn <= FEWEST_MATCHES:
                break
            drawn_to = found.drawn
            self.problem.draw_to(found)
            last = iteration == _OUTLINE_ITERATIONS - 1
            options = {"ftol": self.ftol} if last else {"ftol": _BETWEEN_FTOL, "maxiter": _BETWEEN}
            parameters, stage = minimise(
                self.problem, "outline", _ALL, parameters, self.units, **options
            )
            ended(stage)
        return parameters, drawn_to


def _compare(
    problem: FitProblem,
    before: np.ndarray,
    after: np.ndarray,
    outline: Outline,
    image_height: int,
    faces: np.ndarray,
    matches: int,
) -> OutlineFit:
    """What the outline says of the head, and what it has changed."""
    points = int(outline.bare.sum())
    if not (np.isfinite(before).all() and np.isfinite(after).all()):
        return OutlineFit(points, 0, None, None, np.nan, np.nan)
    places = [
        _flip(p[model.SCALE] * problem.vertices(p)[:, :2], image_height) for p in (before, after)
    ]
    ious = [outline_iou(outline, faces, points) for points in places]
    first, last = (Rotation.from_rotvec(p[model.ROTATION]) for p in (before, after))
    return OutlineFit(
        points=points,
        matches=matches,
        iou=ious[1],
        iou_before=ious[0],
        turned=float(np.degrees((last * first.inv()).magnitude())),
        moved=float(np.linalg.norm(places[1] - places[0], axis=1).mean() / problem.eye_distance),
    )


def _flip(points: np.ndarray, image_height: int) -> np.ndarray:
    """Turn pixels with y down into pixels with y up, or back."""
    return np.stack([points[:, 0], image_height - points[:, 1]], axis=1)
