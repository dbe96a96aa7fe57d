"""The console's pages on the services' real web processes: what is shown, what is hidden, what acts do."""

import csv
import re
from html import unescape
from io import StringIO
from uuid import UUID, uuid4

import pytest
from tests.integration.operators.busy_day import STRANGE, BusyDay, busy_day, company
from tests.integration.operators.conftest import CommandLine, ConsoleBrowser, Services, ops_token

from console.bootstrap import ConsoleService


@pytest.fixture
def day(services: Services) -> BusyDay:
    return busy_day(services)


def as_somebody(service: ConsoleService, role: str, name: str = "rudi") -> ConsoleBrowser:
    return ConsoleBrowser(service, ops_token(role, name=name))


def counts(page: str) -> dict[str, str]:
    found = re.findall(r'<span class="count">([^<]+)</span>\s*<span class="what">([^<]+)', page)
    return {what: count for count, what in found}


def acts_on(page: str) -> set[str]:
    """What the page offers to do."""
    links = re.findall(r'href="/(?:partners|grants|mails|events)[^"]*/([a-z-]+)(?:\?[^"]*)?"', page)
    return set(links) - {"dead-letters", "lanes", "holes"}


def test_home_counts_what_waits_and_every_link_leads_somewhere(console: ConsoleBrowser, day: BusyDay) -> None:
    page = console.shows("/")
    assert counts(page) == {
        "Applications to review": "2",
        "Failed grants": "1",
        "Stuck steps of other grants": "0",
        "Failed mails": "1",
    }
    for kind in ("dead-letters", "lanes", "holes"):
        assert f'href="/events/{kind}?service=notifications"><strong>1</strong>' in page
    for link in re.findall(r'<a href="(/[^"]*)">', page):
        assert console.get(unescape(link)).status_code == 200, link


def test_partners_are_found_by_words_state_and_any_id(console: ConsoleBrowser, day: BusyDay) -> None:
    assert "Nordlicht Automation GmbH" in console.shows("/partners?q=nordl+4711&state=approved")
    assert "No partner fits." in console.shows("/partners?q=nordl&state=active")
    assert console.get("/partners?q=%20").status_code == 200
    for known in (day.partner, day.partner.upper(), day.grant):
        assert console.get(f"/partners?q={known}").location == f"/partners/{day.partner}"
    assert "No partner fits." in console.shows(f"/partners?q={uuid4()}")


def test_a_long_list_goes_on_by_keys_and_filters_stay(
    console: ConsoleBrowser, day: BusyDay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.entrypoints.web.pages.find_partners.ON_A_PAGE", 1)
    page, names = console.shows("/partners?state=in_review"), []
    while True:
        names += re.findall(r'<td><a href="/partners/[^"]+">([^<]+)</a>', page)
        following = re.search(r'href="([^"]+)" rel="next"', page)
        if following is None:
            break
        assert "state=in_review" in following[1]
        page = console.shows(unescape(following[1]))
    assert [unescape(name) for name in names] == ["Zweite AG", STRANGE]


def test_what_a_stranger_wrote_is_text_and_no_formula(
    console: ConsoleBrowser, day: BusyDay, services: Services
) -> None:
    formula = "=HYPERLINK(0)"
    services.onboarding.applied(**company(formula, "HRB 99", "formel.example"))
    for path in ("/partners", "/reviews", f"/reviews/{day.review}", f"/partners/{day.review}"):
        page = console.shows(path)
        assert "<script" not in page, path
        assert "&lt;script&gt;" in page, path
    answer = console.get("/partners.csv?q=hrb")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="partners-')
    rows = list(csv.DictReader(StringIO(answer.text.lstrip("\ufeff"))))
    assert rows[0]["legal_name"] == f"'{formula}"
    assert STRANGE in {row["legal_name"] for row in rows}


def test_a_partner_stands_on_one_page_and_people_are_hidden(console: ConsoleBrowser, day: BusyDay) -> None:
    page = console.shows(f"/partners/{day.partner}")
    for told in ("Known from the fair.", "olga", "quota of users reached", "It waits for you.", "Select"):
        assert told in page
    assert "Nobody lives there." in page
    assert "bo@nordlicht.example" not in page
    refused = console.post(f"/partners/{day.partner}/people", reason=" ")
    assert refused.status_code == 422
    assert "bo@nordlicht.example" not in refused.text
    shown = console.post(f"/partners/{day.partner}/people", reason="She called.")
    assert "bo@nordlicht.example" in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    assert "bo@nordlicht.example" not in console.shows(f"/partners/{day.partner}")
    assert "She called." in console.shows(f"/audit?target={day.partner}&action=see+people")


def test_an_application_is_reviewed_beside_its_double_and_the_next_follows(
    console: ConsoleBrowser, day: BusyDay, services: Services
) -> None:
    page = console.shows(f"/reviews/{day.review}")
    assert "Nordlicht Automation GmbH" in page
    assert "same registration number" in page
    path = f"/partners/{day.review}/approve?from=review"
    assert "What will happen" in console.shows(path)
    assert console.post(path, reason="Fine.").status_code == 422
    taken = console.post(path, reason="Fine.", tier="select")
    assert taken.status_code == 409
    assert f'name="other_than" value="{day.partner}"' in taken.text
    assert "Fine." in taken.text
    approved = console.post(path, reason="Another court.", tier="select", other_than=day.partner)
    assert approved.status_code == 303, approved.text
    assert services.onboarding.state(day.review) == "approved"
    following = console.get(approved.location)
    assert following.status_code == 303
    assert "Zweite AG" in console.shows(following.location)


def test_who_comes_second_is_told_who_decided_what(
    console: ConsoleBrowser, console_service: ConsoleService, day: BusyDay, services: Services
) -> None:
    path = f"/partners/{day.review}/reject?from=review"
    first = as_somebody(console_service, "reviewer", "rudi")
    assert first.post(path, reason="No business with us.").status_code == 303
    second = console.post(f"/partners/{day.review}/ask", reason="Which court?", fields="registration_number")
    assert second.status_code == 409
    for told in ("Somebody was quicker", "rejected", "rudi", "No business with us.", "Which court?"):
        assert told in second.text
    assert services.onboarding.state(day.review) == "rejected"
    assert "rudi" in console.shows(f"/reviews/{day.review}")


def test_a_correction_names_its_fields(console: ConsoleBrowser, day: BusyDay, services: Services) -> None:
    path = f"/partners/{day.review}/ask"
    assert console.post(path, reason="The address does not answer.").status_code == 422
    form = {"reason": "The address does not answer.", "fields": ["website", "nonsense"]}
    assert console.post(path, **form).status_code == 303
    asked = services.onboarding.last("partner.action_required", day.review)
    assert asked["fields"] == ["website"]


def test_a_double_click_is_one_act(console: ConsoleBrowser, day: BusyDay, gangway: CommandLine) -> None:
    form = {"reason": "No.", "key": str(uuid4())}
    answers = [console.post(f"/partners/{day.review}/reject", **form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    acts = gangway.tells("audit", "list", "--target", day.review)
    assert [one["action"] for one in acts] == ["reject partner"]


def test_each_role_is_offered_what_it_may_do_and_no_more(
    console_service: ConsoleService, day: BusyDay, services: Services
) -> None:
    partner, review = f"/partners/{day.partner}", f"/partners/{day.review}"
    viewer, reviewer = as_somebody(console_service, "viewer"), as_somebody(console_service, "reviewer")
    operator = as_somebody(console_service, "operator")
    assert acts_on(viewer.shows(partner)) == set()
    assert acts_on(viewer.shows(review)) == set()
    assert acts_on(reviewer.shows(review)) == {"approve", "ask", "reject", "people"}
    assert acts_on(reviewer.shows(partner)) == {"people"}
    assert acts_on(operator.shows(partner)) >= {
        "publish-state",
        "people",
        "retry-grant",
        "waive-grant",
        "retry",
    }
    for browser, path in ((viewer, f"{review}/reject"), (reviewer, f"/grants/{day.grant}/retry-grant")):
        answer = browser.post(path, reason="I would like to.")
        assert answer.status_code == 403, answer.text
        assert 'role="alert"' in answer.text
    assert services.onboarding.state(day.review) == "in_review"


def test_a_grant_and_a_mail_are_tried_again(
    console: ConsoleBrowser, day: BusyDay, services: Services
) -> None:
    assert "quota of users reached" in console.shows("/grants?state=failed")
    assert "quota of users reached" in console.shows("/grants?stuck=true")
    answer = console.post(f"/grants/{day.grant}/retry-grant", reason="The CRM is back.")
    assert answer.location == f"/partners/{day.partner}#grant-{day.grant}"
    services.provisioning.work_off()
    assert services.provisioning.grant(UUID(day.partner), "crm").state == "granted"
    again = console.post(f"/grants/{day.grant}/retry-grant", reason="Once more.")
    assert again.status_code == 409
    assert console.post(f"/mails/{day.message}/retry", reason="It lives again.").location == "/mails"
    services.notifications.deliver()
    assert "No mail has failed." in console.shows("/mails")


def test_dead_letters_lanes_and_holes_are_settled(console: ConsoleBrowser, day: BusyDay) -> None:
    letter = f"/events/dead-letters/notifications/{day.letter}"
    assert day.letter in console.shows("/events/dead-letters?service=notifications")
    assert day.letter not in console.shows("/events/dead-letters?service=onboarding")
    assert "of use" not in console.shows(letter)
    shown = console.post(f"{letter}/see-letter", reason="What is wrong with it?").text
    assert "of use" in shown
    console.post(f"{letter}/replay-letter", reason="Try.")
    assert "It was tried and failed again" in console.shows(letter)
    console.post(f"{letter}/discard-letter", reason="Rubbish.")
    page = console.shows(letter)
    assert "Rubbish." in page
    assert console.post(f"{letter}/discard-letter", reason="Twice.").status_code == 409
    lanes = console.shows("/events/lanes")
    [aside] = re.findall(r'href="([^"]+/set-aside\?[^"]+)"', lanes)
    assert console.post(unescape(aside), reason="Nobody knows this partner.").status_code == 303
    assert "<code>set_aside</code>" in console.shows("/events/dead-letters")
    [close] = re.findall(r'href="([^"]+/close\?[^"]+)"', console.shows("/events/holes"))
    assert console.post(unescape(close), reason="They never come.").status_code == 303
    assert "There are no holes." in console.shows("/events/holes")
    assert console.post(unescape(close), reason="Again.").status_code == 409


def test_the_audit_is_one_list_of_all_services(
    console: ConsoleBrowser, day: BusyDay, monkeypatch: pytest.MonkeyPatch
) -> None:
    console.post(f"/grants/{day.grant}/retry-grant", reason="The CRM is back.")
    console.post(f"/mails/{day.message}/retry", reason="=It lives again.")
    console.post(f"/partners/{day.review}/reject", reason="No.")
    monkeypatch.setattr("console.entrypoints.web.pages.audit_log.ON_A_PAGE", 2)
    page, done = console.shows("/audit"), []
    while True:
        done += re.findall(r"<td>([a-z]+ [a-z]+)</td>", page)
        following = re.search(r'href="([^"]+)" rel="next"', page)
        if following is None:
            break
        page = console.shows(unescape(following[1]))
    assert done == ["reject partner", "retry message", "retry grant", "approve partner"]
    exported = console.get("/audit.csv?actor=amara").text
    assert len(exported.splitlines()) == 4
    assert "'=It lives again." in exported
    assert "No action fits." in console.shows("/audit?from=2099-01-01")
    assert console.get("/audit?from=nonsense&cursor=x").status_code == 200
