"""Jobs by the real worker, events by the consumer's table of handlers, on a real database."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from marshmallow import ValidationError
from sqlalchemy import text
from tests.integration.onboarding.api_client import ApiClient
from tests.integration.working_off import run_due_jobs

from chassis.database.deferred_jobs import Job
from chassis.events import ReceivedEvent
from chassis.failures import NeverPossible
from onboarding.domain.states import State
from onboarding.entrypoints.consumer import TOPICS
from onboarding.handlers import jobs


def work_off(api: ApiClient) -> None:
    """Run the real worker until no job is due."""
    app = api.service.jobs_app
    assert app is not None
    run_due_jobs(app)


def let_deadlines_pass(api: ApiClient) -> None:
    """Put every deadline into the past, and have the worker look."""
    with api.service.open_work() as work:
        work.connection.execute(text("UPDATE partners SET deadline_at = now() WHERE deadline_at IS NOT NULL"))
        work.defer(Job(task=jobs.MEET_DEADLINES, arguments={"timestamp": 0}))


def hear(api: ApiClient, name: str, partner_id: str, sequence: int, **data: Any) -> None:
    """Handle one event as the consumer does: its schema, then its handler, in one transaction."""
    topic = next(topic for topic, handlers in TOPICS.items() if f"{name}.v1" in handlers)
    handler = api.service.subscriptions.topics[topic][f"{name}.v1"]
    facts = {"partner_id": partner_id, "a_field_of_tomorrow": 1, **data}
    event = ReceivedEvent(
        id=str(uuid4()),
        name=name,
        version=1,
        source="/gangway/provisioning",
        subject=partner_id,
        sequence=sequence,
        occurred_at=datetime.now(UTC),
        data=facts,
        topic=topic,
        partition=0,
        offset=0,
    )
    with api.service.open_work() as work:
        handler.handle(work, event, handler.schema.load(facts))


def agreed(api: ApiClient, **changes: Any) -> tuple[str, str]:
    partner_id, session = api.screened(**changes)
    version = api.get("/v1/agreements/current").json["agreement_version"]
    api.post(f"/v1/partners/{partner_id}/agreement-acceptance", {"agreement_version": version}, session)
    return partner_id, session


def test_the_worker_screens_after_verification(api: ApiClient) -> None:
    partner_id, _ = api.verified()
    work_off(api)
    assert api.state(partner_id) == "approved"


def test_the_worker_sends_requested_links(api: ApiClient) -> None:
    partner_id, _ = api.screened()
    api.post("/v1/link-requests", {"email": "jana@mueller-soehne.example"})
    work_off(api)
    assert api.last("partner.sign_in_requested", partner_id)["link"]["purpose"] == "sign_in"


def to_look_at(api: ApiClient, state: State) -> set[str]:
    with api.service.open_work() as work:
        deadlines = work.policies.deadlines
        due = work.lists.to_remind(state, work.now(), deadlines, 1_000, None)
        return {str(one.partner_id) for one in due}


def test_the_worker_reminds_once_of_a_deadline_that_is_near(api: ApiClient) -> None:
    new, far = api.applied(), api.applied(contact={"given_name": "Bo", "email": "bo@other.example"})
    approved, _ = api.screened(
        contact={"given_name": "Cy", "email": "cy@mueller-soehne.example"},
        members=[
            {"given_name": name, "email": f"{name}@mueller-soehne.example"} for name in ("Di", "Ed", "Flo")
        ],
    )
    with api.service.open_work() as work:
        moved = text(
            "UPDATE partners SET state_entered_at = now() - interval '10 hours',"
            " deadline_at = now() + :left * interval '1 hour' WHERE id = ANY(:ids)"
        )
        work.connection.execute(moved, {"left": 3, "ids": [new, approved]})
        work.connection.execute(moved, {"left": 5, "ids": [far]})
        asked = text(
            "UPDATE members SET asked_at = now() - :days * interval '1 day', times_asked = 1"
            " WHERE partner_id = :id AND given_name = :name"
        )
        for partner_id, name, days in ((approved, "Di", 12), (approved, "Flo", 20), (far, "Bo", 12)):
            work.connection.execute(asked, {"id": partner_id, "name": name, "days": days})
    assert to_look_at(api, State.APPLIED) & {new, far} == {new}
    with api.service.open_work() as work:
        long_ago, lately = (work.now() - timedelta(days=days) for days in (14, 11))
        unanswered = {str(one.partner_id) for one in work.lists.unanswered(long_ago, lately, 1_000, None)}
    assert unanswered & {approved, far} == {approved}
    for _ in range(2):
        with api.service.open_work() as work:
            work.defer(Job(task=jobs.REMIND, arguments={"timestamp": 0}))
        work_off(api)
    assert new not in to_look_at(api, State.APPLIED)
    for partner_id, waits_for in ((new, "verification"), (approved, "agreement")):
        told = [data for name, data in api.events(partner_id) if name == "partner.deadline_near"]
        assert [data["waits_for"] for data in told] == [waits_for]
    assert "partner.deadline_near" not in [name for name, _ in api.events(far)]
    questions = [data for name, data in api.events(approved) if name.endswith("confirmation_requested")]
    assert [data["member"]["given_name"] for data in questions if data.get("is_reminder")] == ["Di"]


def test_the_worker_meets_deadlines_by_what_is_true_then(api: ApiClient) -> None:
    late = api.applied()
    busy, _ = api.verified()
    let_deadlines_pass(api)
    work_off(api)
    assert api.state(late) == "expired"
    assert api.state(busy) == "approved"
    assert [name for name, _ in api.events(late)][-1] == "partner.expired"


def test_two_screenings_of_one_company_leave_one_approval(api: ApiClient) -> None:
    first, _ = api.verified()
    second, _ = api.verified()
    work_off(api)
    assert sorted([api.state(first), api.state(second)]) == ["in_review", "in_review"]


def test_from_agreement_to_farewell(api: ApiClient) -> None:
    partner_id, session = agreed(api)
    iot, crm = str(uuid4()), str(uuid4())
    grants = [
        {"grant_id": iot, "product": "iot", "required": True, "new": 1},
        {"grant_id": crm, "product": "crm", "required": False},
    ]
    hear(api, "access.planned", partner_id, 1, catalogue_version="1", grants=grants)
    hear(api, "access.provisioning_started", partner_id, 2, grant_id=iot, product="iot")
    fault = {
        "step": "s",
        "code": "throttled",
        "message": "Slow down.",
        "attempt": 1,
        "will_retry": True,
        "retry_at": "2026-03-03T10:02:15Z",
        "required": True,
    }
    hear(api, "access.failed", partner_id, 3, grant_id=iot, product="iot", **fault)
    seen = api.get(f"/v1/partners/{partner_id}", session).json
    product = next(found for found in seen["products"] if found["product"] == "iot")
    assert (seen["state"], product["state"], product["cause"]["message"]) == (
        "provisioning",
        "failed",
        "Slow down.",
    )
    made = {"thing_name": "gateway", "endpoint": "x.iot.example"}
    granted = {"grant_id": iot, "product": "iot", "identifiers": made, "collectable": True}
    hear(api, "access.granted", partner_id, 4, **granted)
    seen = api.get(f"/v1/partners/{partner_id}", session).json
    product = next(found for found in seen["products"] if found["product"] == "iot")
    assert (seen["state"], product["identifiers"], product["cause"]) == ("active", made, None)
    assert product["collect_url"] == f"https://access.gangway.example/collect/{iot}"
    hear(api, "learning.invitation_sent", partner_id, 1, **invitation(), language="de", expires_at="x")
    hear(api, "message.sent", partner_id, 1, **message(), transport="smtp")
    assert api.post(f"/v1/partners/{partner_id}/offboarding", {"reason": "bye"}, session).status_code == 200
    hear(api, "access.revoked", partner_id, 5, grant_id=iot, product="iot")
    hear(api, "access.cleared", partner_id, 6)
    hear(api, "access.cleared", partner_id, 6)
    assert api.state(partner_id) == "offboarded"
    lines = api.get(f"/v1/partners/{partner_id}/timeline", session, lang="en").json["entries"]
    codes = [line["code"] for line in lines]
    assert codes.count("partner.offboarded") == 1
    assert codes.index("access.failed") < codes.index("access.granted") < codes.index("partner.activated")
    text_of = {line["code"]: line["text"] for line in lines}
    assert text_of["access.planned"] == "Access planned: IoT, CRM."
    assert text_of["access.failed"] == "IoT: did not work yet and will be retried. Slow down."
    assert (
        text_of["learning.invitation_sent"] == "An invitation to the learning path iot-first-steps was sent."
    )


def invitation() -> dict[str, str]:
    return {"invitation_id": str(uuid4()), "member_id": str(uuid4()), "path": "iot-first-steps"}


def message() -> dict[str, str]:
    return {"message_id": str(uuid4()), "member_id": str(uuid4()), "kind": "welcome"}


def test_an_event_about_nobody_is_a_dead_letter(api: ApiClient) -> None:
    for name, data in (("access.cleared", {}), ("message.sent", {**message(), "transport": "smtp"})):
        with pytest.raises(NeverPossible):
            hear(api, name, str(uuid4()), 1, **data)


@pytest.mark.parametrize("kind", ["a\u0000b", "a\ud800b", "", 7, None])
def test_what_the_database_cannot_keep_is_refused_by_the_schema(api: ApiClient, kind: Any) -> None:
    partner_id = api.applied()
    with pytest.raises(ValidationError):
        hear(api, "message.sent", partner_id, 1, **{**message(), "kind": kind}, transport="smtp")
    with pytest.raises(ValidationError):
        hear(
            api,
            "access.granted",
            partner_id,
            1,
            grant_id=str(uuid4()),
            product="iot",
            identifiers={"thing": "a\u0000b"},
            collectable=False,
        )


def test_a_whole_poll_in_one_transaction(api: ApiClient) -> None:
    partner_ids = [api.applied() for _ in range(3)]
    handler = api.service.subscriptions.topics["message.delivery.v1"]["message.sent.v1"]
    with api.service.open_work() as work:
        for number in range(30):
            data = {**message(), "partner_id": partner_ids[number % 3], "transport": "smtp"}
            event = ReceivedEvent(
                id=str(uuid4()),
                name="message.sent",
                version=1,
                source="/gangway/notifications",
                subject=data["partner_id"],
                sequence=number,
                occurred_at=datetime.now(UTC),
                data=data,
                topic="message.delivery.v1",
                partition=0,
                offset=number,
            )
            handler.handle(work, event, handler.schema.load(data))
    with api.service.open_work() as work:
        for partner_id in partner_ids:
            page = work.lists.timeline(UUID(partner_id), for_operators=True, limit=100)
            assert [entry.code for entry in page.items].count("message.sent") == 10
