"""A signed-in partner adds people, removes them and hands over, by API and by pages; operators may, too."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from tests.integration.onboarding.api_client import ApiClient
from tests.integration.onboarding.form_browser import FormBrowser

ASKED = "partner.member_confirmation_requested"
LEA = {
    "given_name": "Léa",
    "family_name": "Ó Bri",
    "email": "lea@mueller-soehne.example",
    "language": "en",
}
LEA_TYPED = {f"person-{name}": value for name, value in LEA.items()}


def approved(api: ApiClient) -> tuple[str, str, str]:
    """A partner without other people: its id, its session, the path of its members."""
    partner_id, session = api.screened(members=[])
    return partner_id, session, f"/v1/partners/{partner_id}/members"


def says_yes(api: ApiClient, partner_id: str) -> None:
    told = api.post("/v1/memberships", {"link_token": api.token_of(ASKED, partner_id), "is_right": True})
    assert told.status_code == 201, told.json


def came_in(api: ApiClient, browser: FormBrowser, partner_id: str) -> None:
    browser.open("/links/" + api.token_of("partner.approved", partner_id)).press()
    assert browser.url == "/status"


def names(api: ApiClient, partner_id: str) -> list[str]:
    return [name for name, _ in api.events(partner_id)]


def test_adding_by_api_asks_once(api: ApiClient) -> None:
    partner_id, session, path = approved(api)
    told = [api.post(path, LEA, session, key="same") for _ in range(2)]
    assert [answer.status_code for answer in told] == [201, 201]
    assert told[0].json == told[1].json
    assert told[0].json["standing"] == "asked"
    assert LEA["email"] not in told[0].text
    again = api.post(path, {**LEA, "email": LEA["email"].upper()}, session)
    assert (again.status_code, again.json["code"]) == (422, "already_named")
    assert [error["pointer"] for error in again.json["errors"]] == ["/email"]
    assert names(api, partner_id).count(ASKED) == 1


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [({"email": "x"}, "/email"), ({"given_name": ""}, "/given_name"), ({"is_contact": True}, "/is_contact")],
)
def test_what_cannot_be_a_person_is_named(api: ApiClient, wrong: dict[str, Any], pointer: str) -> None:
    _, session, path = approved(api)
    told = api.post(path, {**LEA, **wrong}, session)
    assert told.status_code == 422
    assert [error["pointer"] for error in told.json["errors"]] == [pointer]


def test_removing_by_api(api: ApiClient) -> None:
    partner_id, session, path = approved(api)
    member_id = api.post(path, LEA, session).json["member_id"]
    says_yes(api, partner_id)
    removal = f"{path}/{member_id}/removal"
    assert api.post(f"{path}/{uuid4()}/removal", {}, session).status_code == 404
    other_id, other, _ = approved(api)
    assert api.post(removal, {}, other).status_code == 404
    assert api.post(removal.replace(partner_id, other_id), {}, other).status_code == 404
    assert api.post(removal, {}, session).json == {"partner_id": partner_id, "state": "approved"}
    assert api.post(removal, {}, session).status_code == 404
    assert names(api, partner_id).count("partner.member_removed") == 1
    assert api.get(f"/v1/partners/{partner_id}", session).json["members"] == []
    with api.service.open_work() as work:
        query = text("SELECT count(*) FROM members WHERE partner_id = :id AND NOT is_contact")
        assert work.connection.execute(query, {"id": partner_id}).scalar_one() == 0
    assert LEA["email"] not in str(api.last("partner.member_removed", partner_id))


def test_an_operator_needs_a_reason_which_is_kept(api: ApiClient) -> None:
    partner_id, session, path = approved(api)
    member_id = api.post(path, LEA, session).json["member_id"]
    removal = f"{path}/{member_id}/removal"
    told = api.post(removal, {}, api.ops())
    assert (told.status_code, told.json["errors"][0]["pointer"]) == (422, "/reason")
    assert api.post(removal, {"reason": "x"}, api.ops("viewer")).status_code == 403
    assert api.post(removal, {"reason": "Left the company."}, api.ops()).status_code == 200
    by = api.last("partner.member_removed", partner_id)["requested_by"]
    assert by == {"kind": "operator", "name": "amara.diallo"}
    kept = api.get("/v1/operator-actions", api.ops(), target=member_id).json["actions"]
    assert [(entry["action"], entry["reason"]) for entry in kept] == [("remove person", "Left the company.")]


def test_the_contact_hands_over_and_is_signed_out(api: ApiClient) -> None:
    partner_id, session, path = approved(api)
    contact_id = api.get(f"/v1/partners/{partner_id}", session).json["contact"]["member_id"]
    told = api.post(f"{path}/{contact_id}/removal", {}, session)
    assert (told.status_code, told.json["code"]) == (409, "contact_stays")
    member_id = api.post(path, LEA, session).json["member_id"]
    hand_over = f"/v1/partners/{partner_id}/contact"
    early = api.post(hand_over, {"member_id": member_id}, session)
    assert (early.status_code, early.json["code"]) == (422, "not_confirmed")
    says_yes(api, partner_id)
    other_link = api.token_of("partner.approved", partner_id)
    assert api.post(hand_over, {"member_id": member_id}, session).status_code == 200
    assert api.get(f"/v1/partners/{partner_id}", session).status_code == 401
    assert api.post("/v1/sessions", {"link_token": other_link}).status_code == 410
    shown = api.get(f"/v1/partners/{partner_id}", api.ops("viewer")).json
    assert shown["contact"]["member_id"] == member_id
    assert [(one["member_id"], one["standing"]) for one in shown["members"]] == [(contact_id, "confirmed")]
    new_link = api.token_of("partner.contact_changed", partner_id)
    assert api.post("/v1/sessions", {"link_token": new_link}).status_code == 201
    audited = api.post(hand_over, {"member_id": contact_id, "reason": "Asked by phone."}, api.ops())
    assert audited.status_code == 200


def test_people_by_pages(api: ApiClient, browser: FormBrowser) -> None:
    partner_id, _, _ = approved(api)
    came_in(api, browser, partner_id)
    assert "/people" in browser.page.links()
    browser.open("/people").press({**LEA_TYPED, "person-email": "lea@"})
    assert browser.status == 422
    assert "#person-email" in browser.page.links()
    browser.press(LEA_TYPED)
    assert (browser.url, browser.status) == ("/people", 200)
    browser.press(LEA_TYPED)  # the second click of a double click
    assert (browser.url, browser.status) == ("/people", 200)
    assert names(api, partner_id).count(ASKED) == 1
    browser.press({**LEA_TYPED, "person-given_name": "Somebody else"})
    assert browser.status == 422
    says_yes(api, partner_id)
    [page] = [link for link in browser.open("/people").page.links() if link.startswith("/people/")]
    browser.open(page)
    assert [form.action for form in browser.page.forms if page in form.action] == [
        f"{page}/removal",
        f"{page}/contact",
    ]
    removal = next(place for place, form in enumerate(browser.page.forms) if "removal" in form.action)
    browser.press(form=removal)
    assert (browser.url, browser.status) == ("/people", 200)
    assert LEA["email"] not in browser.page.html
    assert browser.open(page).url == "/people"
    assert names(api, partner_id).count("partner.member_removed") == 1


def form_that_hands_over(api: ApiClient, browser: FormBrowser, partner_id: str) -> int:
    """Open the page of the one person beside the contact; which of its forms it is."""
    says_yes(api, partner_id)
    came_in(api, browser, partner_id)
    [page] = [link for link in browser.open("/people").page.links() if link.startswith("/people/")]
    browser.open(page)
    return next(place for place, form in enumerate(browser.page.forms) if "contact" in form.action)


def test_handing_over_to_somebody_who_left_meanwhile_says_so(api: ApiClient, browser: FormBrowser) -> None:
    partner_id, session, path = approved(api)
    api.post(path, LEA, session)
    contact = form_that_hands_over(api, browser, partner_id)
    assert api.post(f"{path}/{browser.url.rpartition('/')[2]}/removal", {}, session).status_code == 200
    browser.press(form=contact)
    assert browser.status == 409
    assert "es wurde nichts übergeben" in browser.page.html


def test_handing_over_by_the_page(api: ApiClient, browser: FormBrowser) -> None:
    partner_id, session, path = approved(api)
    api.post(path, LEA, session)
    browser.press(form=form_that_hands_over(api, browser, partner_id))
    assert browser.url == "/new-link?why=handed-over"
    assert "You have handed over the contact role and have been signed out." in browser.page.html
    assert names(api, partner_id)[-1] == "partner.contact_changed"
