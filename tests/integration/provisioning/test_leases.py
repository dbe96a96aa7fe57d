"""Leases on a real PostgreSQL: found when due, followed once, changed by operators over HTTP."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from tests.integration.provisioning.conftest import ProvisioningOnPostgres
from tests.integration.provisioning.test_api import BECAUSE, Callers
from tests.unit.provisioning.fake_outside import BRAKES

from provisioning.domain.grant_states import State
from provisioning.entrypoints.sweeps.following_leases import follow_all_due

EARLIER = """
UPDATE grants SET lease_started_at = lease_started_at - :days * interval '24 hours',
    lease_ends_at = lease_ends_at - :days * interval '24 hours',
    lease_due_at = lease_due_at - :days * interval '24 hours'
"""


class Sandbox:
    """One partner's leased sandbox, granted."""

    def __init__(self, provisioning: ProvisioningOnPostgres) -> None:
        self.it = provisioning
        self.partner_id = provisioning.plan("cloud_sandbox")
        provisioning.work_off()
        self.grant_id = provisioning.grant(self.partner_id, "cloud_sandbox").grant_id
        self.callers = Callers(provisioning)

    @property
    def state(self) -> State:
        return self.it.grant(self.partner_id, "cloud_sandbox").state

    def told(self) -> list[str]:
        names = [name.removeprefix("gangway.access.") for name in self.it.events(self.partner_id)]
        return names[names.index("granted.v1") + 1 :]

    def days_pass(self, days: int) -> int:
        """Let all leases begin so much earlier, and look once; return how many had something due."""
        with self.it.service.database.engine.begin() as connection:
            connection.execute(text(EARLIER), {"days": days})
        found = follow_all_due(self.it.service)
        self.it.work_off()
        return found

    def post(self, act: str, status: int, body: object = BECAUSE, *roles: str) -> dict:
        answer = self.callers.post(f"/v1/grants/{self.grant_id}/{act}", self.callers.operator(*roles), body)
        assert answer.status_code == status, answer.get_data(as_text=True)
        self.it.work_off()
        return answer.get_json()

    def switches(self) -> set[str]:
        return {switch for (_, step), switch in self.it.outside.standing.items() if step in BRAKES}


@pytest.fixture
def sandbox(provisioning: ProvisioningOnPostgres) -> Sandbox:
    return Sandbox(provisioning)


def test_a_lease_is_warned_of_ended_and_taken_away(sandbox: Sandbox) -> None:
    seen = sandbox.callers.get(f"/v1/grants/{sandbox.grant_id}", sandbox.callers.partner(sandbox.partner_id))
    lease = seen.get_json()["lease"]
    assert (lease["is_expired"], lease["ends_at"] < lease["removal_at"]) == (False, True)
    assert sandbox.days_pass(100) == 0
    assert [sandbox.days_pass(days) for days in (50, 23, 6)] == [1, 1, 1]
    assert sandbox.told() == ["expiring.v1"] * 3
    assert sandbox.days_pass(1) == 1
    assert (sandbox.told()[3:], sandbox.switches()) == (["expired.v1", "frozen.v1"], {"off"})
    assert follow_all_due(sandbox.it.service) == 0
    assert sandbox.days_pass(13) == 0
    assert sandbox.days_pass(1) == 1
    assert sandbox.state is State.REVOKED
    assert sandbox.days_pass(1000) == 0


def test_operators_extend_and_end_it(sandbox: Sandbox) -> None:
    sandbox.post("lease-end", 202)
    assert (sandbox.state, sandbox.switches()) == (State.FROZEN, {"off"})
    assert sandbox.post("lease-end", 409)["code"] == "lease_has_ended"
    seen = sandbox.post("lease-extension", 200, {**BECAUSE, "days": 5})
    assert seen["lease"]["is_expired"] is False
    assert (sandbox.state, sandbox.switches()) == (State.GRANTED, {"on"})
    assert sandbox.told() == ["expired.v1", "frozen.v1", "renewed.v1", "unfrozen.v1"]
    assert sandbox.post("lease-extension", 409, {**BECAUSE, "days": 3650})["code"] == "lease_too_long"


def test_only_whole_days_are_added(sandbox: Sandbox) -> None:
    for days in (0, -1, 3651, True, "5", 1.5, None):
        problem = sandbox.post("lease-extension", 422, {**BECAUSE, "days": days})
        assert [error["pointer"] for error in problem["errors"]] == ["/days"], days


def test_operators_freeze_and_reinstate_it(sandbox: Sandbox) -> None:
    assert sandbox.post("freeze", 202)["frozen_for"] == ["operator"]
    assert (sandbox.state, sandbox.switches()) == (State.FROZEN, {"off"})
    for event in ("suspended", "resumed"):
        sandbox.it.hear(event, {"partner_id": str(sandbox.partner_id)})
        sandbox.it.work_off()
    assert (sandbox.state, sandbox.switches()) == (State.FROZEN, {"off"})
    assert sandbox.post("freeze", 409)["code"] == "move_not_allowed"
    assert sandbox.post("reinstatement", 202)["frozen_for"] == []
    assert (sandbox.state, sandbox.switches()) == (State.GRANTED, {"on"})


def test_viewers_partners_and_unknown_grants_get_nothing(sandbox: Sandbox) -> None:
    partner, operator = sandbox.callers.partner(sandbox.partner_id), sandbox.callers.operator()
    for act in ("lease-extension", "lease-end", "freeze", "reinstatement"):
        body = {**BECAUSE, "days": 5} if act == "lease-extension" else BECAUSE
        sandbox.post(act, 403, body, "viewer")
        own, foreign = f"/v1/grants/{sandbox.grant_id}/{act}", f"/v1/grants/{uuid4()}/{act}"
        assert sandbox.callers.post(own, partner, body).status_code == 403
        assert sandbox.callers.post(foreign, operator, body).status_code == 404
    assert sandbox.told() == []


def test_what_has_no_end_has_no_lease(provisioning: ProvisioningOnPostgres) -> None:
    partner_id: UUID = provisioning.plan("crm")
    provisioning.work_off()
    grant = provisioning.grant(partner_id, "crm")
    assert grant.lease is None
    callers = Callers(provisioning)
    path = f"/v1/grants/{grant.grant_id}/lease-extension"
    answer = callers.post(path, callers.operator(), {**BECAUSE, "days": 5})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "no_lease")
