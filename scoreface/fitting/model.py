"""FLAME, its camera and the loss of the fit as a TensorFlow graph.

Everything goes through ``tensorflow.compat.v1`` in graph mode, with symbols that TensorFlow 1.15
and 2.x share, in float64. Equations: SMPL (Loper et al. 2015, section 3) and FLAME (Li et al. 2017,
section 3, equations 1-4).
"""

from typing import Any, Dict, List, Tuple

import numpy as np
import tensorflow.compat.v1 as tf

from scoreface.fitting.flame import N_EXPRESSION, N_JOINTS, N_SHAPE, FlameModel, LandmarkEmbedding
from scoreface.fitting.job import Weights

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


def posed_vertices(flame: FlameModel, parameters: Any, vertices: np.ndarray) -> Any:
    """Return some vertices of the shaped and posed head (FLAME, equations 1-4).

    Joints depend on every vertex, but linearly on the coefficients, so the regressor is applied to
    the template and to the blendshapes beforehand; the graph then holds the asked vertices only.

    Args:
        flame: the model.
        parameters: (N_PARAMETERS,) float64 tensor.
        vertices: (N,) indices of the vertices to compute.

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
        tf.constant(flame.v_template[vertices])
        + tf.tensordot(tf.constant(flame.shapedirs[vertices]), coefficients, axes=1)
        + tf.tensordot(tf.constant(flame.posedirs[vertices]), pose_feature, axes=1)
    )
    world, offsets = _joint_transforms(rotations, joints, flame.parents)
    weights = tf.constant(flame.weights[vertices])
    blended = tf.einsum("vk,kij->vij", weights, world)
    moved = tf.linalg.matvec(blended, resting) + tf.matmul(weights, offsets)
    return moved + parameters[TRANSLATION]


def landmark_points(flame: FlameModel, embedding: LandmarkEmbedding, parameters: Any) -> Any:
    """Return the (51, 3) float64 tensor of the model's landmarks, in the mesh's units."""
    corners = flame.faces[embedding.faces]
    vertices, places = np.unique(corners, return_inverse=True)
    points = posed_vertices(flame, parameters, vertices)
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
