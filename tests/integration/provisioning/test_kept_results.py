"""What outlives a grant, on a real PostgreSQL and worker: for how long, and how it is deleted."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.integration.provisioning.conftest import ProvisioningOnPostgres, provisioning_on
from tests.integration.provisioning.results_kept import a_minute, row
from tests.integration.provisioning.test_api import Callers
from tests.unit.provisioning.fake_money import SimulatedClock
from tests.unit.provisioning.fake_outside import FakeOutside, fake_steps

from chassis import clock as real_clock
from chassis.failures import Kind, NotNow
from local_stack.postgres import LocalPostgres
from provisioning.domain.grant_states import State
from provisioning.handlers import kept_results

PARAMETERS = {"scan_limit_bytes": 10_000_000, "quicksight_role": "READER"}


class FakeStore:
    """Has so many pages of one partner left, and nothing of others; ill, or killed, when told so."""

    def __init__(self, partner_id: UUID, pages: int) -> None:
        self.partner_id, self.pages, self.asked = partner_id, pages, 0
        self.trouble: BaseException | None = None

    def delete_some(self, location: str, made_before: datetime) -> bool:
        if str(self.partner_id) not in location:
            return False
        self.asked += 1
        self.pages -= 1
        if self.trouble:
            raise self.trouble
        return self.pages > 0


@pytest.fixture(scope="module")
def provisioning(postgres: LocalPostgres) -> Iterator[ProvisioningOnPostgres]:
    outside, name = FakeOutside(), "test_kept_results"
    url = postgres.ensure_database(name, owner="tests", password="tests")
    with provisioning_on(url, fake_steps(outside), outside) as made:
        yield made
    postgres.drop_database(name)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimulatedClock:
    simulated = SimulatedClock(real_clock.now())
    monkeypatch.setattr(real_clock, "now", simulated)
    return simulated


def stored(provisioning: ProvisioningOnPostgres, partner_id: UUID, pages: int) -> FakeStore:
    store = FakeStore(partner_id, pages)
    vars(provisioning.service)["result_store"] = store
    return store


def granted(provisioning: ProvisioningOnPostgres, parameters: Mapping[str, Any] | None = None) -> UUID:
    """A partner with a workgroup, as grants of before have it: nobody noted where its results are."""
    partner_id = provisioning.plan("analytics")
    provisioning.work_off()
    grant = provisioning.grant(partner_id, "analytics")
    assert grant.state is State.GRANTED
    grant.parameters = parameters or grant.parameters
    grant.outputs["workgroup"] = f"gangway-{partner_id}"
    with provisioning.service.open_work() as work:
        work.grants.save(grant)
    return partner_id


def leave(provisioning: ProvisioningOnPostgres, partner_id: UUID) -> UUID:
    """Nothing waits for the results."""
    provisioning.hear("offboarding_started", {"partner_id": str(partner_id)})
    provisioning.work_off()
    assert "gangway.access.cleared.v1" in provisioning.events(partner_id)
    return provisioning.grant(partner_id, "analytics").grant_id


def test_the_catalogue_says_for_how_long_and_old_grants_go_by_the_default(
    provisioning: ProvisioningOnPostgres, clock: SimulatedClock
) -> None:
    for days, told in ((7, {"results_kept_days": 7}), (0, {"results_kept_days": 0}), (30, {})):
        partner_id = granted(provisioning, parameters={**PARAMETERS, **told})
        kept = row(provisioning, leave(provisioning, partner_id))
        assert kept.delete_at == clock.at + timedelta(days=days)
        assert kept.location == f"s3://gangway-analytics-results/gangway-{partner_id}/"


def test_a_round_is_bounded_and_the_next_minute_goes_on(
    provisioning: ProvisioningOnPostgres, clock: SimulatedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_results, "_PAGES_PER_ROUND", 3)
    partner_id = granted(provisioning)
    store, grant_id = stored(provisioning, partner_id, pages=5), leave(provisioning, partner_id)
    clock.pass_(days=31)
    a_minute(provisioning)
    assert (store.pages, row(provisioning, grant_id).deleted_at) == (2, None)
    a_minute(provisioning)
    assert (store.pages, row(provisioning, grant_id).deleted_at) == (0, clock.at)
    a_minute(provisioning)
    assert store.asked == 5


def test_who_is_killed_or_refused_is_followed_by_another_try(
    provisioning: ProvisioningOnPostgres, clock: SimulatedClock
) -> None:
    partner_id = granted(provisioning)
    store, grant_id = stored(provisioning, partner_id, pages=2), leave(provisioning, partner_id)
    clock.pass_(days=31)
    store.trouble = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        provisioning.service.delete_results(grant_id)
    store.trouble = NotNow("aws_access_denied", "No.", kind=Kind.DENIED)
    a_minute(provisioning)
    assert row(provisioning, grant_id).cause_code == "aws_access_denied"
    a_minute(provisioning)
    assert store.asked == 2, "not before a while has passed"
    clock.pass_(days=1, hours=1)
    a_minute(provisioning)
    with provisioning.service.open_work() as work:
        assert work.kept_results.count_late(clock.at)["aws_access_denied",] >= 1
    store.trouble = None
    clock.pass_(hours=7)
    a_minute(provisioning)
    left = row(provisioning, grant_id)
    assert (left.deleted_at, left.cause_code) == (clock.at, None)


def test_who_may_see_the_grant_sees_until_when(
    provisioning: ProvisioningOnPostgres, clock: SimulatedClock
) -> None:
    partner_id = granted(provisioning)
    stored(provisioning, partner_id, pages=1)
    callers, path = (
        Callers(provisioning),
        f"/v1/grants/{provisioning.grant(partner_id, 'analytics').grant_id}",
    )
    assert callers.get(path, callers.operator()).json["results"] is None
    leave(provisioning, partner_id)
    kept_until = clock.at + timedelta(days=30)
    for deleted_at in (None, kept_until):
        for headers in (callers.operator(), callers.partner(partner_id)):
            told = callers.get(path, headers).json["results"]
            assert {name: at and datetime.fromisoformat(at) for name, at in told.items()} == {
                "delete_at": kept_until,
                "deleted_at": deleted_at,
            }
        clock.at = kept_until
        a_minute(provisioning)


def test_who_has_the_product_again_keeps_what_is_there(
    provisioning: ProvisioningOnPostgres, clock: SimulatedClock
) -> None:
    partner_id = granted(provisioning)
    store, grant_id = stored(provisioning, partner_id, pages=1), leave(provisioning, partner_id)
    clock.pass_(days=31)
    intent = text("UPDATE grants SET intent = :intent WHERE grant_id = :id")
    for wanted, asked in (("on", 0), ("off", 1)):
        with provisioning.service.open_work() as work:
            work.connection.execute(intent, {"intent": wanted, "id": grant_id})
        a_minute(provisioning)
        provisioning.service.delete_results(grant_id)
        assert store.asked == asked
