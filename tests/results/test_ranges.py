"""When a finished face is marked as better looked at."""

import pytest

from scoreface.results.ranges import SAME_PERSON, Ranges

RANGES = Ranges(max_error=0.1)


def test_dlibs_bound_is_the_last_distance_of_one_person():
    assert SAME_PERSON == 0.6
    assert RANGES.of_identity(0.6, "") == ""
    assert "distance 0.61, over 0.6" in RANGES.of_identity(0.61, "")


def test_a_head_that_cannot_be_compared_is_looked_at_and_one_that_has_not_been_is_not():
    assert RANGES.of_identity(None, "") == ""
    reason = "no face was found in frontal.png"
    assert RANGES.of_identity(None, reason).endswith(f"compared: {reason}.")


@pytest.mark.parametrize(("max_error", "bound"), [(0.1, 0.05), (0.2, 0.1)])
def test_a_fit_is_looked_at_from_half_of_the_error_at_which_it_is_rejected(max_error, bound):
    ranges = Ranges(max_error)
    assert ranges.of_error(None) == ranges.of_error(bound) == ""
    assert f"over {bound:.1%}" in ranges.of_error(bound + 1e-3)


def test_one_face_is_as_it_should_be():
    assert [RANGES.of_faces(found) for found in (None, 0, 1)] == ["", "", ""]
    assert RANGES.of_faces(3).startswith("3 faces were found")
