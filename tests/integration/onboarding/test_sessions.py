"""A session ends where it was begun at once, and elsewhere with its token; nobody brings it back."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.integration.onboarding.api_client import ApiClient
from tests.integration.onboarding.conftest import SESSION
from tests.integration.onboarding.own_cookies import COOKIE

from chassis.identity.session import LIFETIME, TOKEN_LIFETIME, SessionSigner, SessionVerifier
from chassis.identity.signed_tokens import TokenExpired
from chassis.identity.signing_keys import read_private_key, read_public_key
from onboarding.domain.states import FAREWELL

# What any other service does with a session.
ELSEWHERE = SessionVerifier(read_public_key(SESSION[1]))
SIGNER = SessionSigner(read_private_key(SESSION[0]))
NEW_LINK = "/new-link"


def begun_ago(partner_id: str, ago: timedelta) -> str:
    return SIGNER.sign(partner_id, now=datetime.now(UTC) - ago).token


def can_read(api: ApiClient, partner_id: str, token: str) -> bool:
    status = api.get(f"/v1/partners/{partner_id}", token).status_code
    assert status in {200, 401}
    return status == 200


def page_opens(api: ApiClient, token: str) -> bool:
    """With a browser of its own that has only this cookie."""
    browser = api.service.create_web_app().test_client()
    browser.set_cookie(COOKIE, token)
    answer = browser.get("/status")
    assert answer.status_code == 200 or answer.location == NEW_LINK
    return answer.status_code == 200


def test_a_copied_cookie_is_worth_nothing_after_sign_out(api: ApiClient) -> None:
    partner_id, token = api.verified()
    other = SIGNER.sign(partner_id).token
    browser = api.service.create_web_app().test_client()
    browser.set_cookie(COOKIE, token)
    assert "sign-out" in browser.get("/status").text
    answer = browser.post("/sign-out")
    assert (answer.status_code, answer.location) == (303, "/")
    assert "gangway_session=;" in answer.headers["Set-Cookie"]
    assert not page_opens(api, token)
    assert not can_read(api, partner_id, token)
    assert can_read(api, partner_id, other)  # another browser's
    assert browser.post("/sign-out").status_code == 303


def test_sign_out_is_no_get(api: ApiClient) -> None:
    assert api.http.get("/sign-out").status_code == 405


def test_a_program_signs_out_and_ends_all_tokens_of_the_session(api: ApiClient) -> None:
    partner_id, token = api.verified()
    headers = {"Authorization": f"Bearer {token}"}
    renewed = api.http.post("/v1/sessions/renewal", headers=headers).json["session_token"]
    assert renewed != token
    assert api.http.delete("/v1/sessions/current", headers=headers).status_code == 204
    for each in (token, renewed):
        assert not can_read(api, partner_id, each)
        answer = api.http.post("/v1/sessions/renewal", headers={"Authorization": f"Bearer {each}"})
        assert (answer.status_code, answer.json["code"]) == (401, "invalid_token")


def test_elsewhere_a_token_dies_within_minutes(api: ApiClient) -> None:
    partner_id, token = api.verified()
    session = ELSEWHERE.verify(token)
    assert session.expires_at - datetime.now(UTC) <= TOKEN_LIFETIME <= timedelta(minutes=10)
    with pytest.raises(TokenExpired):
        ELSEWHERE.verify(begun_ago(partner_id, TOKEN_LIFETIME + timedelta(minutes=1)))


def test_here_a_session_goes_on_and_gets_fresh_tokens(api: ApiClient) -> None:
    partner_id, _ = api.verified()
    stale = begun_ago(partner_id, timedelta(hours=11))
    assert can_read(api, partner_id, stale)
    answer = api.http.post("/v1/sessions/renewal", headers={"Authorization": f"Bearer {stale}"})
    renewed = ELSEWHERE.verify(answer.json["session_token"])
    assert answer.json["partner_id"] == partner_id
    assert renewed.ends_at - datetime.now(UTC) < timedelta(hours=1)
    browser = api.service.create_web_app().test_client()
    browser.set_cookie(COOKIE, stale)
    assert browser.get("/status").status_code == 200
    cookie = browser.get_cookie(COOKIE)
    assert cookie is not None
    assert ELSEWHERE.verify(cookie.value).id == ELSEWHERE.verify_lasting(stale).id
    assert "Set-Cookie" not in browser.get("/status").headers


def test_the_answer_to_a_sign_out_brings_no_fresh_token(api: ApiClient) -> None:
    partner_id, _ = api.verified()
    browser = api.service.create_web_app().test_client()
    browser.set_cookie(COOKIE, begun_ago(partner_id, timedelta(hours=1)))
    answer = browser.delete("/v1/sessions/current", headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 204
    assert "Set-Cookie" not in answer.headers


def test_nothing_prolongs_a_session(api: ApiClient) -> None:
    partner_id, _ = api.verified()
    over = begun_ago(partner_id, LIFETIME + timedelta(minutes=1))
    assert not can_read(api, partner_id, over)
    assert not page_opens(api, over)
    last = ELSEWHERE.verify_lasting(begun_ago(partner_id, LIFETIME - timedelta(minutes=1)))
    assert SIGNER.renew(last).expires_at == last.ends_at


@pytest.mark.parametrize("state", ["withdrawn", "offboarded", "expired", "rejected"])
def test_who_has_left_reads_it_and_then_is_out(api: ApiClient, state: str) -> None:
    partner_id, _ = api.verified()
    token = begun_ago(partner_id, timedelta(hours=1))
    left(api, partner_id, state, timedelta(0))
    assert can_read(api, partner_id, token)
    left(api, partner_id, state, FAREWELL + timedelta(minutes=1))
    assert not can_read(api, partner_id, token)
    assert not page_opens(api, token)
    assert can_read(api, partner_id, SIGNER.sign(partner_id).token)  # came by a link that was sent later


def left(api: ApiClient, partner_id: str, state: str, ago: timedelta) -> None:
    with api.service.open_work() as work:
        work.connection.execute(
            text("UPDATE partners SET state = :state, state_entered_at = :at WHERE id = CAST(:id AS uuid)"),
            {"state": state, "at": datetime.now(UTC) - ago, "id": partner_id},
        )


@pytest.mark.parametrize(
    ("home", "place"),
    [
        ("https://access.gangway.example", f"/collect/{UUID(int=7)}"),
        ("https://hooks.gangway.example", "/sharing"),
    ],
)
def test_a_visitor_of_another_service_is_sent_back_with_a_fresh_token(
    api: ApiClient, home: str, place: str
) -> None:
    partner_id, _ = api.verified()
    stale = begun_ago(partner_id, timedelta(hours=1))
    browser = api.service.create_web_app().test_client()
    assert browser.get("/session", query_string={"next": place}).location == NEW_LINK
    browser.set_cookie(COOKIE, stale)
    answer = browser.get("/session", query_string={"next": place})
    assert answer.location == f"{home}{place}"
    cookie = browser.get_cookie(COOKIE)
    assert cookie is not None
    assert ELSEWHERE.verify(cookie.value).subject == partner_id


@pytest.mark.parametrize(
    "place",
    [
        "",
        "//evil.example",
        "https://evil.example",
        "/status",
        ".evil.example",
        "@evil.example/",
        "/collect/",
        "/sharing/x",
    ],
)
def test_nobody_is_sent_anywhere_else(api: ApiClient, place: str) -> None:
    _, token = api.verified()
    browser = api.service.create_web_app().test_client()
    browser.set_cookie(COOKIE, token)
    assert browser.get("/session", query_string={"next": place}).location == NEW_LINK


def test_what_no_token_can_name_any_more_is_forgotten(api: ApiClient) -> None:
    partner_id, token = api.verified()
    sessions = api.service.sessions
    sessions.end(ELSEWHERE.verify(token))
    sessions.end(ELSEWHERE.verify(token))
    sessions.end(ELSEWHERE.verify_lasting(begun_ago(partner_id, LIFETIME - timedelta(minutes=1))))
    assert sessions.forget_ended() == 0
    long_over = SIGNER.sign(partner_id, now=datetime.now(UTC) - LIFETIME - timedelta(hours=2))
    sessions.end(long_over)
    assert sessions.forget_ended() == 1
    assert not can_read(api, partner_id, token)
