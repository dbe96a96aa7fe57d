"""What waits stands on the start page with a number, and one click leads to just as many."""

import re
from collections.abc import Callable
from html import unescape
from uuid import UUID, uuid4

import pytest
from tests.integration.operators.conftest import ConsoleBrowser, Services

from provisioning.domain.account_states import AccountState
from provisioning.domain.accounts import SandboxAccount

GRANTS = r'<td><a href="/partners/[0-9a-f-]+#grant-'
ACCOUNTS = r"<td><code>([0-9]{12})</code></td>"
Prepare = Callable[[Services], str]


def grants(services: Services, *changes: str) -> list[UUID]:
    """Grants, each changed as its SQL says."""
    found = []
    for change in changes:
        partner = services.provisioning.plan("crm")
        services.provisioning.work_off()
        found.append(services.provisioning.grant(partner, "crm").grant_id)
        with services.provisioning.service.open_work() as work:
            work.connection.exec_driver_sql(change, {"grant": found[-1]})
    return found


def off_for_budget(services: Services) -> str:
    off = """
        UPDATE grants SET intent = 'frozen', state = 'frozen', frozen_for = '{%s}'
        WHERE grant_id = %%(grant)s"""
    return str(grants(services, off % "budget", off % "operator")[0])


def cost_not_seen(services: Services) -> str:
    """The second one is over, and failed at its last look."""
    meter = """
        INSERT INTO spend_meters (grant_id, account_id, began_at, month, counted_at, estimated_usd,
            usd_per_hour, assumed, more_usd, acted_percent, failures, failing_since, ended_at)
        SELECT %%(grant)s, '111122223333', now(), now(), now(), 0, 0, '{}', 0, 0, 1,
            now() - interval '1 day', %s"""
    return str(grants(services, meter % "NULL", meter % "now()")[0])


def accounts(services: Services, state: AccountState, wanted: AccountState) -> str:
    """One of the kind, and one that waits for nobody."""
    with services.provisioning.service.open_work() as work:
        now, digits = work.now(), uuid4().int % 10**11
        ids = [f"{number}{digits:011}" for number in (1, 2)]
        available = AccountState.AVAILABLE
        for account_id, where in ((ids[0], (state, wanted)), (ids[1], (available, available))):
            account = SandboxAccount(
                account_key=uuid4(), account_id=account_id, state=where[0], wanted=where[1], made_at=now
            )
            work.accounts.add(account)
    return ids[0]


def set_apart(services: Services) -> str:
    return accounts(services, AccountState.QUARANTINED, AccountState.QUARANTINED)


def stuck(services: Services) -> str:
    return accounts(services, AccountState.CLEANING, AccountState.AVAILABLE)


def tried_in_vain(services: Services) -> str:
    """One of two mails."""
    world = services.notifications
    for _ in range(2):
        world.partner_id, world.sequence = str(uuid4()), 0
        world.tell("partner.email_verification_requested")
    with world.service.open_work() as work:
        work.connection.exec_driver_sql(
            "UPDATE messages SET attempts = 5 WHERE partner_id = %s", (world.partner_id,)
        )
    return world.partner_id


@pytest.mark.parametrize(
    ("name", "row", "prepare"),
    [
        ("Emails being retried", r'<td><a href="/partners/', tried_in_vain),
        ("Switched off: budget spent", GRANTS, off_for_budget),
        ("Accounts with unknown cost", GRANTS, cost_not_seen),
        ("Quarantined accounts", ACCOUNTS, set_apart),
        ("Accounts that need attention", ACCOUNTS, stuck),
    ],
    ids=["mail", "budget", "unseen", "quarantine", "stuck"],
)
def test_one_click_leads_to_what_was_counted(
    console: ConsoleBrowser, services: Services, name: str, row: str, prepare: Prepare
) -> None:
    one = prepare(services)
    tile = rf'<a href="([^"]+)">\s*<span class="count">([^<]+)</span>\s*<span class="what">{name}</span>'
    [(url, count)] = re.findall(tile, console.shows("/"))
    assert count == "1"
    listed = console.shows(unescape(url))
    assert one in listed
    assert len(re.findall(row, listed)) == 1


def test_ways_stand_in_groups_and_say_where_one_is(console: ConsoleBrowser, services: Services) -> None:
    page = console.shows("/events/lanes", headers={"Accept-Language": "de"})
    [here] = re.findall(r'<summary aria-current="true">([^<]+)</summary>', page)
    assert here == "Ereignisse"
    assert re.findall(r'<a href="([^"]+)" aria-current="page">', page) == ["/events/lanes"]
    assert page.count('<details name="nav">') == 5
