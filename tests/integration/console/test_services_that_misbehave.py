"""Services that fail, lie, flood or never answer: the page says so, and the rest of it works."""

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from tests.integration.console.conftest import CONSOLE, HTML, Make
from tests.served import served
from werkzeug.wrappers import Request, Response

from console.bootstrap import MOST_ASKED

App = Callable[..., Any]
PATIENCE = 0.4


def answering(status: int, body: bytes, content_type: str = "application/json", **headers: str) -> App:
    def app(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        return Response(body, status=status, content_type=content_type, headers=headers)(environ, start)

    return app


def never(_environ: dict[str, Any], _start: Any) -> Iterable[bytes]:
    time.sleep(3 * PATIENCE)
    return []


def dripping(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    def drops() -> Iterable[bytes]:
        for _ in range(40):
            time.sleep(PATIENCE / 4)
            yield b" "

    return Response(drops(), content_type="application/json")(environ, start)


def well(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    """One that counts two failed mails, and sets a cookie that must not come back."""
    assert "gangway_planted" not in Request(environ).cookies
    line = {
        "kind": "failed_messages",
        "count": 2,
        "has_more": False,
        "oldest_at": "2026-01-01T00:00:00+00:00",
    }
    answer = Response(json.dumps({"waiting": [line]}), content_type="application/json")
    answer.set_cookie("gangway_planted", "yes")
    return answer(environ, start)


# The same in every worker that collects the tests.
SOMEBODY = "01a20482-6f60-7b5c-8a5e-1f2d3c4b5a60"
BAD: dict[str, App] = {
    "500": answering(500, b'{"title": "Broken", "detail": "The database is on fire.", "request_id": "r-1"}'),
    "html": answering(200, b"<html>Welcome to nginx</html>", "text/html"),
    "list": answering(200, b"[1, 2]"),
    "other shape": answering(200, b'{"waiting": [{"kind": 5}], "partners": 7}'),
    "deep": answering(200, b"[" * 100_000),
    "10 MB": answering(200, b'{"waiting": "' + b"x" * 10_000_000 + b'"}'),
    "redirect": answering(302, b"", Location="http://169.254.169.254/latest"),
    "never": never,
    "dripping": dripping,
}


def signed_in(make_console: Make, **urls: str) -> FlaskClient:
    service = make_console(PATIENCE_SECONDS=str(PATIENCE), **urls)
    http = service.create_web_app().test_client()
    until = int((datetime.now(UTC) + timedelta(hours=1)).timestamp())
    tokens = {"access_token": "a.e30.c", "expires_at": until, "refresh_token": None, "id_token": None}
    for name, value in service.sessions.sealed(
        {"signed_in": {**tokens, "claims": {"roles": ["operator"]}}}
    ).items():
        http.set_cookie(name, value)
    return http


@pytest.mark.parametrize("how", BAD)
def test_home_shows_the_rest(make_console: Make, how: str) -> None:
    with served(BAD[how]) as bad, served(well) as good:
        http = signed_in(make_console, ONBOARDING_URL=bad, PROVISIONING_URL=good, NOTIFICATIONS_URL=good)
        for _ in range(2):
            began = time.monotonic()
            answer = http.get("/", headers=HTML)
            assert time.monotonic() - began < 4 * PATIENCE + 1
            assert answer.status_code == 200, answer.text
            assert "onboarding is not responding" in answer.text
            assert '<span class="count">2</span>' in answer.text
            assert "xxxx" not in answer.text


def test_a_page_with_many_questions_keeps_no_other_page_from_asking(make_console: Make) -> None:
    """As one for fifty partners, of a service that hangs."""
    with served(well) as good:
        http = signed_in(
            make_console,
            **{f"{name}_URL": good for name in ("ONBOARDING", "PROVISIONING", "NOTIFICATIONS")},
            WEB_THREADS="2",
        )
        service = http.application.extensions["chassis.service"]
        end = threading.Event()
        try:
            hanging = [service.asking.submit(end.wait) for _ in range(MOST_ASKED)]
            assert '<span class="count">2</span>' in http.get("/", headers=HTML).text
        finally:
            end.set()
        assert all(one.result() for one in hanging)


@pytest.mark.parametrize(
    ("how", "path"),
    [
        *((how, "/partners") for how in ("html", "list", "10 MB", "redirect", "never")),
        *(
            ("other shape", path)
            for path in ("/partners", "/partners.csv", f"/partners/{SOMEBODY}", "/grants")
        ),
        *(
            ("500", path)
            for path in ("/reviews", f"/reviews/{SOMEBODY}", "/mails", f"/partners/{SOMEBODY}/ask")
        ),
        *(("other shape", path) for path in ("/audit", "/events/dead-letters", "/events/lanes")),
    ],
)
def test_a_page_that_needs_it_says_so(make_console: Make, how: str, path: str) -> None:
    with served(BAD[how]) as bad:
        http = signed_in(make_console, ONBOARDING_URL=bad, PROVISIONING_URL=bad, NOTIFICATIONS_URL=bad)
        answer = http.get(path, headers=HTML)
        asks_all = path.startswith(("/audit", "/events"))
        assert answer.status_code == (200 if asks_all else 502), answer.text
        assert 'role="alert"' in answer.text


def test_a_token_that_is_taken_no_more_ends_the_session(make_console: Make) -> None:
    refusing = answering(
        401, b'{"title": "Unauthorized", "code": "expired_token"}', "application/problem+json"
    )
    with served(refusing) as url:
        http = signed_in(make_console, ONBOARDING_URL=url, PROVISIONING_URL=url, NOTIFICATIONS_URL=url)
        for path in ("/partners", "/"):
            answer = http.get(path, headers=HTML)
            assert answer.status_code == 303, path
            assert answer.location.startswith("/sign-in?next=")


def test_what_was_sent_with_a_token_that_is_taken_no_more_is_undone_and_shown(make_console: Make) -> None:
    path = f"/partners/{SOMEBODY}/suspend"
    with served(answering(401, b'{"title": "Unauthorized"}', "application/problem+json")) as url:
        http = signed_in(make_console, ONBOARDING_URL=url)
        form = {"reason": "A <long> one.", "key": str(uuid4())}
        sent = http.post(path, data=form, headers={**HTML, "Origin": CONSOLE})
        signed_out = http.post(path, data=form, headers={**HTML, "Origin": CONSOLE})  # in another tab
    for answer in (sent, signed_out):
        assert answer.status_code == 401
        assert "Your request was not carried out" in answer.text
        assert f'href="/sign-in/start?next={path}"' in answer.text
        assert "readonly>A &lt;long&gt; one.</textarea>" in answer.text
        assert "/sign-out" not in answer.text
    only_looked = http.get(f"/partners/{SOMEBODY}", headers=HTML)
    assert "Your request was not" not in http.get(only_looked.location, headers=HTML).text


def test_what_was_done_to_many_before_the_token_ended_is_told(make_console: Make) -> None:
    done = list[str]()

    def ending(environ: dict[str, Any], start: Any) -> Any:
        request = Request(environ)
        if request.method == "GET":
            partner = {"partner_id": "x", "company": {"legal_name": "Hafen"}, "state": "in_review"}
            return answering(200, json.dumps({**partner, "contact": {}, "products": []}).encode())(
                environ, start
            )
        done.append(request.path)
        status = 200 if len(done) == 1 else 401
        return answering(status, b'{"partner_id": "x", "state": "approved"}')(environ, start)

    query = "&".join(f"partner={SOMEBODY[:-1]}{last}" for last in range(3))
    with served(ending) as url:
        http = signed_in(make_console, ONBOARDING_URL=url)
        form = {"reason": "Fair.", "tier": "select", "key": str(uuid4())}
        told = http.post(f"/partners/approve-many?{query}", data=form, headers={**HTML, "Origin": CONSOLE})
    assert told.status_code == 200
    assert "Done: 1. Not done: 2." in told.text
    assert len(done) == 2, "nothing is tried without a session"


def test_every_form_has_a_page_to_lead_back_to_after_a_sign_in(make_console: Make) -> None:
    http = signed_in(make_console)
    rules = [one for one in http.application.url_map.iter_rules() if not one.endpoint.startswith("sign_in.")]
    sent, shown = ({one.rule for one in rules if way in (one.methods or ())} for way in ("POST", "GET"))
    assert sent <= shown
    for path in ("/imports/preview", "/imports/run"):
        assert http.get(path, headers=HTML).location == "/imports"


def test_a_link_of_ours_leads_to_us_whatever_the_address_says(make_console: Make) -> None:
    action = {"id": SOMEBODY, "at": "2026-01-01T00:00:00+00:00", "target": "x", "reason": "<b>"}
    body = json.dumps({"actions": [action], "next_cursor": None}).encode()
    with served(answering(200, body)) as url:
        http = signed_in(make_console, ONBOARDING_URL=url, PROVISIONING_URL=url, NOTIFICATIONS_URL=url)
        query = "actor=ada&endpoint=home.show&_external=1&_scheme=javascript&_anchor=x"
        answer = http.get(f"/audit?{query}", headers=HTML)
    assert answer.status_code == 200
    [link] = re.findall(r'href="(\S*audit\.csv\S*)"', answer.text)
    assert link.startswith("/audit.csv?")
    assert "actor=ada" in link
    assert "<b>" not in answer.text


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_that_is_in_no_year_of_utc_is_left_out(make_console: Make, at: str) -> None:
    action = {"id": SOMEBODY, "at": at, "target": "x", "reason": "Fair."}
    body = json.dumps({"actions": [action], "next_cursor": None}).encode()
    with served(answering(200, body)) as url:
        http = signed_in(make_console, ONBOARDING_URL=url, PROVISIONING_URL=url, NOTIFICATIONS_URL=url)
        answer = http.get("/audit", headers=HTML)
    assert answer.status_code == 200
    assert "Fair." in answer.text


def test_an_act_that_was_cut_off_is_asked_again_with_the_same_key(make_console: Make) -> None:
    keys: list[str] = []
    partner = {
        "partner_id": str(uuid4()),
        "company": {"legal_name": "Hafen"},
        "contact": {},
        "state": "active",
        "state_entered_at": "2026-01-01T00:00:00+00:00",
        "tier": None,
        "products": [],
        "decision": None,
        "moves": ["suspend"],
    }

    def cutting(environ: dict[str, Any], start: Any) -> Any:
        request = Request(environ)
        if request.method == "GET":
            return answering(200, json.dumps(partner).encode())(environ, start)
        request.get_data()
        keys.append(request.headers["Idempotency-Key"])
        if len(keys) == 1:
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            return []
        return answering(200, b'{"partner_id": "x", "state": "suspended"}')(environ, start)

    with served(cutting) as url:
        http = signed_in(make_console, ONBOARDING_URL=url)
        path = f"/partners/{partner['partner_id']}/suspend"
        form = {"reason": "Invoice open.", "key": str(uuid4())}
        first = http.post(path, data=form, headers={**HTML, "Origin": CONSOLE})
        assert first.status_code == 502
        assert form["key"] in first.text
        second = http.post(path, data=form, headers={**HTML, "Origin": CONSOLE})
    assert second.status_code == 303, second.text
    assert keys == [form["key"], form["key"]]


@pytest.mark.parametrize(
    "path",
    [
        "/partners/..%2f..%2fv1%2fme",
        "/partners/not-an-id",
        "/events/dead-letters/evil/01a20482-6f60-7b5c-8a5e-1f2d3c4b5a69",
        "/events/lanes/onboarding/release-lane",
        "/events/lanes/evil/release-lane?topic=a&subject=b",
        "/events/holes/onboarding/close?topic=a&subject=b&first=x&last=1",
        "/static/..%2fwords.py",
        "/nowhere",
    ],
)
def test_what_is_no_address_of_ours_is_not_found(make_console: Make, path: str) -> None:
    assert signed_in(make_console).get(path, headers=HTML).status_code == 404
