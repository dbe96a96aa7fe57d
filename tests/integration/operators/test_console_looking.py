"""What the console shows of the services' real web processes, and to whom; nothing is changed here."""

import csv
import re
from html import unescape
from io import StringIO
from uuid import uuid4

import pytest
from tests.integration.operators.busy_day import STRANGE, BusyDay, as_somebody, busy_day, company
from tests.integration.operators.conftest import (
    ConsoleBrowser,
    Services,
    console_at,
    emptied,
    ops_token,
)

from console.bootstrap import ConsoleService

FORMULA = "=HYPERLINK(0)"


@pytest.fixture(scope="module")
def day(built: Services) -> BusyDay:
    """One for all tests here."""
    found = busy_day(emptied(built))
    built.onboarding.applied(**company(FORMULA, "HRB 99", "formel.example"))
    return found


def counts(page: str) -> dict[str, str]:
    found = re.findall(r'<span class="count">([^<]+)</span>\s*<span class="what">([^<]+)', page)
    return {what: count for count, what in found}


def acts_on(page: str) -> set[str]:
    """What the page offers to do."""
    links = re.findall(r'href="/(?:partners|grants|mails|events)[^"]*/([a-z-]+)(?:\?[^"]*)?"', page)
    return set(links) - {"dead-letters", "lanes", "holes", "consumers", "jobs", "plan"}


def test_home_counts_what_waits_and_every_link_leads_somewhere(console: ConsoleBrowser, day: BusyDay) -> None:
    page = console.shows("/")
    assert counts(page) == {
        "Applications to review": "2",
        "Partner requests": "0",
        "Grants to approve": "0",
        "Failed grants": "1",
        "Stuck steps in other grants": "0",
        "Access expiring soon": "0",
        "Switched off: budget spent": "0",
        "Accounts with unknown cost": "0",
        "Quarantined accounts": "0",
        "Accounts that need attention": "0",
        "Unmanaged resources": "0",
        "Failed emails": "1",
        "Emails being retried": "0",
        "Silent webhooks": "0",
    }
    for kind in ("dead-letters", "lanes", "holes"):
        assert f'href="/events/{kind}?service=notifications"><strong>1</strong>' in page
    for link in re.findall(r'<a href="(/[^"]*)">', page):
        assert console.get(unescape(link)).status_code == 200, link


def test_a_deployment_without_integrations_is_not_told_that_they_are_away(
    console: ConsoleBrowser, day: BusyDay, urls: dict[str, str]
) -> None:
    assert '<th scope="row">integrations</th>' in console.shows("/")
    assert '<option value="integrations"' in console.shows("/audit")
    service = console_at({name: url for name, url in urls.items() if name != "INTEGRATIONS"})
    without = ConsoleBrowser(service, ops_token("operator"))
    for path in ("/", "/events/dead-letters", "/events/lanes", "/events/holes", "/audit"):
        page = without.shows(path)
        assert "integrations" not in page, path
        assert "notifications" in page, path
    assert "\nintegrations," not in without.get("/audit.csv").text
    assert without.get(f"/events/dead-letters/integrations/{uuid4()}").status_code == 404
    assert without.get("/integrators").status_code == 404
    service.dispose()


def test_partners_are_found_by_words_state_and_any_id(console: ConsoleBrowser, day: BusyDay) -> None:
    assert "Nordlicht Automation GmbH" in console.shows("/partners?q=nordl+4711&state=approved")
    assert "No matching partners." in console.shows("/partners?q=nordl&state=active")
    assert console.get("/partners?q=%20").status_code == 200
    for known in (day.partner, day.partner.upper(), day.grant):
        assert console.get(f"/partners?q={known}").location == f"/partners/{day.partner}"
    assert "No matching partners." in console.shows(f"/partners?q={uuid4()}")


def test_a_long_list_goes_on_by_keys_and_filters_stay(
    console: ConsoleBrowser, day: BusyDay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.entrypoints.web.asking.ON_A_PAGE", 1)
    page, names = console.shows("/partners?state=in_review"), []
    while True:
        names += re.findall(r'<td><a href="/partners/[^"]+">([^<]+)</a>', page)
        following = re.search(r'href="([^"]+)" rel="next"', page)
        if following is None:
            break
        assert "state=in_review" in following[1]
        page = console.shows(unescape(following[1]))
    assert [unescape(name) for name in names] == ["Zweite AG", STRANGE]


def test_what_a_stranger_wrote_is_text_and_no_formula(console: ConsoleBrowser, day: BusyDay) -> None:
    for path in ("/partners", "/reviews", f"/reviews/{day.review}", f"/partners/{day.review}"):
        page = console.shows(path)
        assert "<script" not in page, path
        assert "&lt;script&gt;" in page, path
    answer = console.get("/partners.csv?q=hrb")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="partners-')
    rows = list(csv.DictReader(StringIO(answer.text.lstrip("\ufeff"))))
    assert rows[0]["legal_name"] == f"'{FORMULA}"
    assert STRANGE in {row["legal_name"] for row in rows}


def test_each_role_is_offered_what_it_may_do_and_no_more(
    console_service: ConsoleService, day: BusyDay, built: Services
) -> None:
    partner, review = f"/partners/{day.partner}", f"/partners/{day.review}"
    viewer, reviewer = as_somebody(console_service, "viewer"), as_somebody(console_service, "reviewer")
    operator = as_somebody(console_service, "operator")
    assert acts_on(viewer.shows(partner)) == set()
    assert acts_on(viewer.shows(review)) == set()
    assert acts_on(reviewer.shows(review)) == {"approve", "ask", "reject", "people"}
    assert acts_on(reviewer.shows(partner)) == {"people", "change-tier"}
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
    assert built.onboarding.state(day.review) == "in_review"
