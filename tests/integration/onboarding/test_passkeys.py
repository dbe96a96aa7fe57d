"""Passkeys by API: added after a fresh sign-in, used without a name, refused alike, gone with the role."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import text
from tests.integration.onboarding.api_client import ApiClient
from tests.integration.onboarding.conftest import SESSION
from tests.integration.onboarding.form_browser import FormBrowser
from tests.integration.onboarding.own_cookies import COOKIE
from tests.integration.onboarding.test_own_sessions import sign_in as sign_in_by_link
from tests.integration.onboarding.test_pages_for_everybody import check_page
from tests.integration.onboarding.test_people import LEA, approved, says_yes
from tests.soft_authenticator import ATTESTED, PRESENT, VERIFIED, SoftPasskey, b64, raw

from chassis import clock
from chassis.database.recorded_sessions import RecordedSessions
from chassis.identity.session import SessionSigner, SignedSession
from chassis.identity.signing_keys import read_private_key
from onboarding.domain.passkeys import MOST_PASSKEYS

ORIGIN = "https://gangway.example"
REFUSED = (403, "passkey_refused")


def begin(api: ApiClient, partner_id: str, session: str) -> dict[str, Any]:
    answer = api.post(f"/v1/partners/{partner_id}/passkey-challenges", None, session)
    assert answer.status_code == 201, answer.json
    return dict(answer.json["public_key"])


def add(api: ApiClient, partner_id: str, session: str, name: str = "Laptop") -> SoftPasskey:
    """One more passkey of the contact."""
    passkey = SoftPasskey(ORIGIN)
    body = {"name": name, "credential": passkey.create(begin(api, partner_id, session))}
    answer = api.post(f"/v1/partners/{partner_id}/passkeys", body, session)
    assert answer.status_code == 201, answer.json
    return passkey


def options(api: ApiClient) -> dict[str, Any]:
    answer = api.post("/v1/passkey-challenges", None)
    assert answer.status_code == 201, answer.json
    return dict(answer.json["public_key"])


def sign_in(api: ApiClient, credential: dict[str, Any]) -> Any:
    return api.post("/v1/passkey-sessions", {"credential": credential})


def told(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json.get("code")


def test_who_added_a_passkey_signs_in_by_it_and_by_no_name(api: ApiClient) -> None:
    partner_id, session = api.verified()
    made = begin(api, partner_id, session)
    assert made["rp"]["id"] == "gangway.example"
    assert made["authenticatorSelection"]["residentKey"] == "required"
    assert made["authenticatorSelection"]["userVerification"] == "required"
    passkey = add(api, partner_id, session)
    asked = options(api)
    assert (asked["rpId"], asked.get("allowCredentials", [])) == ("gangway.example", [])
    assert asked["userVerification"] == "required"
    answer = sign_in(api, passkey.get(asked))
    assert (answer.status_code, answer.json["partner_id"]) == (201, partner_id)
    new = answer.json["session_token"]
    assert len(api.get(f"/v1/partners/{partner_id}/sessions", new).json["sessions"]) == 2
    path = f"/v1/partners/{partner_id}/passkeys"
    [line] = api.get(path, new).json["passkeys"]
    assert (line["name"], line["used_at"] is not None) == ("Laptop", True)
    exported = api.post(f"/v1/partners/{partner_id}/export", None, new).json
    assert [one["name"] for one in exported["passkeys"]] == ["Laptop"]
    bearer = {"Authorization": f"Bearer {new}"}
    assert api.http.delete(f"{path}/{line['passkey_id']}", headers=bearer).status_code == 204
    assert api.http.delete(f"{path}/{line['passkey_id']}", headers=bearer).status_code == 404
    assert told(sign_in(api, passkey.get(options(api)))) == REFUSED
    events = [api.last(f"partner.passkey_{what}", partner_id) for what in ("added", "removed")]
    assert {event["passkey_id"] for event in events} == {line["passkey_id"]}


@pytest.mark.parametrize(
    "forged",
    [
        {"origin": "https://gangway.example.evil.example"},
        {"origin": "http://gangway.example"},
        {"rp_id": "evil.example"},
        {"flags": PRESENT},
        {"flags": VERIFIED},
        {"type": "webauthn.create"},
        {"challenge": b64(bytes(32))},
        {"challenge": 7},
        {"user_handle": bytes(16)},
        {"count": 0},
    ],
    ids=lambda forged: "-".join(map(str, next(iter(forged.items()))))[:30],
)
def test_a_forged_sign_in_is_refused(api: ApiClient, forged: dict[str, Any]) -> None:
    partner_id, session = api.verified()
    passkey = add(api, partner_id, session)
    assert sign_in(api, passkey.get(options(api))).status_code == 201
    assert told(sign_in(api, passkey.get(options(api), **forged))) == REFUSED
    assert sign_in(api, passkey.get(options(api))).status_code == 201


@pytest.mark.parametrize(
    "forged",
    [
        {"origin": "https://evil.example"},
        {"rp_id": "evil.example"},
        {"flags": PRESENT | ATTESTED},
        {"flags": PRESENT | VERIFIED},
        {"type": "webauthn.get"},
        {"challenge": b64(bytes(32))},
    ],
    ids=lambda forged: "-".join(map(str, next(iter(forged.items()))))[:30],
)
def test_a_forged_passkey_is_not_kept(api: ApiClient, forged: dict[str, Any]) -> None:
    partner_id, session = api.verified()
    credential = SoftPasskey(ORIGIN).create(begin(api, partner_id, session), **forged)
    path = f"/v1/partners/{partner_id}/passkeys"
    assert told(api.post(path, {"credential": credential}, session)) == REFUSED
    assert api.get(path, session).json["passkeys"] == []


def test_a_challenge_is_good_once_for_its_own_ceremony_and_person(api: ApiClient) -> None:
    partner_id, session = api.verified()
    passkey = add(api, partner_id, session)
    once = options(api)
    assert sign_in(api, passkey.get(once)).status_code == 201
    assert told(sign_in(api, passkey.get(once))) == REFUSED
    failed = options(api)
    assert told(sign_in(api, passkey.get(failed, rp_id="evil.example"))) == REFUSED
    assert told(sign_in(api, passkey.get(failed))) == REFUSED
    late = options(api)
    with api.service.database.engine.begin() as connection:
        expired = "UPDATE passkey_challenges SET expires_at = now() WHERE value = %s"
        connection.exec_driver_sql(expired, (raw(late["challenge"]),))
    assert told(sign_in(api, passkey.get(late))) == REFUSED
    of_adding = begin(api, partner_id, session)
    assert told(sign_in(api, passkey.get({**of_adding, "rpId": "gangway.example"}))) == REFUSED
    for challenge in (options(api)["challenge"], begin(api, *another(api))["challenge"]):
        made = {**begin(api, partner_id, session), "challenge": challenge}
        body = {"credential": SoftPasskey(ORIGIN).create(made)}
        assert told(api.post(f"/v1/partners/{partner_id}/passkeys", body, session)) == REFUSED


def another(api: ApiClient) -> tuple[str, str]:
    """Another company, signed in."""
    company = {
        "legal_name": "Frühe AG",
        "registration_number": "HRB 9",
        "country": "DE",
        "website": "https://fruehe.example",
    }
    return api.in_review(company=company)


def test_a_session_begins_before_anybody_else_becomes_the_contact(
    api: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By link or passkey: the partner is held until the session is there, so that a hand-over ends it."""
    partner_id, session = api.verified()
    passkey = add(api, partner_id, session)
    held: list[bool] = []
    begin_as_ever = RecordedSessions.begin

    def look(self: RecordedSessions, subject: str, session_id: UUID | None = None) -> SignedSession:
        free = text("SELECT id FROM partners WHERE id = :id FOR UPDATE SKIP LOCKED")
        with api.service.database.engine.begin() as connection:
            held.append(connection.execute(free, {"id": subject}).one_or_none() is None)
        return begin_as_ever(self, subject, session_id)

    monkeypatch.setattr(RecordedSessions, "begin", look)
    assert sign_in(api, passkey.get(options(api))).status_code == 201
    sign_in_by_link(api, partner_id)
    assert held == [True, True]


def test_nobody_signs_in_as_another_person(api: ApiClient) -> None:
    partner_id, session = api.verified()
    theirs, other = another(api)
    mine, yours = add(api, partner_id, session), add(api, theirs, other)
    # The own key under the other's credential id, and with the other's handle.
    stolen = SoftPasskey(ORIGIN, user_handle=yours.user_handle, count=5, id=yours.id)
    assert told(sign_in(api, stolen.get(options(api)))) == REFUSED
    assert told(sign_in(api, mine.get(options(api), user_handle=yours.user_handle))) == REFUSED
    assert told(sign_in(api, SoftPasskey(ORIGIN, user_handle=uuid4().bytes).get(options(api)))) == REFUSED
    again = SoftPasskey(ORIGIN, id=yours.id).create(begin(api, partner_id, session))
    path = f"/v1/partners/{partner_id}/passkeys"
    assert told(api.post(path, {"credential": again}, session)) == REFUSED
    their_id = api.get(f"/v1/partners/{theirs}/passkeys", other).json["passkeys"][0]["passkey_id"]
    bearer = {"Authorization": f"Bearer {session}"}
    assert api.http.delete(f"{path}/{their_id}", headers=bearer).status_code == 404
    assert api.get(f"/v1/partners/{theirs}/passkeys", session).status_code == 404
    assert sign_in(api, yours.get(options(api))).json["partner_id"] == theirs


def test_adding_needs_a_fresh_sign_in_and_ends_at_ten(api: ApiClient) -> None:
    partner_id, session = api.verified()
    half_an_hour_ago = clock.now() - timedelta(minutes=31)
    old = SessionSigner(read_private_key(SESSION[0])).sign(partner_id, now=half_an_hour_ago).token
    path = f"/v1/partners/{partner_id}/passkey-challenges"
    assert told(api.post(path, None, old)) == (403, "sign_in_too_old")
    made = begin(api, partner_id, session)
    for number in range(MOST_PASSKEYS):
        add(api, partner_id, session, name=f"Key {number}")
    assert told(api.post(path, None, session)) == (409, "too_many_passkeys")
    body = {"credential": SoftPasskey(ORIGIN).create(made)}
    assert told(api.post(f"/v1/partners/{partner_id}/passkeys", body, session)) == (409, "too_many_passkeys")


def test_who_hands_the_role_over_signs_in_no_more(api: ApiClient) -> None:
    partner_id, session, members = approved(api)
    passkey = add(api, partner_id, session)
    member_id = api.post(members, LEA, session).json["member_id"]
    says_yes(api, partner_id)
    contact = f"/v1/partners/{partner_id}/contact"
    assert api.post(contact, {"member_id": member_id, "reason": "Asked."}, api.ops()).status_code == 200
    assert told(sign_in(api, passkey.get(options(api)))) == REFUSED
    with api.service.open_work() as work:
        assert work.passkeys.find(passkey.id) is None


def _cut(credential: dict[str, Any]) -> None:
    del credential["response"]["signature"]


def _long(credential: dict[str, Any]) -> None:
    credential["response"]["signature"] = "A" * 100_000


def _not_base64(credential: dict[str, Any]) -> None:
    credential["rawId"] = "ä ö+/="


def _not_json(credential: dict[str, Any]) -> None:
    credential["response"]["clientDataJSON"] = b64(b"\xff[[[")


def _nested(credential: dict[str, Any]) -> None:
    credential["response"]["clientDataJSON"] = b64(b"[" * 4000)


def _no_data(credential: dict[str, Any]) -> None:
    credential["response"]["authenticatorData"] = b64(b"\x00")


def _no_signature(credential: dict[str, Any]) -> None:
    credential["response"]["signature"] = b64(b"\x30\x00")


@pytest.mark.parametrize(
    ("spoil", "status"),
    [
        *((spoil, 422) for spoil in (_cut, _long, _not_base64)),
        *((spoil, 403) for spoil in (_not_json, _nested, _no_data, _no_signature)),
    ],
)
def test_nonsense_is_refused(api: ApiClient, spoil: Callable[[dict[str, Any]], None], status: int) -> None:
    partner_id, session = api.verified()
    passkey = add(api, partner_id, session)
    credential = passkey.get(options(api))
    spoil(credential)
    answer = sign_in(api, credential)
    assert answer.status_code == status, answer.json
    if status == 422:
        assert answer.json["errors"][0]["pointer"].startswith("/credential/")


def test_nonsense_makes_no_passkey(api: ApiClient) -> None:
    partner_id, session = api.verified()
    path = f"/v1/partners/{partner_id}/passkeys"
    for nonsense in (b"", b"\xa0", b"\xff" * 40, b"\x9f" * 20_000):
        credential = SoftPasskey(ORIGIN).create(begin(api, partner_id, session))
        credential["response"]["attestationObject"] = b64(nonsense)
        assert api.post(path, {"credential": credential}, session).status_code in {403, 422}
    assert api.post(path, {"name": "x" * 201, "credential": {}}, session).status_code == 422
    assert api.get(path, session).json["passkeys"] == []


def test_the_pages_send_what_the_browser_says_by_forms(api: ApiClient, app: Flask) -> None:
    partner_id, session = api.verified()
    browser = FormBrowser(app)
    browser.keep_cookie(COOKIE, session)
    assert "/passkeys" in browser.open("/status").page.links()
    passkey = SoftPasskey(ORIGIN)
    for language in ("de", "en"):
        browser.open(f"/passkeys?lang={language}")
        check_page(browser, language)
    assert browser.press({"credential": "nonsense"}).status == 422
    made = passkey.create(begin(api, partner_id, session))
    forged = passkey.create(begin(api, partner_id, session), origin="https://evil.example")
    assert browser.press({"credential": json.dumps(forged)}).status == 403
    assert browser.press({"credential": json.dumps(made), "name": "x" * 201}).status == 422
    browser.press({"credential": json.dumps(made), "name": "<b>Laptop</b>"})
    assert (browser.url, "&lt;b&gt;Laptop&lt;/b&gt;" in browser.page.html) == ("/passkeys", True)
    check_page(browser, "en")

    stranger = FormBrowser(app)
    for language in ("de", "en"):
        stranger.open(f"/new-link?lang={language}")
        check_page(stranger, language)
    used = json.dumps(passkey.get(options(api)))
    refused = [stranger.open("/new-link").press({"credential": it}, form=1) for it in ("[]", "{", "")]
    assert {one.status for one in refused} == {403}
    assert stranger.press({"credential": used}, form=1).url == "/status"
    assert stranger.open("/new-link").press({"credential": used}, form=1).status == 403

    browser.open("/passkeys").press()
    assert (browser.url, "Laptop" in browser.page.html) == ("/passkeys", False)


def test_the_page_asks_for_a_fresh_sign_in(api: ApiClient, app: Flask) -> None:
    partner_id, _ = api.verified()
    earlier = clock.now() - timedelta(minutes=31)
    browser = FormBrowser(app)
    old = SessionSigner(read_private_key(SESSION[0])).sign(partner_id, now=earlier)
    browser.keep_cookie(COOKIE, old.token)
    browser.open("/passkeys")
    check_page(browser, "de")
    assert "/new-link" in browser.page.links()
    assert browser.page.forms == []
