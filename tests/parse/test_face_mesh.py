"""MediaPipe's networks: the points lie where the head's true ones do, and the yaw is the head's."""

from pathlib import Path

import numpy as np
import pytest

from scoreface.base.errors import InputError
from scoreface.demo.head.model import build_model, landmark_points
from scoreface.demo.people import sample_head
from scoreface.demo.photos import Photo, make_photo
from scoreface.demo.skin.paint import paint_skin
from scoreface.fitting.search import _MIRRORED
from scoreface.parse.face_mesh import FaceMesh, anchors
from scoreface.parse.face_mesh_model import FaceMeshFiles


@pytest.fixture(scope="module")
def mesh(face_mesh: FaceMeshFiles) -> FaceMesh:
    return FaceMesh(face_mesh)


@pytest.fixture(scope="module")
def take():
    """Take a photo of one head at a yaw; the same each time."""
    head = sample_head(np.random.default_rng(5))
    skin = paint_skin(head.skin, 128)

    def photo(yaw: float) -> Photo:
        return make_photo(head, skin, yaw, 0, 0, 256, np.random.default_rng(7))

    return photo


def eyes_of(photo: Photo) -> float:
    """Distance of the eyes' outer corners in space, in pixels."""
    corners = landmark_points(build_model(), photo.vertices)[[19, 28]]
    return float(np.linalg.norm(corners[0] - corners[1]) * photo.scale)


@pytest.mark.parametrize(("yaw", "most"), [(0, 0.05), (45, 0.07), (-45, 0.07)])
def test_points_and_yaw_are_the_heads(mesh, take, yaw: float, most: float) -> None:
    photo = take(yaw)
    face = mesh.find(photo.image)
    # The photo counts a pixel's centre at halves.
    apart = np.linalg.norm(face.landmarks[17:] + 0.5 - photo.landmarks_2d, axis=1)
    eyes = eyes_of(photo)
    assert apart.mean() < most * eyes
    assert apart.max() < 3 * most * eyes
    assert face.yaw == pytest.approx(yaw, abs=8)
    # The mesh's depths are guessed more coarsely than its places in the picture.
    assert face.eyes == pytest.approx(eyes, rel=0.2)
    assert face.score > 0.9


def test_the_mirror_image_has_the_mirror_images_points(mesh, take) -> None:
    image = take(30).image
    face, mirrored = mesh.find(image), mesh.find(np.ascontiguousarray(image[:, ::-1]))
    back = np.column_stack(
        [image.shape[1] - 1 - mirrored.landmarks[:, 0], mirrored.landmarks[:, 1]]
    )
    apart = np.linalg.norm(back[_MIRRORED] - face.landmarks, axis=1)
    assert apart.mean() < 0.03 * face.eyes
    assert mirrored.yaw == pytest.approx(-face.yaw, abs=4)


def test_of_two_faces_the_larger(mesh, take) -> None:
    image = take(0).image
    both = np.zeros((300, 560, 3), np.uint8)
    both[22:278, :256] = image
    both[80:208, 400:528] = image[::2, ::2]
    alone, face = mesh.find(image), mesh.find(both)
    assert face.n_faces == 2
    apart = np.linalg.norm(face.landmarks - [0, 22] - alone.landmarks, axis=1)
    assert apart.mean() < 0.03 * alone.eyes


@pytest.mark.parametrize("shape", [(90, 60), (60, 90), (1, 1), (1, 3000)])
def test_where_nothing_is_there_is_no_face(mesh, shape) -> None:
    assert mesh.find(np.zeros((*shape, 3), np.uint8)) is None


def test_the_finders_cells_are_those_of_two_grids() -> None:
    middles = anchors()
    assert middles.shape == (896, 2)
    assert np.unique(middles[:512], axis=0).shape == (256, 2)
    assert np.unique(middles[512:], axis=0).shape == (64, 2)
    np.testing.assert_allclose(middles[[0, 1, 2]], [[1 / 32, 1 / 32]] * 2 + [[3 / 32, 1 / 32]])
    np.testing.assert_allclose(middles.mean(0), 0.5)


def test_files_that_are_none_are_named(face_mesh: FaceMeshFiles, tmp_path: Path) -> None:
    (tmp_path / "damaged").write_bytes(b"no model")
    for files, problem in (
        (FaceMeshFiles.within(tmp_path), r"face_detection_short_range\.tflite: no readable"),
        (face_mesh._replace(mesh=tmp_path / "damaged"), "damaged: no readable network"),
        (FaceMeshFiles(face_mesh.mesh, face_mesh.finder), "is another network"),
    ):
        with pytest.raises(InputError, match=problem):
            FaceMesh(files)
