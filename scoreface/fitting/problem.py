"""The problem that a fit solves: its losses at the parameters, where they start, and how they are lowered."""

import contextlib
from typing import Any, Dict, Iterator, Optional, Tuple

import numpy as np
import scipy.optimize
import tensorflow.compat.v1 as tf

from scoreface.fitting import model
from scoreface.fitting.flame import FlameModel, LandmarkEmbedding
from scoreface.fitting.job import Weights
from scoreface.fitting.outline import Matches
from scoreface.fitting.result import OUTER_EYE_CORNERS, Stage

#: Of the outline, however many points it has, as of so many landmarks.
_OUTLINE_LANDMARKS = 17


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
        # Fed, not constant: the graph's copies of the whole head's blendshapes would cost more than all runs.
        whole = model.surface_of(flame, np.arange(len(flame.v_template)))
        surface = model.Surface(*(tf.placeholder(tf.float64, array.shape) for array in whole))
        self._vertices = model.posed_vertices(flame, self._parameters, surface)
        self._whole = dict(zip(surface, whole))
        losses = {"rigid": self._terms["landmarks"], "full": tf.add_n(list(self._terms.values()))}
        self._losses = {stage: self._with_gradient(loss) for stage, loss in losses.items()}
        self._matches = None  # type: Optional[model.OutlineTerm]
        self._flame, self._weight = flame, weights.outline
        self._fed = {}  # type: Dict[Any, np.ndarray]
        #: The larger extent of the landmarks, and the distance of the outer eye corners, in pixels.
        self.size = float(np.ptp(target, axis=0).max())
        right, left = target[list(OUTER_EYE_CORNERS)]
        self.eye_distance = float(np.linalg.norm(right - left))

    def _with_gradient(self, loss: Any) -> Tuple[Any, Any]:
        return loss, tf.gradients(loss, self._parameters)[0]

    def draw_to(self, matches: Matches) -> None:
        """Have the loss ``outline`` draw the head to these points, beside all that ``full`` has."""
        if self._matches is None:
            self._matches = model.OutlineTerm(self._flame, self._parameters)
            self._terms["outline"] = self._matches.term
            loss = tf.add_n(list(self._terms.values()))
            self._losses["outline"] = self._with_gradient(loss)
        weight = self._weight * _OUTLINE_LANDMARKS / self.size**2
        self._fed = self._matches.feed(matches, weight)

    def _run(self, fetches: Any, parameters: np.ndarray) -> Any:
        return self._session.run(fetches, {self._parameters: parameters, **self._fed})

    def loss_and_gradient(self, stage: str, parameters: np.ndarray) -> Tuple[float, np.ndarray]:
        """Return the loss of ``rigid``, ``full`` or ``outline`` and its (N_PARAMETERS,) gradient."""
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
        return self._session.run(self._vertices, {self._parameters: parameters, **self._whole})


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


def minimise(
    problem: FitProblem,
    stage: str,
    free: np.ndarray,
    parameters: np.ndarray,
    units: Optional[np.ndarray] = None,
    **options: float,
) -> Tuple[np.ndarray, Stage]:
    """Lower the loss of a stage over the ``free`` indices of the parameters by L-BFGS-B.

    ``options`` are SciPy's; what is not among them has SciPy's defaults, as in TF_FLAME.
    """
    current = parameters.copy()
    units = np.ones(len(free)) if units is None else units[free]

    def loss_and_gradient(values: np.ndarray) -> Tuple[float, np.ndarray]:
        current[free] = values * units
        loss, gradient = problem.loss_and_gradient(stage, current)
        return float(loss), gradient[free] * units

    outcome = scipy.optimize.minimize(
        loss_and_gradient, parameters[free] / units, method="L-BFGS-B", jac=True, options=options
    )
    current[free] = outcome.x * units
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
