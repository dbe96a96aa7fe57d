"""A partner that has left is erased with all that hangs on it, and nothing brings it back."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb
from sqlalchemy import text
from tests.end_to_end.waiting import wait_for
from tests.integration.leftovers import tables_with
from tests.integration.onboarding.api_client import ApiClient, application
from tests.integration.onboarding.test_api_life import run_link_requests
from tests.integration.onboarding.test_passkeys import add
from tests.integration.onboarding.test_people import LEA, says_yes
from tests.integration.onboarding.test_requests import OTHER, active, asked, change
from tests.integration.onboarding.test_worker_and_consumer import hear, work_off
from tests.integration.records import poll_of, record

from chassis.database.deferred_jobs import Job
from chassis.database.erasure import FINISH_TASK
from chassis.database.migrations import migrate
from chassis.database.urls import driver_url
from chassis.messaging.consumer.lanes import LaneBook
from local_stack.postgres import LocalPostgres
from onboarding.bootstrap import OnboardingService
from onboarding.domain.retention import Retention
from onboarding.domain.states import State
from onboarding.entrypoints.sweeps.erasing_partners import erase_all_due
from onboarding.handlers import jobs
from onboarding.handlers.emit import note

WHY = {"reason": "They asked for it."}
WORDS = (
    *("müller", "mueller-soehne", "hrb 12345", "remote maintenance", "o'neill", "jana", "ünal", "åse"),
    *("ó bri", "lea@mueller", "we sell machines", "the laptop of jana"),
)
FINAL = ("rejected", "withdrawn", "expired", "offboarded")


def erase(api: ApiClient, partner_id: str, **more: Any) -> Any:
    return api.post(f"/v1/partners/{partner_id}/erasure", WHY, api.ops(), **more)


def put(api: ApiClient, partner_id: str, state: str, days_ago: int = 0) -> None:
    with api.service.open_work() as work:
        work.connection.execute(
            text(
                "UPDATE partners SET state = :state, state_entered_at = now() - :days * interval '1 day'"
                " WHERE id = :id"
            ),
            {"state": state, "days": days_ago, "id": partner_id},
        )


def change_all(api: ApiClient, statement: str) -> None:
    with api.service.open_work() as work:
        work.connection.exec_driver_sql(statement)


def left_of(api: ApiClient, *words: str) -> dict[str, set[str]]:
    with api.service.database.engine.begin() as connection:
        return tables_with(connection, words or WORDS)


def count_of(api: ApiClient, query: str) -> int:
    with api.service.database.engine.begin() as connection:
        found: int = connection.exec_driver_sql(query).scalar_one()
    return found


def lived(api: ApiClient) -> tuple[str, str]:
    """A partner with a row in every table that knows of partners."""
    partner_id, session = active(api)
    api.post(f"/v1/partners/{partner_id}/members", LEA, session)
    says_yes(api, partner_id)
    add(api, partner_id, session, "The laptop of Jana")
    asked(api, (partner_id, session), kind="product", product="crm", reason="We sell machines.")
    body = {"website": "https://www.mueller-soehne.example", "reason": "We moved."}
    change(api, (partner_id, session), **body)
    hear(api, "message.failed", partner_id, 1, kind="welcome", message_id=str(uuid4()), **FAULT)
    assert set(left_of(api)) >= {"partners", "members", "outbox", "passkeys", "requests"}
    return partner_id, session


WAITING = """
SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'SELECT FROM lanes%%'
"""
REQUIRED = (
    *("state", "legal_name", "registration_number", "registration_key", "registration_without_court"),
    *("country", "website", "partner_type", "expected_benefits", "language", "contact_email", "mail_domain"),
)
FAULT: dict[str, Any] = {
    "member_id": "0193f0c1-11a1-7f00-8a00-0000000000a1",
    "code": "refused",
    "message": "No such mailbox.",
    "attempt": 1,
    "will_retry": False,
    "retry_at": None,
}


def test_nothing_of_a_life_is_left_but_the_id(api: ApiClient) -> None:
    partner_id, _ = lived(api)
    put(api, partner_id, "offboarded")
    change_all(api, "UPDATE outbox SET published_at = now()")
    answer = erase(api, partner_id)
    assert (answer.status_code, set(answer.json)) == (200, {"partner_id", "erased_at"})
    assert left_of(api) == {}
    told = [name for name, _ in api.events(partner_id) if name != "partner.sessions_ended"]
    assert told == ["partner.erased"]
    assert api.last("partner.erased", partner_id)["partner_id"] == answer.json["partner_id"]
    assert count_of(api, "SELECT count(*) FROM outbox WHERE topic = 'partner.state.v1' AND data IS NULL") == 1
    assert set(left_of(api, partner_id)) <= {
        *("outbox", "outbox_counters", "lanes", "erased_subjects", "operator_actions"),
        *("idempotency_answers", "procrastinate_jobs"),
    }
    [entry] = api.get("/v1/operator-actions", api.ops(), action="erase partner").json["actions"]
    assert (entry["actor"], entry["target"], entry["reason"]) == ("amara.diallo", partner_id, WHY["reason"])


def test_whoever_comes_later_meets_nobody(api: ApiClient) -> None:
    partner_id, session = lived(api)
    link = api.token_of("partner.approved", partner_id)
    put(api, partner_id, "offboarded")
    first = erase(api, partner_id, key="one intent")
    assert erase(api, partner_id, key="one intent").json == first.json
    assert erase(api, partner_id).status_code == 404
    assert [name for name, _ in api.events(partner_id)].count("partner.erased") == 1
    assert api.get(f"/v1/partners/{partner_id}", session).status_code == 401
    assert api.post("/v1/sessions", {"link_token": link}).status_code == 410
    with api.service.open_work() as work:
        work.defer(jobs.screen(UUID(partner_id)))
    work_off(api)
    assert count_of(api, "SELECT count(*) FROM partners") == 0
    unfinished = "SELECT count(*) FROM procrastinate_jobs WHERE status <> 'succeeded' AND task_name <> '{}'"
    assert count_of(api, unfinished.format(FINISH_TASK)) == 0
    assert api.http.get(f"/links/{link}").status_code == 410


@pytest.mark.parametrize("state", sorted(set(State) - set(FINAL)))
def test_who_has_not_left_is_not_erased(api: ApiClient, state: str) -> None:
    partner_id, _ = api.screened()
    put(api, partner_id, state)
    answer = erase(api, partner_id)
    assert (answer.status_code, answer.json["code"], answer.json["state"]) == (409, "not_erasable", state)
    assert count_of(api, "SELECT count(*) FROM partners") == 1


@pytest.mark.parametrize("state", FINAL)
def test_who_has_left_may_apply_again(api: ApiClient, state: str) -> None:
    partner_id, _ = api.screened()
    put(api, partner_id, state)
    seen = api.get(f"/v1/partners/{partner_id}", api.ops("viewer")).json
    assert seen["may_be_erased"] is True
    assert erase(api, partner_id).status_code == 200
    again, _ = api.screened()
    assert api.state(again) == "approved"
    assert api.get(f"/v1/partners/{again}", api.ops("viewer")).json["findings"] == []


def test_late_events_have_no_effect(api: ApiClient) -> None:
    poll = poll_of(api.service)
    partner_id, _ = active(api)
    other, _ = api.screened(**OTHER)
    put(api, partner_id, "offboarded")
    poll.handle([record(1, "access.cleared", partner_id)])
    erase(api, partner_id)
    grant = {"grant_id": str(uuid4()), "product": "crm"}
    late = [record(2, "access.revoked", partner_id, **grant), record(3, "access.granted", partner_id)]
    poll.handle([*late, record(4, "access.cleared", other)])
    assert count_of(api, "SELECT count(*) FROM dead_letters") == 0
    assert count_of(api, "SELECT count(*) FROM parked_events") == 0
    entries = api.get(f"/v1/partners/{other}/timeline", api.ops("viewer")).json["entries"]
    assert [one["code"] for one in entries].count("access.cleared") == 1
    assert count_of(api, "SELECT max(last_sequence) FROM lanes") == 4


def test_it_waits_for_an_event_that_is_being_handled(api: ApiClient) -> None:
    """Both lock the lane first, so neither waits for the other in a ring."""
    partner_id, _ = active(api)
    put(api, partner_id, "offboarded")
    poll_of(api.service).handle([record(1, "access.cleared", partner_id)])
    with ThreadPoolExecutor(1) as pool:
        with api.service.open_work() as work:
            LaneBook.locked(work.connection, "onboarding", [("access.lifecycle.v1", partner_id)])
            erasing = pool.submit(erase, api, partner_id)
            wait_for("the erasure waits", lambda: count_of(api, WAITING))
            partner = work.partners.lock(UUID(partner_id))
            note(work, partner.id, "partner.deadline_passed", {"state": partner.state})
        assert erasing.result().status_code == 200
    assert count_of(api, "SELECT count(*) FROM timeline") == 0


def test_another_partner_with_the_same_person_is_untouched(api: ApiClient) -> None:
    partner_id, _ = api.screened()
    other, session = api.screened(**{**OTHER, "members": application()["members"]})
    before = api.get(f"/v1/partners/{other}", session).json
    put(api, partner_id, "withdrawn")
    change_all(api, "UPDATE outbox SET published_at = now()")
    erase(api, partner_id)
    assert api.get(f"/v1/partners/{other}", session).json == before
    assert set(left_of(api, "åse")) == {"members", "outbox"}
    assert left_of(api, "jana@", "müller") == {}


def test_the_mail_with_links_to_several_tells_of_it_no_more(api: ApiClient) -> None:
    """One partner's event tells of the others of the same contact, and may be sent again for a week."""
    contact = application()["contact"]
    named = [api.screened(**{**company(number), "contact": contact})[0] for number in (1, 2, 3)]
    api.post("/v1/link-requests", {"email": contact["email"]})
    run_link_requests(api)
    [first] = [one for one in named if "partner.sign_in_requested" in {name for name, _ in api.events(one)}]
    gone, stays = (one for one in named if one != first)
    for partner_id, others in ((gone, {stays}), (stays, None)):
        put(api, partner_id, "withdrawn")
        change_all(api, "UPDATE outbox SET published_at = now()")
        assert erase(api, partner_id).status_code == 200
        assert left_of(api, f"firma{named.index(partner_id) + 1} ") == {}
        told = api.last("partner.sign_in_requested", first)
        assert {one["partner_id"] for one in told.get("others", ())} == (others or set())
        assert ("others" in told) is bool(others)


def test_what_screening_found_names_nobody_else(api: ApiClient) -> None:
    """The other one outlasts it."""
    partner_id, _ = api.screened()
    other, _ = api.in_review(**OTHER, expected_benefits="Less noise.")
    similar, _ = api.screened()
    assert api.state(similar) == "in_review"
    put(api, partner_id, "withdrawn")
    put(api, similar, "rejected")
    change_all(api, "UPDATE outbox SET published_at = now()")
    [found] = {
        one["message"].partition(",")[0]
        for one in api.get(f"/v1/partners/{similar}", api.ops("viewer")).json["findings"]
    }
    assert found == f"Partner {partner_id}"
    erase(api, similar)
    assert erase(api, partner_id).status_code == 200
    assert left_of(api) == {}
    assert api.state(other) == "in_review"


@pytest.fixture
def kept(api: ApiClient) -> ApiClient:
    """With short retention."""
    policies = api.service.policies
    short = Retention(unverified=timedelta(days=7), partners=timedelta(days=30))
    return replace(api, service=replace(api.service, policies=replace(policies, retention=short)))


def test_whose_time_is_over_is_erased_and_nobody_else(kept: ApiClient) -> None:
    ages = {
        "unverified, over": (kept.applied(**company(1)), "expired", 8),
        "unverified, not yet": (kept.applied(**company(2)), "expired", 6),
        "verified, over": (kept.screened(**company(3))[0], "rejected", 31),
        "verified, not yet": (kept.screened(**company(4))[0], "offboarded", 29),
        "not left": (kept.screened(**company(5))[0], "approved", 900),
    }
    for partner_id, state, days in ages.values():
        put(kept, partner_id, state, days)
    assert erase_all_due(kept.service) == 2
    assert erase_all_due(kept.service) == 0
    with kept.service.open_work() as work:
        left = {str(one) for one in work.lists.ids(10)}
    assert left == {partner_id for name, (partner_id, *_) in ages.items() if "over" not in name}
    told = [data["partner_id"] for name, data in kept.events() if name == "partner.erased"]
    assert sorted(told) == sorted(partner_id for name, (partner_id, *_) in ages.items() if "over" in name)


def test_the_worker_goes_by_the_defaults(api: ApiClient) -> None:
    unverified, verified = api.applied(**company(1)), api.screened(**company(2))[0]
    old = api.screened(**company(3))[0]
    for partner_id, state, days in (
        (unverified, "expired", 31),
        (verified, "rejected", 31),
        (old, "expired", 1_096),
    ):
        put(api, partner_id, state, days)
    with api.service.open_work() as work:
        work.defer(Job(task=jobs.ERASE_PARTNERS, arguments={"timestamp": 0}))
    work_off(api)
    with api.service.open_work() as work:
        assert [str(one) for one in work.lists.ids(10)] == [verified]


def test_nobody_is_erased_by_time_where_nobody_said_so(api: ApiClient) -> None:
    partner_id, _ = api.screened()
    put(api, partner_id, "rejected", 36_500)
    policies = replace(api.service.policies, retention=Retention())
    assert erase_all_due(replace(api.service, policies=policies)) == 0


def company(number: int) -> dict[str, Any]:
    """One that looks like no other."""
    name = f"Firma{number}"
    return {
        "company": {
            "legal_name": f"{name} GmbH",
            "registration_number": f"HRB 7{number}1",
            "country": "DE",
            "website": f"https://{name.lower()}.example",
        },
        "contact": {"given_name": "Ada", "family_name": name, "email": f"ada@{name.lower()}.example"},
        "members": [],
    }


def test_findings_of_before_lose_the_names_of_others(
    postgres: LocalPostgres, service: OnboardingService
) -> None:
    url = postgres.ensure_database(f"upgrade_{uuid4().hex[:8]}", owner="tests", password="tests")
    migrate(url, service.migrations, "0021")
    other, partner = uuid4(), uuid4()
    found = [
        {"code": "no_rule", "message": "No rule approves (this)."},
        {"code": "duplicate_website", "message": f"Twin (AG) ({other}), active, has a website."},
        {"code": "returning_contact", "message": f"Twin AG ({other}) was here before (expired) and had it."},
    ]
    facts = dict.fromkeys(REQUIRED, "x") | dict.fromkeys(("move_count", "declined_count"), 0)
    facts |= {"id": partner, "findings": Jsonb(found), "shares_registration": False, "search_text": ""}
    facts |= dict.fromkeys(("created_at", "state_entered_at"), datetime.now(UTC))
    facts |= {"competences": [], "products_wanted": []}
    with psycopg.connect(driver_url(url)) as before:
        columns, places = ", ".join(facts), ", ".join(f"%({name})s" for name in facts)
        before.execute(f"INSERT INTO partners ({columns}) VALUES ({places})", facts)  # noqa: S608
        before.execute(
            "INSERT INTO timeline (partner_id, code, occurred_at, source, event_id, audience, facts,"
            " internal_facts) VALUES (%s, 'partner.review_started', now(), 's', 'e', 'partner', '{}', %s)",
            (partner, Jsonb({"automatic": False, "findings": found})),
        )
    migrate(url, service.migrations)
    with psycopg.connect(driver_url(url)) as after:
        [kept] = after.execute("SELECT findings FROM partners").fetchone() or [None]
        [line] = after.execute("SELECT internal_facts FROM timeline").fetchone() or [None]
    assert [one["message"] for one in kept] == [
        "No rule approves (this).",
        f"Partner {other}, active, has a website.",
        f"Partner {other} was here before (expired) and had it.",
    ]
    assert line == {"automatic": False, "findings": kept}
