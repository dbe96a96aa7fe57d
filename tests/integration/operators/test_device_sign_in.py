"""`gangway login` against a real provider and a real service: device code, kept file, refresh, logout."""

import json
import re
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from flask import Flask, Response
from joserfc.jwk import ECKey
from tests.contracts.services import environ as service_environ
from tests.contracts.services import outside
from tests.served import served

from local_stack.machine.ports import find_free_port
from local_stack.stand_ins.issuer.clients import COMMAND_LINE, clients_of
from local_stack.stand_ins.issuer.people import AUDIENCE, people_of
from local_stack.stand_ins.issuer.provider import create_provider
from operator_cli.access import find_access
from operator_cli.command import main
from operator_cli.device_sign_in import Provider, SignInFailed, bounded
from operator_cli.kept_sign_in import KeptSignIn, SignIn
from operator_client.access import Access, NoAccess
from provisioning.bootstrap import build_service

PEOPLE = people_of("a secret")


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    port = find_free_port()
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256", "kid": "stack"})
    app = create_provider(f"http://127.0.0.1:{port}", key, PEOPLE, clients_of("http://127.0.0.1:1"))
    with served(app, port) as url:
        yield url


@pytest.fixture(scope="module")
def service(issuer: str) -> Iterator[str]:
    told = {"OIDC_ISSUER": issuer, "OIDC_AUDIENCE": AUDIENCE}
    built = build_service(service_environ("provisioning") | told, **outside("provisioning"))
    with served(built.create_web_app()) as url:
        yield url


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Of a person who has nothing yet."""
    return {
        "HOME": str(tmp_path),
        "PATH": "/usr/bin:/bin",
        "GANGWAY_HOME": str(tmp_path / "no-stack"),
        "GANGWAY_SIGN_IN_FILE": str(tmp_path / "config" / "sign_in.json"),
    }


def log_in(environ: dict[str, str], issuer: str, service: str, *, agree: bool = True) -> tuple[int, str]:
    """Start it, read the code, agree in a browser; the exit code and what it said."""
    command = [sys.executable, "-m", "operator_cli", "login", "--issuer", issuer]
    process = subprocess.Popen(
        [*command, "--provisioning-url", service],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    shown = process.stderr.readline() + process.stderr.readline()
    code = re.search(r"[A-Z]{4}-[A-Z]{4}", shown)
    assert code, shown
    said = {"username": "olga", "password": PEOPLE["olga"].password, "answer": "yes" if agree else "no"}
    httpx.post(f"{issuer}/device", data={"user_code": code[0], **said}).raise_for_status()
    out, err = process.communicate(timeout=60)
    return process.returncode, out + err


def kept(environ: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(environ["GANGWAY_SIGN_IN_FILE"]).read_text())
    return found


def test_a_person_signs_in_goes_on_and_signs_out(issuer: str, service: str, environ: dict[str, str]) -> None:
    assert log_in(environ, issuer, service) == (0, "Signed in as olga (operator).\n")
    file = Path(environ["GANGWAY_SIGN_IN_FILE"])
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    here = {"provisioning": service}
    first = kept(environ)
    assert find_access(here, environ) == Access(here, first["access_token"])
    assert find_access({}, environ).urls == here, "without a stack, where the person signed in"
    with pytest.raises(NoAccess, match="gangway login"):
        find_access({"provisioning": "https://elsewhere.example"}, environ)
    assert find_access(here, environ | {"GANGWAY_OPS_TOKEN": "t"}).token == "t"

    file.write_text(json.dumps(first | {"expires_at": time.time() + 5}))
    with ThreadPoolExecutor(4) as pool:
        tokens = {found.token for found in pool.map(lambda _: find_access(here, environ), range(4))}
    assert tokens == {kept(environ)["access_token"]} != {first["access_token"]}, "refreshed once"

    last = kept(environ)["refresh_token"]
    signed_out = CliRunner().invoke(main, ["logout"], env=environ)
    assert (signed_out.exit_code, signed_out.output) == (0, "Signed out.\n")
    assert not file.exists()
    with pytest.raises(SignInFailed):
        Provider(issuer, COMMAND_LINE).refresh(last)
    with pytest.raises(NoAccess):
        find_access(here, environ)


def test_a_no_and_other_ends_are_told_in_one_sentence(
    issuer: str, service: str, environ: dict[str, str]
) -> None:
    code, said = log_in(environ, issuer, service, agree=False)
    assert (code, len(said.splitlines())) == (1, 1)
    assert "The sign-in was refused at the provider." in said
    assert not Path(environ["GANGWAY_SIGN_IN_FILE"]).exists()
    for wrong, why in {
        "http://id.vendor.example": "is not protected",
        f"{issuer}/": "calls itself",
        service: "is no OpenID provider",
        "http://127.0.0.1:9": "cannot be reached",
    }.items():
        told = CliRunner().invoke(
            main, ["login", "--issuer", wrong, "--provisioning-url", service], env=environ
        )
        assert told.exit_code == 1
        [sentence] = told.stderr.splitlines()
        assert why in sentence


def test_a_provider_that_is_away_for_a_moment_ends_no_sign_in(
    issuer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider, paused = Provider(issuer, COMMAND_LINE), list[float]()
    begun = provider.begin("openid")
    ask = httpx.stream

    def cut_off(method: str, url: str, **options: Any) -> Any:
        if len(paused) == 1 and method == "POST":
            raise httpx.ConnectError("Connection refused")
        return ask(method, url, **options)

    def sleep(seconds: float) -> None:
        paused.append(seconds)
        time.sleep(begun["interval"])
        if len(paused) == 2:
            said = {"username": "olga", "password": PEOPLE["olga"].password}
            httpx.post(f"{issuer}/device", data={"user_code": begun["user_code"], **said})

    monkeypatch.setattr("operator_cli.device_sign_in.httpx.stream", cut_off)
    assert provider.wait(begun, sleep)["access_token"]
    assert paused == [begun["interval"], begun["interval"] + 5]


def test_a_code_that_nobody_entered_is_told_in_our_words(nonsense: "Nonsense") -> None:
    nonsense.answers = {"token": {"access_token": None, "error": "expired_token"}}
    provider = Provider(nonsense.url, COMMAND_LINE)
    with pytest.raises(SignInFailed, match="Nobody entered the code in time"):
        provider.wait(provider.begin("openid"), lambda _: None)


class Nonsense:
    """A provider and a service in one, of which a test spoils one answer."""

    def __init__(self) -> None:
        self.url = ""
        self.answers: dict[str, Any] = {}

    def app(self) -> Flask:
        app = Flask(__name__)

        @app.route("/<path:path>", methods=["GET", "POST"])
        def answer(path: str) -> Any:
            endpoints = {
                "device_authorization_endpoint": f"{self.url}/device",
                "token_endpoint": f"{self.url}/token",
                "revocation_endpoint": f"{self.url}/revoke",
            }
            usual: dict[str, dict[str, Any]] = {
                ".well-known/openid-configuration": {"issuer": self.url} | endpoints,
                "device": {"device_code": "d", "user_code": "A-B", "verification_uri": self.url},
                "token": {"access_token": SECRET, "refresh_token": "again", "expires_in": 600},
                "v1/me": {"name": "vera", "role": "viewer", "may": []},
                "revoke": {},
            }
            spoilt = self.answers.get(path, {})
            if isinstance(spoilt, int):
                return {}, spoilt
            said = usual[path] | spoilt if isinstance(spoilt, dict) else spoilt
            return Response(said if isinstance(said, str) else json.dumps(said), mimetype="application/json")

        return app


SECRET = "a-secret"


@pytest.fixture(scope="module")
def nonsense() -> Iterator[Nonsense]:
    told = Nonsense()
    with served(told.app()) as url:
        told.url = url
        yield told


@pytest.mark.parametrize(
    ("path", "spoilt"),
    [
        (".well-known/openid-configuration", {"device_authorization_endpoint": "https://[bad"}),
        (".well-known/openid-configuration", {"token_endpoint": "https://xn--/"}),
        ("token", {"access_token": f"{SECRET}\nX: y"}),
        ("token", {"access_token": f"{SECRET}ä"}),
        ("token", {"access_token": ""}),
        ("token", {"refresh_token": ["a"]}),
        ("v1/me", "[]"),
        ("v1/me", "[" * 100_000),
    ],
    ids=lambda value: str(value)[:40],
)
def test_nonsense_is_one_sentence_without_the_token(
    nonsense: Nonsense, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, *, path: str, spoilt: Any
) -> None:
    monkeypatch.setattr("operator_cli.device_sign_in.USUAL_INTERVAL", 0.0)
    monkeypatch.setattr("operator_cli.device_sign_in.LEAST_INTERVAL", 0.0)
    nonsense.answers = {path: spoilt}
    arguments = ["login", "--issuer", nonsense.url, "--provisioning-url", nonsense.url]
    told = CliRunner().invoke(main, arguments, env=environ)
    assert told.exit_code == 1
    assert isinstance(told.exception, SystemExit), "a sentence, no traceback"
    assert SECRET not in told.output


@pytest.mark.parametrize("seconds", [10**400, float("inf"), float("nan"), -1, "600", True, None, [1]])
def test_times_that_are_none_are_bounded(seconds: Any) -> None:
    assert bounded(seconds, 5.0, 60.0) in {5.0, 60.0}
    empty: dict[str, Any] = {"issuer": "i", "client_id": "c", "urls": {}}
    sign_in = SignIn(**empty, access_token="t", refresh_token=None, expires_at=0.0)
    assert sign_in.with_tokens({"access_token": "t", "expires_in": seconds}).expires_at < time.time() + 1e7


@pytest.mark.parametrize("token", [f"{SECRET}\r", f"{SECRET}\n", f"{SECRET}ä", f" {SECRET}", "\u202e"])
def test_a_token_that_no_header_carries_is_not_quoted(environ: dict[str, str], token: str) -> None:
    with pytest.raises(NoAccess, match="GANGWAY_OPS_TOKEN") as caught:
        find_access({"provisioning": "http://127.0.0.1:9"}, environ | {"GANGWAY_OPS_TOKEN": token})
    assert SECRET not in str(caught.value)


def test_signing_out_waits_for_who_refreshes_and_tells_whether_the_provider_knows(
    nonsense: Nonsense, environ: dict[str, str]
) -> None:
    file = KeptSignIn(environ)
    said: dict[str, Any] = {"issuer": nonsense.url, "client_id": "c", "urls": {}}
    file.keep(SignIn(**said, access_token="t", refresh_token="r", expires_at=0.0))
    with ThreadPoolExecutor(1) as pool, file._locked():
        ending = pool.submit(file.forget)
        time.sleep(0.1)
        assert not ending.done()
        file.keep(SignIn(**said, access_token="t", refresh_token="refreshed", expires_at=0.0))
    found = ending.result()
    assert found is not None
    assert found.refresh_token == "refreshed", "the one that is good is revoked"
    assert not file.path.exists()
    nonsense.answers = {"revoke": 503}
    with pytest.raises(SignInFailed, match="answered 503"):
        found.provider.revoke("r")


def test_a_file_that_others_read_or_damaged_is_not_used(environ: dict[str, str]) -> None:
    file = Path(environ["GANGWAY_SIGN_IN_FILE"])
    file.parent.mkdir()
    file.write_text("{}")
    file.chmod(0o644)
    with pytest.raises(NoAccess, match="read by others"):
        find_access({}, environ)
    file.chmod(0o600)
    whole: dict[str, Any] = {"issuer": "i", "client_id": "c", "urls": {}, "access_token": "t"}
    whole |= {"refresh_token": None, "expires_at": 0.0}
    for wrong in ({"urls": []}, {"urls": {"a": 7}}, {"issuer": 7}, {"expires_at": "x"}, {"access_token": 7}):
        file.write_text(json.dumps(whole | wrong))
        with pytest.raises(NoAccess, match="cannot be used"):
            find_access({}, environ)
    file.write_text("[" * 100_000)
    with pytest.raises(NoAccess, match="cannot be used"):
        find_access({}, environ)
    assert CliRunner().invoke(main, ["logout"], env=environ).exit_code == 0
    assert not file.exists()
