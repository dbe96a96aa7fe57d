"""The money brake holds whatever the partner does: leaves, asks for time, or is gone within a minute."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from tests.integration.provisioning.conftest import ProvisioningOnPostgres, provisioning_on
from tests.integration.provisioning.test_spending import RUNAWAY, Money, money
from tests.unit.provisioning.fake_outside import FakeOutside, Mishap, fake_steps

from chassis.failures import NeverPossible
from local_stack.postgres import LocalPostgres

__all__ = ["money"]


@pytest.fixture(scope="module")
def shared(postgres: LocalPostgres) -> Iterator[ProvisioningOnPostgres]:
    outside, name = FakeOutside(), "test_money_brakes"
    url = postgres.ensure_database(name, owner="tests", password="tests")
    with provisioning_on(url, fake_steps(outside), outside) as provisioning:
        yield provisioning
    postgres.drop_database(name)


def cannot_be_closed(money: Money) -> None:
    stuck = Mishap(NeverPossible("close_quota_used_up", "No."), times=99)
    money.it.outside.will("undo", "sandbox_account", stuck)
    money.it.hear("offboarding_started", {"partner_id": str(money.partner_id)})
    money.it.work_off()


@pytest.mark.parametrize("was_seen", [True, False], ids=["seen", "unseen"])
def test_what_is_to_go_and_cannot_runs_no_machines(money: Money, *, was_seen: bool) -> None:
    if was_seen:
        money.minute()
    cannot_be_closed(money)
    money.runs(RUNAWAY)
    money.minute(3)
    assert money.state == "revoking"
    assert money.watcher.stopped == [money.account_id]


def test_what_a_budget_ended_is_stopped_and_not_given_back_to_who_asks(money: Money) -> None:
    with money.it.service.database.engine.begin() as connection:
        end = (
            "UPDATE grants SET parameters = parameters || '{\"budget_end_percent\": 100}' WHERE grant_id = :g"
        )
        connection.execute(text(end), {"g": money.grant_id})
    money.minute()
    money.runs(RUNAWAY)
    money.minute(6)
    assert (money.state, money.watcher.stopped) == ("frozen", [money.account_id])
    lease = money.it.grant(money.partner_id, "cloud_sandbox").lease
    assert lease is not None
    wanted = lease.started_at + timedelta(days=lease.terms.days)
    asked = {"request_id": str(uuid4()), "kind": "more_time", "reason": "The pilot.", "days": 30}
    asked |= {"grant_id": str(money.grant_id), "ends_at": wanted.isoformat(), "product": "cloud_sandbox"}
    money.it.hear("requested", {"partner_id": str(money.partner_id), **asked})
    money.it.work_off()
    assert money.state == "frozen"
    assert "renewed.v1" not in money.told()
