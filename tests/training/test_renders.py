"""Renders to learn from: those of their head's number, whoever made them and when."""

import numpy as np
import pytest

from scoreface.training import renders
from scoreface.training.data import Draw
from scoreface.training.renders import VIEWS_PER_HEAD, HeadImages, render_head

from .conftest import settings


@pytest.mark.heavy
def test_kept_renders_are_those_of_their_head_and_are_made_once(tmp_path, monkeypatch):
    monkeypatch.setattr(renders, "_FIRST_HEADS", 2)
    with HeadImages(tmp_path, settings(heads=3), 2) as kept:
        assert [kept.available(step) for step in (0, 1, 1000)] == [
            heads * VIEWS_PER_HEAD for heads in (2, 3, 3)
        ]
        views = kept.views(np.arange(3 * VIEWS_PER_HEAD))
        # What a step sees are the views that its draw names.
        draw = Draw.of(settings(heads=3), 1, 3 * VIEWS_PER_HEAD)
        assert np.array_equal(kept.batch(1).images, views[draw.chosen])
        assert np.array_equal(kept.sample(), views[: 2 * VIEWS_PER_HEAD])
    rendered = np.concatenate([render_head(settings(heads=3), head) for head in range(3)])
    assert np.array_equal(views, rendered)
    # Each is another one, and none is empty.
    flat = views.reshape(len(views), -1).astype(float)
    assert len(np.unique(flat, axis=0)) == len(flat)
    assert (flat.mean(1) > 10).all()
    # What is there is not made again, also where there are to be more heads; what was put in its place stays.
    kept._shards[0].images[0] = 7
    kept._shards[0].images.flush()
    with HeadImages(tmp_path, settings(heads=4), 1) as again:
        assert sorted(again._renders) == [3]
        assert (again.views(np.zeros(1, int)) == 7).all()
    # Those of another seed are others.
    with HeadImages(tmp_path, settings(seed=1, heads=1), 1) as other:
        other.available(0)
        assert not (other.views(np.zeros(1, int)) == 7).all()


def test_views_beyond_one_file_are_found(tmp_path, monkeypatch):
    monkeypatch.setattr(renders, "SHARD", 2)
    place = tmp_path / renders._kind(settings(heads=3))
    place.mkdir()
    for head in range(3):
        shard = renders._Shard(place, head // 2, 16)
        numbers = np.arange(VIEWS_PER_HEAD, dtype=np.uint8)[:, None, None, None]
        shard.keep(head % 2, np.broadcast_to(10 * head + numbers, (VIEWS_PER_HEAD, 3, 16, 16)))
    with HeadImages(tmp_path, settings(heads=3), 1) as kept:
        assert not kept._renders
        assert kept.available(0) == 3 * VIEWS_PER_HEAD
        chosen = np.array([0, 2 * VIEWS_PER_HEAD + 1, VIEWS_PER_HEAD - 1])
        assert kept.views(chosen)[:, 0, 0, 0].tolist() == [0, 21, VIEWS_PER_HEAD - 1]


def test_a_background_changes_what_is_no_head_and_nothing_else():
    black = render_head(settings(heads=3), 5)
    photo = render_head(settings(heads=3, background="photo"), 5)
    around = (black == 0).all(1, keepdims=True)
    assert np.array_equal(np.where(around, 0, photo), black)
    assert (photo.max(1)[around[:, 0]] > 0).all()
    # Each view has its own.
    assert len(np.unique(photo[:, :, 0, 0], axis=0)) == VIEWS_PER_HEAD
