"""How long a step waits and when it is given up."""

from datetime import UTC, datetime, timedelta

import pytest

from provisioning.domain.patience import Patience

NOW = datetime(2026, 3, 3, tzinfo=UTC)
PATIENCE = Patience(first_seconds=2, most_seconds=60, attempts_most=12)


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 2), (2, 4), (5, 32), (6, 60), (11, 60)])
def test_waits_double_up_to_the_most(attempt: int, seconds: int) -> None:
    assert PATIENCE.next_attempt_at(attempt, NOW, lambda: 1.0) == NOW + timedelta(seconds=seconds)
    assert PATIENCE.next_attempt_at(attempt, NOW, lambda: 0.0) == NOW + timedelta(seconds=seconds / 2)


def test_the_last_attempt_is_the_last() -> None:
    assert PATIENCE.next_attempt_at(12, NOW, lambda: 1.0) is None
