"""Who may do what: every kind of principal at every kind of guarded view."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from chassis.identity.ops_tokens import sign_ops_token
from chassis.identity.session import SessionSigner
from chassis.identity.signed_tokens import sign
from chassis.identity.signing_keys import new_key_pair, read_private_key

ID = "11111111-2222-3333-4444-555555555555"


@pytest.fixture
def tokens(session_signer: SessionSigner, ops_token: str, viewer_token: str) -> dict[str, str]:
    return {
        "own": session_signer.sign(ID).token,
        "other": session_signer.sign(str(uuid4())).token,
        "viewer": viewer_token,
        "operator": ops_token,
    }


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", f"/v1/things/{ID}", {None: 401, "own": 200, "other": 404, "viewer": 200, "operator": 200}),
        (
            "POST",
            f"/v1/things/{ID}/acceptance",
            {None: 401, "own": 200, "other": 404, "viewer": 403, "operator": 403},
        ),
        (
            "POST",
            f"/v1/things/{ID}/approval",
            {None: 401, "own": 403, "other": 403, "viewer": 403, "operator": 200},
        ),
        ("GET", "/v1/things", {None: 401, "own": 403, "other": 403, "viewer": 200, "operator": 200}),
        ("GET", "/status", {None: 401, "own": 200, "other": 200, "viewer": 403, "operator": 403}),
    ],
)
def test_who_may_do_what(
    client: FlaskClient, tokens: dict[str, str], method: str, path: str, expected: dict[str | None, int]
) -> None:
    found = {}
    for who in expected:
        headers = {"Authorization": f"Bearer {tokens[who]}"} if who else {}
        found[who] = client.open(path, method=method, headers=headers).status_code
    assert found == expected


def test_without_a_token_the_challenge_names_no_error(client: FlaskClient) -> None:
    answer = client.get("/v1/things")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="gangway"'
    assert answer.json["code"] == "sign_in_required"


def forgeries(keys: Any) -> dict[str, str]:
    other = read_private_key(new_key_pair()[0])
    now = datetime.now(UTC)
    claims = {"sub": ID, "exp": now + timedelta(hours=1)}
    ops_claims = {**claims, "roles": ["operator"]}
    session_key, ops_key = read_private_key(keys.session[0]), read_private_key(keys.ops[0])
    return {
        "signed by somebody else": sign(other, "ops", ops_claims),
        "ops token signed by the session key": sign(session_key, "ops", ops_claims),
        "link used as a session": sign(session_key, "link", claims),
        "session without subject": sign(session_key, "session", {"exp": now + timedelta(hours=1)}),
        "session that never ends": sign(session_key, "session", {"sub": ID}),
        "roles that are no list": sign(ops_key, "ops", {**claims, "roles": "operator"}),
        "an operator's name that no event may hold": sign(ops_key, "ops", {**ops_claims, "sub": "x" * 201}),
        "an operator's name of two lines": sign(ops_key, "ops", {**ops_claims, "sub": "olga\nadmin"}),
        "an operator without a name": sign(ops_key, "ops", {**ops_claims, "sub": " "}),
        "rubbish": "rubbish",
        "too long": "a" * 5000,
    }


def test_forged_tokens_are_refused(client: FlaskClient, keys: Any) -> None:
    for name, token in forgeries(keys).items():
        answer = client.get(f"/v1/things/{ID}", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401, name
        assert answer.json["code"] == "invalid_token", name
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"], name


@pytest.mark.parametrize(
    "value", ["", "Bearer", "Basic b2xnYTpvbGdh", "Basic \u00ff", "bearer ", "Token abc"]
)
def test_other_authorization_is_refused(client: FlaskClient, value: str) -> None:
    answer = client.get("/v1/things", headers={"Authorization": value})
    assert (answer.status_code, answer.json["code"]) == (401, "invalid_token")


def test_expired_tokens_are_told(client: FlaskClient, keys: Any, session_signer: SessionSigner) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    expired = [
        session_signer.sign(ID, now=yesterday).token,
        sign_ops_token(read_private_key(keys.ops[0]), "olga", ("operator",), timedelta(hours=-1)),
    ]
    for token in expired:
        answer = client.get(f"/v1/things/{ID}", headers={"Authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.json["code"]) == (401, "expired_token")


def test_the_cookie_is_a_session_and_nothing_else(
    client: FlaskClient, session_signer: SessionSigner, ops_token: str
) -> None:
    client.set_cookie("gangway_session", session_signer.sign(ID).token)
    assert client.get("/status").text == ID
    client.set_cookie("gangway_session", ops_token)
    assert client.get("/v1/things").status_code == 401


def test_a_stale_cookie_does_not_lock_out_of_open_pages(
    client: FlaskClient, session_signer: SessionSigner
) -> None:
    stale = session_signer.sign(ID, now=datetime.now(UTC) - timedelta(days=2)).token
    client.set_cookie("gangway_session", stale)
    assert client.get("/").status_code == 200
    page = client.get("/status", headers={"Accept": "text/html", "Accept-Language": "de"})
    assert page.status_code == 401
    assert "Bitte melden Sie sich an" in page.text
