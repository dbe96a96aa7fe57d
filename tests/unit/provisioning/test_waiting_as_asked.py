"""What the outside asked us to wait for does not use up the patience with what fails afterwards."""

from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID, uuid4

import pytest
from tests.unit.provisioning.conftest import ProvisioningInMemory
from tests.unit.provisioning.fake_organization import FakeOrganization

from chassis.database.outside_calls import OutsideCalls
from chassis.failures import Kind, NotNow
from provisioning.domain.accounts import SandboxAccount
from provisioning.domain.attempts import Attempt
from provisioning.domain.grant_states import Intent
from provisioning.domain.patience import Patience
from provisioning.domain.standings import Standing
from provisioning.handlers.advance_account import AccountOutside, AdvanceAccount
from provisioning.handlers.outcomes import Outcome

NOW = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


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


class Quota(FakeOrganization):
    """AWS makes no more accounts for a month, and does not answer after it."""

    def make(self, account_key: UUID) -> str:
        if self.clock.at < NOW + timedelta(days=30):
            raise NotNow("account_quota", "Ask for more accounts.", timedelta(hours=20), kind=Kind.QUOTA)
        raise NotNow("aws_unreachable", "No answer.")


def test_nor_is_it_for_an_account_and_those_after_it_have_a_patience_of_their_own(
    provisioning: ProvisioningInMemory,
) -> None:
    clock, database = provisioning.clock, provisioning.database
    clock.at = NOW
    organization = Quota(clock, Random(1))  # noqa: S311
    advance = AdvanceAccount(
        outside=OutsideCalls(open_work=database.open, locks=provisioning.locks),
        reach=AccountOutside(vendor=organization, contents=organization),
        patience=Patience(lasts_seconds=HOUR.total_seconds(), most_seconds=HOUR.total_seconds()),
        random=lambda: 1.0,
    )
    account = SandboxAccount(account_key=uuid4(), made_at=NOW, due_at=NOW)
    key = account.account_key
    with database.open() as work:
        assert work.accounts.add(account)
    failed_at = []
    while (due_at := database.rows.accounts[key].due_at) is not None:
        clock.at = due_at
        advance(key)
        if (cause := database.rows.accounts[key].cause) and cause.code == "aws_unreachable":
            failed_at.append(due_at)
    assert failed_at[0] >= NOW + timedelta(days=30)
    assert len(failed_at) > 3
    assert timedelta(days=1) <= failed_at[-1] - failed_at[0] <= timedelta(days=1) + HOUR
