"""An erased partner goes at once where nothing of it stands outside, and stays without names until then."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, insert, text
from tests.integration.leftovers import tables_with
from tests.integration.provisioning.conftest import ProvisioningOnPostgres, provisioning_on
from tests.integration.provisioning.results_kept import a_minute, row
from tests.integration.records import poll_of, record
from tests.unit.provisioning.conftest import approval
from tests.unit.provisioning.fake_outside import FakeOutside, Mishap, fake_steps

from chassis import clock
from chassis.failures import NeverPossible
from local_stack.postgres import LocalPostgres
from provisioning.adapters.tables import sandbox_accounts
from provisioning.domain.partners import Access
from provisioning.handlers.commands import RetryGrant
from provisioning.handlers.erasure_events import remove_settled
from provisioning.handlers.grants import retry_grant

PRODUCTS = ("cloud_sandbox", "analytics", "crm", "iot")
TABLES = (
    *("partners", "grants", "grant_steps", "devices", "device_claims", "seats", "spend_meters"),
    *("kept_results", "findings"),
)


class EmptyStore:
    """Nothing was ever made."""

    def delete_some(self, location: str, made_before: object) -> bool:
        return False


@pytest.fixture(scope="module")
def provisioning(postgres: LocalPostgres) -> Iterator[ProvisioningOnPostgres]:
    outside, name = FakeOutside(), "test_erasure"
    url = postgres.ensure_database(name, owner="tests", password="tests")
    with provisioning_on(url, fake_steps(outside), outside) as made:
        vars(made.service)["result_store"] = EmptyStore()
        yield made
    postgres.drop_database(name)


def left(provisioning: ProvisioningOnPostgres, *words: str) -> dict[str, set[str]]:
    with provisioning.service.database.engine.begin() as connection:
        return tables_with(connection, words)


def rows_of(provisioning: ProvisioningOnPostgres, partner_id: UUID) -> set[str]:
    """The tables with something of the partner."""
    return set(TABLES) & set(left(provisioning, str(partner_id), *grant_ids(provisioning, partner_id)))


def grant_ids(provisioning: ProvisioningOnPostgres, partner_id: UUID) -> list[str]:
    with provisioning.service.open_work() as work:
        return [str(grant.grant_id) for grant in work.grants.of_partner(partner_id)]


def a_minute_passes(provisioning: ProvisioningOnPostgres) -> None:
    with provisioning.service.open_work() as work:
        remove_settled(work)
    a_minute(provisioning)
    with provisioning.service.open_work() as work:
        remove_settled(work)


def erase(provisioning: ProvisioningOnPostgres, partner_id: UUID) -> None:
    provisioning.hear("erased", {"partner_id": str(partner_id), "erased_at": "2026-03-02T09:00:00Z"})


def forget_published(provisioning: ProvisioningOnPostgres) -> None:
    with provisioning.service.database.engine.begin() as connection:
        connection.execute(text("UPDATE outbox SET published_at = now()"))


def named() -> dict[str, Any]:
    """A company and people that nobody else is called like."""
    word = f"w{uuid4().hex[:10]}"
    return {"legal_name": f"{word} GmbH"}


def test_who_has_left_goes_whole(provisioning: ProvisioningOnPostgres) -> None:
    company = named()
    partner_id = provisioning.plan(*PRODUCTS, **company)
    provisioning.join(partner_id, "ana@erased.example")
    provisioning.work_off()
    provisioning.hear("offboarding_started", {"partner_id": str(partner_id)})
    provisioning.work_off()
    other_id = provisioning.plan(*PRODUCTS, **named())
    provisioning.work_off()
    before = rows_of(provisioning, other_id), grant_ids(provisioning, other_id)
    grants = grant_ids(provisioning, partner_id)
    forget_published(provisioning)
    erase(provisioning, partner_id)
    a_minute_passes(provisioning)
    assert set(TABLES) & set(left(provisioning, str(partner_id), *grants)) == set()
    assert left(provisioning, company["legal_name"], "ana@erased.example") == {}
    assert (rows_of(provisioning, other_id), grant_ids(provisioning, other_id)) == before
    assert len(before[1]) == len(PRODUCTS)


def test_what_still_stands_outside_is_taken_away_first(provisioning: ProvisioningOnPostgres) -> None:
    """Also where the offboarding was never heard of: the erasure implies it."""
    company = named()
    partner_id = provisioning.plan("crm", **company)
    provisioning.work_off()
    grant = provisioning.grant(partner_id, "crm")
    refused = Mishap(NeverPossible("refused", "The CRM refused."))
    provisioning.outside.will("undo", "crm_users", refused)
    erase(provisioning, partner_id)
    provisioning.work_off()
    a_minute_passes(provisioning)
    with provisioning.service.open_work() as work:
        partner = work.partners.lock(partner_id)
    assert partner is not None
    assert partner.access is Access.CLEARING
    assert {(one.given_name, one.family_name) for one in partner.members} == {("-", "")}
    forget_published(provisioning)
    with provisioning.service.open_work() as work:
        retry_grant(work, RetryGrant(grant.grant_id))
    provisioning.work_off()
    a_minute_passes(provisioning)
    assert set(TABLES) & set(left(provisioning, str(partner_id), str(grant.grant_id))) == set()
    assert not [key for key in provisioning.outside.standing if key[0] == grant.grant_id]


def test_whose_account_is_not_returned_yet_stays_until_it_is(provisioning: ProvisioningOnPostgres) -> None:
    partner_id = provisioning.plan("cloud_sandbox", **named())
    provisioning.work_off()
    provisioning.hear("offboarding_started", {"partner_id": str(partner_id)})
    provisioning.work_off()
    [grant_id] = grant_ids(provisioning, partner_id)
    key = uuid4()
    with provisioning.service.database.engine.begin() as connection:
        values = {"account_key": key, "state": "leased", "wanted": "cleaned", "grant_id": UUID(grant_id)}
        values |= {"made_at": clock.now(), "rounds": 0, "left": [], "attempts": 0}
        connection.execute(insert(sandbox_accounts).values(values))
    erase(provisioning, partner_id)
    with provisioning.service.open_work() as work:
        remove_settled(work)
    assert rows_of(provisioning, partner_id) >= {"partners", "grants"}
    with provisioning.service.database.engine.begin() as connection:
        connection.execute(delete(sandbox_accounts).where(sandbox_accounts.c.account_key == key))
    with provisioning.service.open_work() as work:
        remove_settled(work)
    assert set(TABLES) & set(left(provisioning, str(partner_id), grant_id)) == set()


def test_an_erasure_before_everything_else_is_remembered(provisioning: ProvisioningOnPostgres) -> None:
    """Whatever comes of its lane afterwards, replayed or filling a hole, begins nothing."""
    partner_id, poll = uuid4(), poll_of(provisioning.service)
    approved = approval(partner_id, ["crm"]) | named()
    del approved["partner_id"]
    for one in approved["members"]:
        one["member_id"] = str(one["member_id"])
    erased = record(9, "partner.erased", str(partner_id), erased_at="2026-03-02T09:00:00Z")
    late = record(3, "partner.approved", str(partner_id), **approved)
    poll.handle([erased])
    poll.handle([late, record(4, "partner.agreement_accepted", str(partner_id))])
    places = {"lanes", "lane_holes", "erased_subjects", "procrastinate_jobs"}
    assert set(left(provisioning, str(partner_id))) <= places


def test_what_people_made_is_kept_no_longer(provisioning: ProvisioningOnPostgres) -> None:
    partner_id = provisioning.plan("analytics", **named())
    provisioning.work_off()
    grant = provisioning.grant(partner_id, "analytics")
    grant.outputs["workgroup"] = f"gangway-{partner_id}"
    with provisioning.service.open_work() as work:
        work.grants.save(grant)
    provisioning.hear("offboarding_started", {"partner_id": str(partner_id)})
    provisioning.work_off()
    assert row(provisioning, grant.grant_id).deleted_at is None
    erase(provisioning, partner_id)
    assert rows_of(provisioning, partner_id) >= {"partners", "grants", "kept_results"}
    a_minute_passes(provisioning)
    assert set(TABLES) & set(left(provisioning, str(partner_id), str(grant.grant_id))) == set()
