"""What clients get for good and bad requests, without a database."""

import gzip
import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator
from werkzeug.test import TestResponse

COMPANY = {"legal_name": "Müller & Söhne", "country": "de", "website": "https://example.com"}


def problem(answer: TestResponse) -> dict[str, Any]:
    assert answer.content_type == "application/problem+json"
    body: dict[str, Any] = json.loads(answer.text)
    assert body["status"] == answer.status_code
    assert body["request_id"] == answer.headers["X-Request-Id"]
    return body


def errors_of(answer: TestResponse) -> dict[str, str]:
    assert answer.status_code == 422
    return {error["pointer"]: error["detail"] for error in problem(answer)["errors"]}


def test_good_input_reaches_the_view_clean(client: FlaskClient) -> None:
    answer = client.post(
        "/v1/applications", json={"company": {**COMPANY, "legal_name": "  Mu\u0308ller "}, "goals": "a\r\nb"}
    )
    assert answer.status_code == 202
    assert answer.json["company"]["legal_name"] == "Müller"
    assert answer.json["company"]["country"] == "DE"
    assert answer.json["goals"] == "a\nb"


def test_every_wrong_value_is_named_by_its_pointer(client: FlaskClient) -> None:
    body = {
        "company": {"country": "XX", "website": "http://example.com", "a/b~c": 1},
        "members": [
            {"email": "ada@example.com"},
            {"email": "nonsense", "is_contact": "yes", "age": "5"},
            "text",
        ],
        "goals": "x" * 101,
        "surprise": {},
    }
    errors = errors_of(client.post("/v1/applications", json=body))
    assert set(errors) == {
        "/company/legal_name",
        "/company/country",
        "/company/website",
        "/company/a~1b~0c",
        "/members/1/email",
        "/members/1/is_contact",
        "/members/1/age",
        "/members/2",
        "/goals",
        "/surprise",
    }


@pytest.mark.parametrize(
    "text", ["\x00", "a\x1bb", "line\nbreak", "\ud800", "a\u202eb", "\u2028", "", "   ", "x" * 201]
)
def test_unclean_names_are_refused(client: FlaskClient, text: str) -> None:
    answer = client.post("/v1/applications", json={"company": {**COMPANY, "legal_name": text}})
    assert set(errors_of(answer)) == {"/company/legal_name"}


@pytest.mark.parametrize("text", ["O\u2019Neill GmbH 🚀", "👩‍🔬 Labs", "株式会社", "شركة", "D'Arcy Ltd"])
def test_names_of_the_world_are_taken(client: FlaskClient, text: str) -> None:
    answer = client.post("/v1/applications", json={"company": {**COMPANY, "legal_name": text}})
    assert answer.json["company"]["legal_name"] == text


@pytest.mark.parametrize(
    "url",
    ["https://u:p@example.com", "https://", "ftp://example.com", "https://localhost", "https://a b.com", 5],
)
def test_unusable_websites_are_refused(client: FlaskClient, url: object) -> None:
    answer = client.post("/v1/applications", json={"company": {**COMPANY, "website": url}})
    assert set(errors_of(answer)) == {"/company/website"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'{"a": NaN}',
        b'{"a": 1, "a": 2}',
        b"[" * 100_000,
        b'{"a": ' + b"1" * 5000 + b"}",
    ],
)
def test_broken_json_is_400(client: FlaskClient, body: bytes) -> None:
    answer = client.post("/v1/applications", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert problem(answer)["code"] == "invalid_json"


@pytest.mark.parametrize("body", ["[]", '"text"', "5", "null"])
def test_json_that_is_no_object_is_422(client: FlaskClient, body: str) -> None:
    answer = client.post("/v1/applications", data=body, content_type="application/json")
    assert "" in errors_of(answer)


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "text/xml"])
def test_other_media_types_are_415(client: FlaskClient, content_type: str) -> None:
    answer = client.post("/v1/applications", data="{}", content_type=content_type)
    assert answer.status_code == 415
    assert problem(answer)["code"] == "unsupported_media_type"


def test_a_compressed_body_is_415_and_told_why(client: FlaskClient) -> None:
    body = gzip.compress(b"{}")
    answer = client.post(
        "/v1/applications", data=body, content_type="application/json", headers={"Content-Encoding": "GZIP"}
    )
    assert (answer.status_code, problem(answer)["code"]) == (415, "encoding_not_known")
    assert answer.headers["Accept-Encoding"] == "identity"
    plain = client.post("/v1/applications", json={}, headers={"Content-Encoding": "identity"})
    assert plain.status_code == 422


def test_no_body_at_all_is_400(client: FlaskClient) -> None:
    answer = client.post("/v1/applications")
    assert answer.status_code == 400
    assert problem(answer)["code"] == "body_missing"


def test_an_empty_object_names_what_is_missing(client: FlaskClient) -> None:
    assert set(errors_of(client.post("/v1/applications", json={}))) == {"/company"}


def test_many_errors_are_cut_and_said(client: FlaskClient) -> None:
    answer = client.post("/v1/applications", json={f"field{n}": 1 for n in range(300)})
    body = problem(answer)
    assert len(body["errors"]) == 50
    assert "301" in body["detail"]


@pytest.mark.parametrize(
    ("path", "content_type"),
    [("/v1/applications", "application/json"), ("/links/x", "application/x-www-form-urlencoded")],
)
def test_large_bodies_are_413(client: FlaskClient, path: str, content_type: str) -> None:
    answer = client.post(path, data=b"a" * 300 * 1024, content_type=content_type)
    assert answer.status_code == 413
    assert problem(answer)["code"] == "body_too_large"


@pytest.mark.parametrize("names", [["k" * 100_000], [f"{place}/" * 900 for place in range(60)]])
def test_made_up_names_come_back_short(client: FlaskClient, names: list[str]) -> None:
    answer = client.post("/v1/applications", json=dict.fromkeys(names, 1), headers={"Idempotency-Key": "k"})
    assert answer.status_code == 422
    assert len(answer.data) < 15_000
    pointers = [error["pointer"] for error in problem(answer)["errors"]]
    # Not all of many are named, and which of them is left to chance.
    assert any(re.match(r"/(kkk|\d+~1)", pointer) and pointer.endswith("…") for pointer in pointers)


def test_unknown_query_parameters_are_named(client: FlaskClient, ops_token: str) -> None:
    answer = client.get("/v1/things?limit=0&stat=x", headers={"Authorization": f"Bearer {ops_token}"})
    assert answer.status_code == 422
    assert {error["parameter"] for error in problem(answer)["errors"]} == {"limit", "stat"}


def test_unknown_routes_and_methods(client: FlaskClient) -> None:
    assert problem(client.get("/nowhere"))["code"] == "not_found"
    assert problem(client.get("/v1/things/not-a-uuid"))["status"] == 404
    wrong = client.delete("/v1/applications")
    assert problem(wrong)["status"] == 405
    assert {method.strip() for method in wrong.headers["Allow"].split(",")} == {"OPTIONS", "POST"}


def test_head_and_options(client: FlaskClient) -> None:
    assert client.head("/").status_code == 200
    assert client.head("/").data == b""
    options = client.options("/v1/applications")
    assert options.status_code == 200
    assert "POST" in options.headers["Allow"]


def test_own_exceptions_and_problems(client: FlaskClient) -> None:
    refused = problem(client.post("/v1/failures/domain"))
    assert (refused["status"], refused["code"], refused["state"]) == (409, "move_not_allowed", "active")
    gone = problem(client.post("/v1/failures/problem"))
    assert (gone["status"], gone["new_link"]) == (410, "/new-link")


def test_unforeseen_errors_tell_nothing(client: FlaskClient) -> None:
    answer = client.post("/v1/failures/other")
    assert problem(answer) == {
        "type": "urn:problem-type:internal_server_error",
        "title": "Internal Server Error",
        "status": 500,
        "code": "internal_server_error",
        "request_id": answer.headers["X-Request-Id"],
    }


def test_a_database_that_is_away_is_503(client: FlaskClient) -> None:
    answer = client.get("/v1/rows")
    assert problem(answer)["status"] == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "127.0.0.1" not in answer.text


def test_people_get_pages_in_their_language(client: FlaskClient) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    english = client.get("/nowhere", headers={**browser, "Accept-Language": "en-GB"})
    assert english.mimetype == "text/html"
    assert english.status_code == 404
    assert "<h1>Page not found</h1>" in english.text
    for wanted in ("de-AT,de;q=0.9,en;q=0.5", "de_CH", "zh-CN,zh;q=0.9,de;q=0.1"):
        german = client.get("/nowhere", headers={**browser, "Accept-Language": wanted})
        assert "<h1>Nicht gefunden</h1>" in german.text
        assert '<html lang="de">' in german.text


def test_a_chosen_language_stays(client: FlaskClient) -> None:
    assert "Zur Startseite" in client.get("/?lang=de").text
    assert "Zur Startseite" in client.get("/", headers={"Accept-Language": "en"}).text
    assert "Go to the start page" in client.get("/?lang=en").text
    assert "Go to the start page" in client.get("/?lang=xx").text


def test_request_ids_and_headers(client: FlaskClient) -> None:
    answer = client.get("/", headers={"X-Request-Id": "my-request-1"})
    assert answer.headers["X-Request-Id"] == "my-request-1"
    made = client.get("/", headers={"X-Request-Id": "<script>"}).headers["X-Request-Id"]
    assert len(made) == 32
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "script-src" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Strict-Transport-Security" not in answer.headers


def test_errors_carry_the_headers_too(client: FlaskClient) -> None:
    answer = client.get("/nowhere")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://localhost"}, 200),
        ({"Origin": "http://127.0.0.1:8000"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://proxy.example"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        *(({"Origin": origin}, 403) for origin in ("", "http://[", "http://[::1", "https://a℀b", "//")),
    ],
)
def test_forms_of_other_sites_are_refused(client: FlaskClient, headers: dict[str, str], status: int) -> None:
    assert client.post("/links/abc", data={"a": "b"}, headers=headers).status_code == status
    assert client.get("/", headers=headers).status_code == 200


def test_the_document_is_valid_and_describes_problems(client: FlaskClient) -> None:
    document = client.get("/openapi.json").json
    OpenAPIV31SpecValidator(document).validate()
    assert document["openapi"].startswith("3.1")
    approval = document["paths"]["/v1/things/{thing_id}/approval"]["post"]
    assert approval["security"] == [{"opsToken": []}, {"accessToken": []}]
    assert approval["x-role"] == "operator"
    assert {"401", "403", "default"} <= set(approval["responses"])
    refused = document["components"]["responses"]["DEFAULT_ERROR"]["content"]
    assert list(refused) == ["application/problem+json"]
    application = document["components"]["schemas"]["Application"]
    assert application["additionalProperties"] is False
    schemes = {"session", "sessionCookie", "opsToken", "accessToken"}
    assert set(document["components"]["securitySchemes"]) == schemes


def test_docs_need_nothing_from_elsewhere(client: FlaskClient) -> None:
    page = client.get("/docs")
    assert "script-src 'self';" in page.headers["Content-Security-Policy"]
    assert "<script>" not in page.text
    for name in ("swagger-ui-bundle.js", "swagger-ui.css", "start.js"):
        assert f"docs/assets/{name}" in page.text
        with client.get(f"/docs/assets/{name}") as asset:
            assert asset.status_code == 200
    assert client.get("/docs/assets/../start.js").status_code == 404


def test_health(client: FlaskClient) -> None:
    assert client.get("/health/live").json == {"status": "ok"}
    assert client.get("/health/ready").json == {"status": "ok", "checks": {"database": "ok"}}
    assert client.get("/metrics").status_code == 404
