"""The embedded assets as files: FLAME-format model, embedding, UV layout, and the demo's photos."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from scoreface.base.arrays import write_image, write_npz
from scoreface.base.errors import InputError
from scoreface.base.files import atomic
from scoreface.demo.head.model import build_model
from scoreface.demo.people import sample_head
from scoreface.demo.photos import Photo, Surroundings, make_photo
from scoreface.demo.props.worn import groomed
from scoreface.demo.skin.paint import paint_skin
from scoreface.texture.layout import make_layout

PHOTO_SIZE = 512


@dataclass(frozen=True)
class Sitting:
    """How a synthetic photo is taken.

    Attributes:
        angles: yaw, pitch and roll in degrees.
        seed: of person, light and all else that is drawn.
        surroundings: what is behind the head and before it.
    """

    angles: tuple[float, float, float]
    seed: int
    surroundings: Surroundings


#: The synthetic photos by id: p and m stand for plus and minus, before the yaw.
SYNTHETIC = {
    "synthetic_p25": Sitting((25.0, -3.0, 2.0), 2, Surroundings("wall")),
    "synthetic_m35": Sitting((-35.0, 4.0, -3.0), 61, Surroundings("blur")),
    "synthetic_m15": Sitting((-15.0, 2.0, -2.0), 445, Surroundings("room", ("hair",))),
}
REAL = "astronaut"
IDS = (REAL, *SYNTHETIC)

# Where the classes lived when FLAME was pickled: every NumPy and SciPy since finds them there.
_OLD_HOMES = {
    b"cnumpy._core.multiarray\n": b"cnumpy.core.multiarray\n",
    b"cscipy.sparse._csc\n": b"cscipy.sparse.csc\n",
}


def write_model(
    model_path: Path, embedding_path: Path, texture_data_path: Path, texture_size: int
) -> None:
    """Write the head's three files as FLAME's are.

    Args:
        model_path: the model, a pickled dict.
        embedding_path: the landmark embedding, a pickled dict.
        texture_data_path: the UV layout, ``.npy``.
        texture_size: texels along a side of the layout.
    """
    model = build_model()
    flame = {
        "v_template": model.v_template,
        "f": model.f,
        "shapedirs": model.shapedirs,
        "posedirs": model.posedirs,
        "weights": model.weights,
        "J_regressor": model.J_regressor,
        "J": model.J,
        "kintree_table": model.kintree_table,
        "bs_type": "lrotmin",
        "bs_style": "lbs",
    }
    embedding = {"lmk_face_idx": model.lmk_face_idx, "lmk_b_coords": model.lmk_b_coords}
    _write_pickle(model_path, flame)
    _write_pickle(embedding_path, embedding)
    make_layout(model.vt, model.ft, model.f, texture_size).save(texture_data_path)


def _write_pickle(path: Path, content: dict[str, Any]) -> None:
    """Pickle with protocol 2, which Python 3.7 reads too."""
    data = pickle.dumps(content, protocol=2)
    for new, old in _OLD_HOMES.items():
        data = data.replace(new, old)
    with atomic(path) as temporary:
        temporary.write_bytes(data)


def synthetic_photo(photo_id: str, texture_size: int) -> tuple[Photo, np.ndarray, np.ndarray]:
    """One of the ``SYNTHETIC`` photos with the identity (I,) and expression (E,) behind it."""
    sitting = SYNTHETIC[photo_id]
    rng = np.random.default_rng(sitting.seed)
    head = groomed(sample_head(rng), sitting.surroundings.before)
    skin = paint_skin(head.skin, texture_size)
    photo = make_photo(
        head, skin, *sitting.angles, PHOTO_SIZE, rng, surroundings=sitting.surroundings
    )
    return photo, head.identity, head.expression


def write_photos(photos_dir: Path, truth_dir: Path, texture_size: int) -> None:
    """Write the demo's photos and what is known of the synthetic ones.

    Args:
        photos_dir: gets ``{id}.png`` (512 x 512) for each of ``IDS``.
        truth_dir: gets ``{id}.npz`` for each of ``SYNTHETIC``: texture (T, T, 3) uint8, the lit
            texture; axis_angle (3,) radians; vertices (V, 3) posed, metres; scale, pixels a
            metre; identity and expression coefficients; landmarks (51, 2) pixels, y down;
            image_size.
        texture_size: T, texels along a side.
    """
    try:
        import skimage.data
    except ImportError as error:
        raise InputError(
            "demo: the real photo comes with scikit-image, which is not installed; pip install 'scoreface[demo]'"
        ) from error
    write_image(photos_dir / f"{REAL}.png", skimage.data.astronaut())
    for photo_id in SYNTHETIC:
        photo, identity, expression = synthetic_photo(photo_id, texture_size)
        write_image(photos_dir / f"{photo_id}.png", photo.image)
        write_npz(
            truth_dir / f"{photo_id}.npz",
            texture=np.round(photo.truth * 255.0).astype(np.uint8),
            axis_angle=photo.axis_angle,
            vertices=photo.vertices,
            scale=photo.scale,
            identity=identity,
            expression=expression,
            landmarks=photo.landmarks_2d,
            image_size=PHOTO_SIZE,
        )
