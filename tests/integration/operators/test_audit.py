"""Whatever an operator may do leaves one entry with name and reason; the services say what there is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from tests.integration.onboarding.api_client import application
from tests.integration.onboarding.test_people import LEA, approved
from tests.integration.onboarding.test_requests import active, asked
from tests.integration.operators.conftest import CommandLine, Services, ops_token
from tests.integration.operators.test_event_commands import CONTRACT, consume, granted, record, unread_record
from tests.integration.operators.test_grants_and_mails import collected, failed_grant
from tests.integration.operators.test_job_commands import failed
from tests.unit.provisioning.fake_outside import Mishap
from uuid_utils.compat import uuid7

from chassis.failures import NeverPossible
from integrations.domain.integrator_log import by_operator
from integrations.handlers.commands import AddPerson
from integrations.handlers.people import add_person
from operator_client.access import SERVICES
from provisioning.domain.account_states import AccountState
from provisioning.domain.accounts import SandboxAccount
from provisioning.domain.findings import Finding, FindingState, ThingKind
from provisioning.domain.grants import Grant
from provisioning.handlers.collect_credentials import rotate_key
from provisioning.handlers.commands import AddDevice, FreezeGrant, MakeClaim, PreviewPlan, RotateKey
from provisioning.handlers.device_claims import make_claim
from provisioning.handlers.devices import add_device
from provisioning.handlers.leases import freeze_grant
from provisioning.handlers.plans import preview_plan

WHY = "Asked for by phone."
NAMES = SERVICES
# Where the applicant reads why, that is the reason.
# These take two people: `test_four_eyes` says what they leave.
OF_TWO_PEOPLE = {f"/v1/proposals/{{proposal_id}}/{verb}" for verb in ("confirmation", "refusal")}
# A learning system tells what others did: nobody acts.
OF_MACHINES = {"/v1/xapi/statements"}
OTHER_REASONS = {"/v1/partners/{partner_id}/correction-request": "message"}


@dataclass(frozen=True)
class Act:
    """One request that has to succeed, and what its entry has to say."""

    service: str
    path: str
    action: str
    # Empty: what the answer names.
    target: str
    body: Mapping[str, Any]


Prepare = Callable[[Services], Act]


def about_partner(move: str, action: str, state: str, **more: Any) -> Prepare:
    def prepare(services: Services) -> Act:
        partner_id = services.onboarding.applied()
        with services.onboarding.service.open_work() as work:
            work.connection.exec_driver_sql(
                "UPDATE partners SET state = %s, tier = 'select', email_verified_at = now()", (state,)
            )
        body = more or {"reason": WHY}
        return Act("onboarding", f"/v1/partners/{partner_id}/{move}", action, partner_id, body)

    return prepare


def states_of_all(services: Services) -> Act:
    return Act("onboarding", "/v1/state-publications", "publish states", "all partners", {"reason": WHY})


def new_application(services: Services) -> Act:
    """Like the one that the client sends."""
    body = {"application": application(), "reason": WHY}
    return Act("onboarding", "/v1/application-imports", "import application", "", body)


def about_person(verb: str, action: str) -> Prepare:
    """A partner with one confirmed member beside its contact."""

    def prepare(services: Services) -> Act:
        api = services.onboarding
        partner_id, session, path = approved(api)
        member_id = str(api.post(path, LEA, session).json["member_id"])
        with api.service.open_work() as work:
            work.connection.exec_driver_sql("UPDATE members SET confirmed_at = now()")
        if verb == "contact":
            body = {"member_id": member_id, "reason": WHY}
            return Act("onboarding", f"/v1/partners/{partner_id}/contact", action, partner_id, body)
        return Act("onboarding", f"{path}/{member_id}/{verb}", action, member_id, {"reason": WHY})

    return prepare


def about_request(verb: str, action: str) -> Prepare:
    def prepare(services: Services) -> Act:
        partner = active(services.onboarding)
        request_id = asked(services.onboarding, partner, kind="product", product="crm", reason="We sell.")
        return Act("onboarding", f"/v1/requests/{request_id}/{verb}", action, request_id, {"reason": WHY})

    return prepare


def about_failed_grant(verb: str, action: str) -> Prepare:
    def prepare(services: Services) -> Act:
        grant_id = failed_grant(services)
        return Act("provisioning", f"/v1/grants/{grant_id}/{verb}", action, grant_id, {"reason": WHY})

    return prepare


def about_stuck_grant(verb: str, action: str, **more: str) -> Prepare:
    def prepare(services: Services) -> Act:
        partner_id, provisioning = services.provisioning.plan("crm"), services.provisioning
        provisioning.work_off()
        provisioning.outside.will("undo", "crm_users", Mishap(NeverPossible("refused", "Refused.")))
        provisioning.hear("offboarding_started", {"partner_id": str(partner_id)})
        provisioning.work_off()
        grant_id = str(provisioning.grant(partner_id, "crm").grant_id)
        return Act("provisioning", f"/v1/grants/{grant_id}/{verb}", action, grant_id, {"reason": WHY, **more})

    return prepare


def about_sandbox(verb: str, action: str, **more: Any) -> Prepare:
    def prepare(services: Services) -> Act:
        partner_id, provisioning = services.provisioning.plan("cloud_sandbox"), services.provisioning
        provisioning.work_off()
        grant_id = str(provisioning.grant(partner_id, "cloud_sandbox").grant_id)
        if verb == "reinstatement":
            with provisioning.service.open_work() as work:
                freeze_grant(work, FreezeGrant(UUID(grant_id)))
        if verb == "budget-raise":
            with provisioning.service.open_work() as work:
                work.meters.begin_due(work.now())
        return Act("provisioning", f"/v1/grants/{grant_id}/{verb}", action, grant_id, {"reason": WHY, **more})

    return prepare


def about_waiting_grant(verb: str, action: str) -> Prepare:
    def prepare(services: Services) -> Act:
        partner_id, provisioning = services.provisioning.plan("crm"), services.provisioning
        with provisioning.service.open_work() as work:
            work.connection.exec_driver_sql("UPDATE grants SET frozen_for = '{approval}', intent = 'frozen'")
        grant_id = str(provisioning.grant(partner_id, "crm").grant_id)
        return Act("provisioning", f"/v1/grants/{grant_id}/{verb}", action, grant_id, {"reason": WHY})

    return prepare


def changed_plan(services: Services) -> Act:
    partner_id = services.provisioning.plan("crm")
    with services.provisioning.service.open_work() as work:
        preview_id = preview_plan(work, PreviewPlan(partner_id)).preview_id
    path, body = f"/v1/partners/{partner_id}/plan-change", {"preview_id": preview_id, "reason": WHY}
    return Act("provisioning", path, "change plan", str(partner_id), body)


def new_sweep(_: Services) -> Act:
    return Act("provisioning", "/v1/sweeps", "run sweep", "", {"reason": WHY})


def registered_account(_: Services) -> Act:
    account_id = f"{uuid4().int % 10**12:012}"
    return Act(
        "provisioning", "/v1/accounts", "register account", "", {"account_id": account_id, "reason": WHY}
    )


def about_account(verb: str, action: str, state: AccountState = AccountState.AVAILABLE) -> Prepare:
    def prepare(services: Services) -> Act:
        account = SandboxAccount(
            account_key=uuid4(),
            account_id=f"{uuid4().int % 10**12:012}",
            state=state,
            wanted=state,
            made_at=datetime.now(UTC),
        )
        with services.provisioning.service.open_work() as work:
            work.accounts.add(account)
        key = str(account.account_key)
        return Act("provisioning", f"/v1/accounts/{key}/{verb}", action, key, {"reason": WHY})

    return prepare


def about_maintenance(path: str, action: str) -> Prepare:
    def prepare(services: Services) -> Act:
        with services.provisioning.service.open_work() as work:
            work.maintenance.end()
            if path.endswith("end"):
                work.maintenance.begin("amara", WHY, work.now())
        return Act("provisioning", path, action, "provisioning", {"reason": WHY})

    return prepare


def about_finding(verb: str, action: str, state: str = "open", **more: Any) -> Prepare:
    def prepare(services: Services) -> Act:
        partner_id = services.provisioning.plan("crm")
        grant_id = str(services.provisioning.grant(partner_id, "crm").grant_id)
        finding_id = found_outside(services, partner_id, state)
        body = {"reason": WHY, **more} | ({"grant_id": grant_id} if verb == "adoption" else {})
        return Act("provisioning", f"/v1/findings/{finding_id}/{verb}", action, finding_id, body)

    return prepare


def found_outside(services: Services, partner_id: UUID | None, state: str) -> str:
    now = datetime.now(UTC)
    finding = Finding(
        finding_id=uuid7(),
        kind=ThingKind.DEVICE_POLICY,
        product="iot",
        outside_id=f"gangway-{uuid4()}",
        label="",
        partner_id=partner_id,
        grant_id=None,
        first_seen_at=now,
        last_seen_at=now,
        sweep_id=uuid4(),
        state=FindingState(state),
    )
    with services.provisioning.service.open_work() as work:
        work.findings.save(finding)
    return str(finding.finding_id)


def collected_key(services: Services) -> Act:
    partner_id = services.provisioning.plan("iot")
    services.provisioning.work_off()
    grant_id = str(services.provisioning.grant(partner_id, "iot").grant_id)
    assert collected(services, partner_id, grant_id) == 200
    path = f"/v1/grants/{grant_id}/credentials-release"
    return Act("provisioning", path, "release credentials", grant_id, {"reason": WHY})


def new_claim(services: Services) -> Act:
    """Its entry names the claim, as that of the revocation does."""
    grant = claimable(services)
    body = {"name_prefix": "Press", "places": 2, "valid_hours": 24, "reason": WHY}
    return Act("provisioning", f"/v1/grants/{grant.grant_id}/device-claims", "make claim", "", body)


def open_claim(services: Services) -> Act:
    grant, claim_id = claimable(services), uuid4()
    which = {"grant_id": grant.grant_id, "claim_id": claim_id, "by": "partner"}
    with services.provisioning.service.open_work() as work:
        make_claim(work, MakeClaim(**which, name_prefix="Press", places=2, valid_hours=24))
    path = f"/v1/grants/{grant.grant_id}/device-claims/{claim_id}/revocation"
    return Act("provisioning", path, "revoke claim", str(claim_id), {"reason": WHY})


def claimable(services: Services) -> Grant:
    """A grant that takes devices by claims."""
    partner_id = services.provisioning.plan("iot")
    services.provisioning.work_off()
    grant = services.provisioning.grant(partner_id, "iot")
    facts = {"device_quota": 3}
    changed = {"parameters": {**grant.parameters, **facts}, "outputs": {**grant.outputs, **facts}}
    with services.provisioning.service.open_work() as work:
        work.grants.save(replace(grant, **changed))
    return grant


def about_device(verb: str, action: str, *, is_rotated: bool = False) -> Prepare:
    """A device whose key was collected, twice where it was rotated."""

    def prepare(services: Services) -> Act:
        partner_id = services.provisioning.plan("iot")
        services.provisioning.work_off()
        grant = services.provisioning.grant(partner_id, "iot")
        which = {"grant_id": grant.grant_id, "device_id": uuid4()}
        with services.provisioning.service.open_work() as work:
            work.grants.save(replace(grant, parameters={**grant.parameters, "device_quota": 3}))
            add_device(work, AddDevice(**which, name="Press 7", by="partner"))
        path = f"/v1/grants/{grant.grant_id}/devices"
        if not verb:
            body = {"name": "Press 8", "reason": WHY}
            return Act("provisioning", path, action, str(grant.grant_id), body)
        services.provisioning.work_off()
        assert collected(services, partner_id, str(grant.grant_id), which["device_id"]) == 200
        if is_rotated:
            with services.provisioning.service.open_work() as work:
                rotate_key(work, RotateKey(**which))
            services.provisioning.work_off()
            assert collected(services, partner_id, str(grant.grant_id), which["device_id"]) == 200
        path = f"{path}/{which['device_id']}/{verb}"
        return Act("provisioning", path, action, str(which["device_id"]), {"reason": WHY})

    return prepare


def failed_message(services: Services) -> Act:
    world = services.notifications
    world.transport.refusals.append(NeverPossible("mailbox_unknown", "Nobody lives there."))
    world.tell("partner.email_verification_requested")
    world.deliver()
    [row] = world.rows("SELECT id FROM messages WHERE state = 'failed'")
    path = f"/v1/messages/{row['id']}/retry"
    return Act("notifications", path, "retry message", str(row["id"]), {"reason": WHY})


def dead_letter(verb: str, action: str) -> Prepare:
    def prepare(services: Services) -> Act:
        consume(services, record(1, str(uuid4()), b'{"nothing'))
        [row] = services.notifications.rows("SELECT id FROM dead_letters")
        path = f"/v1/dead-letters/{row['id']}/{verb}"
        return Act("notifications", path, action, str(row["id"]), {"reason": WHY})

    return prepare


def all_dead_letters(services: Services) -> Act:
    one = dead_letter("replay", "replay dead letter")(services)
    return Act(
        "notifications", "/v1/dead-letters/replay", one.action, one.target, {"all": True, "reason": WHY}
    )


def many_discarded(services: Services) -> Act:
    consume(services, record(1, str(uuid4()), b"{"), record(2, str(uuid4()), b"{"))
    body = {"code": "data_not_json", "reason": WHY}
    return Act(
        "notifications", "/v1/dead-letters/discard", "discard dead letters", "code data_not_json", body
    )


def hole(services: Services) -> Act:
    subject = str(uuid4())
    consume(services, record(1, subject, granted(subject), sequence=4))
    body = {"topic": CONTRACT, "subject": subject, "first_missing": 1, "last_missing": 3, "reason": WHY}
    return Act("notifications", "/v1/lanes/holes/close", "close hole", f"{CONTRACT} {subject} 1-3", body)


def skipped(services: Services) -> Act:
    offset = unread_record(services)
    body = {"topic": CONTRACT, "partition": 0, "offset": offset, "reason": WHY}
    return Act("notifications", "/v1/records/skips", "skip record", f"{CONTRACT}/0@{offset}", body)


def failed_job(action: str) -> Prepare:
    def prepare(services: Services) -> Act:
        job = failed(services, "advance_grant")
        path = f"/v1/failed-jobs/{action.partition(' ')[0]}"
        return Act("provisioning", path, action, f"job {job}", {"job": job, "reason": WHY})

    return prepare


def parked_lane(verb: str, action: str) -> Prepare:
    def prepare(services: Services) -> Act:
        subject = str(uuid4())
        consume(services, record(1, subject, granted(subject)))
        body = {"topic": CONTRACT, "subject": subject, "reason": WHY}
        return Act("notifications", f"/v1/lanes/{verb}", action, f"{CONTRACT} {subject}", body)

    return prepare


def flood(services: Services) -> Act:
    subscriptions = services.notifications.service.subscriptions
    assert subscriptions is not None
    return Act("notifications", "/v1/flood-clearances", "clear flood", subscriptions.group, {"reason": WHY})


def loss(services: Services) -> Act:
    subscriptions = services.notifications.service.subscriptions
    assert subscriptions is not None
    return Act("notifications", "/v1/loss-acceptances", "accept loss", subscriptions.group, {"reason": WHY})


def republication(services: Services) -> Act:
    subject = services.onboarding.applied()
    return Act(
        "onboarding",
        "/v1/republications",
        "republish",
        f"subject {subject}",
        {"subject": subject, "reason": WHY},
    )


def new_integrator(_: Services) -> Act:
    return Act("integrations", "/v1/integrators", "add integrator", "", {"name": "Vendor", "reason": WHY})


def about_integrator(path: str, action: str, **more: Any) -> Prepare:
    def prepare(services: Services) -> Act:
        vendor, world = services.integrations.vendor(), services.integrations
        [token] = world.rows("SELECT id FROM api_tokens")
        made = path.format(integrator_id=vendor.id, token_id=token["id"])
        target = str(token["id"]) if "{token_id}" in path else vendor.id
        return Act("integrations", made, action, target, {"reason": WHY, **more})

    return prepare


def known_person(services: Services) -> Act:
    vendor, person = services.integrations.vendor(), ("Vera Lindqvist", "vera@vendor.example")
    with services.integrations.service.open_work() as work:
        who, by = {"name": person[0], "email": person[1]}, by_operator("amara")
        command = AddPerson(integrator_id=UUID(vendor.id), **who, language="en", added_by=by)
        known = add_person(work, command)
    assert known is not None
    path = f"/v1/integrators/{vendor.id}/people/{known.id}/removal"
    return Act("integrations", path, "remove person", str(known.id), {"reason": WHY})


VENDOR = "/v1/integrators/{integrator_id}"
PARTNER, GRANT, LETTER = "/v1/partners/{partner_id}", "/v1/grants/{grant_id}", "/v1/dead-letters/{letter_id}"
ACCOUNT = "/v1/accounts/{account_key}"
DEVICE = f"{GRANT}/devices/{{device_id}}"
FINDING = "/v1/findings/{finding_id}"
ACTS: dict[str, Prepare] = {
    f"{PARTNER}/approval": about_partner(
        "approval", "approve partner", "in_review", tier="select", reason=WHY
    ),
    f"{PARTNER}/rejection": about_partner("rejection", "reject partner", "in_review"),
    f"{PARTNER}/correction-request": about_partner(
        "correction-request", "ask for correction", "in_review", fields=["website"], message=WHY
    ),
    f"{PARTNER}/tier": about_partner("tier", "change tier", "active", tier="premier", reason=WHY),
    f"{PARTNER}/suspension": about_partner("suspension", "suspend partner", "active"),
    f"{PARTNER}/resumption": about_partner("resumption", "resume partner", "suspended"),
    f"{PARTNER}/offboarding": about_partner("offboarding", "offboard partner", "active"),
    f"{PARTNER}/erasure": about_partner("erasure", "erase partner", "offboarded"),
    f"{PARTNER}/disclosure": about_partner("disclosure", "see people", "in_review"),
    f"{PARTNER}/members/{{member_id}}/removal": about_person("removal", "remove person"),
    f"{PARTNER}/contact": about_person("contact", "change contact"),
    "/v1/requests/{request_id}/approval": about_request("approval", "approve request"),
    "/v1/requests/{request_id}/refusal": about_request("refusal", "refuse request"),
    "/v1/state-publications": states_of_all,
    "/v1/application-imports": new_application,
    f"{GRANT}/retry": about_failed_grant("retry", "retry grant"),
    f"{GRANT}/repair": about_stuck_grant("repair", "repair grant"),
    f"{GRANT}/skip": about_stuck_grant("skip", "skip step", step="crm_users"),
    f"{GRANT}/force": about_stuck_grant("force", "force grant"),
    f"{GRANT}/lease-extension": about_sandbox("lease-extension", "extend lease", days=30),
    f"{GRANT}/lease-end": about_sandbox("lease-end", "end lease"),
    f"{GRANT}/freeze": about_sandbox("freeze", "freeze grant"),
    f"{GRANT}/budget-raise": about_sandbox("budget-raise", "raise budget", usd=50),
    f"{GRANT}/reinstatement": about_sandbox("reinstatement", "reinstate grant"),
    f"{GRANT}/approval": about_waiting_grant("approval", "approve grant"),
    f"{GRANT}/refusal": about_waiting_grant("refusal", "refuse grant"),
    f"{PARTNER}/plan-change": changed_plan,
    "/v1/sweeps": new_sweep,
    f"{FINDING}/adoption": about_finding("adoption", "adopt finding"),
    f"{FINDING}/ignoring": about_finding("ignoring", "ignore finding"),
    f"{FINDING}/removal": about_finding("removal", "remove finding"),
    f"{FINDING}/reopening": about_finding("reopening", "reopen finding", state="ignored"),
    "/v1/accounts": registered_account,
    f"{ACCOUNT}/quarantine": about_account("quarantine", "quarantine account"),
    f"{ACCOUNT}/release": about_account("release", "release account", AccountState.QUARANTINED),
    f"{ACCOUNT}/ejection": about_account("ejection", "eject account"),
    f"{ACCOUNT}/closing": about_account("closing", "close account"),
    "/v1/maintenance": about_maintenance("/v1/maintenance", "begin maintenance"),
    "/v1/maintenance/end": about_maintenance("/v1/maintenance/end", "end maintenance"),
    f"{GRANT}/waiver": about_failed_grant("waiver", "waive grant"),
    f"{GRANT}/credentials-release": collected_key,
    f"{GRANT}/devices": about_device("", "add device"),
    f"{GRANT}/device-claims": new_claim,
    f"{GRANT}/device-claims/{{claim_id}}/revocation": open_claim,
    f"{DEVICE}/removal": about_device("removal", "remove device"),
    f"{DEVICE}/credentials-rotation": about_device("credentials-rotation", "rotate key"),
    f"{DEVICE}/credentials-rotation-end": about_device(
        "credentials-rotation-end", "end older keys", is_rotated=True
    ),
    f"{DEVICE}/credentials-revocation": about_device("credentials-revocation", "revoke key"),
    "/v1/messages/{message_id}/retry": failed_message,
    f"{LETTER}/disclosure": dead_letter("disclosure", "see dead letter"),
    f"{LETTER}/discard": dead_letter("discard", "discard dead letter"),
    f"{LETTER}/replay": dead_letter("replay", "replay dead letter"),
    "/v1/dead-letters/replay": all_dead_letters,
    "/v1/dead-letters/discard": many_discarded,
    "/v1/failed-jobs/retry": failed_job("retry jobs"),
    "/v1/failed-jobs/discard": failed_job("discard jobs"),
    "/v1/lanes/holes/close": hole,
    "/v1/records/skips": skipped,
    "/v1/lanes/release": parked_lane("release", "release lane"),
    "/v1/republications": republication,
    "/v1/lanes/set-aside": parked_lane("set-aside", "set event aside"),
    "/v1/flood-clearances": flood,
    "/v1/loss-acceptances": loss,
    "/v1/integrators": new_integrator,
    f"{VENDOR}/scope": about_integrator(f"{VENDOR}/scope", "change scope", types=[]),
    f"{VENDOR}/removal": about_integrator(f"{VENDOR}/removal", "remove integrator"),
    f"{VENDOR}/people": about_integrator(
        f"{VENDOR}/people", "add person", name="Vera Lindqvist", email="vera@vendor.example"
    ),
    f"{VENDOR}/people/{{person_id}}/removal": known_person,
    f"{VENDOR}/tokens": about_integrator(f"{VENDOR}/tokens", "issue token"),
    f"{VENDOR}/tokens/{{token_id}}/revocation": about_integrator(
        f"{VENDOR}/tokens/{{token_id}}/revocation", "revoke token"
    ),
}


@pytest.fixture(scope="module")
def apps(built: Services) -> dict[str, Flask]:
    return {name: getattr(built, name).service.create_web_app() for name in NAMES}


def routes(app: Flask) -> set[str]:
    """The paths by which operators may do something, from the roles that their views ask for."""
    paths = app.test_client().get("/openapi.json").get_json()["paths"]
    return {
        path
        for path, operations in paths.items()
        for method, operation in operations.items()
        if method in {"post", "put", "patch", "delete"}
        and path not in OF_MACHINES
        and any("opsToken" in scheme for scheme in operation.get("security", []))
    }


def post(app: Flask, path: str, body: Any) -> Any:
    headers = {"Authorization": f"Bearer {ops_token('operator')}", "Idempotency-Key": str(uuid4())}
    client: FlaskClient = app.test_client()
    return client.post(path, json=body, headers=headers)


def entries(services: Services) -> list[dict[str, Any]]:
    query = "SELECT actor, role, action, target, reason, trace_id FROM operator_actions"
    found = []
    for name in NAMES:
        with getattr(services, name).service.database.begin() as work:
            found += [
                row._asdict() | {"service": name} for row in work.connection.exec_driver_sql(query).all()
            ]
    return found


def test_every_route_of_an_operator_stands_in_the_table(apps: dict[str, Flask]) -> None:
    assert {path for app in apps.values() for path in routes(app)} == set(ACTS) | OF_TWO_PEOPLE


def test_without_a_reason_nothing_is_done(apps: dict[str, Flask], services: Services) -> None:
    for app in apps.values():
        for route in routes(app):
            path = "/".join(str(uuid4()) if part.startswith("{") else part for part in route.split("/"))
            answer = post(app, path, {})
            assert answer.status_code == 422, route
            wrong = {error["pointer"] for error in answer.get_json()["errors"]}
            assert f"/{OTHER_REASONS.get(route, 'reason')}" in wrong, route
    assert entries(services) == []


@pytest.mark.parametrize("route", sorted(ACTS))
def test_an_act_leaves_one_entry_with_name_and_reason(
    route: str, apps: dict[str, Flask], services: Services
) -> None:
    act = ACTS[route](services)
    before = entries(services)
    answer = post(apps[act.service], act.path, act.body)
    assert answer.is_json or answer.status_code == 204
    assert answer.status_code < 300, answer.get_json()
    [entry] = [entry for entry in entries(services) if entry not in before]
    assert len(entry.pop("trace_id")) == 32
    assert entry == {
        "service": act.service,
        "actor": "amara",
        "role": "operator",
        "action": act.action,
        "target": act.target or named_by(answer.get_json()),
        "reason": WHY,
    }


def named_by(answer: Mapping[str, Any]) -> str:
    names = ("claim_id", "integrator_id", "sweep_id", "account_key", "partner_id")
    return str(next(answer[name] for name in names if name in answer))


def test_what_is_refused_leaves_no_entry(apps: dict[str, Flask], services: Services) -> None:
    partner_id = services.onboarding.applied()
    path = f"/v1/partners/{partner_id}/suspension"
    assert post(apps["onboarding"], path, {"reason": WHY}).status_code == 409
    assert entries(services) == []


def test_a_request_repeated_leaves_no_second_entry(apps: dict[str, Flask], services: Services) -> None:
    act = about_failed_grant("retry", "retry grant")(services)
    headers = {"Authorization": f"Bearer {ops_token('operator')}", "Idempotency-Key": "once"}
    for _ in range(2):
        client = apps["provisioning"].test_client()
        assert client.post(act.path, json=act.body, headers=headers).status_code == 202
    assert len(entries(services)) == 1


def test_an_act_that_breaks_off_halfway_has_left_its_trace(
    apps: dict[str, Flask], services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.messaging.republishing._STEP", "SELECT 1 / 0")
    act = republication(services)
    assert post(apps[act.service], act.path, act.body).status_code == 500
    [entry] = services.onboarding.get("/v1/operator-actions", services.onboarding.ops("viewer")).json[
        "actions"
    ]
    assert (entry["action"], entry["target"], entry["outcome"]) == ("republish", act.target, "begun")


def test_people_are_hidden_from_operators_until_they_say_why(
    apps: dict[str, Flask], services: Services
) -> None:
    partner_id = services.onboarding.applied()
    for role in ("viewer", "operator"):
        seen = services.onboarding.get(f"/v1/partners/{partner_id}", services.onboarding.ops(role))
        for word in ("Jana", "Neill", "jana@", "Ünal"):
            assert word not in seen.get_data(as_text=True)
    viewer = services.onboarding.ops("viewer")
    path = f"/v1/partners/{partner_id}/disclosure"
    assert services.onboarding.post(path, {"reason": WHY}, viewer).status_code == 403
    shown = post(apps["onboarding"], path, {"reason": WHY})
    assert shown.get_json()["contact"]["email"] == "jana@mueller-soehne.example"
    assert shown.headers["Cache-Control"] == "no-store"
    with services.onboarding.service.database.begin() as work:
        kept = work.connection.exec_driver_sql(
            "SELECT count(*) FROM idempotency_answers WHERE body::text LIKE %s", ("%jana%",)
        )
        assert kept.scalar_one() == 0


def test_who_collects_a_key_is_on_record(services: Services) -> None:
    partner_id = services.provisioning.plan("iot")
    services.provisioning.work_off()
    grant_id = str(services.provisioning.grant(partner_id, "iot").grant_id)
    assert collected(services, partner_id, grant_id) == 200
    assert collected(services, partner_id, grant_id) == 410
    [entry] = entries(services)
    assert (entry["actor"], entry["role"]) == (str(partner_id), "subject")
    assert (entry["action"], entry["target"], entry["reason"]) == ("collect key", grant_id, None)


def test_the_list_goes_on_where_it_ended_and_is_narrowed(
    gangway: CommandLine, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    targets = [services.onboarding.applied(company=company(number)) for number in range(5)]
    for target in targets:
        gangway.says("partners", "publish-states", target, "--reason", WHY)
    get = services.onboarding.get
    viewer = services.onboarding.ops("viewer")
    first = get("/v1/operator-actions", viewer, limit=3).json
    rest = get("/v1/operator-actions", viewer, limit=3, cursor=first["next_cursor"]).json
    assert [entry["target"] for entry in first["actions"] + rest["actions"]] == targets[::-1]
    assert rest["next_cursor"] is None
    monkeypatch.setattr("operator_client.http.LONGEST_PAGE", 2)
    assert [entry["target"] for entry in gangway.tells("audit", "list", "--all")] == targets[::-1]
    assert [entry["target"] for entry in gangway.tells("audit", "list", "--target", targets[2])] == [
        targets[2]
    ]
    middle = first["actions"][2]["at"]
    assert len(get("/v1/operator-actions", viewer, **{"from": middle}).json["actions"]) == 3
    assert len(get("/v1/operator-actions", viewer, to=middle).json["actions"]) == 2
    for query in ({"actor": "nobody"}, {"action": "reject partner"}):
        assert get("/v1/operator-actions", viewer, **query).json == {"actions": [], "next_cursor": None}
    for name, value in (("cursor", "x"), ("from", "yesterday"), ("limit", 0), ("color", "red")):
        assert get("/v1/operator-actions", viewer, **{name: value}).status_code == 422


def test_addresses_in_reasons_are_for_operators(gangway: CommandLine, services: Services) -> None:
    why = "asked by jana@mueller.example"
    gangway.says("partners", "publish-states", services.onboarding.applied(), "--reason", why)
    for role, shown in (("viewer", "asked by [address]"), ("operator", why)):
        answer = services.onboarding.get("/v1/operator-actions", services.onboarding.ops(role))
        assert answer.json["actions"][0]["reason"] == shown


def test_the_list_gathers_all_services(gangway: CommandLine, services: Services) -> None:
    gangway.says("partners", "publish-states", services.onboarding.applied(), "--reason", WHY)
    gangway.says("grants", "waive", failed_grant(services), "--reason", "Later.")
    found = gangway.tells("audit", "list")
    assert [(entry["service"], entry["action"]) for entry in found] == [
        ("provisioning", "waive grant"),
        ("onboarding", "publish states"),
    ]
    assert WHY in gangway.says("audit", "list", "--service", "onboarding")


def company(number: int) -> dict[str, str]:
    return {
        "legal_name": f"Nummer {number}",
        "registration_number": f"HRB {number}",
        "country": "DE",
        "website": f"https://nummer{number}.example",
    }
