"""Verification across pose: which pairs, what is described once, and figures of descriptions that are known."""

from dataclasses import replace

import numpy as np
import pytest

from scoreface.base.arrays import read_image
from scoreface.base.errors import InputError
from scoreface.benchmark.plan import make_plan
from scoreface.benchmark.verification import pairs_of, run_verification, ways_of
from scoreface.benchmark.verification_tables import summarise, two_a_head
from scoreface.verify.embeddings import Described


@pytest.fixture
def plan(tmp_path):
    return make_plan([], [], ["mirror"], 3, (0.0, 45.0), 0, False, tmp_path)


def cells_of(summary, title, number=0):
    rows = [line.strip("| ").split(" | ") for line in summary.splitlines() if line[:1] == "|"]
    return [row for row in rows if row[0] == title][number][1:]


def test_each_front_meets_each_turned_photo(plan):
    pairs = pairs_of(plan, 45.0)
    names = [sample.name for sample in pairs.samples]
    assert names == [face.id for face in plan.faces]
    asked = {
        (names[a], names[b]): same
        for a, b, same in zip(pairs.first, pairs.second, pairs.same, strict=True)
    }
    assert len(asked) == 9
    assert asked[("head001_yaw+00", "head001_yaw+45")]
    assert not asked[("head001_yaw+00", "head002_yaw+45")]
    assert sum(asked.values()) == 3


def test_ways_keep_their_order_and_unknown_ones_are_named(plan):
    assert tuple(ways_of(plan, None, None)) == ("original", "scoreface", "mirror", "truth")
    assert tuple(ways_of(plan, ["truth", "original"], None)) == ("original", "truth")
    with pytest.raises(InputError, match="--ways: 'telea' is none of original, scoreface"):
        ways_of(plan, ["telea"], None)


def test_only_pipelines_are_left_out_of_later_heads(plan):
    assert ways_of(plan, None, 2) == {"original": 3, "scoreface": 2, "mirror": 3, "truth": 3}
    assert set(ways_of(plan, None, 9).values()) == {3}
    with pytest.raises(InputError, match="--completed: 1; two heads are the least"):
        ways_of(plan, None, 1)


def test_a_head_s_own_pair_and_one_with_the_next_head(plan):
    pairs = pairs_of(plan, 45.0)
    names = [sample.name for sample in pairs.samples]
    chosen = two_a_head(3)
    own, other = chosen[:3], chosen[3:]
    assert pairs.same[own].all()
    assert not pairs.same[other].any()
    for places in (own, other):
        for side in (pairs.first, pairs.second):
            assert len({names[side[place]] for place in places}) == 3


def test_the_tables_say_what_is_known_of_the_descriptions(plan):
    """Heads 1 apart; turned photos lie 0.1 from their front in one way, and nearer to another's in the other."""
    fronts = np.eye(3) / np.sqrt(2)
    good = [row for front in fronts for row in (front, front + np.array([0.1, 0, 0]))]
    bad = [row for k in range(3) for row in (fronts[k], fronts[(k + 1) % 3])]
    described = {
        way: Described("euclidean", "test", dict(enumerate(map(np.array, vectors))))
        for way, vectors in (("original", bad), ("truth", good))
    }
    summary = summarise(plan, dict.fromkeys(described, 3), described, 0)
    assert "3 heads" in summary
    assert "## Yaw 0 against 45" in summary
    assert cells_of(summary, "truth")[:3] == ["1.0000", "1.0000", "0.0000"]
    assert cells_of(summary, "original", 1)[0] == "1.000 ± 0.000"
    assert cells_of(summary, "truth", 2)[0] == "0.100 ± 0.000"
    assert cells_of(summary, "truth", 2)[2] == "0%"
    # Of six pairs of other heads, the three that the turned photos were taken from.
    assert cells_of(summary, "original", 1)[2] == "50%"


def test_a_subset_is_compared_on_its_own_heads(plan):
    """The pipeline's two heads are told apart; of all three, the originals' third is taken for the first."""
    basis = np.eye(3)
    fronts = [row for vector in basis for row in (vector, vector)]
    confused = [*fronts[:5], basis[0]]
    described = {
        "original": Described("euclidean", "test", dict(enumerate(confused))),
        "scoreface": Described("euclidean", "test", dict(enumerate(fronts[:4]))),
    }
    summary = summarise(plan, {"original": 3, "scoreface": 2}, described, 0)
    of_all, of_two = summary.split("2 heads:")
    assert "scoreface" not in of_all
    assert cells_of(of_all, "original")[0] != "1.0000"
    assert cells_of(of_two, "original")[0] == cells_of(of_two, "scoreface")[0] == "1.0000"


def test_pipelines_and_truth_are_compared_with_plain_methods_too(plan):
    """The mirror takes the first two heads for each other; the other ways make no mistake."""
    basis = np.eye(3)
    right = [row for vector in basis for row in (vector, vector)]
    confused = [basis[0], basis[1], basis[1], basis[0], basis[2], basis[2]]
    described = {
        way: Described("euclidean", "test", dict(enumerate(vectors)))
        for way, vectors in (("scoreface", right), ("mirror", confused), ("truth", right))
    }
    summary = summarise(plan, dict.fromkeys(described, 3), described, 0)
    rows = [line.strip("| ").split(" | ") for line in summary.splitlines() if line[:1] == "|"]
    begin = next(place for place, row in enumerate(rows) if row[0] == "less mirror's")
    against = {row[0]: row[1:] for row in rows[begin + 2 : begin + 4]}
    assert set(against) == {"scoreface", "truth"}
    # Right by it alone, and by the mirror alone.
    assert against["scoreface"][-3:-1] == against["truth"][-3:-1]
    assert int(against["scoreface"][-3]) > 0
    assert against["scoreface"][-2] == "0"
    assert "less original's" not in summary


@pytest.mark.heavy
def test_photos_and_true_frontal_pictures_are_described_once(plan, monkeypatch):
    plan = replace(plan, faces=plan.faces[:4])
    ways = dict.fromkeys(("original", "mirror", "truth"), 2)
    described = run_verification(plan, ways, 1)
    for way in ways:
        assert sorted(described[way].vectors) == list(range(4))
        assert read_image(plan.out / "pictures" / way / "head001_yaw+45.png").any()
    # The truth's two frontal pictures of a head differ by light and expression, photos by the pose too.
    apart = {
        way: np.mean(
            [
                np.linalg.norm(described[way].vectors[k] - described[way].vectors[k + 1])
                for k in (0, 2)
            ]
        )
        for way in ways
    }
    assert apart["truth"] < apart["original"]
    monkeypatch.setattr("scoreface.benchmark.verification.varied_photo", None)
    again = run_verification(plan, ways, 1)
    np.testing.assert_array_equal(again["truth"].vectors[3], described["truth"].vectors[3])
