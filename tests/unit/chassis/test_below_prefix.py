"""A service below a path of an address that it shares."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from tests.common_settings import read_common_settings

from chassis.http.below_prefix import serve_below
from chassis.http.session_cookie import own_cookie
from chassis.identity.session import COOKIE, SessionSigner
from chassis.settings import SettingsRefused

SHARED = "https://partners.example/things"


@pytest.fixture
def environ(environ: dict[str, str]) -> dict[str, str]:
    return {**environ, "PUBLIC_URL": SHARED}


@pytest.mark.parametrize("asked", ["/", "/things", "/things/"])
def test_pages_are_answered_with_and_without_the_prefix_and_link_with_it(
    client: FlaskClient, asked: str
) -> None:
    answer = client.get(asked)
    assert answer.status_code == 200, answer.text
    assert 'href="/things/static/look/gangway.css"' in answer.text
    assert '<a class="brand" href="/things/">' in answer.text
    with client.get("/things/static/look/gangway.css") as style:
        assert style.status_code == 200


def test_probes_and_machines_may_go_on_without_the_prefix(client: FlaskClient, ops_token: str) -> None:
    bearer = {"Authorization": f"Bearer {ops_token}"}
    for prefix in ("", "/things"):
        assert client.get(f"{prefix}/health/live").status_code == 200
        assert client.get(f"{prefix}/v1/things", headers=bearer).status_code == 200


@pytest.mark.parametrize("asked", ["/thingsome", "/things/things/status", "/THINGS"])
def test_what_only_looks_like_the_prefix_is_none(client: FlaskClient, asked: str) -> None:
    answer = client.get(asked, headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert '<a href="/things/">' in answer.text


def test_the_document_of_the_api_names_the_shared_address(client: FlaskClient) -> None:
    document = client.get("/things/openapi.json").get_json()
    assert document["servers"] == [{"url": SHARED}]
    assert "/v1/things" in document["paths"]
    assert document["components"]["securitySchemes"]["sessionCookie"]["name"] == f"__Host-{COOKIE}"


def test_cookies_are_for_the_whole_of_this_host_and_no_other_sets_them(
    client: FlaskClient, session_signer: SessionSigner
) -> None:
    token, secure = session_signer.sign("somebody").token, "https://partners.example"
    client.set_cookie(COOKIE, token, domain="partners.example")
    assert client.get("/things/status", base_url=secure).status_code == 401, "another host may have set it"
    client.set_cookie(own_cookie(COOKIE, SHARED), token, domain="partners.example")
    assert client.get("/things/status", base_url=secure).text == "somebody"
    [cookie] = client.get("/things/?lang=de", base_url=secure).headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-gangway_language=de;")
    assert "; Secure" in cookie
    assert "; Path=/" in cookie
    assert "Domain" not in cookie
    assert '<html lang="de">' in client.get("/things/", base_url=secure).text


@pytest.mark.parametrize("path", ["/a/../b", "/.", "//a", "/ä", "/%61", "/a b", "/a//b", "/<a>"])
def test_a_prefix_that_gateways_write_in_several_ways_is_refused(environ: dict[str, str], path: str) -> None:
    with pytest.raises(SettingsRefused) as caught:
        read_common_settings({**environ, "PUBLIC_URL": f"https://partners.example{path}"}, "example")
    assert set(caught.value.problems) == {"PUBLIC_URL"}


@pytest.mark.parametrize("path", ["/v1", "/health", "/things", "/things/status"])
def test_a_prefix_with_which_pages_of_ours_begin_is_refused(path: str) -> None:
    app = Flask(__name__)
    for rule in ("/v1/things", "/health/live", "/things/status"):
        app.add_url_rule(rule, rule.replace("/", "-"))
    with pytest.raises(SettingsRefused, match="PUBLIC_URL"):
        serve_below(app, f"https://partners.example{path}")
    serve_below(app, f"https://partners.example{path}s")
