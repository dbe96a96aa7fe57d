"""The stack's own OpenID provider, as the console and the command line use it."""

import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest
from joserfc.jwk import ECKey
from tests.served import served

from chassis.identity.access_tokens import AccessTokenVerifier, Issuer
from local_stack.machine.ports import find_free_port
from local_stack.stand_ins.issuer.clients import COMMAND_LINE, CONSOLE, clients_of
from local_stack.stand_ins.issuer.people import AUDIENCE, people_of
from local_stack.stand_ins.issuer.provider import create_provider

CONSOLE_URL = "http://127.0.0.1:1"
RETURN = f"{CONSOLE_URL}/sign-in/return"
VERIFIER = "v" * 43
CHALLENGE = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
PEOPLE = people_of("a secret")
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """Where it listens."""
    port = find_free_port()
    url = f"http://127.0.0.1:{port}"
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256", "kid": "stack"})
    app = create_provider(url, key, PEOPLE, clients_of(CONSOLE_URL))
    with served(app, port):
        yield url


@pytest.fixture
def browser(provider: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=provider) as client:
        yield client


def asked(**changes: str | None) -> dict[str, str]:
    """The query of an authorization request."""
    question = {
        "response_type": "code",
        "client_id": CONSOLE,
        "redirect_uri": RETURN,
        "scope": "openid profile email",
        "state": "state-of-the-console",
        "nonce": f"nonce-{time.monotonic_ns()}",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    } | changes
    return {name: value for name, value in question.items() if value is not None}


def credentials(name: str) -> dict[str, str]:
    return {"username": name, "password": PEOPLE[name].password}


def code_from(answer: httpx.Response) -> str:
    assert answer.status_code == 302, answer.text
    place = urlsplit(answer.headers["Location"])
    query = parse_qs(place.query)
    assert answer.headers["Location"].startswith(f"{RETURN}?")
    assert query["state"] == ["state-of-the-console"]
    return query["code"][0]


def redeemed(browser: httpx.Client, code: str, verifier: str = VERIFIER) -> httpx.Response:
    said = {"grant_type": "authorization_code", "client_id": CONSOLE, "redirect_uri": RETURN}
    return browser.post("/token", data={**said, "code": code, "code_verifier": verifier})


@pytest.mark.parametrize("name", PEOPLE)
def test_each_person_signs_in_and_services_take_the_token(browser: httpx.Client, name: str) -> None:
    question = asked()
    assert "Sign in" in browser.get("/authorize", params=question).text
    code = code_from(browser.post("/authorize", params=question, data=credentials(name)))
    told = redeemed(browser, code).json()
    issuer = str(browser.base_url).rstrip("/")
    who = AccessTokenVerifier(Issuer(url=issuer, audience=AUDIENCE)).verify(told["access_token"])
    assert (who.name, who.roles, who.email) == (name, {PEOPLE[name].role}, f"{name}@vendor.example")
    header = jwt.get_unverified_header(told["access_token"])
    assert header == {"alg": "ES256", "typ": "at+jwt", "kid": "stack"}
    keys = jwt.PyJWKSet.from_dict(browser.get("/jwks").json())
    identity = jwt.decode(told["id_token"], keys["stack"], ["ES256"], audience=CONSOLE, issuer=issuer)
    assert (identity["sub"], identity["nonce"]) == (name, question["nonce"])
    assert redeemed(browser, code).status_code == 400, "a code is good once"


def test_wrong_passwords_and_other_places_to_go_back_to_are_refused(browser: httpx.Client) -> None:
    for wrong in ({}, {"username": "ada"}, {**credentials("vera"), "username": "ada"}, {"username": "x"}):
        assert browser.post("/authorize", params=asked(), data=wrong).status_code == 401
    for change in (
        {"redirect_uri": "https://elsewhere.example/"},
        {"redirect_uri": f"{RETURN}/more"},
        {"client_id": "unknown"},
        {"client_id": COMMAND_LINE},
        {"code_challenge_method": "plain"},
    ):
        answer = browser.post("/authorize", params=asked(**change), data=credentials("ada"))
        assert "code=" not in answer.headers.get("Location", ""), change
    for verifier in ("w" * 43, ""):
        code = code_from(browser.post("/authorize", params=asked(), data=credentials("ada")))
        assert redeemed(browser, code, verifier).status_code == 400
    bare = browser.post(
        "/authorize", params=asked(code_challenge=None, code_challenge_method=None), data=credentials("ada")
    )
    assert redeemed(browser, code_from(bare), "").status_code == 400, "a public client needs a proof"


def test_a_refresh_token_is_good_once_and_until_the_person_signs_out(browser: httpx.Client) -> None:
    def refreshed(token: str) -> httpx.Response:
        said = {"grant_type": "refresh_token", "client_id": CONSOLE, "refresh_token": token}
        return browser.post("/token", data=said)

    code = code_from(browser.post("/authorize", params=asked(), data=credentials("olga")))
    first = redeemed(browser, code).json()
    assert code_from(browser.get("/authorize", params=asked())), "the provider knows the person by now"
    second = refreshed(first["refresh_token"]).json()
    assert second["access_token"] != first["access_token"]
    assert refreshed(first["refresh_token"]).status_code == 400
    wish = {"id_token_hint": first["id_token"], "post_logout_redirect_uri": f"{CONSOLE_URL}/", "state": "s"}
    gone = browser.get("/sign-out", params=wish)
    assert (gone.status_code, gone.headers["Location"]) == (302, f"{CONSOLE_URL}/?state=s")
    assert refreshed(second["refresh_token"]).status_code == 400
    assert "Password" in browser.get("/authorize", params=asked()).text
    elsewhere = wish | {"post_logout_redirect_uri": "https://elsewhere.example/"}
    assert browser.get("/sign-out", params=elsewhere).status_code == 200


def test_a_program_without_a_browser_gets_a_token_once_the_person_agrees(browser: httpx.Client) -> None:
    def polled(device: dict[str, Any]) -> dict[str, Any]:
        said = {"grant_type": DEVICE, "client_id": COMMAND_LINE, "device_code": device["device_code"]}
        told: dict[str, Any] = browser.post("/token", data=said).json()
        return told

    def begun() -> dict[str, Any]:
        said = {"client_id": COMMAND_LINE, "scope": "openid"}
        told: dict[str, Any] = browser.post("/device-codes", data=said).json()
        return told

    device = begun()
    assert polled(device)["error"] == "authorization_pending"
    assert polled(device)["error"] == "slow_down"
    assert device["user_code"] in browser.get(device["verification_uri_complete"]).text
    answer = {"user_code": device["user_code"], **credentials("rudi")}
    assert browser.post("/device", data=answer | {"password": "x"}).status_code == 401
    assert browser.post("/device", data=answer).status_code == 200
    assert "access_token" in polled(device)
    assert "error" in polled(device), "a device code is good once"
    refused = begun()
    browser.post("/device", data={"user_code": refused["user_code"], "answer": "no", **credentials("rudi")})
    assert polled(refused)["error"] == "access_denied"
