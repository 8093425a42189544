"""The fit of FLAME to 51 landmarks of one photo (after TF_FLAME's fit to 2D landmarks).

The camera is scaled-orthographic with the image's y pointing up:
``pixel = scale * vertex[:2]``, where the vertex includes a translation in the mesh's units.
"""

import contextlib
from typing import Any, Callable, Dict, Iterator, Tuple

import numpy as np
import scipy.optimize
import tensorflow.compat.v1 as tf

from scoreface.fitting import model
from scoreface.fitting.flame import FlameModel, LandmarkEmbedding
from scoreface.fitting.job import Settings, Weights
from scoreface.fitting.result import FitResult, Stage

_RIGID = np.r_[model.SCALE, model.TRANSLATION, model.ROTATION]
# TF_FLAME hands its second stage a slice of the translation, which the loss does not depend on:
# the translation stays where the rigid stage left it. The same is done here, because with a free
# translation the same landmarks give another head: 1 degree and 4 mm away from TF_FLAME's.
_ALL = np.r_[model.SCALE, model.ROTATION, model.POSE, model.SHAPE, model.EXPRESSION]


class FitProblem:
    """The losses of one fit, their gradients and the head, evaluated at a parameter vector."""

    def __init__(
        self,
        flame: FlameModel,
        embedding: LandmarkEmbedding,
        target: np.ndarray,
        weights: Weights,
        session: Any,
    ) -> None:
        """Build the nodes in the graph of an open ``tf.Session``; target: (51, 2) pixels, y up."""
        self._session = session
        self._parameters = tf.placeholder(tf.float64, (model.N_PARAMETERS,))
        self._points = model.landmark_points(flame, embedding, self._parameters)
        self._projected = self._parameters[model.SCALE] * self._points[:, :2]
        self._terms = model.loss_terms(self._projected, target, self._parameters, weights)
        everything = np.arange(len(flame.v_template))
        self._vertices = model.posed_vertices(flame, self._parameters, everything)
        losses = {"rigid": self._terms["landmarks"], "full": tf.add_n(list(self._terms.values()))}
        self._losses = {
            stage: (loss, tf.gradients(loss, self._parameters)[0]) for stage, loss in losses.items()
        }

    def _run(self, fetches: Any, parameters: np.ndarray) -> Any:
        return self._session.run(fetches, {self._parameters: parameters})

    def loss_and_gradient(self, stage: str, parameters: np.ndarray) -> Tuple[float, np.ndarray]:
        """Return the loss of ``rigid`` or ``full`` and its (N_PARAMETERS,) gradient."""
        return self._run(self._losses[stage], parameters)

    def terms(self, parameters: np.ndarray) -> Dict[str, float]:
        """Return the weighted loss terms by name, and their ``total``."""
        terms = {name: float(x) for name, x in self._run(self._terms, parameters).items()}
        terms["total"] = sum(terms.values())
        return terms

    def landmark_points(self, parameters: np.ndarray) -> np.ndarray:
        """Return the model's landmarks, (51, 3), in mesh units."""
        return self._run(self._points, parameters)

    def projected(self, parameters: np.ndarray) -> np.ndarray:
        """Return the model's landmarks, (51, 2), in pixels, y up."""
        return self._run(self._projected, parameters)

    def vertices(self, parameters: np.ndarray) -> np.ndarray:
        """Return the head's vertices, (V, 3), in mesh units."""
        return self._run(self._vertices, parameters)


@contextlib.contextmanager
def open_session(threads: int) -> Iterator[Any]:
    """Yield a TensorFlow session with a graph of its own."""
    config = tf.ConfigProto(
        intra_op_parallelism_threads=threads,
        inter_op_parallelism_threads=threads,
    )
    # Folding constants would copy the blendshapes of the whole head and cost more than it saves.
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    with tf.Graph().as_default(), tf.Session(config=config) as session:
        yield session


def initial_parameters(problem: FitProblem, target: np.ndarray) -> np.ndarray:
    """Return the mean head, unrotated, at the scale of the target landmarks (y up).

    The scale is the ratio of the mean distances of the landmarks to their mean, in the image and
    in the x, y of the model.
    """
    parameters = np.zeros(model.N_PARAMETERS)
    points = problem.landmark_points(parameters)[:, :2]

    def spread(xy: np.ndarray) -> float:
        return float(np.linalg.norm(xy - xy.mean(axis=0), axis=1).mean())

    parameters[model.SCALE] = spread(target) / spread(points)
    return parameters


def _minimise(
    problem: FitProblem, stage: str, free: np.ndarray, parameters: np.ndarray, ftol: float
) -> Tuple[np.ndarray, Stage]:
    """Lower the loss of a stage over the ``free`` indices of the parameters by L-BFGS-B."""
    current = parameters.copy()

    def loss_and_gradient(values: np.ndarray) -> Tuple[float, np.ndarray]:
        current[free] = values
        loss, gradient = problem.loss_and_gradient(stage, current)
        return float(loss), gradient[free]

    # All but ftol are SciPy's defaults, as in TF_FLAME.
    outcome = scipy.optimize.minimize(
        loss_and_gradient, parameters[free], method="L-BFGS-B", jac=True, options={"ftol": ftol}
    )
    current[free] = outcome.x
    message = outcome.message
    if isinstance(message, bytes):  # SciPy before 1.5
        message = message.decode("ascii")
    ended = Stage(
        stage,
        float(outcome.fun),
        int(outcome.nit),
        int(outcome.nfev),
        bool(outcome.success),
        message,
    )
    return current, ended


def fit_landmarks(
    flame: FlameModel,
    embedding: LandmarkEmbedding,
    landmarks: np.ndarray,
    image_height: int,
    settings: Settings,
    threads: int,
    progress: Callable[[Stage], Any] = lambda stage: None,
) -> FitResult:
    """Fit the head to 2D landmarks: first rigidly, then with pose, shape and expression.

    Args:
        flame: the model.
        embedding: its landmarks.
        landmarks: (51, 2) detected landmarks in pixels, y down.
        image_height: in pixels; y up is ``image_height - y``.
        settings: weights and tolerances.
        threads: threads that TensorFlow may use.
        progress: called with each stage when it ends.

    Returns:
        The fitted head, mouth closed. Its numbers are not finite when the optimisation diverged.
    """
    target = _flip(np.asarray(landmarks, dtype=np.float64), image_height)
    with open_session(threads) as session:
        problem = FitProblem(flame, embedding, target, settings.weights, session)
        start = initial_parameters(problem, target)
        rigid, first = _minimise(problem, "rigid", _RIGID, start, settings.rigid_ftol)
        progress(first)
        fitted, second = _minimise(problem, "full", _ALL, rigid, settings.ftol)
        progress(second)
        closed = fitted.copy()
        closed[model.JAW] = 0.0
        return FitResult(
            vertices=problem.vertices(closed),
            faces=flame.faces,
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
            stages=(first, second),
        )


def _flip(points: np.ndarray, image_height: int) -> np.ndarray:
    """Turn pixels with y down into pixels with y up, or back."""
    return np.stack([points[:, 0], image_height - points[:, 1]], axis=1)
