"""A person sees where they are signed in, by what kind of browser, and ends one or all of it."""

from uuid import UUID

import pytest
from flask import Flask
from tests.integration.onboarding.api_client import ApiClient
from tests.integration.onboarding.form_browser import FormBrowser
from tests.integration.onboarding.own_cookies import COOKIE
from tests.integration.onboarding.test_api_life import run_link_requests
from tests.integration.onboarding.test_pages_for_everybody import check_page
from tests.integration.onboarding.test_people import LEA, approved, says_yes
from tests.integration.onboarding.test_requests import active
from tests.integration.onboarding.test_worker_and_consumer import hear

from onboarding.domain.begun_sessions import kind_of_browser

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0"


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        (FIREFOX, "Firefox, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/142.0 Safari/537.36", "Chrome, Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/142.0 Safari/537.36 Edg/142.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19) Version/19 Mobile Safari/604.1", "Safari, iOS"),
        ("Mozilla/5.0 (Linux; Android 16) Chrome/142.0 Mobile Safari/537.36", "Chrome, Android"),
        ("curl/8.14", ""),
        ("", ""),
        ("x" * 100_000 + " Firefox", ""),
    ],
    ids=["firefox", "chrome", "edge", "iphone", "android", "program", "none", "endless"],
)
def test_a_browser_is_known_by_its_kind_only(header: str, kind: str) -> None:
    assert kind_of_browser(header) == kind


def sign_in(api: ApiClient, partner_id: str, **headers: str) -> str:
    """Once more, by the link that a sign-in mail would bring."""
    api.post("/v1/link-requests", {"email": "jana@mueller-soehne.example"})

    run_link_requests(api)
    token = api.token_of("partner.sign_in_requested", partner_id)
    answer = api.http.post("/v1/sessions", json={"link_token": token}, headers=headers)
    assert answer.status_code == 201, answer.json
    return str(answer.json["session_token"])


def test_one_and_all_are_ended(api: ApiClient) -> None:
    partner_id, first = api.verified()
    second = sign_in(api, partner_id, **{"User-Agent": FIREFOX})
    path = f"/v1/partners/{partner_id}/sessions"
    listed = {one["browser"]: one for one in api.get(path, first).json["sessions"]}
    assert {name: one["is_current"] for name, one in listed.items()} == {"Firefox, Linux": False, "": True}
    second_id = listed["Firefox, Linux"]["session_id"]
    bearer = {"Authorization": f"Bearer {first}"}
    assert api.http.delete(f"{path}/{second_id}", headers=bearer).status_code == 204
    assert api.get(path, second).status_code == 401
    assert api.http.delete(f"{path}/{second_id}", headers=bearer).status_code == 404
    other_id, stranger = api.in_review(
        company={
            "legal_name": "Frühe AG",
            "registration_number": "HRB 9",
            "country": "DE",
            "website": "https://fruehe.example",
        }
    )
    theirs, their_path = {"Authorization": f"Bearer {stranger}"}, f"/v1/partners/{other_id}/sessions"
    assert api.http.delete(path, headers=theirs).status_code == 404
    [own] = api.get(path, first).json["sessions"]
    assert own["session_id"] not in str(api.get(their_path, stranger).json)
    assert api.http.delete(f"{their_path}/{own['session_id']}", headers=theirs).status_code == 404
    assert api.http.delete(path, headers=bearer).status_code == 204
    assert api.get(path, first).status_code == 401
    assert api.get(their_path, stranger).status_code == 200


def test_the_page_lists_them_and_signs_out_who_ends_the_own_one(api: ApiClient, app: Flask) -> None:
    partner_id, first = api.verified()
    second = sign_in(api, partner_id, **{"User-Agent": FIREFOX})
    browser = FormBrowser(app)
    browser.keep_cookie(COOKIE, first)
    assert "/sessions" in browser.open("/status").page.links()
    for language in ("de", "en"):
        browser.open(f"/sessions?lang={language}")
        check_page(browser, language)
    assert "Firefox, Linux" in browser.page.html
    browser.press({"session_id": "nonsense"})
    assert browser.url == "/sessions"
    listed = api.get(f"/v1/partners/{partner_id}/sessions", first).json["sessions"]
    browser.press({"session_id": next(one["session_id"] for one in listed if one["browser"])})
    assert (browser.url, "Firefox" in browser.page.html) == ("/sessions", False)
    assert api.get(f"/v1/partners/{partner_id}", second).status_code == 401
    browser.press(form=len(browser.page.forms) - 1)
    assert (browser.url, browser.cookie(COOKIE)) == ("/", None)
    assert api.get(f"/v1/partners/{partner_id}", first).status_code == 401


def test_all_are_ended_however_many_there_are(api: ApiClient) -> None:
    partner_id, session = api.verified()
    more = """INSERT INTO sessions SELECT gen_random_uuid(), %s, now(), now() + interval '12 hours', ''
        FROM generate_series(1, 101)"""
    with api.service.database.engine.begin() as connection:
        connection.exec_driver_sql(more, (partner_id,))
    path, bearer = f"/v1/partners/{partner_id}/sessions", {"Authorization": f"Bearer {session}"}
    assert api.http.delete(path, headers=bearer).status_code == 204
    with api.service.open_work() as work:
        assert work.sessions.open_of(UUID(partner_id), work.now()) == []


def test_each_click_of_a_visit_is_the_same_session(api: ApiClient, app: Flask) -> None:
    partner_id, session, members = approved(api)
    path = f"/v1/partners/{partner_id}/sessions"
    browser = FormBrowser(app)
    link = "/links/" + api.token_of("partner.approved", partner_id)
    visit = browser.open(link).page.forms[0].fields["visit"]
    before = len(api.get(path, session).json["sessions"])
    click = {"data": {"visit": visit}, "headers": {"Sec-Fetch-Site": "same-origin"}}
    clicks = [api.http.post(link, **click) for _ in range(3)]
    assert {answer.status_code for answer in clicks} == {303}
    assert len(api.get(path, session).json["sessions"]) == before + 1

    member_id = api.post(members, LEA, session).json["member_id"]
    says_yes(api, partner_id)
    contact = f"/v1/partners/{partner_id}/contact"
    assert api.post(contact, {"member_id": member_id, "reason": "Asked."}, api.ops()).status_code == 200
    assert api.http.post(link, **click).status_code == 410


def test_a_contact_sees_no_session_of_the_one_before(api: ApiClient) -> None:
    partner_id, _ = api.verified()
    with api.service.database.engine.begin() as connection:
        earlier = "UPDATE sessions SET begun_at = begun_at - interval '1 hour' WHERE partner_id = %s"
        connection.exec_driver_sql(earlier, (UUID(partner_id),))
        handed_over = "UPDATE partners SET contact_since = now() - interval '1 minute' WHERE id = %s"
        connection.exec_driver_sql(handed_over, (UUID(partner_id),))
    session = sign_in(api, partner_id)
    listed = api.get(f"/v1/partners/{partner_id}/sessions", session).json["sessions"]
    assert [one["is_current"] for one in listed] == [True]


def told_ended(api: ApiClient, partner_id: str) -> list[set[str]]:
    """The sessions of each event that tells the other services."""
    return [set(data["session_ids"]) for _, data in api.events(partner_id, "partner.sessions.v1")]


def ids_of(api: ApiClient, partner_id: str) -> set[str]:
    with api.service.open_work() as work:
        return {str(one.id) for one in work.sessions.open_of(UUID(partner_id), work.now())}


def test_every_way_to_sign_out_is_told_to_the_other_services(api: ApiClient, app: Flask) -> None:
    partner_id, first = api.verified()
    known = ids_of(api, partner_id)
    second = sign_in(api, partner_id)
    bearer = {"Authorization": f"Bearer {second}"}
    assert api.http.delete("/v1/sessions/current", headers=bearer).status_code == 204
    [by_program] = told_ended(api, partner_id)
    assert (len(by_program), by_program & known) == (1, set())
    browser = app.test_client()
    browser.set_cookie(COOKIE, first)
    assert browser.post("/sign-out").status_code == 303
    assert told_ended(api, partner_id)[1:] == [known]

    third, fourth = sign_in(api, partner_id), sign_in(api, partner_id)
    both = ids_of(api, partner_id)
    path = f"/v1/partners/{partner_id}/sessions"
    assert api.http.delete(path, headers={"Authorization": f"Bearer {third}"}).status_code == 204
    assert told_ended(api, partner_id)[2:] == [both]
    assert api.get(path, fourth).status_code == 401


def test_suspension_signs_everybody_out_and_a_link_brings_them_back(api: ApiClient) -> None:
    partner_id, session = active(api)
    known = ids_of(api, partner_id)
    reason = {"reason": "An invoice is open."}
    assert api.post(f"/v1/partners/{partner_id}/suspension", reason, api.ops()).status_code == 200
    assert (told_ended(api, partner_id), ids_of(api, partner_id)) == ([known], set())
    assert api.get(f"/v1/partners/{partner_id}", session).status_code == 401
    assert api.get(f"/v1/partners/{partner_id}", sign_in(api, partner_id)).json["state"] == "suspended"


def test_who_closes_the_account_sees_it_through_and_nobody_else(api: ApiClient) -> None:
    partner_id, session = active(api)
    other = sign_in(api, partner_id)
    path = f"/v1/partners/{partner_id}"
    assert api.post(f"{path}/offboarding", {"reason": "We stop."}, session).status_code == 200
    assert [api.get(path, one).status_code for one in (session, other)] == [200, 401]
    assert len(told_ended(api, partner_id)) == 1
    hear(api, "access.cleared", partner_id, 6)
    assert api.get(path, session).json["state"] == "offboarded"
    assert len(told_ended(api, partner_id)) == 2
    assert told_ended(api, partner_id)[-1] == ids_of(api, partner_id)


def test_an_operator_who_offboards_signs_everybody_out(api: ApiClient) -> None:
    partner_id, session = active(api)
    known = ids_of(api, partner_id)
    assert (
        api.post(f"/v1/partners/{partner_id}/offboarding", {"reason": "Over."}, api.ops()).status_code == 200
    )
    assert (told_ended(api, partner_id), ids_of(api, partner_id)) == ([known], set())
    assert api.get(f"/v1/partners/{partner_id}", session).status_code == 401
