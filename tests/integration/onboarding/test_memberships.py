"""A person whom a contact named opens the link, sees who it was, and says yes, no or nothing."""

import json
from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy import text
from tests.emitted_events import outbox_breaches
from tests.integration.onboarding.api_client import ApiClient
from tests.integration.onboarding.form_browser import FormBrowser

ASKED = "partner.member_confirmation_requested"
ASE = {"given_name": "Åse", "family_name": "Ünal", "email": "ase@mueller-soehne.example"}
BO = {"given_name": "Bo", "family_name": "", "email": "bo@mueller-soehne.example", "language": "en"}
COMPANY = "Müller <b>& Söhne</b> GmbH"


def named(api: ApiClient, *people: dict[str, str], **company: str) -> tuple[str, str, list[str]]:
    """An approved partner that named these people: its id, its session, and the paths of their links."""
    facts = {
        "legal_name": "Müller & Söhne GmbH",
        "registration_number": "HRB 12345",
        "country": "DE",
        "website": "https://mueller-soehne.example",
    }
    partner_id, session = api.screened(members=list(people), company={**facts, **company})
    tokens = [api.link_token(data["link"]) for name, data in api.events(partner_id) if name == ASKED]
    return partner_id, session, [f"/memberships/{token}" for token in tokens]


def answer(app: Flask, path: str, **form: str) -> tuple[int, str]:
    told = app.test_client().post(path, data=form, headers={"Sec-Fetch-Site": "same-origin"})
    return told.status_code, told.text


def rows_with(api: ApiClient, words: str) -> list[str]:
    """The tables of onboarding's own data that hold these words."""
    found = []
    with api.service.open_work() as work:
        for table in ("partners", "members", "links", "timeline", "procrastinate_jobs"):
            rows = work.connection.execute(text(f"SELECT to_jsonb({table}) FROM {table}")).scalars()  # noqa: S608
            found += [table for row in rows if words in json.dumps(row, ensure_ascii=False)]
    return found


def test_the_page_says_who_what_and_lets_one_answer(api: ApiClient, app: Flask, browser: FormBrowser) -> None:
    partner_id, _, [path] = named(api, ASE, legal_name=COMPANY)
    browser.open(path)
    assert (browser.status, browser.language) == (200, "de")
    assert browser.heading == "Gehören Sie zu diesem Unternehmen?"
    page = browser.page.html
    for words in ("Jana O&#39;Neill", "Müller &lt;b&gt;&amp; Söhne&lt;/b&gt; GmbH", "Åse Ünal", ASE["email"]):
        assert words in page
    assert "Cloud-Sandbox" in page
    assert "CRM" not in page
    assert [
        button.attributes["value"] for button in browser.page.all("button") if "name" in button.attributes
    ] == [
        "yes",
        "no",
    ]
    told = app.test_client().get(path)
    assert told.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in told.headers
    assert [name for name, _ in api.events(partner_id)].count("partner.member_added") == 0


def test_a_yes_and_its_double_click(api: ApiClient, app: Flask) -> None:
    partner_id, session, [path] = named(api, ASE)
    visit = FormBrowser(app).open(path).page.forms[0].fields["visit"]
    told = [answer(app, path, answer="yes", visit=visit, language="de") for _ in range(2)]
    assert told[0] == told[1]
    assert told[0][0] == 200
    assert "Danke, Sie gehören jetzt dazu" in told[0][1]
    assert "Set-Cookie" not in told[0][1]
    assert [name for name, _ in api.events(partner_id)].count("partner.member_added") == 1
    [member] = api.get(f"/v1/partners/{partner_id}", session).json["members"]
    assert (member["standing"], member["email"]) == ("confirmed", ASE["email"])
    assert member["confirmed_at"]
    # Somebody else with the same link, or the same person days later.
    assert answer(app, path, answer="no")[0] == 410
    assert app.test_client().get(path).status_code == 410


def test_two_answers_at_the_same_moment_are_one(api: ApiClient, app: Flask) -> None:
    partner_id, _, [path] = named(api, ASE)
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda said: answer(app, path, answer=said)[0], ["yes", "no"] * 4))
    assert sorted(told) == [200, *[410] * 7]
    names = [name for name, _ in api.events(partner_id)]
    assert names.count("partner.member_added") + names.count("partner.member_declined") == 1


def test_a_no_deletes_the_person(api: ApiClient, app: Flask, browser: FormBrowser) -> None:
    partner_id, session, [path] = named(api, ASE)
    assert rows_with(api, ASE["email"]) == ["partners", "members"]  # partners are compared by all mailboxes
    assert ASE["email"] in json.dumps(api.events(partner_id))
    status, page = answer(app, path, answer="no", language="de")
    assert (status, "Danke für den Hinweis" in page) == (200, True)
    assert "?lang=" not in page  # a GET would say that the link is used
    assert rows_with(api, ASE["email"]) == rows_with(api, ASE["family_name"]) == []
    with api.service.open_work() as work:
        assert outbox_breaches(work.connection) == []
    assert ASE["email"] not in json.dumps(api.events(partner_id))
    assert ASE["family_name"] not in json.dumps(api.events(partner_id), ensure_ascii=False)
    seen = api.get(f"/v1/partners/{partner_id}", session).json
    assert (seen["members"], seen["declined_count"]) == ([], 1)
    lines = api.get(f"/v1/partners/{partner_id}/timeline", api.ops("viewer")).json["entries"]
    assert [line["text"] for line in lines if line["code"] == "partner.member_declined"]
    assert ASE["family_name"] not in json.dumps(lines, ensure_ascii=False)
    assert answer(app, path, answer="yes")[0] == 410


def test_operators_see_counts_and_no_names(api: ApiClient, app: Flask) -> None:
    partner_id, _, paths = named(api, ASE, BO, {**BO, "email": "cy@mueller-soehne.example"})
    answer(app, paths[0], answer="yes")
    for path in paths[1:]:
        answer(app, path, answer="no")
    seen = api.get(f"/v1/partners/{partner_id}", api.ops("viewer")).json
    assert [member["standing"] for member in seen["members"]] == ["confirmed"]
    assert {member["email"] for member in seen["members"]} == {"[personal]"}
    assert seen["declined_count"] == 2
    assert [finding["code"] for finding in seen["findings"]] == ["members_declined"]
    [line] = api.get("/v1/partners", api.ops("viewer")).json["partners"]
    assert [finding["code"] for finding in line["findings"]] == ["members_declined"]
    lines = api.get(f"/v1/partners/{partner_id}/timeline", api.ops("viewer")).json["entries"]
    assert "partner.members_declined" in [line["code"] for line in lines]


def test_the_contact_sees_who_answered_and_asks_again(
    api: ApiClient, app: Flask, browser: FormBrowser
) -> None:
    partner_id, _, paths = named(api, ASE, BO)
    browser.open("/links/" + api.token_of("partner.approved", partner_id)).press()
    assert "gefragt, noch keine Antwort" in browser.page.html
    assert "Noch einmal fragen" not in browser.page.html
    with api.service.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE members SET asked_at = asked_at - interval '25 hours'")
    answer(app, paths[0], answer="yes")
    browser.open("/status")
    [form] = [form for form in browser.page.forms if form.action == "/people/asked-again"]
    page, index = browser.page, browser.page.forms.index(form)
    for _ in range(2):
        browser.page = page
        browser.press(form=index)
        assert (browser.status, browser.url) == (200, "/status")
    asked = [data for name, data in api.events(partner_id) if name == ASKED]
    assert [(data["member"]["email"], data["reason"]) for data in asked[2:]] == [
        (BO["email"], "requested_again")
    ]
    answer(app, paths[1], answer="no")
    assert (
        "Eine Person, die Sie genannt haben, sagt, dass das nicht stimmt."
        in browser.open("/status").page.html
    )


def test_nobody_asks_people_of_another_partner(api: ApiClient) -> None:
    partner_id, _, _ = named(api, ASE)
    member_id = api.last(ASKED, partner_id)["member"]["member_id"]
    other, session = api.screened(
        contact={"given_name": "Eve", "family_name": "E", "email": "eve@other.example"}, members=[]
    )
    path = f"/v1/partners/{partner_id}/members/{member_id}/confirmation-request"
    assert api.post(path, {}, session).status_code in {403, 404}
    path = f"/v1/partners/{other}/members/{member_id}/confirmation-request"
    assert api.post(path, {}, session).status_code == 404
    path = f"/v1/partners/{partner_id}/members/{member_id}/confirmation-request"
    assert api.post(path, {}).status_code == 401


def test_programs_answer_and_ask_too(api: ApiClient) -> None:
    partner_id, session, [path] = named(api, ASE)
    member_id = api.last(ASKED, partner_id)["member"]["member_id"]
    again = f"/v1/partners/{partner_id}/members/{member_id}/confirmation-request"
    refused = api.post(again, {}, session)
    assert (refused.status_code, refused.json["code"]) == (409, "asked_too_often")
    body = {"link_token": path.rpartition("/")[2], "is_right": True}
    told = api.post("/v1/memberships", body)
    assert (told.status_code, told.json) == (201, {"answer": "confirmed"})
    told = api.post("/v1/memberships", body)
    assert (told.status_code, told.json["code"]) == (410, "link_used")
    assert api.post("/v1/memberships", {**body, "is_right": "yes"}).status_code == 422


def test_a_persons_link_signs_nobody_in_and_a_contacts_link_answers_nothing(
    api: ApiClient, app: Flask
) -> None:
    partner_id, _, [path] = named(api, ASE)
    token = path.rpartition("/")[2]
    assert app.test_client().get(f"/links/{token}").status_code == 410
    assert api.post("/v1/sessions", {"link_token": token}).status_code == 410
    contacts = api.token_of("partner.approved", partner_id)
    assert answer(app, f"/memberships/{contacts}", answer="yes")[0] == 410
    assert app.test_client().get("/memberships/nonsense").status_code == 410
    assert answer(app, "/memberships/nonsense", answer="yes")[0] == 410


def test_a_form_without_an_answer_is_shown_again(api: ApiClient, app: Flask) -> None:
    partner_id, _, [path] = named(api, ASE)
    for said in ({}, {"answer": "perhaps"}, {"answer": "YES"}):
        assert answer(app, path, **said)[0] == 200
    assert "partner.member_added" not in [name for name, _ in api.events(partner_id)]


def test_who_was_named_by_a_partner_that_left_can_only_say_no(
    api: ApiClient, app: Flask, browser: FormBrowser
) -> None:
    partner_id, session, [path] = named(api, ASE)
    assert api.post(f"/v1/partners/{partner_id}/withdrawal", {}, session).status_code == 200
    browser.open(path)
    buttons = [button.attributes for button in browser.page.all("button") if "name" in button.attributes]
    assert [button["value"] for button in buttons] == ["no"]
    assert "nimmt jetzt niemanden mehr auf" in browser.page.html
    assert "Cloud-Sandbox" not in browser.page.html
    assert answer(app, path, answer="yes")[0] == 410
    body = {"link_token": path.rpartition("/")[2], "is_right": True}
    assert api.post("/v1/memberships", body).json["code"] == "link_expired"
    assert answer(app, path, answer="no", language="de")[0] == 200
    assert rows_with(api, ASE["email"]) == []
    assert ASE["email"] not in json.dumps(api.events(partner_id))
