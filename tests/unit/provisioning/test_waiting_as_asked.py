"""What the outside asked us to wait for does not use up the patience with what fails afterwards."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from provisioning.domain.attempts import Attempt
from provisioning.domain.grant_states import Intent
from provisioning.domain.patience import Patience
from provisioning.domain.standings import Standing
from provisioning.handlers.outcomes import Outcome

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(("number", "is_tried_again"), [(1, True), (2, False)])
def test_the_first_failure_after_a_month_of_waiting_is_not_the_last(
    number: int, *, is_tried_again: bool
) -> None:
    attempt = Attempt(
        attempt_id=uuid4(),
        target=Intent.OFF,
        known=Standing.ON,
        step_name="sandbox_account",
        number=number,
        begun_at=NOW - timedelta(days=30),
    )
    again_at = Outcome(kind="unavailable").retry_at(attempt, Patience(), NOW, lambda: 1.0)
    assert again_at == (NOW + timedelta(seconds=1) if is_tried_again else None)
