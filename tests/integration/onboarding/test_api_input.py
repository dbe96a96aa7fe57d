"""What the API refuses, and how it says so."""

import base64
from typing import Any
from uuid import uuid4

import pytest
from tests.integration.onboarding.api_client import ApiClient, application

from onboarding.domain import bounds

COMPANY = application()["company"]
CONTACT = application()["contact"]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"company": {**COMPANY, "country": "XX"}}, "/company/country"),
        ({"company": {**COMPANY, "legal_name": "a" * 201}}, "/company/legal_name"),
        ({"company": {**COMPANY, "legal_name": "a\u0000b"}}, "/company/legal_name"),
        ({"company": {**COMPANY, "legal_name": "   "}}, "/company/legal_name"),
        ({"company": {**COMPANY, "registration_number": "---"}}, "/company/registration_number"),
        ({"company": {**COMPANY, "website": "javascript:alert(1)"}}, "/company/website"),
        ({"company": {**COMPANY, "website": "https://x.example/" + "a" * 500}}, "/company/website"),
        ({"company": {**COMPANY, "website": "https://x.example:99999"}}, "/company/website"),
        ({"company": {**COMPANY, "website": "https://a℀b.example"}}, "/company/website"),
        ({"company": {**COMPANY, "website": "https://x.example/" + "ß" * 90}}, "/company/website"),
        ({"company": {**COMPANY, "owner": "me"}}, "/company/owner"),
        ({"company": "Müller"}, "/company"),
        ({"contact": {**CONTACT, "email": "jana@"}}, "/contact/email"),
        ({"contact": {**CONTACT, "language": "fr"}}, "/contact/language"),
        ({"members": [CONTACT]}, "/members/0/email"),
        ({"members": [{**CONTACT, "email": "a@b.example"}] * 2}, "/members/1/email"),
        (
            {"members": [{**CONTACT, "email": f"a{n}@b.example"} for n in range(bounds.MEMBERS + 1)]},
            "/members",
        ),
        ({"partner_type": "bakery"}, "/partner_type"),
        ({"competences": ["iot", "iot"]}, "/competences"),
        ({"competences": "iot"}, "/competences"),
        ({"products_wanted": ["moon"]}, "/products_wanted/0"),
        ({"expected_benefits": "a" * 2001}, "/expected_benefits"),
        ({"language": "fr"}, "/language"),
        ({"state": "active"}, "/state"),
    ],
)
def test_each_wrong_field_is_named(api: ApiClient, changes: dict[str, Any], pointer: str) -> None:
    answer = api.post("/v1/applications", application(**changes))
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]
    assert api.events() == []


def test_all_missing_fields_are_named_at_once(api: ApiClient) -> None:
    answer = api.post("/v1/applications", {})
    pointers = {error["pointer"] for error in answer.json["errors"]}
    assert pointers == {"/company", "/contact", "/partner_type", "/language"}


def test_the_least_application(api: ApiClient) -> None:
    body = application()
    for name in ("members", "competences", "products_wanted", "expected_benefits"):
        del body[name]
    assert api.post("/v1/applications", body).status_code == 202


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("https://müller.example/größe?q=ü", "https://xn--mller-kva.example/gr%C3%B6%C3%9Fe?q=%C3%BC"),
        ("https://x.example/aktion-50%", "https://x.example/aktion-50%25"),
        ("https://x.example#a#b", "https://x.example#a%23b"),
        ("https://שלום1.example", "https://xn--1-9hcuf1d.example"),  # noqa: RUF001
    ],
)
def test_a_website_is_told_as_a_uri(api: ApiClient, typed: str, told: str) -> None:
    partner_id = api.applied(company={**COMPANY, "website": typed})
    assert api.last("partner.applied", partner_id)["website"] == told
    assert api.states(partner_id)[-1]["website"] == told


def test_without_an_idempotency_key(api: ApiClient) -> None:
    answer = api.http.post("/v1/applications", json=application())
    assert (answer.status_code, answer.json["errors"][0]["header"]) == (400, "Idempotency-Key")


def test_too_large_and_not_json(api: ApiClient) -> None:
    assert api.post("/v1/applications", {"expected_benefits": "a" * 300_000}).status_code == 413
    headers = {"Idempotency-Key": str(uuid4())}
    assert api.http.post("/v1/applications", data="x=1", headers=headers).status_code == 415
    wrong = api.http.post("/v1/applications", data="{", headers=headers, content_type="application/json")
    assert wrong.status_code == 400


@pytest.mark.parametrize("token", ["", "rubbish", "a.b.c", "é"])
def test_a_link_that_is_not_ours(api: ApiClient, token: str) -> None:
    answer = api.post("/v1/sessions", {"link_token": token})
    assert (answer.status_code, answer.json["code"]) in {(410, "link_invalid"), (422, "invalid_input")}


def test_a_link_that_nobody_was_sent(api: ApiClient) -> None:
    partner_id = api.applied()
    answer = api.post("/v1/sessions", {"link_token": api.link_token({"id": str(uuid4())})})
    assert (answer.status_code, answer.json["code"]) == (410, "link_invalid")
    assert api.state(partner_id) == "applied"


POSTS = {
    "approval": {"tier": "select", "reason": "x"},
    "rejection": {"reason": "x"},
    "correction-request": {"fields": ["country"], "message": "x"},
    "tier": {"tier": "premier", "reason": "x"},
    "suspension": {"reason": "x"},
    "resumption": {"reason": "x"},
    "correction": {"language": "en"},
    "agreement-acceptance": {"agreement_version": "2026-01"},
    "withdrawal": {},
    "offboarding": {"reason": "x"},
}
FOR_OPERATORS = {"approval", "rejection", "correction-request", "tier", "suspension", "resumption"}


@pytest.mark.parametrize("action", POSTS)
def test_who_may_move_whom(api: ApiClient, action: str) -> None:
    partner_id, session = api.verified()
    _, stranger = api.verified(contact={**CONTACT, "email": "s@stranger.example"})
    path = f"/v1/partners/{partner_id}/{action}"
    body = POSTS[action]
    assert api.post(path, body).status_code == 401
    assert api.post(path, body, "rubbish").status_code == 401
    assert api.post(path, body, api.ops("viewer")).status_code == 403
    assert api.post(path, body, stranger).status_code == (403 if action in FOR_OPERATORS else 404)
    if action in FOR_OPERATORS:
        assert api.post(path, body, session).status_code == 403
        unknown = api.post(f"/v1/partners/{uuid4()}/{action}", body, api.ops())
        assert unknown.status_code == 404
    assert api.state(partner_id) == "email_verified"


@pytest.mark.parametrize("path", ["/v1/partners/{}", "/v1/partners/{}/timeline"])
def test_who_may_read_whom(api: ApiClient, path: str) -> None:
    partner_id, session = api.verified()
    _, stranger = api.verified(contact={**CONTACT, "email": "s@stranger.example"})
    assert api.get(path.format(partner_id), session).status_code == 200
    assert api.get(path.format(partner_id), stranger).status_code == 404
    assert api.get(path.format(partner_id)).status_code == 401
    assert api.get(path.format(uuid4()), api.ops("viewer")).status_code == 404
    assert api.get(path.format("no-id"), api.ops("viewer")).status_code == 404


@pytest.mark.parametrize("path", ["/v1/partners", "/v1/reviews"])
def test_lists_are_for_operators_and_know_their_parameters(api: ApiClient, path: str) -> None:
    _, session = api.verified()
    assert api.get(path).status_code == 401
    assert api.get(path, session).status_code == 403
    for wrong in ({"limit": 0}, {"limit": 501}, {"limit": "x"}, {"cursor": "x"}, {"cursor": "W10"}, {"x": 1}):
        assert api.get(path, api.ops("viewer"), **wrong).status_code == 422, wrong


def test_a_cursor_of_another_list_is_refused(api: ApiClient) -> None:
    for keys in (b'["x"]', b"[1]", b'["2026-01-01T00:00:00+00:00", "x"]', b'["2026-01-01T00:00:00", 1]'):
        cursor = base64.urlsafe_b64encode(keys).decode().rstrip("=")
        for path in ("/v1/partners", "/v1/reviews"):
            assert api.get(path, api.ops("viewer"), cursor=cursor).status_code == 422, (path, keys)
        partner_id = api.applied()
        answer = api.get(f"/v1/partners/{partner_id}/timeline", api.ops("viewer"), cursor=cursor)
        assert answer.status_code == 422


def test_the_document_is_openapi_3_1(api: ApiClient) -> None:
    document = api.http.get("/openapi.json").json
    assert document["openapi"].startswith("3.1")
    assert "/v1/partners/{partner_id}/approval" in document["paths"]
