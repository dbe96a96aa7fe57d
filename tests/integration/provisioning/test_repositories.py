"""What is saved comes back the same, and locks hold."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError
from tests.integration.provisioning.conftest import ProvisioningOnPostgres
from tests.unit.provisioning.products import PRODUCTS

from provisioning.adapters.tables import metadata
from provisioning.domain.grant_states import Intent, State
from provisioning.domain.grants import Grant
from provisioning.domain.orders import OtherSeat
from provisioning.domain.standings import Difference, Standing
from provisioning.domain.steps import Cause, StepRecord

NOW = datetime(2026, 3, 3, 10, 15, 30, 123456, tzinfo=UTC)


def grant_for(partner_id: object) -> Grant:
    stuck = StepRecord(
        name="crm_users",
        standing=Standing.UNKNOWN,
        differences=(Difference("policy_missing", {"role": "x"}),),
        attempts=3,
        attempt_id=uuid4(),
        begun_at=NOW,
        retry_at=NOW,
        is_stuck=True,
        cause=Cause("refused", "Zurückgewiesen: “ä”."),
    )
    return Grant(
        grant_id=uuid4(),
        partner_id=partner_id,  # type: ignore[arg-type]
        product=PRODUCTS["crm"],
        is_required=True,
        parameters={"scim_group": "partners"},
        steps=[StepRecord(name="crm_group", standing=Standing.ON), stuck],
        state=State.FAILED,
        intent=Intent.FROZEN,
        outputs={"group_id": "7", "users": {"a": "b"}},
        collected_at=NOW,
        collected_by_visit=uuid4(),
        waiver_reason="none",
    )


def test_a_grant_comes_back_as_it_was(provisioning: ProvisioningOnPostgres) -> None:
    with provisioning.service.open_work() as work:
        partner = work.partners.add_and_lock(uuid4())
        grant = grant_for(partner.partner_id)
        work.grants.add(grant)
    with provisioning.service.open_work() as work:
        assert work.grants.get(grant.grant_id) == grant
        grant.state, grant.outputs = State.FROZEN, {"group_id": "8"}
        grant.steps[1].start_over()
        grant.steps[1].cause = None
        work.grants.save(grant)
    with provisioning.service.open_work() as work:
        assert work.grants.of_partner(partner.partner_id) == [grant]
        assert work.grants.lock(grant.grant_id) == (partner, grant)
        assert work.grants.lock(uuid4()) is None


def test_a_step_that_its_product_lost_keeps_nothing_from_being_switched_off(
    provisioning: ProvisioningOnPostgres,
) -> None:
    with provisioning.service.open_work() as work:
        grant = grant_for(work.partners.add_and_lock(uuid4()).partner_id)
        grant.steps = [StepRecord(name="crm_seats", standing=Standing.ON)]
        work.grants.add(grant)
    with provisioning.service.open_work() as work:
        found = work.grants.get(grant.grant_id)
        assert found
        assert [move.step.name for move in found.moves()] == ["crm_seats"]


def test_looks_that_are_wanted_sooner_are_not_all_wanted_at_once(
    provisioning: ProvisioningOnPostgres,
) -> None:
    """What is due earlier stays so: nobody who is promised a look soon waits behind all others."""
    with provisioning.service.open_work() as work:
        partners = [work.partners.add_and_lock(uuid4()) for _ in range(5)]
        grants = [grant_for(partner.partner_id) for partner in partners]
        for grant, minutes in zip(grants, (None, -1, 5, 600, 500), strict=True):
            grant.look_at = None if minutes is None else NOW + timedelta(minutes=minutes)
            work.grants.add(grant)
    with provisioning.service.open_work() as work:
        assert work.grants.look_soon(NOW, timedelta(minutes=10)) == 3
    with provisioning.service.open_work() as work:
        found = [work.grants.get(grant.grant_id) for grant in grants]
        look_ats = [grant.look_at for grant in found if grant]
    assert look_ats == [None, *(NOW + timedelta(minutes=due) for due in (-1, 0, 20, 10))]
    with provisioning.service.open_work() as work:
        work.grants.look_soon(NOW, timedelta(hours=1))
    with provisioning.service.open_work() as work:
        later = [work.grants.get(grant.grant_id) for grant in grants]
    assert [grant.look_at for grant in later if grant] == [
        None,
        *(NOW + timedelta(minutes=due) for due in (-1, 0, 20, 0)),
    ], "none is put off"


def test_a_partner_comes_back_as_it_was(provisioning: ProvisioningOnPostgres) -> None:
    partner_id = provisioning.plan()
    with provisioning.service.open_work() as work:
        partner = work.partners.lock(partner_id)
        assert partner
        assert partner.profile
        assert partner.profile.members[0].family_name == "O\u2019Connor"
        partner.switched_sequence, partner.is_suspended = 7, True
        partner.members_told = frozenset({uuid4(), uuid4()})
        work.partners.save(partner)
    with provisioning.service.open_work() as work:
        assert work.partners.lock(partner_id) == partner
        assert work.partners.lock(uuid4()) is None


def test_what_a_newer_version_keeps_of_a_partner_is_passed_over(provisioning: ProvisioningOnPostgres) -> None:
    partner_id = provisioning.plan("crm")
    more = "UPDATE partners SET profile = profile || '{\"of_tomorrow\": 1}' WHERE partner_id = %s"
    with provisioning.service.open_work() as work:
        before = work.partners.lock(partner_id)
        work.connection.exec_driver_sql(more, (partner_id,))
        assert work.partners.lock(partner_id) == before


def test_one_product_is_granted_once_to_a_partner(provisioning: ProvisioningOnPostgres) -> None:
    partner_id = provisioning.plan("crm")
    with pytest.raises(IntegrityError), provisioning.service.open_work() as work:
        work.grants.add(grant_for(partner_id))


def test_a_seat_is_of_one_grant_of_one_partner_and_counts_for_its_product(
    provisioning: ProvisioningOnPostgres,
) -> None:
    """One person in two partners with two products each."""
    email = f"{uuid4().hex}@example.com"
    one, other = (provisioning.plan("crm", "cloud_sandbox") for _ in range(2))
    ana, same = (provisioning.join(partner_id, email) for partner_id in (one, other))
    crm, sandbox = (provisioning.grant(one, name) for name in ("crm", "cloud_sandbox"))
    theirs = provisioning.grant(other, "crm")
    with provisioning.service.open_work() as work:
        people = {}
        for partner_id, member_id in ((one, ana), (other, same)):
            partner = work.partners.lock(partner_id)
            assert partner
            [people[member_id]] = [member for member in partner.members if member.member_id == member_id]
            for grant in work.grants.of_partner(partner_id):
                work.seats.claim(grant, [people[member_id]])
                work.seats.note_made(grant, [member_id])
        seats, mine = work.seats, [people[ana]]
        seat = OtherSeat(member_id=same, is_on=True, parameters=theirs.parameters)
        assert seats.elsewhere(crm, mine) == {people[ana].person_id: (seat,)}
        seats.switch(theirs, is_on=False)
        assert seats.elsewhere(crm, mine) == {people[ana].person_id: (replace(seat, is_on=False),)}
        assert [one.is_on for [one] in seats.elsewhere(sandbox, mine).values()] == [True]
        assert [one.is_on for [one] in seats.elsewhere(theirs, mine).values()] == [True]
        seats.switch(theirs, is_on=True)
        work.grants.save(replace(theirs, intent=Intent.OFF))
        assert [one.is_on for [one] in seats.elsewhere(crm, mine).values()] == [False], "it is taken down"
        assert seats.leave(other, ana) == set()
        assert seats.leave(one, ana) == {crm.grant_id, sandbox.grant_id}
        assert (seats.leaving(one), seats.leaving(other)) == ({ana}, set())
        assert seats.made_for(one) == set()
        assert (theirs.grant_id, same) in seats.made_for(other)
        seats.release(crm)
        assert seats.leaving(one) == {ana}, "who leaves is counted until nothing of theirs is left"
        seats.release_left(theirs)
        for grant, left in ((crm, {ana}), (sandbox, set())):
            seats.release_left(grant)
            assert seats.leaving(one) == left
        assert (theirs.grant_id, same) in seats.made_for(other)


def test_pages_go_through_all_grants_once(provisioning: ProvisioningOnPostgres) -> None:
    for _ in range(3):
        provisioning.plan("crm", "iot")
    seen, after = [], 0
    with provisioning.service.open_work() as work:
        while page := work.grants.page(State.PLANNED, after, limit=4):
            seen += [grant.grant_id for _, grant in page]
            after = page[-1][0]
        assert work.grants.page(State.GRANTED, 0, limit=4) == []
    assert len(seen) == len(set(seen)) == 6


def test_the_tables_are_those_of_the_migration(provisioning: ProvisioningOnPostgres) -> None:
    found = inspect(provisioning.service.database.engine)
    for table in metadata.sorted_tables:
        columns = {column["name"]: column["nullable"] for column in found.get_columns(table.name)}
        assert columns == {column.name: column.nullable for column in table.columns}
