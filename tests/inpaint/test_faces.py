"""Each pipeline on a synthetic face, as small as it may be."""

import numpy as np
import pytest
import torch

from scoreface.demo.head.model import build_model
from scoreface.demo.people import sample_head
from scoreface.demo.photos import make_photo
from scoreface.demo.prior import fit_prior
from scoreface.demo.skin.paint import paint_skin
from scoreface.geometry.camera import PerspectiveCamera
from scoreface.geometry.mesh import Mesh
from scoreface.geometry.views import order_views, view_grid
from scoreface.inpaint.chain import run_walk
from scoreface.inpaint.image_space import ImageSpace
from scoreface.inpaint.multiview import MultiView
from scoreface.inpaint.pipelines import COMBINE, ImageSettings, MultiviewSettings, TextureSettings
from scoreface.inpaint.scene import Scene
from scoreface.inpaint.texture_space import TextureSpace
from scoreface.inpaint.walk import Walk
from scoreface.score.gaussian import GaussianScore
from scoreface.texture.layout import make_layout
from scoreface.texture.project import lift_photo
from scoreface.texture.state import OBSERVED, TextureState

pytestmark = pytest.mark.heavy

FACE, SMALL, LARGE = 32, 32, 64
IMAGE = (FACE, 60, 1, 0.15, 0.3)
TEXTURE = (FACE, 60, 4, 0.3, 0.3)
PIPELINES = {
    "image": ImageSpace(ImageSettings(*IMAGE, False, True)),
    "image, silhouette kept": ImageSpace(ImageSettings(*IMAGE, True, True)),
    "image, corrector alone": ImageSpace(ImageSettings(*TEXTURE, False, False)),
    "image, predictor alone": ImageSpace(ImageSettings(FACE, 60, 0, 0.15, 0.3, False, True)),
    "texture, two": TextureSpace(TextureSettings(*TEXTURE, False, "two")),
    "texture, silhouette kept": TextureSpace(TextureSettings(*TEXTURE, True, "two")),
    "texture, one": TextureSpace(TextureSettings(*TEXTURE, False, "one")),
    **{
        f"multiview, {combine}": MultiView(MultiviewSettings(*TEXTURE, False, "two", combine))
        for combine in COMBINE
    },
    "multiview, one": MultiView(MultiviewSettings(*TEXTURE, False, "one", "every")),
    "multiview, silhouette kept": MultiView(MultiviewSettings(*TEXTURE, True, "two", "every")),
}


@pytest.fixture(scope="module")
def prior() -> GaussianScore:
    return fit_prior(FACE, 10, 30, seed=0)


@pytest.fixture(scope="module")
def face() -> tuple[Scene, np.ndarray]:
    """A head, photographed from its side, and its true texture (SMALL, SMALL, 3) in [0, 1]."""
    head, model = sample_head(np.random.default_rng(5)), build_model()
    photo = make_photo(head, paint_skin(head.skin, LARGE), 50, 0, 0, 128)
    faces = model.f.astype(np.int64)
    layout = make_layout(model.vt, model.ft, faces, LARGE)
    large, seen = lift_photo(
        photo.image, photo.vertices, faces, photo.scale, layout, "rays", "bilinear", 0.2
    )
    mesh = Mesh(photo.vertices, faces, model.vt, model.ft)
    scene = Scene(mesh, photo.axis_angle, large, seen, SMALL, PerspectiveCamera(), "embree")
    blocks = photo.truth.reshape(SMALL, LARGE // SMALL, SMALL, LARGE // SMALL, 3)
    return scene, blocks.mean((1, 3))


@pytest.mark.parametrize("pipeline", PIPELINES.values(), ids=PIPELINES)
def test_a_face_is_completed(tmp_path, prior, face, pipeline):
    torch.set_num_threads(1)
    scene, truth = face
    views = [view for view, _ in order_views(view_grid([0], [-30, 0, 30]), scene.axis_angle)]
    start = state = scene.first_state()
    for number in (1, 2):
        outputs = [tmp_path / f"inpaint/round{number}/view{k:03d}.npz" for k in range(3)]
        walk = Walk("a", 0, number, views, range(3), scene, state, lambda: prior)
        run_walk(walk, pipeline, outputs, {})
        state = TextureState.load(outputs[-1])
    observed = start.labels == OBSERVED
    assert np.array_equal(state.texture[observed], start.texture[observed])
    seen = np.zeros(SMALL * SMALL, bool)
    for view in views:
        texels = scene.maps(view, FACE)[1].texels
        seen[texels[texels >= 0].numpy()] = True
    # All that a view shows is filled, near the truth (measured: 0.05 to 0.07); noise would be 0.4 off.
    assert (state.filled.ravel() >= seen).all()
    made = state.view >= 0
    assert made.sum() > 100
    assert np.abs(state.texture[made] - truth[made]).mean() < 0.1
