"""The life of a partner through the API."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from tests.integration.onboarding.api_client import ApiClient, application

from onboarding.adapters.tables import link_requests
from onboarding.handlers.commands import SendRequestedLink
from onboarding.handlers.request_link import send_requested_link


def test_from_application_to_agreement(api: ApiClient) -> None:
    partner_id, session = api.screened()
    path = f"/v1/partners/{partner_id}"
    seen = api.get(path, session).json
    assert (seen["state"], seen["tier"]) == ("approved", "select")
    assert seen["company"]["legal_name"] == "Müller & Söhne GmbH 🚀"
    assert "findings" not in seen
    assert "by_name" not in seen["decision"]
    agreement = api.http.get("/v1/agreements/current?lang=de").json
    body = {"agreement_version": agreement["agreement_version"], "language": "de"}
    answer = api.post(f"{path}/agreement-acceptance", body, session)
    assert (answer.status_code, answer.json["state"]) == (200, "agreement_accepted")
    accepted = api.get(path, session).json["agreement"]
    assert accepted["text_sha256"] == agreement["text_sha256"]
    assert accepted["accepted_by"] == seen["contact"]["member_id"]
    assert [name for name, _ in api.events(partner_id)] == [
        "partner.applied",
        "partner.email_verification_requested",
        "partner.email_verified",
        "partner.review_started",
        "partner.approved",
        "partner.member_confirmation_requested",
        "partner.agreement_accepted",
    ]


def test_the_timeline_in_words_of_the_reader(api: ApiClient) -> None:
    partner_id, session = api.in_review()
    path = f"/v1/partners/{partner_id}/timeline"
    own_lines = api.get(path, session, lang="de").json["entries"]
    assert [line["text"] for line in own_lines][-1] == "Die Bewerbung wird geprüft."
    assert "no_rule" not in str(own_lines)
    assert not any("trace_id" in line for line in own_lines)
    ops_lines = api.get(path, api.ops("viewer")).json["entries"]
    assert ops_lines[-1]["internal_facts"]["findings"][0]["code"] == "no_rule"
    assert [line["occurred_at"] for line in ops_lines] == sorted(line["occurred_at"] for line in ops_lines)


def test_the_timeline_is_paged_without_gap_or_double(api: ApiClient) -> None:
    partner_id, session = api.screened()
    path = f"/v1/partners/{partner_id}/timeline"
    codes, cursor = [], None
    while True:
        page = api.get(path, session, limit=2, **({"cursor": cursor} if cursor else {})).json
        codes += [line["code"] for line in page["entries"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert codes == [name for name, _ in api.events(partner_id)]


def test_a_link_works_once(api: ApiClient) -> None:
    partner_id = api.applied()
    token = api.token_of("partner.email_verification_requested", partner_id)
    assert api.post("/v1/sessions", {"link_token": token}).status_code == 201
    again = api.post("/v1/sessions", {"link_token": token})
    assert (again.status_code, again.json["code"]) == (410, "link_used")
    assert again.json["new_link"] == "https://gangway.example/new-link"


def test_a_new_link_after_asking(api: ApiClient) -> None:
    partner_id, _ = api.screened()
    known = api.post("/v1/link-requests", {"email": "JANA@mueller-soehne.example"})
    unknown = api.post("/v1/link-requests", {"email": "nobody@nowhere.example"})
    assert (known.status_code, known.json) == (unknown.status_code, unknown.json)
    assert known.status_code == 202
    run_link_requests(api)
    token = api.token_of("partner.sign_in_requested", partner_id)
    answer = api.post("/v1/sessions", {"link_token": token})
    assert (answer.status_code, answer.json["state"]) == (201, "approved")


def run_link_requests(api: ApiClient) -> None:
    """Do what the worker does."""
    with api.service.open_work() as work:
        for request_id in work.connection.execute(select(link_requests.c.id)).scalars().all():
            send_requested_link(work, SendRequestedLink(request_id))


def test_correction_and_screening_again(api: ApiClient) -> None:
    partner_id, session = api.in_review()
    path = f"/v1/partners/{partner_id}"
    asked = {"fields": ["partner_type", "website"], "message": "Really a school?"}
    assert api.post(f"{path}/correction-request", asked, api.ops()).json["state"] == "action_required"
    refused = api.post(f"{path}/correction", {"company": {"legal_name": "Other"}}, session)
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/company/legal_name")
    body = {"partner_type": "machine_builder", "company": {"website": "https://new.example"}}
    assert api.post(f"{path}/correction", body, session).json["state"] == "in_review"
    seen = api.get(path, session).json
    assert seen["company"]["website"] == "https://new.example"
    assert api.last("partner.correction_submitted")["changed_fields"] == ["website", "partner_type"]


def test_suspending_needs_an_active_partner(api: ApiClient) -> None:
    partner_id, _ = api.screened()
    answer = api.post(f"/v1/partners/{partner_id}/suspension", {"reason": "x"}, api.ops())
    assert answer.status_code == 409
    assert (answer.json["state"], answer.json["target_state"]) == ("approved", "suspended")


def test_only_one_approval_of_a_company_names_the_other(api: ApiClient) -> None:
    first, _ = api.in_review()
    second, _ = api.in_review(contact={**application()["contact"], "email": "b@other.example"}, members=[])
    body = {"tier": "premier", "reason": "known"}
    assert api.post(f"/v1/partners/{first}/approval", body, api.ops()).status_code == 200
    answer = api.post(f"/v1/partners/{second}/approval", body, api.ops())
    assert (answer.status_code, answer.json["code"]) == (409, "registration_taken")
    assert answer.json["conflicting_partner_id"] == first
    assert api.state(second) == "in_review"


@pytest.mark.parametrize("same_partner", [True, False])
def test_racing_operators_make_one_move(api: ApiClient, app: Flask, same_partner: bool) -> None:
    first, _ = api.in_review()
    second = first if same_partner else api.in_review()[0]
    body = {"tier": "select", "reason": "known"}

    def decide(partner_id: str) -> int:
        client = ApiClient(api.service, app.test_client(), api.ops_key, api.link_token)
        return client.post(f"/v1/partners/{partner_id}/approval", body, client.ops()).status_code

    with ThreadPoolExecutor(2) as pool:
        statuses = sorted(pool.map(decide, [first, second]))
    assert statuses == [200, 409]
    assert [name for name, _ in api.events()].count("partner.approved") == 1


def test_the_same_key_gives_the_same_partner(api: ApiClient) -> None:
    key = str(uuid4())
    first = api.post("/v1/applications", application(), key=key)
    again = api.post("/v1/applications", application(), key=key)
    assert (again.status_code, again.json) == (first.status_code, first.json)
    assert [name for name, _ in api.events()].count("partner.applied") == 1
    other = api.post("/v1/applications", application(language="en"), key=key)
    assert other.status_code == 422


def test_operators_search_and_see_the_queue(api: ApiClient) -> None:
    partner_id, _ = api.in_review()
    other, _ = api.screened(
        company={
            "legal_name": "Zebra AG",
            "registration_number": "HRB 9",
            "country": "DE",
            "website": "https://zebra.example",
        },
        contact={**application()["contact"], "email": "z@zebra.example"},
        members=[],
    )
    viewer = api.ops("viewer")

    def found(**query: str) -> list[str]:
        return [line["partner_id"] for line in api.get("/v1/partners", viewer, **query).json["partners"]]

    assert found() == [other, partner_id]
    assert found(search="muller soh") == [partner_id]
    assert found(search="hrb12345") == [partner_id]
    assert found(search="jana@mueller") == [partner_id]
    assert found(search="zebra", state="in_review") == []
    assert found(search="' & | ! :*") == [other, partner_id]
    first = api.get("/v1/partners", viewer, limit=1).json
    assert found(limit="1", cursor=first["next_cursor"]) == [partner_id]
    queue = api.get("/v1/reviews", viewer).json["partners"]
    assert [line["partner_id"] for line in queue] == [partner_id]
    assert queue[0]["findings"][0]["code"] == "no_rule"


def test_leaving_by_either_side(api: ApiClient) -> None:
    partner_id, session = api.screened()
    path = f"/v1/partners/{partner_id}"
    assert api.post(f"{path}/offboarding", {"reason": "bye"}, session).status_code == 409
    version = api.get("/v1/agreements/current").json["agreement_version"]
    api.post(f"{path}/agreement-acceptance", {"agreement_version": version}, session)
    assert api.post(f"{path}/withdrawal", {}, session).status_code == 409
    answer = api.post(f"{path}/offboarding", {"reason": "bye"}, api.ops())
    assert (answer.status_code, answer.json["state"]) == (200, "offboarding")
    assert api.last("partner.offboarding_started")["requested_by"] == {
        "kind": "operator",
        "name": "amara.diallo",
    }


def test_an_old_agreement_is_refused_with_the_one_in_force(api: ApiClient) -> None:
    partner_id, session = api.screened()
    path = f"/v1/partners/{partner_id}/agreement-acceptance"
    answer = api.post(path, {"agreement_version": "2025-07"}, session)
    assert answer.status_code == 409
    assert answer.json["current_version"] == api.get("/v1/agreements/current").json["agreement_version"]
