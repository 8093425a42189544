"""A photo of the embedded head, lifted with its true geometry."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scoreface.base.arrays import write_image
from scoreface.base.regions import FACE
from scoreface.base.settings import read
from scoreface.benchmark.cases import take_photo
from scoreface.benchmark.chain import Lifted
from scoreface.benchmark.gallery import Gallery
from scoreface.benchmark.plan import Face
from scoreface.config.schema import checked_config
from scoreface.demo.head.model import build_model, landmark_points
from scoreface.geometry.fitted import FittedHead
from scoreface.geometry.mesh import Mesh
from scoreface.geometry.settings import LensSettings
from scoreface.parse.labels import SKIN
from scoreface.results.render import portrait_studio
from scoreface.stages import project
from scoreface.texture.carried import Carried
from scoreface.texture.layout import make_layout
from scoreface.texture.project import lift_photo

SIZE = 96


@pytest.fixture(scope="package")
def config() -> dict[str, Any]:
    """The configuration with small textures."""
    return checked_config([], {"texture": {"large": SIZE, "small": 32}})


@pytest.fixture(scope="package")
def lift(config, tmp_path_factory) -> Callable[[float], Lifted]:
    """Makes what the stages would have made of a photo of one person at a yaw, had they found the truth."""

    def lift(yaw: float) -> Lifted:
        model = build_model()
        faces = model.f.astype(np.int64)
        layout = make_layout(model.vt, model.ft, faces, SIZE)
        photo = take_photo(0, Face(0, yaw), SIZE)
        path = tmp_path_factory.mktemp("photo") / "photo.png"
        write_image(path, photo.image)
        settings = read(project.Settings, config)
        where = photo.scale, layout, settings.occlusion, settings.sampling, settings.min_cosine
        texture, seen = lift_photo(photo.image, photo.vertices, faces, *where)
        labels = np.where(seen, SKIN, 0).astype(np.uint8)
        regions = np.where(layout.chart, FACE, 0).astype(np.uint8)
        head = FittedHead(
            photo.vertices,
            faces,
            photo.axis_angle,
            photo.scale,
            Path("fit.npz"),
            photo.vertices,
            np.full(len(photo.vertices), FACE),
            photo.landmarks_2d,
        )
        carried = Carried(labels, regions)
        return Lifted(path, head, photo.vertices, layout, texture, seen, carried, {})

    return lift


@pytest.fixture(scope="package")
def lifted(lift) -> Lifted:
    """Of a photo from nearly in front."""
    return lift(10)


@pytest.fixture(scope="package")
def gallery(config, lifted) -> Gallery:
    """Pictures of its head."""
    head, layout = lifted.head, lifted.layout
    mesh = Mesh(head.vertices, head.faces, layout.vt, layout.ft)
    studio = portrait_studio(mesh, head.axis_angle, read(LensSettings, config))
    return Gallery(studio, layout.chart, lambda vertices: landmark_points(build_model(), vertices))
