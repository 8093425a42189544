"""A head drawn to its outline: heads whose shape, pose and silhouette are known come back."""

from dataclasses import replace

import numpy as np
import pytest

from scoreface.base.angles import head_angles
from scoreface.base.regions import FOREHEAD, SCALP
from scoreface.demo.head.blendshapes import IDENTITY
from scoreface.demo.head.model import build_model, head_vertices, landmark_points
from scoreface.demo.people import sample_head
from scoreface.demo.photos import rotation
from scoreface.demo.skin.cuts import BALD, CUTS
from scoreface.fitting.fit import fit_head
from scoreface.fitting.flame import load_embedding, load_flame
from scoreface.fitting.outline import Outline, find_rim, outline_iou
from scoreface.fitting.regions import find_regions
from scoreface.fitting.silhouette import covered, rim_edges

pytestmark = pytest.mark.heavy

SIDE, SCALE = 512, 1500.0
# Of detected landmarks, in pixels: dlib's lie as far off on average.
NOISE = 2.5


@pytest.fixture(scope="module")
def models(demo_head_files):
    flame = load_flame(str(demo_head_files.flame_model))
    embedding = load_embedding(str(demo_head_files.landmark_embedding), len(flame.faces))
    return flame, embedding, find_regions(flame, embedding)


class Known:
    """A head before the camera of which all is known: a person, a yaw, landmarks that are a little off, its outline."""

    def __init__(self, models, seed: int, yaw: float, bald: bool = False):
        flame, _, regions = models
        rng = np.random.default_rng(seed)
        head = sample_head(rng)
        identity = head.identity
        if bald:
            hair = [name.startswith("hair") for name in IDENTITY]
            identity = np.where(hair, CUTS[BALD].volume[0], identity)
        shape = head_vertices(build_model(), identity, head.expression)
        self.rotation = rotation(yaw, 0.0, 0.0)
        self.vertices = self.rotation.apply(shape) + np.array([SIDE / SCALE / 2, 0.2, 0.0])
        points = landmark_points(build_model(), self.vertices)[:, :2] * SCALE
        noise = rng.normal(0.0, NOISE, points.shape)
        self.landmarks = np.stack([points[:, 0], SIDE - points[:, 1]], axis=1) + noise
        self.faces = flame.faces
        inside = covered(self.in_picture(self.vertices), flame.faces, (SIDE, SIDE))
        sides = np.where(inside, 2, 1).astype(np.uint8)
        rim = find_rim(flame.faces)
        found, outwards = rim_edges(self.vertices, flame.faces, rim.edges, rim.triangles)
        bare = ~np.isin(regions, [SCALP, FOREHEAD])[rim.edges[found]].any(axis=1)
        middles = self.vertices[rim.edges[found]].mean(axis=1)
        self.outline = Outline(self.in_picture(middles), outwards * [1.0, -1.0], bare, sides, 1)

    @staticmethod
    def in_picture(vertices):
        return np.stack([SCALE * vertices[:, 0], SIDE - SCALE * vertices[:, 1]], axis=1)

    def fit(self, models, settings, outline=None):
        flame, embedding, regions = models
        given = self.outline if outline is None else outline
        return fit_head(flame, embedding, self.landmarks, SIDE, settings, 1, regions, given)

    def yaw_error(self, fit) -> float:
        true = head_angles(self.rotation.as_rotvec())["yaw"]
        return abs(head_angles(fit.axis_angle)["yaw"] - true)

    def iou(self, fit) -> float:
        points = fit.scale * fit.vertices[:, :2] * [1, -1] + [0, SIDE]
        return outline_iou(self.outline, self.faces, points)


def test_the_outline_brings_the_head_nearer_to_the_truth(models, settings):
    """Over six heads; the figures of the landmarks alone are those of the same fit without the outline's points."""
    errors, ious, matches = [], [], []
    for seed, yaw in enumerate((-35.0, -20.0, 0.0, 10.0, 25.0, 40.0)):
        # Bald: the fit follows skin, and no hair that stands off the skull.
        known = Known(models, seed, yaw, bald=True)
        none = known.outline._replace(
            points=np.zeros((0, 2)), normals=np.zeros((0, 2)), bare=np.zeros(0, bool)
        )
        fits = [known.fit(models, settings, outline) for outline in (none, known.outline)]
        errors.append([known.yaw_error(fit) for fit in fits])
        ious.append([known.iou(fit) for fit in fits])
        matches.append([fit.outline.matches for fit in fits])
        assert fits[1].outline.iou == pytest.approx(known.iou(fits[1]), abs=0.002)
        assert fits[1].outline.iou_before == pytest.approx(fits[0].outline.iou, abs=0.002)
    (before, after), (iou_before, iou_after) = np.mean(errors, axis=0), np.mean(ious, axis=0)
    assert after < 1.0
    assert after < 0.6 * before
    assert iou_after > 0.97
    assert iou_after > iou_before + 0.03
    assert all(some > 30 and none == 0 for none, some in matches)


def test_ten_points_or_fewer_are_left_aside(models, settings):
    known = Known(models, 1, 15.0)
    chosen = np.flatnonzero(known.outline.bare)[:10]
    few = known.outline._replace(
        points=known.outline.points[chosen],
        normals=known.outline.normals[chosen],
        bare=known.outline.bare[chosen],
    )
    fit = known.fit(models, settings, few)
    assert fit.outline.matches == 0
    assert fit.outline.points == 10
    assert [stage.name for stage in fit.stages] == ["rigid", "full"]
    assert fit.outline.turned == fit.outline.moved == 0.0


def test_hair_holds_the_head_in_but_does_not_pull_it_out(models, settings):
    """An edge of hair far out changes nothing; one that lies within the scalp of the fit pushes it in."""
    known = Known(models, 2, -10.0)
    bare = known.outline.bare
    quick = replace(settings, ftol=1e-7)

    def with_hair(away: float):
        moved = known.outline.points + np.where(bare, 0.0, away)[:, None] * known.outline.normals
        fit = known.fit(models, quick, known.outline._replace(points=moved))
        extent = fit.scale * np.ptp(fit.vertices[:, :2], axis=0)
        return fit, extent

    (_, far), (_, farther), (_, near) = (with_hair(away) for away in (9.0, 12.0, -6.0))
    np.testing.assert_allclose(far, farther, atol=1.0)
    assert near[1] < far[1] - 2.0


def test_the_published_fit_does_not_look_at_the_outline(models, settings):
    known = Known(models, 3, 20.0)
    published = replace(settings, outline=False)
    fits = [
        known.fit(models, published, outline)
        for outline in (known.outline, known.outline._replace(points=known.outline.points + 30.0))
    ]
    np.testing.assert_array_equal(fits[0].vertices, fits[1].vertices)
    assert fits[0].outline.matches == 0
    assert fits[0].outline.iou is not None
