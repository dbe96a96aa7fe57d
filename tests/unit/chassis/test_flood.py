"""What counts towards a flood of dead letters."""

from chassis.messaging.consumer.flood import FloodGauges
from chassis.settings.backbone import FloodLimits


def test_a_subject_counts_again_in_the_next_window() -> None:
    gauges = FloodGauges("group", FloodLimits(run_most=10, window_events=20))
    place = ("topic", 0)

    def dead(subjects: str) -> list[bool]:
        """Two of each, which is the share of one."""
        return [gauges.note_dead(place, subject) for subject in subjects for _ in range(2)]

    assert not any(dead("abcd"))
    for _ in range(20):
        gauges.note_good(place)
    assert dead("abcde") == [False] * 9 + [True]
