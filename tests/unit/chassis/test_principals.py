"""Who may do what: every kind of principal at every kind of guarded view."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from tests.common_settings import read_common_settings
from tests.unit.chassis.conftest import ExampleService, create_example_app
from tests.unit.chassis.issuer import AUDIENCE, Issuer

from chassis.http.principals import Kind, Principal
from chassis.identity import revoked_tokens
from chassis.identity.operators import Operator
from chassis.identity.ops_tokens import key_id, sign_ops_token
from chassis.identity.session import SessionSigner
from chassis.identity.signed_tokens import sign
from chassis.identity.signing_keys import new_key_pair, read_private_key
from chassis.settings import SettingsRefused

HOUR = timedelta(hours=1)
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
        if method == "GET":
            assert client.head(path, headers=headers).status_code == found[who]
    assert found == expected


def test_without_a_token_the_challenge_names_no_error(client: FlaskClient) -> None:
    answer = client.get("/v1/things")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="gangway"'
    assert answer.json["code"] == "sign_in_required"


def forgeries(keys: Any) -> dict[str, str]:
    other = read_private_key(new_key_pair()[0])
    now = datetime.now(UTC)
    claims = {"sub": ID, "exp": now + timedelta(hours=1)}
    at = int(now.timestamp())
    session_claims = {**claims, "sid": str(uuid4()), "auth_time": at, "session_exp": at + 3_600}
    ops_claims = {**claims, "roles": ["operator"]}
    session_key, ops_key = read_private_key(keys.session[0]), read_private_key(keys.ops[0])
    return {
        "signed by somebody else": sign(other, "ops", ops_claims),
        "ops token signed by the session key": sign(session_key, "ops", ops_claims),
        "link used as a session": sign(session_key, "link", session_claims),
        "session that is too long": sign(session_key, "session", {**session_claims, "more": "x" * 4_000}),
        "session without subject": sign(session_key, "session", {"exp": now + timedelta(hours=1)}),
        "session that never ends": sign(session_key, "session", {"sub": ID}),
        "roles that are no list": sign(ops_key, "ops", {**claims, "roles": "operator"}),
        "an operator's name that no event may hold": sign(ops_key, "ops", {**ops_claims, "sub": "x" * 201}),
        "an operator's name of two lines": sign(ops_key, "ops", {**ops_claims, "sub": "olga\nadmin"}),
        "an operator without a name": sign(ops_key, "ops", {**ops_claims, "sub": " "}),
        "rubbish": "rubbish",
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


@pytest.fixture
def at_the_door(
    issuer: Issuer, environ: dict[str, str], service: ExampleService
) -> Callable[..., FlaskClient]:
    """The example beside an OpenID provider, with these settings more."""

    def build(**more: str) -> FlaskClient:
        told = environ | {"OIDC_ISSUER": issuer.url, "OIDC_AUDIENCE": AUDIENCE} | more
        settings = read_common_settings(told, "example")
        return create_example_app(replace(service, settings=settings)).test_client()

    return build


def approval(client: FlaskClient, token: str) -> Any:
    return client.post(f"/v1/things/{ID}/approval", headers={"Authorization": f"Bearer {token}"})


def test_people_of_the_provider_act_under_their_names(
    at_the_door: Callable[..., FlaskClient], issuer: Issuer
) -> None:
    client = at_the_door()
    assert approval(client, issuer.token("operator")).json["who"] == "vera"
    refused = approval(client, issuer.token("reviewer"))
    assert (refused.status_code, refused.json["detail"]) == (403, "This needs the role operator.")
    expired = approval(client, issuer.token("operator", exp=1_000_000_000, iat=999_999_999))
    assert (expired.status_code, expired.json["code"]) == (401, "expired_token")


def test_without_a_provider_its_tokens_mean_nothing(client: FlaskClient, issuer: Issuer) -> None:
    assert approval(client, issuer.token("admin")).json["code"] == "invalid_token"
    assert issuer.fetches == 0


def test_a_provider_that_is_away_stops_only_its_own_people(
    at_the_door: Callable[..., FlaskClient], issuer: Issuer, ops_token: str
) -> None:
    client = at_the_door()
    issuer.answer = lambda: ("ill", 500)
    away = approval(client, issuer.token("operator"))
    assert (away.status_code, away.json["code"]) == (503, "issuer_unavailable")
    assert away.content_type == "application/problem+json"
    assert away.headers["Retry-After"] == "5"
    assert "answered 500" in away.json["detail"]
    assert approval(client, ops_token).status_code == 200


def test_a_weak_sign_in_is_challenged_for_more(
    at_the_door: Callable[..., FlaskClient], issuer: Issuer
) -> None:
    client = at_the_door(OIDC_REQUIRED_ACR="gold, silver", OIDC_REQUIRED_AMR="otp")
    weak = approval(client, issuer.token("operator", acr="gold", amr=["pwd"]))
    assert (weak.status_code, weak.json["code"]) == (401, "sign_in_too_weak")
    challenge = weak.headers["WWW-Authenticate"]
    assert 'error="insufficient_user_authentication", acr_values="gold silver"' in challenge
    assert approval(client, issuer.token("operator", acr="silver", amr=["pwd", "otp"])).status_code == 200


def test_namesakes_do_not_share_their_idempotency_keys() -> None:
    machine = Operator("vera", frozenset({"operator"}), "vera")
    person = replace(machine, issuer="https://id.vendor.example")
    other = replace(person, subject="another vera")
    found = {Principal(Kind.OPERATOR, who.name, who).identity for who in (machine, person, other)}
    assert len(found) == 3


@pytest.fixture
def ops_key(keys: Any) -> Any:
    return read_private_key(keys.ops[0])


def test_a_machines_token_is_revoked_while_the_service_runs(
    environ: dict[str, str],
    service: ExampleService,
    ops_key: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(revoked_tokens, "LOOK_SECONDS", 0.0)
    file = tmp_path / "revoked"
    file.write_text("# nobody yet\n")
    settings = read_common_settings(environ | {"REVOKED_TOKENS_FILE": str(file)}, "example")
    client = create_example_app(replace(service, settings=settings)).test_client()
    first, second = (sign_ops_token(ops_key, "cron", ("operator",), HOUR, name) for name in ("A-1", "b-2"))
    assert [approval(client, token).status_code for token in (first, second)] == [200, 200]
    file.write_text("a-1  # lost laptop\n")
    refused = approval(client, first)
    assert (refused.status_code, refused.json["code"]) == (401, "invalid_token")
    assert approval(client, second).status_code == 200
    file.unlink()
    assert approval(client, first).status_code == 401, "what stood there last holds"
    file.write_text("")
    assert approval(client, first).status_code == 200
    for comment in ("Järvi\u2019s laptop".encode(), "Järvi".encode("latin-1")):
        file.write_bytes(b"\xef\xbb\xbfA-1  # " + comment)
        assert approval(client, first).status_code == 401, "any comment, and an id in capitals"
        file.write_text("")
        assert approval(client, first).status_code == 200
    (tmp_path / "utf-16").write_text("a-1\n", encoding="utf-16")
    for wrong in (tmp_path / "none", tmp_path, tmp_path / "utf-16"):
        with pytest.raises(SettingsRefused) as caught:
            read_common_settings(environ | {"REVOKED_TOKENS_FILE": str(wrong)}, "example")
        assert set(caught.value.problems) == {"REVOKED_TOKENS_FILE"}


def test_keys_of_machines_change_while_both_are_taken(
    environ: dict[str, str], service: ExampleService, ops_key: Any
) -> None:
    new_private, new_public = new_key_pair()
    old, new = ops_key, read_private_key(new_private)
    after = environ | {
        "OPS_TOKEN_PUBLIC_KEY": new_public,
        "OTHER_OPS_TOKEN_PUBLIC_KEY": environ["OPS_TOKEN_PUBLIC_KEY"],
    }

    def answers(told: dict[str, str]) -> list[int]:
        settings = read_common_settings(told, "example")
        client = create_example_app(replace(service, settings=settings)).test_client()
        bare = sign(old, "ops", {"sub": "cron", "roles": ["operator"], "exp": datetime.now(UTC) + HOUR})
        signed = [sign_ops_token(key, "cron", ("operator",), HOUR) for key in (old, new)]
        return [approval(client, token).status_code for token in (*signed, bare)]

    assert answers(environ) == [200, 401, 200]
    assert answers(after) == [200, 200, 200], "also one of before keys had ids"
    assert answers(after | {"OTHER_OPS_TOKEN_PUBLIC_KEY": ""}) == [401, 200, 401]


def test_a_machines_token_lasts_for_ninety_days_at_most(client: FlaskClient, ops_key: Any) -> None:
    with pytest.raises(ValueError, match="90 days"):
        sign_ops_token(ops_key, "cron", ("viewer",), timedelta(days=91))
    assert (
        approval(client, sign_ops_token(ops_key, "cron", ("operator",), timedelta(days=90))).status_code
        == 200
    )
    now = datetime.now(UTC)
    claims = {"sub": "cron", "roles": ["operator"], "exp": now + timedelta(days=200)}
    for begun in ({"iat": now}, {"iat": str(int(now.timestamp()))}, {}):
        token = sign(ops_key, "ops", claims | begun, key_id(ops_key.public_key()))
        assert approval(client, token).status_code == 401
