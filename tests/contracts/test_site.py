"""One address for all pages: the gateway knows every service's path, and no two services have the same."""

import re

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from gunicorn.config import Config
from tests.contracts.services import SERVICES

from chassis.http.access import read_access
from chassis.http.gunicorn_settings import LONGEST_HEADER
from chassis.http.whole_requests import WholeRequests
from chassis.identity.session import SessionSigner
from console.adapters.sealed_sessions import LONGEST_PIECE, MOST_PIECES
from console.entrypoints.web.pages import PAGES
from local_stack.port_plan import SITE_PATHS
from local_stack.settings import REPOSITORY

PREFIXES = {path.removeprefix("/") for path in SITE_PATHS.values() if path}


def test_the_gateway_that_is_shipped_leads_each_prefix_to_its_service() -> None:
    told = (REPOSITORY / "infra/gateway/nginx.conf").read_text()
    [led] = re.findall(r"map \$uri \$site \{(.*?)\}", told, re.DOTALL)
    found = dict(re.findall(r"(?:~\^(/\w+)\(/\|\$\)|default) +([a-z]+)-web;", led))
    assert found == {path: name for name, path in SITE_PATHS.items()}
    assert len(led.strip().splitlines()) == len(SITE_PATHS)


def paths_of(name: str) -> set[str]:
    """All that a service answers on, but for what it shares with every other."""
    if name != "console":
        return {one.split()[1] for one in read_access(REPOSITORY / "contracts", name)}
    app = Flask(name)
    for pages in PAGES:
        app.register_blueprint(pages)
    return {rule.rule for rule in app.url_map.iter_rules()}


@pytest.mark.parametrize("name", [*SERVICES, "console"])
def test_no_path_of_a_service_looks_like_a_prefix(name: str) -> None:
    """The one that has the rest would lose it, another would answer it twice."""
    paths = paths_of(name)
    assert len(paths) > 5
    taken = {SITE_PATHS[name].removeprefix("/")} if SITE_PATHS[name] else PREFIXES
    assert {path.split("/")[1] for path in paths} & taken == set()


def test_whoever_is_signed_in_to_every_service_is_still_heard() -> None:
    """The browser sends the cookies of all to each."""
    token = SessionSigner(Ed25519PrivateKey.generate()).sign("01987a2e-3c4d-7000-8000-000000000001").token
    pieces = ["x" * LONGEST_PIECE] * MOST_PIECES
    cookies = "; ".join(f"__Host-gangway_{n}={value}" for n, value in enumerate([*pieces, *[token] * 3]))
    config = Config()
    config.set("limit_request_field_size", LONGEST_HEADER)
    requests = WholeRequests(config, ("127.0.0.1", 1))
    requests.feed(f"GET / HTTP/1.1\r\nHost: x\r\nCookie: {cookies}\r\n\r\n".encode())
    assert dict(requests.take().headers)["COOKIE"] == cookies
