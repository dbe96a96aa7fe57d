"""A lane takes each number once, in whatever order and however often the numbers come."""

from hypothesis import given
from hypothesis import strategies as st

from chassis.messaging.consumer.lanes import Lane

numbers = st.lists(st.integers(1, 30), max_size=60)


@given(numbers)
def test_each_number_is_new_once_and_the_holes_are_what_is_missing(numbers: list[int]) -> None:
    lane = Lane("t", "s", 0, 0, is_parked=False, is_erased=False)
    taken: set[int] = set()
    for number in numbers:
        assert lane.is_new(number) == (number not in taken)
        if lane.is_new(number):
            lane.advance(number)
            taken.add(number)
        missing = {missed for first, last in lane.holes for missed in range(first, last + 1)}
        assert missing == set(range(1, lane.last_sequence + 1)) - taken


def test_a_jump_tells_how_many_numbers_it_left_out() -> None:
    lane = Lane("t", "s", 3, 0, is_parked=False, is_erased=False)
    assert lane.advance(4) == 0
    assert lane.advance(9) == 4
    assert lane.holes == [(5, 8)]
