"""FLAME, its camera and the loss of the fit as a TensorFlow graph.

Everything goes through ``tensorflow.compat.v1`` in graph mode, with symbols that TensorFlow 1.15
and 2.x share, in float64. Equations: SMPL (Loper et al. 2015, section 3) and FLAME (Li et al. 2017,
section 3, equations 1-4).
"""

from typing import Any, Dict, List, NamedTuple, Tuple

import numpy as np
import tensorflow.compat.v1 as tf

from scoreface.fitting.flame import N_EXPRESSION, N_JOINTS, N_SHAPE, FlameModel, LandmarkEmbedding
from scoreface.fitting.job import Weights
from scoreface.fitting.outline import Matches

# The free parameters stand one after another in a single vector.
SCALE = slice(0, 1)
TRANSLATION = slice(1, 4)
ROTATION = slice(4, 7)
POSE = slice(7, 19)
SHAPE = slice(19, 19 + N_SHAPE)
EXPRESSION = slice(SHAPE.stop, SHAPE.stop + N_EXPRESSION)
N_PARAMETERS = EXPRESSION.stop

NECK = slice(POSE.start, POSE.start + 3)
JAW = slice(POSE.start + 3, POSE.start + 6)
EYEBALLS = slice(POSE.start + 6, POSE.stop)


def _skew_basis() -> np.ndarray:
    """Return (3, 3, 3): the matrices of the cross products with the three unit vectors."""
    basis = np.zeros((3, 3, 3))
    for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        basis[i, k, j], basis[i, j, k] = 1.0, -1.0
    return basis


def rodrigues(rotations: Any) -> Any:
    """Return the rotation matrices of axis-angle vectors (Rodrigues' formula).

    R = I + sin(t) / t K + (1 - cos(t)) / t^2 K^2, with K the matrix of the cross product with the
    vector and t its length. The two factors are smooth at t = 0, where the fit starts: there their
    Taylor series replace the quotients, so that value and gradient are exact.

    Args:
        rotations: (K, 3) float64 tensor, radians.

    Returns:
        (K, 3, 3) float64 tensor.
    """
    squared = tf.reduce_sum(tf.square(rotations), axis=1)
    small = squared < 1e-8
    # The quotients are also evaluated where they are not used; a safe argument keeps their
    # gradients finite there, since 0 * nan would be nan.
    safe = tf.where(small, tf.ones_like(squared), squared)
    angle = tf.sqrt(safe)
    first = tf.where(small, 1 - squared / 6, tf.sin(angle) / angle)
    second = tf.where(small, 0.5 - squared / 24, (1 - tf.cos(angle)) / safe)
    cross = tf.einsum("ka,aij->kij", rotations, tf.constant(_skew_basis()))
    return (
        tf.eye(3, dtype=tf.float64)
        + first[:, None, None] * cross
        + second[:, None, None] * tf.matmul(cross, cross)
    )


def _joint_transforms(rotations: Any, joints: Any, parents: np.ndarray) -> Tuple[Any, Any]:
    """Chain the joints' rotations from the root (SMPL, equations 3 and 4).

    Returns:
        (K, 3, 3) rotations and (K, 3) offsets: joint k moves a point p of the resting head to
        rotation[k] p + offset[k].
    """
    world: List[Any] = [rotations[0]]
    offsets: List[Any] = [joints[0] - tf.linalg.matvec(rotations[0], joints[0])]
    for k in range(1, len(parents)):
        parent = int(parents[k])
        world.append(tf.matmul(world[parent], rotations[k]))
        position = tf.linalg.matvec(world[parent], joints[k]) + offsets[parent]
        offsets.append(position - tf.linalg.matvec(world[k], joints[k]))
    return tf.stack(world), tf.stack(offsets)


class Surface(NamedTuple):
    """What FLAME says of N of its vertices, as arrays or tensors.

    Attributes:
        template: (N, 3).
        shapedirs: (N, 3, 400).
        posedirs: (N, 3, 36).
        weights: (N, 5).
    """

    template: Any
    shapedirs: Any
    posedirs: Any
    weights: Any


def surface_of(flame: FlameModel, vertices: np.ndarray) -> Surface:
    """Return what FLAME says of some ``vertices`` (N,)."""
    arrays = (flame.v_template, flame.shapedirs, flame.posedirs, flame.weights)
    return Surface(*(array[vertices] for array in arrays))


def posed_vertices(flame: FlameModel, parameters: Any, surface: Surface) -> Any:
    """Return some vertices of the shaped and posed head (FLAME, equations 1-4).

    Joints depend on every vertex, but linearly on the coefficients, so the regressor is applied to
    the template and to the blendshapes beforehand; the graph then holds the asked vertices only.

    Args:
        flame: the model.
        parameters: (N_PARAMETERS,) float64 tensor.
        surface: the vertices to compute.

    Returns:
        (N, 3) float64 tensor, in the mesh's units, translation included, before the scale.
    """
    coefficients = parameters[SHAPE.start : EXPRESSION.stop]
    joints = tf.constant(flame.joints) + tf.tensordot(
        tf.constant(
            np.einsum("kv,vcs->kcs", flame.joint_regressor, flame.shapedirs, optimize=True)
        ),
        coefficients,
        axes=1,
    )
    rotations = rodrigues(tf.reshape(parameters[ROTATION.start : POSE.stop], (N_JOINTS, 3)))
    # The root's rotation drives no pose corrective (SMPL, equation 9).
    pose_feature = tf.reshape(rotations[1:] - tf.eye(3, dtype=tf.float64), (-1,))
    resting = (
        surface.template
        + tf.tensordot(surface.shapedirs, coefficients, axes=1)
        + tf.tensordot(surface.posedirs, pose_feature, axes=1)
    )
    world, offsets = _joint_transforms(rotations, joints, flame.parents)
    blended = tf.einsum("vk,kij->vij", surface.weights, world)
    moved = tf.linalg.matvec(blended, resting) + tf.matmul(surface.weights, offsets)
    return moved + parameters[TRANSLATION]


def constant(surface: Surface) -> Surface:
    """Return the same as constants of the graph."""
    return Surface(*map(tf.constant, surface))


def landmark_points(flame: FlameModel, embedding: LandmarkEmbedding, parameters: Any) -> Any:
    """Return the (51, 3) float64 tensor of the model's landmarks, in the mesh's units."""
    corners = flame.faces[embedding.faces]
    vertices, places = np.unique(corners, return_inverse=True)
    points = posed_vertices(flame, parameters, constant(surface_of(flame, vertices)))
    triangles = tf.gather(points, tf.constant(places.reshape(corners.shape)))
    return tf.einsum("lc,lcx->lx", tf.constant(embedding.barycentric), triangles)


def loss_terms(
    projected: Any, target: np.ndarray, parameters: Any, weights: Weights
) -> Dict[str, Any]:
    """Return the weighted terms of the loss, by name; their sum is the loss.

    The landmark term is the sum of squared distances over the squared face size, which is the
    larger extent of the target landmarks in x or y.

    Args:
        projected: (51, 2) tensor, the model's landmarks in pixels, y up.
        target: (51, 2) the detected landmarks in pixels, y up.
        parameters: (N_PARAMETERS,) tensor.
        weights: the weights of the terms.
    """
    size = np.ptp(target, axis=0).max()

    def squares(part: slice) -> Any:
        return tf.reduce_sum(tf.square(parameters[part]))

    distances = tf.reduce_sum(tf.square(projected - tf.constant(target)))
    return {
        "landmarks": weights.landmarks * distances / size**2,
        "shape": weights.shape * squares(SHAPE),
        "expression": weights.expression * squares(EXPRESSION),
        "neck": weights.neck * squares(NECK),
        "jaw": weights.jaw * squares(JAW),
        "eyeballs": weights.eyeballs * squares(EYEBALLS),
    }


class OutlineTerm:
    """The squared distances of points on the head's edges to an outline, across the edges, weighted and summed.

    Where the outline is not that of bare skin, only the head that is beyond it counts.

    Which points and edges they are changes from time to time, and with them the vertices that are computed: what FLAME
    says of these is fed, so that an evaluation costs as much as they are, not as the whole head.

    Attributes:
        term: scalar float64 tensor.
    """

    def __init__(self, flame: FlameModel, parameters: Any) -> None:
        """Build the nodes; parameters: (N_PARAMETERS,) float64 tensor."""
        self._flame = flame
        none = surface_of(flame, np.zeros(0, np.int64))
        self._surface = Surface(
            *(tf.placeholder(tf.float64, (None, *array.shape[1:])) for array in none)
        )
        self._ends = tf.placeholder(tf.int64, (None, 2))
        self._places = tf.placeholder(tf.float64, (None,))
        self._points = tf.placeholder(tf.float64, (None, 2))
        self._normals = tf.placeholder(tf.float64, (None, 2))
        self._bare = tf.placeholder(tf.bool, (None,))
        self._weights = tf.placeholder(tf.float64, (None,))
        posed = posed_vertices(flame, parameters, self._surface)
        ends = parameters[SCALE] * tf.gather(posed[:, :2], self._ends)
        here = ends[:, 0] + self._places[:, None] * (ends[:, 1] - ends[:, 0])
        beyond = tf.reduce_sum((here - self._points) * self._normals, axis=1)
        across = tf.where(self._bare, beyond, tf.nn.relu(beyond))
        self.term = tf.reduce_sum(self._weights * tf.square(across))

    def feed(self, matches: Matches, weight: float) -> Dict[Any, np.ndarray]:
        """Return what a run of the session needs for these points, of which each weighs ``weight`` times its own."""
        vertices, ends = np.unique(matches.edges, return_inverse=True)
        return {
            **dict(zip(self._surface, surface_of(self._flame, vertices))),
            self._ends: ends.reshape(matches.edges.shape),
            self._places: matches.places,
            self._points: matches.points,
            self._normals: matches.normals,
            self._bare: matches.bare,
            self._weights: weight * matches.weights,
        }
