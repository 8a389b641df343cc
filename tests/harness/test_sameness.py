# SPDX-License-Identifier: MIT
from tests.harness.values import Differences, Rows
from tests.topologies.sameness import Told

COLUMNS = ["Id", "_op", "_seq", "_prev_seq", "_valid_from"]


def Same(left, left_copied, right, right_copied):
    return Differences(Told(Rows(COLUMNS, left), left_copied), Told(Rows(COLUMNS, right), right_copied), "l", "r") == ""


def test_a_copied_row_may_have_its_own_position_and_time_and_nothing_else():
    left = [(1, "SNAPSHOT", "a1", None, "10:00"), (1, "UPDATE", "c", "a1", "11:00")]
    right = [(1, "SNAPSHOT", "b7", None, "10:05"), (1, "UPDATE", "c", "b7", "11:00")]
    assert Same(left, {"a1"}, right, {"b7"})
    assert not Same(left, {"a1"}, [(2, *row[1:]) for row in right], {"b7"})


def test_a_streamed_row_has_the_sequence_and_the_time_of_the_source():
    left = [(1, "INSERT", "c", None, "11:00")]
    assert Same(left, set(), left, set())
    assert not Same(left, set(), [(1, "INSERT", "d", None, "11:00")], set())
    assert not Same(left, set(), [(1, "INSERT", "c", None, "11:01")], set())
    assert not Same(left, set(), [], set())
