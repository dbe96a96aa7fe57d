"""What an active partner asks for and changes, by the API, and what is decided of it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.integration.onboarding.api_client import ApiClient
from tests.integration.onboarding.test_worker_and_consumer import agreed, hear

SANDBOX = "0193f0c1-11a1-7f00-8a00-0000000000a1"
NOBODYS = "0193f0c1-11a1-7f00-8a00-0000000000ff"
LEASE_END = datetime.now(UTC).replace(microsecond=0) + timedelta(days=200)
THIRTY_DAYS_LATER = f"{LEASE_END + timedelta(days=30):%Y-%m-%dT%H:%M:%SZ}"


# Another company, which looks like the first one in nothing.
OTHER: dict[str, Any] = {
    "company": {
        "legal_name": "Alt Antriebe AG",
        "registration_number": "HRB 777",
        "country": "DE",
        "website": "https://alt.example",
    },
    "contact": {"given_name": "Bea", "family_name": "Alt", "email": "bea@alt.example"},
    "members": [],
}


def active(api: ApiClient, **changes: Any) -> tuple[str, str]:
    """An active partner with a sandbox whose lease has begun."""
    partner_id, session = agreed(api, **changes)
    grant = {"grant_id": SANDBOX, "product": "cloud_sandbox", "required": True}
    hear(api, "access.planned", partner_id, 1, catalogue_version="1", grants=[grant])
    told = {"grant_id": SANDBOX, "product": "cloud_sandbox", "identifiers": {}, "collectable": False}
    hear(api, "access.granted", partner_id, 2, **told, lease_ends_at=LEASE_END.isoformat())
    assert api.state(partner_id) == "active"
    return partner_id, session


def ask(api: ApiClient, partner: tuple[str, str], **body: Any) -> Any:
    return api.post(f"/v1/partners/{partner[0]}/requests", body, partner[1])


def asked(api: ApiClient, partner: tuple[str, str], **body: Any) -> str:
    answer = ask(api, partner, **body)
    assert answer.status_code == 201, answer.json
    return str(answer.json["request_id"])


def change(api: ApiClient, partner: tuple[str, str], **body: Any) -> Any:
    return api.post(f"/v1/partners/{partner[0]}/profile", body, partner[1])


def seen(api: ApiClient, partner: tuple[str, str], request_id: str) -> dict[str, Any]:
    found = api.get(f"/v1/partners/{partner[0]}/requests", partner[1]).json["requests"]
    return next(one for one in found if one["request_id"] == request_id)


def decide(api: ApiClient, request_id: str, what: str, role: str = "operator") -> Any:
    return api.post(f"/v1/requests/{request_id}/{what}", {"reason": "We looked at it."}, api.ops(role))


def waiting(api: ApiClient) -> set[str]:
    return {one["request_id"] for one in api.get("/v1/requests", api.ops("viewer")).json["requests"]}


def decisions(api: ApiClient, request_id: str, role: str = "operator") -> list[str]:
    found: list[str] = api.get(f"/v1/requests/{request_id}", api.ops(role)).json["decisions"]
    return found


def answered(api: ApiClient, partner: tuple[str, str], request_id: str, answer: str, **more: Any) -> None:
    hear(api, "access.request_answered", partner[0], 9, request_id=request_id, answer=answer, **more)


def test_more_time_goes_to_the_rules_first_and_to_operators_if_they_leave_it(api: ApiClient) -> None:
    partner = active(api)
    request_id = asked(api, partner, kind="more_time", grant_id=SANDBOX, days=30, reason="The pilot goes on.")
    told = api.last("partner.requested")
    assert told == {
        "partner_id": partner[0],
        "request_id": request_id,
        "kind": "more_time",
        "grant_id": SANDBOX,
        "product": "cloud_sandbox",
        "ends_at": THIRTY_DAYS_LATER,
    }
    assert request_id not in waiting(api)
    answered(api, partner, request_id, "left_to_operator")
    assert request_id in waiting(api)
    counted = api.get("/v1/waiting", api.ops("viewer")).json["waiting"]
    assert {line["kind"]: line["count"] for line in counted}["requests"] == 1
    assert decide(api, request_id, "approval", "reviewer").status_code == 403
    assert decide(api, request_id, "approval").json["standing"] == "approved"
    decided = api.last("partner.request_decided")
    assert (decided["outcome"], decided["ends_at"]) == ("approved", THIRTY_DAYS_LATER)
    assert decided["decided_by"] == {"kind": "operator", "name": "amara.diallo"}
    again = decide(api, request_id, "refusal")
    assert (again.status_code, again.json["code"]) == (409, "request_decided")
    answered(api, partner, request_id, "carried_out")
    found = seen(api, partner, request_id)
    assert (found["standing"], found["reason"], found["days"]) == ("done", "The pilot goes on.", 30)
    assert "by_name" not in found["decision"]
    log = api.get("/v1/operator-actions", api.ops("viewer")).json["actions"]
    assert [(line["action"], line["reason"]) for line in log if line["target"] == request_id] == [
        ("approve request", "We looked at it.")
    ]
    entries = api.get(f"/v1/partners/{partner[0]}/timeline", partner[1]).json["entries"]
    codes = [line["code"] for line in entries]
    assert codes[-2:] == ["partner.requested", "partner.request_decided"]


def test_time_that_the_rules_give_is_done_at_once(api: ApiClient) -> None:
    partner = active(api)
    request_id = asked(api, partner, kind="more_time", grant_id=SANDBOX, days=1)
    for _ in range(2):
        answered(api, partner, request_id, "carried_out")
    assert seen(api, partner, request_id)["standing"] == "done"
    assert "partner.request_decided" not in [name for name, _ in api.events(partner[0])]


def test_another_product_and_competence_belong_to_the_profile_once_they_are_there(api: ApiClient) -> None:
    partner = active(api)
    product = asked(api, partner, kind="product", product="crm")
    competence = asked(api, partner, kind="competence", competence="data", reason="Two certified people.")
    for request_id in (product, competence):
        assert decide(api, request_id, "approval").status_code == 200
    path = f"/v1/partners/{partner[0]}"
    assert "crm" not in api.get(path, partner[1]).json["products_wanted"]
    for request_id in (product, competence):
        answered(api, partner, request_id, "carried_out")
    profile = api.get(path, partner[1]).json
    assert "crm" in profile["products_wanted"]
    assert profile["competences"] == ["iot", "data"]
    assert api.last("partner.profile_changed", partner[0])["changed_fields"] == ["competences"]
    assert api.states(partner[0])[-1]["competences"] == ["iot", "data"]
    assert ask(api, partner, kind="competence", competence="data").json["code"] == "competence_there"


def test_what_provisioning_is_to_answer_is_decided_by_nobody_else_for_a_day(api: ApiClient) -> None:
    partner = active(api)
    time = asked(api, partner, kind="more_time", grant_id=SANDBOX, days=30)
    withdrawal = f"/v1/partners/{partner[0]}/requests/{time}/withdrawal"
    refused = [decide(api, time, what) for what in ("approval", "refusal")]
    refused.append(api.post(withdrawal, {}, partner[1]))
    assert {(one.status_code, one.json["code"]) for one in refused} == {(409, "request_unanswered")}
    product = asked(api, partner, kind="product", product="crm")
    assert decisions(api, product) == ["approval", "refusal"]
    decide(api, product, "approval")
    assert (decisions(api, product), decide(api, product, "refusal").status_code) == ([], 409)
    with api.service.open_work() as work:
        aged = """UPDATE requests SET asked_at = asked_at - interval '1 day',
            decision_at = decision_at - interval '1 day' WHERE partner_id = %s"""
        work.connection.exec_driver_sql(aged, (partner[0],))
    for request_id in (time, product):
        assert decisions(api, request_id) == ["refusal"]
        assert decisions(api, request_id, "reviewer") == []
        assert decide(api, request_id, "refusal").json["standing"] == "refused"
    assert ask(api, partner, kind="product", product="crm").status_code == 201


def test_what_cannot_be_done_after_all_is_refused_in_words(api: ApiClient) -> None:
    partner = active(api)
    request_id = asked(api, partner, kind="product", product="crm")
    decide(api, request_id, "approval")
    answered(api, partner, request_id, "impossible", message="The catalogue gives no crm.")
    assert seen(api, partner, request_id)["decision"]["reason"] == "The catalogue gives no crm."
    assert api.last("partner.request_decided")["outcome"] == "refused"
    assert ask(api, partner, kind="product", product="crm").status_code == 201


@pytest.mark.parametrize(
    ("body", "code", "places"),
    [
        ({}, 422, {"/kind"}),
        ({"kind": "company"}, 422, {"/kind"}),
        ({"kind": "more_time"}, 422, {"/grant_id", "/days"}),
        (
            {"kind": "more_time", "grant_id": "x", "days": 0, "reason": 7},
            422,
            {"/grant_id", "/days", "/reason"},
        ),
        ({"kind": "more_time", "grant_id": SANDBOX, "days": 366}, 422, {"/days"}),
        ({"kind": "more_time", "grant_id": NOBODYS, "days": 1}, 422, {"/grant_id"}),
        ({"kind": "product", "product": "cloud_sandbox"}, 422, {"/product"}),
        ({"kind": "product", "product": "rocket", "days": 3}, 422, {"/product", "/days"}),
        ({"kind": "competence", "competence": "iot"}, 422, {"/competence"}),
        ({"kind": "competence", "competence": "data", "reason": "x" * 2_001}, 422, {"/reason"}),
    ],
    ids=["none", "kind", "empty", "types", "days", "grant", "there", "word", "known", "reason"],
)
def test_nonsense_is_named_field_by_field(
    api: ApiClient, body: dict[str, Any], code: int, places: set[str]
) -> None:
    answer = ask(api, active(api), **body)
    assert answer.status_code == code, answer.json
    assert {error["pointer"] for error in answer.json["errors"]} == places


def test_only_an_active_partner_asks_and_only_for_itself(api: ApiClient) -> None:
    early, partner = api.screened(**OTHER), active(api)
    refused = ask(api, early, kind="product", product="crm")
    assert (refused.status_code, refused.json["code"]) == (409, "not_active")
    assert change(api, early, language="en").json["state"] == "approved"
    assert ask(api, (partner[0], early[1]), kind="product", product="crm").status_code == 404
    request_id = asked(api, partner, kind="product", product="crm")
    theirs = f"/v1/partners/{early[0]}/requests/{request_id}/withdrawal"
    assert api.post(theirs, None, early[1]).status_code == 404
    assert api.get(f"/v1/requests/{request_id}", partner[1]).status_code == 403
    assert decide(api, str(uuid4()), "approval").status_code == 404


def test_the_same_is_asked_for_once_also_by_two_at_the_same_moment(api: ApiClient) -> None:
    partner = active(api)
    body = {"kind": "product", "product": "crm"}
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: ask(api, partner, **body).status_code, range(2)))
    assert sorted(answers) == [201, 409]
    [request] = api.get(f"/v1/partners/{partner[0]}/requests", partner[1]).json["requests"]
    path = f"/v1/partners/{partner[0]}/requests/{request['request_id']}/withdrawal"
    assert api.post(path, None, partner[1]).json["standing"] == "withdrawn"
    assert api.post(path, None, partner[1]).json["code"] == "request_decided"
    for _ in range(19):
        request_id = asked(api, partner, **body)
        api.post(f"/v1/partners/{partner[0]}/requests/{request_id}/withdrawal", None, partner[1])
    assert ask(api, partner, **body).json["code"] == "too_many_requests"


def test_who_leaves_asks_for_nothing_any_more(api: ApiClient) -> None:
    partner = active(api)
    request_id = asked(api, partner, kind="product", product="crm")
    api.post(f"/v1/partners/{partner[0]}/offboarding", {"reason": "We stop."}, partner[1])
    assert seen(api, partner, request_id)["standing"] == "withdrawn"
    assert decide(api, request_id, "approval").json["code"] == "not_active"


def test_ordinary_facts_change_at_once_and_others_are_reviewed(api: ApiClient) -> None:
    other_id, _ = api.screened(**OTHER)
    partner = active(api)
    company = {
        "website": "https://neu.example",
        "legal_name": "Neue Firma SE",
        "registration_number": "HRB 777",
    }
    answer = change(api, partner, company=company, language="en", reason="We merged.")
    assert answer.status_code == 200, answer.json
    assert set(answer.json["changed_fields"]) == {"website", "language"}
    request_id = answer.json["request"]["request_id"]
    profile = api.get(f"/v1/partners/{partner[0]}", partner[1]).json
    assert profile["company"]["website"].startswith("https://neu.example")
    assert (profile["company"]["legal_name"], profile["state"]) == ("Müller & Söhne GmbH 🚀", "active")
    told = api.last("partner.profile_changed", partner[0])
    assert (told["changed_fields"], told["language"]) == (["language", "website"], "en")

    line = api.get(f"/v1/requests/{request_id}", api.ops("reviewer")).json
    assert line["before"] == {"legal_name": "Müller & Söhne GmbH 🚀", "registration_number": "HRB 12345"}
    assert line["after"] == {"legal_name": "Neue Firma SE", "registration_number": "HRB 777"}
    assert "duplicate_registration_number" in {finding["code"] for finding in line["findings"]}
    assert change(api, partner, company={"legal_name": "Third SE"}).json["code"] == "request_open"
    taken = decide(api, request_id, "approval", "reviewer")
    assert (taken.status_code, taken.json["conflicting_partner_id"]) == (409, other_id)
    assert seen(api, partner, request_id)["standing"] == "waiting"
    assert decide(api, request_id, "refusal", "reviewer").status_code == 200

    answer = change(api, partner, company={"legal_name": "Third SE"}, partner_type="reseller")
    request_id = answer.json["request"]["request_id"]
    assert decide(api, request_id, "approval", "reviewer").json["standing"] == "done"
    assert api.states(partner[0])[-1]["legal_name"] == "Third SE"
    assert api.last("partner.profile_changed", partner[0])["partner_type"] == "reseller"
    assert change(api, partner, company={"legal_name": "Third SE"}).json == {
        "partner_id": partner[0],
        "changed_fields": [],
        "request": None,
    }


def test_a_wrong_number_is_named_and_nothing_else_changes(api: ApiClient) -> None:
    partner = active(api)
    company = {"country": "FR", "registration_number": "552100555", "website": "https://neu.example"}
    answer = change(api, partner, company=company)
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/company/registration_number")
    seen_now = api.get(f"/v1/partners/{partner[0]}", partner[1]).json["company"]
    assert seen_now["website"] == "https://mueller-soehne.example"
    assert change(api, partner, members=[], competences=["data"]).status_code == 422


def test_pages_of_the_list_have_no_gap(api: ApiClient) -> None:
    partner = active(api)
    ids = [
        asked(api, partner, kind="competence", competence=one)
        for one in ("data", "ai", "edge", "cloud", "crm")
    ]
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = api.get("/v1/requests", api.ops("viewer"), limit=2, **cursor).json
        found += [one["request_id"] for one in page["requests"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert found == ids
    assert UUID(found[0])
    assert datetime.fromisoformat(page["requests"][0]["asked_at"]) > datetime.now(UTC) - timedelta(hours=1)
