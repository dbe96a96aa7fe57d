"""What strangers may do, how often: exact under parallel requests, and the same for known and unknown."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import yaml
from sqlalchemy import select, update
from sqlalchemy.event import listen, remove
from tests.integration.onboarding.api_client import ApiClient, application
from tests.integration.onboarding.conftest import OPS, link_token
from tests.integration.onboarding.form_browser import FormBrowser
from tests.integration.onboarding.own_cookies import COOKIE
from tests.integration.onboarding.test_pages_applying import FILLED
from tests.integration.onboarding.test_requests import active
from werkzeug.test import TestResponse

from chassis.database.counted_acts import CountedActs, CountedKey
from chassis.database.pool import make_engine
from chassis.identity.signing_keys import read_private_key
from local_stack.processes.environments import LOCAL_LIMITS
from onboarding.adapters.tables import counted_acts, mail_turns, waiting_mails
from onboarding.bootstrap import OnboardingService, build_service
from onboarding.domain.limits import Limit, WaitingMail
from onboarding.entrypoints.sweeps.sending_waiting_mails import send_all_due

VERIFY = "partner.email_verification_requested"
ASKED = "partner.member_confirmation_requested"
MINUTE = {"minutes": 60}
HOUR = timedelta(hours=1)
Limited = Callable[..., ApiClient]


@pytest.fixture
def limited(environ: dict[str, str], service: OnboardingService, tmp_path: Path) -> Iterator[Limited]:
    """Makes a client of the service with just these limits; its tables are those of `service`."""
    opened = []

    def make(
        environment: dict[str, str] | None = None, gaps: dict[str, int] | None = None, **acts: dict[str, int]
    ) -> ApiClient:
        file = yaml.safe_load(LOCAL_LIMITS.read_text())
        for act, measures in acts.items():
            file["acts"][act] = {name: {"at_most": most, **MINUTE} for name, most in measures.items()}
        file["mails_to_unconfirmed"] = gaps
        path = tmp_path / f"{uuid4()}.yaml"
        path.write_text(yaml.safe_dump(file))
        special = build_service(environ | {"LIMITS_FILE": str(path)} | (environment or {}))
        opened.append(special)
        app = special.create_web_app()
        return ApiClient(special, app.test_client(), read_private_key(OPS[0]), link_token)

    yield make
    for special in opened:
        special.database.dispose()


def apply(api: ApiClient, email: str, **headers: str) -> TestResponse:
    body = application(members=[])
    body["contact"]["email"] = email
    return api.http.post("/v1/applications", json=body, headers={"Idempotency-Key": str(uuid4()), **headers})


def ask(api: ApiClient, email: str, **headers: str) -> TestResponse:
    return api.http.post("/v1/link-requests", json={"email": email}, headers=headers)


def let_pass(api: ApiClient, minutes: int) -> None:
    """As if so much time had passed since all that was counted."""
    passed = timedelta(minutes=minutes)
    with api.service.database.engine.begin() as connection:
        for column in (counted_acts.c.ends_at, mail_turns.c.next_at, waiting_mails.c.due_at):
            connection.execute(update(column.table).values({column: column - passed}))


def statuses(answers: list[TestResponse]) -> list[int]:
    return [answer.status_code for answer in answers]


def test_so_many_pass_and_no_more_of_two_hundred_at_once(service: OnboardingService) -> None:
    """Two engines stand for two processes: they share nothing but the database."""
    other = make_engine(service.settings.database_url)
    keys = [CountedKey("address", b"a", Limit(5, HOUR)), CountedKey("everybody", b"e", Limit(150, HOUR))]
    try:
        counters = [service.counted_acts, CountedActs(other)]
        with ThreadPoolExecutor(16) as threads:
            found = list(threads.map(lambda number: counters[number % 2].count(keys), range(200)))
    finally:
        other.dispose()
    assert found.count(None) == 5
    assert {refused.names for refused in found if refused} == {("address",)}
    assert counts(service) == {b"a": 5, b"e": 5}


def test_two_hundred_applications_at_once(limited: Limited) -> None:
    api = limited(apply={"address": 7, "network": 1_000})
    http = api.service.create_web_app()

    def send(number: int) -> int:
        body = application(members=[])
        body["contact"]["email"] = f"jana+{number}@mueller-soehne.example"
        headers = {"Idempotency-Key": str(uuid4())}
        return http.test_client().post("/v1/applications", json=body, headers=headers).status_code

    with ThreadPoolExecutor(8) as threads:
        found = Counter(threads.map(send, range(200)))
    assert found == {202: 7, 429: 193}
    assert sum(name == "partner.applied" for name, _ in api.events()) == 7


def test_a_refusal_uses_up_no_other_limit(limited: Limited) -> None:
    api = limited(apply={"address": 1, "network": 3})
    assert statuses([apply(api, "jana@mueller-soehne.example") for _ in range(9)]) == [202] + [429] * 8
    assert statuses([apply(api, f"jana@other{number}.example") for number in range(3)]) == [202, 202, 429]


def test_the_answer_says_when_and_that_is_true(limited: Limited) -> None:
    api = limited(request_link={"address": 2})
    assert statuses([ask(api, "jana@a.example") for _ in range(3)]) == [202, 202, 429]
    let_pass(api, 59)
    refused = ask(api, "jana@a.example")
    assert refused.status_code == 429
    assert refused.content_type == "application/problem+json"
    assert refused.json["code"] == "too_many_requests"
    seconds = int(refused.headers["Retry-After"])
    assert 50 <= seconds <= 60
    assert str(seconds) in refused.json["detail"]
    let_pass(api, 1)
    assert statuses([ask(api, "jana@a.example") for _ in range(3)]) == [202, 202, 429]


@pytest.mark.parametrize(
    ("first", "second", "is_one"),
    [
        ("jana@a.example", "JANA@A.EXAMPLE", True),
        ("jana@a.example", "jana+1@a.example", True),
        ("j.a.n.a+x@gmail.com", "jana@googlemail.com", True),
        ("jana@bücher.example", "jana@xn--bcher-kva.example", True),
        ("jana@a.example", "jana@b.example", False),
        ("jana@a.example", "jane@a.example", False),
    ],
)
def test_plus_tags_make_no_other_address(limited: Limited, first: str, second: str, is_one: bool) -> None:
    api = limited(request_link={"address": 1})
    assert statuses([ask(api, first), ask(api, second)]) == [202, 429 if is_one else 202]


def test_a_domain_is_what_its_owner_registered(limited: Limited) -> None:
    api = limited(apply={"domain": 2, "free_mail_domain": 4})
    emails = ["a@mail.firma.co.uk", "b@firma.co.uk", "c@x.firma.co.uk"]
    assert statuses([apply(api, email) for email in emails]) == [202, 202, 429]
    assert apply(api, "a@andere.co.uk").status_code == 202
    assert statuses([apply(api, f"{n}@gmail.com") for n in range(5)]) == [202] * 4 + [429]


def test_all_names_below_a_providers_domain_are_one_customers(limited: Limited) -> None:
    api = limited(apply={"domain": 2, "free_mail_domain": 9})
    assert statuses([apply(api, f"{n}@jana.33mail.com") for n in range(3)]) == [202, 202, 429]
    assert statuses([apply(api, f"{n}@bo.33mail.com") for n in range(2)]) == [202, 202]


def test_known_and_unknown_addresses_are_answered_alike(limited: Limited) -> None:
    api = limited(request_link={"address": 3}, apply={"address": 9})
    api.verified(members=[])

    def seen(email: str) -> list[tuple[int, bytes, list[str]]]:
        answers = [ask(api, email) for _ in range(5)]
        # Seconds may pass between the two, and each request has an id.
        return [
            (
                answer.status_code,
                b"" if answer.status_code == 429 else answer.data,
                sorted(answer.headers.keys()),
            )
            for answer in answers
        ]

    known, unknown = seen("jana@mueller-soehne.example"), seen("nobody@nowhere.example")
    assert [status for status, *_ in known] == [202, 202, 202, 429, 429]
    assert known == unknown


def test_wrong_content_shuts_the_door_for_wrong_content_alone(limited: Limited) -> None:
    api = limited(apply={"address": 1, "network": 2, "everybody": 2}, send_wrongly={"network": 4})
    assert apply(api, "jana@mueller-soehne.example", **{"Idempotency-Key": ""}).status_code == 400
    bodies = [{}, {"contact": {"email": "jana@mueller-soehne.example"}}, []]
    assert statuses([api.post("/v1/applications", body) for body in bodies]) == [422] * 3
    assert api.post("/v1/applications", {}).status_code == 429
    assert api.post("/v1/link-requests", {}).status_code == 429
    assert apply(api, "jana@mueller-soehne.example").status_code == 202
    assert apply(api, "jana@other.example").status_code == 202
    assert apply(api, "jana@third.example").status_code == 429


def test_a_repetition_is_answered_although_the_limit_is_reached(limited: Limited) -> None:
    api = limited(apply={"address": 1})
    key = str(uuid4())
    body = application(members=[])
    first, again = (api.post("/v1/applications", body, key=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.json == first.json
    assert api.post("/v1/applications", body).status_code == 429


def test_repetitions_use_up_no_limit(limited: Limited) -> None:
    api = limited(apply={"address": 2, "network": 2})
    key, body = str(uuid4()), application(members=[])
    assert statuses([api.post("/v1/applications", body, key=key) for _ in range(4)]) == [202] * 4
    assert api.post("/v1/applications", {**body, "expected_benefits": "Others."}, key=key).status_code == 422
    assert set(counts(api.service).values()) == {1}
    assert statuses([api.post("/v1/applications", body) for _ in range(2)]) == [202, 429]


def test_a_double_click_at_the_same_moment_uses_up_one(limited: Limited) -> None:
    api = limited(apply={"address": 9, "network": 9})
    http, key, body = api.http.application, str(uuid4()), application(members=[])

    def send(_: int) -> int:
        told = http.test_client().post("/v1/applications", json=body, headers={"Idempotency-Key": key})
        return told.status_code

    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(send, range(8)))
    assert 202 in found
    assert found <= {202, 409}
    assert set(counts(api.service).values()) == {1}


def test_an_application_that_fails_uses_up_no_limit(
    limited: Limited, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = limited(apply={"address": 1, "network": 1})
    key, body = str(uuid4()), application(members=[])
    with monkeypatch.context() as broken:
        broken.setattr("onboarding.handlers.apply.ask_to_verify", _killed)
        assert api.post("/v1/applications", body, key=key).status_code == 500
    assert set(counts(api.service).values()) == {0}
    assert api.post("/v1/applications", body, key=key).status_code == 202
    assert api.post("/v1/applications", body).status_code == 429


def test_an_operator_is_no_stranger(limited: Limited) -> None:
    api = limited(apply={"address": 1, "network": 1, "everybody": 1})
    token = api.ops("operator")
    assert (
        statuses([api.post("/v1/applications", application(members=[]), token) for _ in range(3)])
        == [202] * 3
    )
    assert apply(api, "jana@mueller-soehne.example").status_code == 202


@pytest.mark.parametrize(
    ("trusted", "first", "second", "is_one"),
    [
        ("1", "203.0.113.1", "203.0.113.2", False),
        ("1", "10.0.0.1, 203.0.113.1", "10.0.0.2, 203.0.113.1", True),
        ("1", "2001:db8:1:2ff::1", "[2001:db8:1:200::9]:443", True),
        ("1", "203.0.113.1", "::ffff:203.0.113.1", True),
        ("1", "junk", "other junk", True),
        ("2", "203.0.113.1, 198.51.100.1", "203.0.113.2, 198.51.100.1", False),
        ("2", "9.9.9.9, 203.0.113.1, 198.51.100.1", "8.8.8.8, 203.0.113.1, 198.51.100.1", True),
    ],
)
def test_a_header_makes_no_other_client(
    limited: Limited, trusted: str, first: str, second: str, is_one: bool
) -> None:
    api = limited({"TRUSTED_PROXIES": trusted}, request_link={"network": 1})
    answers = [
        ask(api, f"{n}@a.example", **{"X-Forwarded-For": line}) for n, line in enumerate((first, second))
    ]
    assert statuses(answers) == [202, 429 if is_one else 202]


def test_no_header_counts_without_a_proxy(limited: Limited) -> None:
    api = limited({"PUBLIC_URL": "http://gangway.example"}, request_link={"network": 1})
    answers = [
        ask(api, f"{n}@a.example", **{"X-Forwarded-For": f"203.0.113.{n}", "Forwarded": f"for=203.0.113.{n}"})
        for n in range(2)
    ]
    assert statuses(answers) == [202, 429]


def test_links_that_open_nothing_are_limited_and_one_that_works_is_not(limited: Limited) -> None:
    api = limited(open_link_wrongly={"network": 5})
    partner_id = api.applied()
    used, person = used_links(api)
    doors = [
        lambda: api.post("/v1/sessions", {"link_token": used}),
        lambda: api.get(f"/links/{used}"),
        lambda: api.http.post(f"/links/{used}"),
        lambda: api.post("/v1/memberships", {"link_token": person, "is_right": True}),
        lambda: api.get(f"/memberships/{person}"),
        lambda: api.http.post(f"/memberships/{person}", data={"answer": "yes"}),
    ]
    assert statuses([door() for door in doors[:5]]) == [410] * 5
    refused = [door() for door in doors]
    assert statuses(refused) == [429] * 6
    assert all("Retry-After" in answer.headers for answer in refused)
    assert all("60 minutes" in answer.text for answer in refused if answer.mimetype == "text/html")
    good = api.post("/v1/sessions", {"link_token": api.token_of(VERIFY, partner_id)})
    assert good.status_code == 201


def test_a_wrong_signature_costs_nothing_and_is_not_counted(limited: Limited) -> None:
    api = limited(open_link_wrongly={"network": 1})
    used, _ = used_links(api)
    wrong = f"{used[:-8]}{used[-8:].swapcase()}"
    with no_database(api.service):
        for token in ("nonsense", wrong):
            assert api.post("/v1/sessions", {"link_token": token}).status_code == 410
            assert api.post("/v1/memberships", {"link_token": token, "is_right": True}).status_code == 410
            for path in (f"/links/{token}", f"/memberships/{token}"):
                assert api.get(path).status_code == 410
                assert api.http.post(path, data={"answer": "no"}).status_code == 410
    assert api.post("/v1/sessions", {"link_token": used}).status_code == 410
    assert api.post("/v1/sessions", {"link_token": used}).status_code == 429


@contextmanager
def no_database(service: OnboardingService) -> Iterator[None]:
    """Whoever takes a connection fails."""

    def fail(*_: Any) -> None:
        raise AssertionError("the database was asked")

    listen(service.database.engine, "checkout", fail)
    try:
        yield
    finally:
        remove(service.database.engine, "checkout", fail)


def used_links(api: ApiClient) -> tuple[str, str]:
    """The tokens of a contact and of a named person, both used."""
    partner_id, _ = api.screened()
    person = api.token_of(ASKED, partner_id)
    assert api.post("/v1/memberships", {"link_token": person, "is_right": True}).status_code == 201
    return api.token_of(VERIFY, partner_id), person


def test_the_form_comes_back_filled_and_says_when(limited: Limited) -> None:
    api = limited(apply={"address": 1})
    browser = FormBrowser(api.http.application)
    browser.open("/apply").press(FILLED)
    again = {**FILLED, "contact-email": FILLED["contact-email"].replace("@", "+2@")}
    browser.open("/apply").press(again)
    assert browser.status == 429
    assert "60 minutes" in browser.page.html
    kept = browser.page.forms[0].fields
    assert {name: kept.getlist(name) for name in again} == {
        name: value if isinstance(value, list) else [value] for name, value in again.items()
    }
    let_pass(api, 60)
    browser.press({})
    assert browser.url == "/check-your-mail"


def test_a_wrong_form_is_limited_too_and_kept(limited: Limited) -> None:
    api = limited(send_wrongly={"network": 1})
    browser = FormBrowser(api.http.application)
    for status in (422, 429):
        browser.open("/apply").press({**FILLED, "contact-email": "not an address"})
        assert (browser.status, browser.page.forms[0].fields["contact-email"]) == (status, "not an address")


def test_a_link_asked_for_on_the_page_is_limited_and_the_address_kept(limited: Limited) -> None:
    api = limited(request_link={"address": 1})
    browser = FormBrowser(api.http.application, "de")
    for status in (202, 429):
        browser.open("/new-link").press({"email": "jana@mueller-soehne.example"})
        assert browser.status == status
    assert browser.page.forms[0].fields["email"] == "jana@mueller-soehne.example"
    assert "60 Minuten" in browser.page.html


def test_a_form_that_is_saved_too_often_still_knows_its_draft(limited: Limited) -> None:
    api = limited(save_draft={"network": 2})
    form = {"idempotency_key": "this page", "country": "DE"}
    http = api.http.application.test_client()
    assert http.post("/drafts", data=form | {"draft_email": "jana@weiss.example"}).status_code == 202
    token = api.link_token(api.last("partner.draft_saved")["link"])
    answers = [http.post("/drafts", data=form | {"draft": token}) for _ in range(2)]
    assert statuses(answers) == [202, 429]
    assert f'name="draft" value="{token}"' in answers[-1].text


def test_one_application_corrects_its_address_so_often(limited: Limited) -> None:
    api = limited(correct_address={"application": 3})
    browser = FormBrowser(api.http.application)
    browser.open("/apply").press(FILLED)
    for number in range(3):
        browser.press({"email": f"try{number}@mueller.example"})
        assert browser.status == 200
    browser.press({"email": "once.too.often@mueller.example"})
    assert (browser.status, browser.page.forms[0].fields["email"]) == (429, "once.too.often@mueller.example")
    assert sum(name == VERIFY for name, _ in api.events()) == 4


def test_what_is_refused_is_counted_and_told_once(limited: Limited, caplog: pytest.LogCaptureFixture) -> None:
    api = limited(request_link={"domain": 1})
    with caplog.at_level(logging.WARNING):
        for number in range(5):
            ask(api, f"secret{number}@confidential.example")
    told = [record for record in caplog.records if "limit reached" in record.getMessage()]
    assert len(told) <= 1  # another test of the same minute may have told it
    assert "confidential" not in caplog.text


def test_tables_hold_no_address(limited: Limited) -> None:
    api = limited(
        apply={"address": 9, "domain": 9, "network": 9}, gaps={"minutes": 10, "at_most_minutes": 10}
    )
    for _ in range(2):
        apply(api, "jana@confidential.example")
    with api.service.open_work() as work:
        rows = [
            str([bytes(value) if isinstance(value, memoryview) else value for value in row])
            for table in (counted_acts, mail_turns, waiting_mails)
            for row in work.connection.execute(select(table))
        ]
    assert len(rows) == 3 + 1 + 1
    assert not any("confidential" in row or "127.0.0.1" in row for row in rows)


def test_what_no_limit_needs_is_forgotten(limited: Limited) -> None:
    api = limited(request_link={"address": 1})
    ask(api, "jana@a.example")
    with api.service.open_work() as work:
        now = work.now()
    assert api.service.counted_acts.forget(now) == 0
    let_pass(api, 61)
    assert api.service.counted_acts.forget(now) == 1


def test_what_somebody_uses_is_forgotten_another_time(limited: Limited) -> None:
    """Nobody waits for anybody: acts and mails lock their rows in an order of their own."""
    api = limited(request_link={"address": 1}, gaps={"minutes": 10, "at_most_minutes": 10})
    for number in range(2):
        ask(api, f"jana{number}@a.example")
        apply(api, f"jana{number}@a.example")
    let_pass(api, 61)
    with api.service.open_work() as work:
        now = work.now()
        for table in (counted_acts, mail_turns):
            assert len(work.connection.execute(select(table).limit(1).with_for_update()).all()) == 1
        with api.service.open_work() as other:
            assert other.mail_turns.forget(now) == 1
        assert api.service.counted_acts.forget(now) == 1
    with api.service.open_work() as work:
        assert work.mail_turns.forget(now) == 1
    assert api.service.counted_acts.forget(now) == 1


def test_pages_of_waiting_mails_begin_with_the_newest(limited: Limited) -> None:
    api = limited(gaps={"minutes": 10, "at_most_minutes": 10})
    partners = [UUID(apply(api, "jana@firma.example").json["partner_id"]) for _ in range(4)]
    let_pass(api, 10)
    found: list[WaitingMail] = []
    with api.service.open_work() as work:
        now = work.now()
        while page := work.mail_turns.due(now, 1, found[-1] if found else None):
            found += page
    assert [mail.partner_id for mail in found] == partners[:0:-1]


def test_a_flood_of_applications_is_one_mail_at_a_time(limited: Limited) -> None:
    api = limited(gaps={"minutes": 10, "at_most_minutes": 1440})
    with ThreadPoolExecutor(8) as threads:
        http = api.http.application
        clients = [replace(api, http=http.test_client()) for _ in range(40)]
        answers = list(
            threads.map(
                lambda pair: apply(pair[1], f"victim+{pair[0]}@firma.example").status_code, enumerate(clients)
            )
        )
    assert answers == [202] * 40
    assert mails(api) == 1
    assert send_all_due(api.service) == 0
    let_pass(api, 10)
    assert send_all_due(api.service) == 39
    assert mails(api) == 2
    let_pass(api, 19)
    send_all_due(api.service)
    assert mails(api) == 2


def test_whoever_owns_the_mailbox_gets_through_the_flood(limited: Limited) -> None:
    api = limited(gaps={"minutes": 10, "at_most_minutes": 1440})
    partners = [apply(api, "jana@firma.example").json["partner_id"] for _ in range(3)]
    opened = []
    for _ in partners:
        send_all_due(api.service)
        told = api.last(VERIFY)
        answer = api.post("/v1/sessions", {"link_token": link_token(told["link"])})
        assert answer.status_code == 201
        opened.append(told["partner_id"])
    assert sorted(opened) == sorted(partners)
    assert mails(api) == 3


def test_a_killed_worker_leaves_the_mail_waiting(limited: Limited, monkeypatch: pytest.MonkeyPatch) -> None:
    api = limited(gaps={"minutes": 10, "at_most_minutes": 1440})
    for _ in range(2):
        apply(api, "jana@firma.example")
    let_pass(api, 10)
    with monkeypatch.context() as broken:
        broken.setattr("onboarding.adapters.repositories.mail_turns.write_later", _killed)
        send_all_due(api.service)
    assert mails(api) == 1
    send_all_due(api.service)
    assert mails(api) == 2


def _killed(*_: Any) -> None:
    raise RuntimeError("killed")


def mails(api: ApiClient) -> int:
    return sum(name == VERIFY for name, _ in api.events())


def counts(service: OnboardingService) -> dict[bytes, int]:
    with service.open_work() as work:
        rows = work.connection.execute(select(counted_acts)).all()
    return {row.key: row.count for row in rows}


def test_what_a_partner_changes_and_takes_along_is_counted_by_page_and_api(limited: Limited) -> None:
    api = limited(change_own={"application": 3}, export={"application": 2})
    partner_id, session = active(api)
    path = f"/v1/partners/{partner_id}"
    me = api.get(path, session).json["contact"]["member_id"]
    browser = FormBrowser(api.http.application)
    browser.keep_cookie(COOKIE, session)
    page = browser.open("/profile?lang=en")
    asked = [
        api.post(f"{path}/members/{me}/language", {"language": "en"}, session, key="same"),
        api.post(f"{path}/members/{me}/language", {"language": "en"}, session, key="same"),
        api.post(f"{path}/profile", {"language": "en"}, session),
        api.post(f"{path}/members/{me}/language", {"language": "de"}, session),
        api.post(f"{path}/profile", {"language": "de"}, session),
        *(api.post(f"{path}/export", {}, session) for _ in range(3)),
    ]
    assert statuses(asked) == [200, 200, 200, 200, 429, 200, 200, 429]
    page.press({"website": "https://neu.example"})
    assert (browser.status, "https://neu.example" in browser.page.html) == (429, True)
    api.http.set_cookie(COOKIE, session)
    for place in ("/export", "/language"):
        headers = {"Sec-Fetch-Site": "same-origin"}
        assert api.http.post(place, data={"language": "de"}, headers=headers).status_code == 429
