"""Intervals against standard errors that are known otherwise."""

from pathlib import Path

import numpy as np
import pytest

from scoreface.base.errors import InputError
from scoreface.verify.bootstrap import draws, interval
from scoreface.verify.pairs import Collector, PairSet, Sample


def apart(count: int) -> PairSet:
    """So many pairs of each kind; no person is in two of them."""
    found = Collector(Path("list"), Path("."))
    for number in range(count):
        for same in (True, False):
            places = [
                found.picture(
                    Sample(f"{number}{same}{side}", ""), f"{number}{same}{side * (not same)}"
                )
                for side in (0, 1)
            ]
            found.pair(places[0], places[1], same)
    return found.done()


def clustered(persons: int, each: int) -> PairSet:
    """So many pairs of one person for each, and between neighbours."""
    found = Collector(Path("list"), Path("."))
    for person in range(persons):
        for number in range(each):
            own = [found.picture(Sample(f"{person}_{number}_{k}", ""), str(person)) for k in (0, 1)]
            other = (person + 1) % persons
            there = found.picture(Sample(f"{other}_{number}_0", ""), str(other))
            found.pair(own[0], own[1], True)
            found.pair(own[0], there, False)
    return found.done()


def spread_of(pairs: PairSet, values: np.ndarray, chosen: np.ndarray, by: str) -> float:
    means = [
        np.average(values[chosen], weights=weights[chosen])
        for weights in draws(pairs, by, 1000, 0)
        if weights[chosen].any()
    ]
    return float(np.std(means))


def test_by_pair_the_spread_is_that_of_a_share():
    pairs = apart(400)
    right = np.random.default_rng(0).random(len(pairs)) < 0.8
    share = right.mean()
    expected = np.sqrt(share * (1 - share) / len(pairs))
    everything = np.ones(len(pairs), bool)
    assert spread_of(pairs, right, everything, "pair") == pytest.approx(expected, rel=0.08)


def test_by_identity_persons_that_are_alone_count_as_pairs_do():
    pairs = apart(400)
    right = np.random.default_rng(0).random(len(pairs)) < 0.8
    share = right[pairs.same].mean()
    expected = np.sqrt(share * (1 - share) / pairs.same.sum())
    assert spread_of(pairs, right, pairs.same, "identity") == pytest.approx(expected, rel=0.1)
    # Of pairs of two persons that nothing else joins, it is too wide by the root of three, and no more.
    share = right[~pairs.same].mean()
    expected = np.sqrt(3 * share * (1 - share) / pairs.same.sum())
    assert spread_of(pairs, right, ~pairs.same, "identity") == pytest.approx(expected, rel=0.1)


def test_by_identity_pairs_of_one_person_stand_and_fall_together():
    pairs = clustered(100, 20)
    persons = pairs.identities()[pairs.first]
    right = np.isin(persons, np.unique(persons)[::4])  # all pairs of a person alike
    share = right[pairs.same].mean()
    by_person = np.sqrt(share * (1 - share) / 100)
    assert spread_of(pairs, right, pairs.same, "identity") == pytest.approx(by_person, rel=0.1)
    assert spread_of(pairs, right, pairs.same, "pair") < 0.4 * by_person


def test_draws_are_the_same_each_time_and_others_with_another_seed():
    pairs = apart(5)
    one, again, other = (np.array(list(draws(pairs, "identity", 4, seed))) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert (one != other).any()
    assert all(weights[pairs.same].any() and weights[~pairs.same].any() for weights in one)


def test_persons_are_known_by_pairs_of_one_where_no_name_is_given():
    found = Collector(Path("list"), Path("."))
    places = [found.picture(Sample(name, "")) for name in "abcde"]
    found.pair(places[0], places[1], True)
    found.pair(places[1], places[2], True)
    found.pair(places[0], places[3], False)
    persons = found.done().identities()
    assert persons[0] == persons[1] == persons[2]
    assert len({persons[0], persons[3], persons[4]}) == 3


def test_an_interval_leaves_out_a_fortieth_at_each_end():
    low, high = interval(np.arange(1001.0))
    assert (low, high) == (25, 975)
    assert np.isnan(interval(np.zeros((0, 3)))).all()


def test_another_way_to_draw_is_refused():
    with pytest.raises(InputError, match="--resample fold"):
        next(draws(apart(2), "fold", 1, 0))
