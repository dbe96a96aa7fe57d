"""The console's pages on the services' real web processes: what is shown, what is hidden, what acts do."""

import re
from uuid import uuid4

from tests.integration.operators.conftest import ConsoleBrowser, Services
from tests.integration.operators.test_event_commands import consume, record
from tests.integration.operators.test_grants_and_mails import failed_grant


def test_home_counts_what_waits_and_leads_there(console: ConsoleBrowser, services: Services) -> None:
    services.onboarding.in_review()
    failed_grant(services)
    consume(services, record(1, str(uuid4()), b"{"))
    page = console.shows("/")
    counts = re.findall(r'<span class="count">(\d+)</span>\s*<span class="what">([^<]+)', page)
    assert {what: count for count, what in counts} == {
        "Applications to review": "1",
        "Failed grants": "1",
        "Stuck steps of other grants": "0",
        "Failed mails": "0",
    }
    for link in re.findall(r'<a href="(/[^"]*)">', page):
        assert console.get(link.replace("&amp;", "&")).status_code in {200, 303}, link


def test_every_page(console: ConsoleBrowser, services: Services) -> None:
    partner_id, _ = services.onboarding.in_review()
    for path in (
        "/",
        "/partners",
        f"/partners/{partner_id}",
        "/reviews",
        f"/reviews/{partner_id}",
        "/grants",
        "/mails",
        "/events/dead-letters",
        "/events/lanes",
        "/events/holes",
        "/audit",
        f"/partners/{partner_id}/approve",
        f"/partners/{partner_id}/ask",
        f"/partners/{partner_id}/people",
    ):
        assert console.get(path).status_code == 200, path
        assert console.get(path + "?lang=de").status_code == 200, path
