"""Signing in at a real OpenID provider over HTTP, and what cannot be done to a session."""

import base64
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import ECKey
from tests.integration.console.conftest import CONSOLE, HTML, NOBODY, Make, environ
from tests.served import served

from chassis.settings import SettingsRefused
from console.adapters import sealed_sessions
from console.adapters.sign_in_provider import SignInProvider, Tokens
from console.bootstrap import ConsoleService, build_service
from console.entrypoints.web.who_is_signed_in import safe_path
from local_stack.machine.ports import find_free_port
from local_stack.stand_ins.issuer.clients import clients_of
from local_stack.stand_ins.issuer.people import Person, people_of
from local_stack.stand_ins.issuer.provider import create_provider

PEOPLE = people_of("a secret")


@dataclass
class Door:
    """A console, its provider, and somebody's browser."""

    service: ConsoleService
    http: FlaskClient

    def begin(self, path: str = "/sign-in/start") -> str:
        """Where the provider asks who it is."""
        answer = self.http.get(path, headers=HTML)
        assert answer.status_code == 302, answer.text
        return str(answer.location)

    def consent(self, url: str, person: Person = PEOPLE["olga"]) -> str:
        """The way back that the provider sends the browser, once the person has said who it is."""
        answer = httpx.post(url, data={"username": person.name, "password": person.password})
        assert answer.status_code == 302, answer.text
        back = answer.headers["location"]
        assert back.startswith(f"{CONSOLE}/sign-in/return?")
        return str(back).removeprefix(CONSOLE)

    def sign_in(self, person: Person = PEOPLE["olga"], start: str = "/sign-in/start") -> Any:
        return self.http.get(self.consent(self.begin(start), person), headers=HTML)

    @property
    def cookie(self) -> str:
        found = self.http.get_cookie(self.service.sessions.cookie)
        return found.value if found else ""


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    port = find_free_port()
    url = f"http://127.0.0.1:{port}"
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256", "kid": "one"})
    with served(create_provider(url, key, PEOPLE, clients_of(CONSOLE)), port):
        yield url


@pytest.fixture
def door(issuer: str, make_console: Make) -> Door:
    service = make_console(OIDC_ISSUER=issuer)
    return Door(service, service.create_web_app().test_client())


def test_one_signs_in_where_one_wanted_to_go_and_the_browser_reads_nothing(door: Door) -> None:
    asked = door.http.get("/partners?q=hafen&state=active", headers=HTML)
    assert asked.status_code == 303
    [wanted] = parse_qs(urlsplit(asked.location).query)["next"]
    url = door.begin(f"/sign-in/start?next={wanted.replace('&', '%26')}")
    query = parse_qs(urlsplit(url).query)
    assert query["code_challenge_method"] == ["S256"]
    assert query.keys() >= {"state", "nonce", "code_challenge"}
    assert query["response_type"] == ["code"]
    before = door.cookie
    answer = door.http.get(door.consent(url), headers=HTML)
    assert (answer.status_code, answer.location) == (303, "/partners?q=hafen&state=active")
    home = door.http.get("/", headers=HTML)
    assert home.headers["X-Frame-Options"] == "DENY"
    policy = home.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    page = home.text
    assert "Olga" in page
    assert "operator" in page
    assert door.cookie != before
    attributes = [value for name, value in answer.headers if name == "Set-Cookie"]
    assert all("HttpOnly" in one and "SameSite=Lax" in one and "Path=/" in one for one in attributes)
    readable = base64.urlsafe_b64decode(door.cookie + "==")
    assert b"olga" not in readable
    assert b"eyJ" not in readable
    assert "eyJ" not in page


def test_https_has_secure_host_cookies(make_console: Make, issuer: str) -> None:
    service = make_console(OIDC_ISSUER=issuer, PUBLIC_URL="https://console.example")
    answer = service.create_web_app().test_client().get("/sign-in/start", base_url="https://console.example")
    [cookie] = [value for name, value in answer.headers if name == "Set-Cookie" and "Max-Age=0" not in value]
    assert cookie.startswith("__Host-gangway_console=")
    assert "; Secure" in cookie
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"]


def test_a_return_that_was_not_asked_for_signs_nobody_in(door: Door) -> None:
    back = door.consent(door.begin())
    stranger = door.service.create_web_app().test_client()
    for path in (
        back,
        "/sign-in/return?code=x&state=y",
        "/sign-in/return",
        "/sign-in/return?error=access_denied",
    ):
        assert stranger.get(path, headers=HTML).status_code == 502, path
        assert stranger.get("/", headers=HTML).status_code == 303
    assert door.http.get(back, headers=HTML).status_code == 303
    assert door.http.get(back, headers=HTML).status_code == 502, "the same way back a second time"


def test_what_a_browser_was_given_before_does_not_become_a_session(door: Door) -> None:
    door.begin()
    planted = door.cookie
    door.sign_in()
    stranger = door.service.create_web_app().test_client()
    stranger.set_cookie(door.service.sessions.cookie, planted)
    assert stranger.get("/", headers=HTML).status_code == 303


@pytest.mark.parametrize(
    "wanted",
    [
        *("https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example"),
        *("javascript:alert(1)", "/ok\r\nSet-Cookie: a=b", "http:evil.example", "/" + "x" * 2_000),
        *("", "[", "//[", "/\tx"),
    ],
)
@pytest.mark.parametrize("prefix", ["", "/console"])
def test_a_sign_in_leads_nowhere_else(wanted: str, prefix: str) -> None:
    app = Flask(__name__)
    app.add_url_rule("/", "home.show")
    with app.test_request_context(base_url=f"{CONSOLE}{prefix}"):
        assert safe_path(wanted) == f"{prefix}/"
        assert safe_path(f"{prefix}/partners?find=a") == f"{prefix}/partners?find=a"
        assert (safe_path("/status") == "/status") is not bool(prefix), "another service's page"


def test_a_changed_foreign_or_old_cookie_is_nobody_s(
    door: Door, make_console: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    door.sign_in()
    name, value = door.service.sessions.cookie, door.cookie
    assert door.http.get("/", headers=HTML).status_code == 200
    for other in (
        value[:-6] + "AAAAAA",
        value[:40],
        "x",
        "é",
        "",
        make_console().sessions.sealed({"a": 1})[name],
    ):
        door.http.set_cookie(name, other)
        assert door.http.get("/", headers=HTML).status_code == 303, other
    door.http.set_cookie(name, value)
    later = datetime.now(UTC) + timedelta(minutes=61)
    monkeypatch.setattr(sealed_sessions.clock, "now", lambda: later)
    assert door.http.get("/", headers=HTML).status_code == 303


def test_a_token_is_renewed_in_time_and_a_session_ends_when_it_cannot_be(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    door.sign_in()
    before = door.cookie
    soon = datetime.now(UTC) + timedelta(minutes=9, seconds=45)
    monkeypatch.setattr(sealed_sessions.clock, "now", lambda: soon)
    assert door.http.get("/", headers=HTML).status_code == 200
    assert door.cookie != before
    after = door.cookie
    door.http.set_cookie(door.service.sessions.cookie, before)
    assert door.http.get("/", headers=HTML).status_code == 200, "a page that loads beside the first"
    # Later, the one that was used up is nobody's any more.
    later = soon + timedelta(seconds=30)
    monkeypatch.setattr(sealed_sessions.clock, "now", lambda: later)
    door.http.set_cookie(door.service.sessions.cookie, before)
    answer = door.http.get("/audit", headers=HTML)
    assert (answer.status_code, urlsplit(answer.location).path) == (303, "/sign-in")
    assert after != before


def test_a_provider_that_is_away_for_a_moment_ends_nobody_s_session(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its token is still good for some seconds, then it is not; afterwards the provider is back."""
    door.sign_in()
    form = {"path": "/findings/sweep", "headers": {**HTML, "Origin": CONSOLE}, "data": {"reason": "x"}}
    now = datetime.now(UTC)
    with monkeypatch.context() as away:
        away.setattr(OAuth2Session, "send", refuse_to_connect)
        away.setattr(sealed_sessions.clock, "now", lambda: now + timedelta(minutes=9, seconds=45))
        assert door.http.get("/", headers=HTML).status_code == 200
        away.setattr(sealed_sessions.clock, "now", lambda: now + timedelta(minutes=11))
        for told in (door.http.get("/", headers=HTML), door.http.post(**form)):
            assert told.status_code == 503
            assert "you are still signed in" in told.text
            assert "Sign in" not in told.text
    monkeypatch.setattr(sealed_sessions.clock, "now", lambda: now + timedelta(minutes=11))
    assert door.http.get("/", headers=HTML).status_code == 200


def test_nobody_waits_for_the_renewal_of_another_one_s_token(
    make_console: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    end, asked = threading.Event(), list[str]()

    class Slow:
        def fetch_access_token(self, *, refresh_token: str, **_: str) -> dict[str, Any]:
            asked.append(refresh_token)
            if refresh_token == "slow":
                end.wait(20)
            return {"access_token": f"fresh after {refresh_token}", "expires_at": 1}

    monkeypatch.setattr(SignInProvider, "_client", Slow())
    provider = make_console().provider
    with ThreadPoolExecutor(2) as others:
        waiting = [others.submit(provider.refreshed, tokens_with("slow")) for _ in range(2)]
        quick = provider.refreshed(tokens_with("quick"))
        assert not any(one.done() for one in waiting)
        end.set()
        assert {one.result().access_token for one in waiting} == {"fresh after slow"}
    assert quick.access_token == "fresh after quick"
    assert sorted(asked) == ["quick", "slow"], "a refresh token is used once"


def tokens_with(refresh_token: str) -> Tokens:
    return Tokens("old", 0, refresh_token, None, {})


def refuse_to_connect(*_: Any, **__: Any) -> Any:
    raise requests.ConnectionError


def test_signing_out_ends_it_here_and_at_the_provider(door: Door) -> None:
    door.sign_in()
    answer = door.http.post("/sign-out", headers={**HTML, "Origin": CONSOLE})
    assert answer.status_code == 303
    query = parse_qs(urlsplit(answer.location).query)
    assert query["post_logout_redirect_uri"] == [f"{CONSOLE}/"]
    assert query["id_token_hint"]
    there = httpx.get(answer.location)
    assert there.status_code == 302
    assert there.headers["location"].startswith(f"{CONSOLE}/")
    assert door.http.get("/", headers=HTML).status_code == 303


def test_a_provider_that_is_away_is_said_and_signing_out_works_all_the_same(make_console: Make) -> None:
    service = make_console(OIDC_ISSUER=NOBODY)
    http = service.create_web_app().test_client()
    answer = http.get("/sign-in/start", headers=HTML)
    assert answer.status_code == 502
    assert "cannot be reached" in answer.text
    ended = http.post("/sign-out", headers={**HTML, "Origin": CONSOLE})
    assert (ended.status_code, ended.location) == (303, f"{CONSOLE}/")


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
@pytest.mark.parametrize("path", ["/sign-out", "/partners/01a20482-6f60-7b5c-8a5e-1f2d3c4b5a69/approve"])
def test_other_sites_send_no_forms(door: Door, path: str, headers: dict[str, str]) -> None:
    sent = {"headers": {**HTML, **headers}, "data": {"reason": "Call us on 1234567."}}
    signed_out = door.http.post(path, **sent)
    assert (signed_out.status_code, "1234567" in signed_out.text) == (403, False)
    door.sign_in()
    assert door.http.post(path, **sent).status_code == 403
    assert door.http.get("/", headers=HTML).status_code == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SESSION_KEYS", "short"),
        ("OIDC_ISSUER", ""),
        ("OIDC_ISSUER", "http://issuer.example"),
        ("OIDC_CLIENT_ID", ""),
        ("OIDC_SCOPES", "profile"),
        ("ONBOARDING_URL", "ftp://x"),
        ("PATIENCE_SECONDS", "0"),
        ("SESSION_HOURS", "25"),
    ],
)
def test_a_wrong_setting_stops_the_start_by_its_name(name: str, value: str) -> None:
    with pytest.raises(SettingsRefused) as refused:
        build_service(environ(**{name: value}))
    assert name in refused.value.problems
