"""How long a step waits and when it is given up."""

from datetime import UTC, datetime, timedelta

import pytest

from provisioning.domain.patience import BY_KIND, Patience

NOW = datetime(2026, 3, 3, tzinfo=UTC)
USUAL = timedelta(minutes=30)
PATIENCE = Patience(first_seconds=2, most_seconds=60)


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 2), (2, 4), (5, 32), (6, 60), (500, 60)])
def test_waits_double_up_to_the_most(attempt: int, seconds: int) -> None:
    assert PATIENCE.next_attempt_at(attempt, NOW, "", NOW, lambda: 1.0) == NOW + timedelta(seconds=seconds)
    assert PATIENCE.next_attempt_at(attempt, NOW, "", NOW, lambda: 0.0) == NOW + timedelta(
        seconds=seconds / 2
    )


@pytest.mark.parametrize(("kind", "lasts"), [*BY_KIND.items(), ("", USUAL), ("new", USUAL)])
def test_patience_ends_by_time_whatever_the_number_of_attempts(kind: str, lasts: timedelta) -> None:
    just_before = NOW + lasts - timedelta(seconds=1)
    assert PATIENCE.next_attempt_at(1000, NOW, kind, just_before, lambda: 1.0)
    assert PATIENCE.next_attempt_at(1, NOW, kind, NOW + lasts, lambda: 1.0) is None


def test_what_asks_for_a_long_wait_gets_it_as_long_as_its_kind_deserves() -> None:
    month = timedelta(days=30)
    assert PATIENCE.look_again_at(NOW, "quota", NOW + month, month) == NOW + 2 * month
    assert PATIENCE.look_again_at(NOW, "quota", NOW + 2 * month, month) is None
    assert PATIENCE.look_again_at(NOW, "", NOW + month, month) is None
