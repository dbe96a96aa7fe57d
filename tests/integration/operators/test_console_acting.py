"""What the console's acts do on the services' real web processes, and what they say when they cannot."""

import re
from decimal import Decimal
from html import unescape
from uuid import UUID, uuid4

import pytest
from tests.integration.operators.busy_day import BusyDay, as_somebody, busy_day
from tests.integration.operators.conftest import CommandLine, ConsoleBrowser, Services
from tests.integration.operators.test_audit import about_stuck_grant, found_outside
from tests.integration.operators.test_event_commands import CONTRACT, consume, record, unread_record

from console.bootstrap import ConsoleService
from provisioning.domain.accounts import SandboxAccount
from provisioning.domain.findings import ThingKind
from provisioning.handlers.money_ports import BilledDay


@pytest.fixture
def day(services: Services) -> BusyDay:
    return busy_day(services)


def test_a_partner_stands_on_one_page_and_people_are_hidden(console: ConsoleBrowser, day: BusyDay) -> None:
    page = console.shows(f"/partners/{day.partner}")
    for told in ("Known from the fair.", "olga", "quota of users reached", "Needs your action.", "Select"):
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
    for told in (
        "Someone else has already decided",
        "rejected",
        "rudi",
        "No business with us.",
        "Which court?",
    ):
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


def test_a_grant_and_a_mail_are_tried_again(
    console: ConsoleBrowser, day: BusyDay, services: Services
) -> None:
    assert "quota of users reached" in console.shows("/grants?state=failed")
    assert "quota of users reached" in console.shows("/grants?stuck=true")
    answer = console.post(f"/grants/{day.grant}/retry-grant", reason="The CRM is back.")
    assert answer.location == f"/partners/{day.partner}#grant-{day.grant}"
    services.provisioning.work_off()
    assert services.provisioning.grant(UUID(day.partner), "crm").state == "granted"
    too_late = console.post(f"/grants/{day.grant}/waive-grant", reason="It is not needed.")
    assert too_late.status_code == 409
    assert console.post(f"/mails/{day.message}/retry", reason="It lives again.").location == "/mails"
    services.notifications.deliver()
    assert "No failed emails." in console.shows("/mails")


def test_a_grant_is_frozen_and_reinstated_and_more_time_is_for_leases_only(
    console: ConsoleBrowser, day: BusyDay, services: Services
) -> None:
    grant, page = f"/grants/{day.grant}", f"/partners/{day.partner}"
    assert f"{grant}/reinstate-grant" not in console.shows(page)
    assert console.post(f"{grant}/freeze-grant", reason="").status_code == 422
    assert console.post(f"{grant}/freeze-grant", reason="Mines coins.").status_code == 303
    assert [str(why) for why in services.provisioning.grant(UUID(day.partner), "crm").frozen_for] == [
        "operator"
    ]
    shown = console.shows(page)
    assert f"{grant}/reinstate-grant" in shown
    assert f"{grant}/freeze-grant" not in shown
    assert console.post(f"{grant}/reinstate-grant", reason="A false alarm.").status_code == 303
    assert services.provisioning.grant(UUID(day.partner), "crm").frozen_for == frozenset()
    assert f"{grant}/extend-lease" not in console.shows(page)
    assert console.post(f"{grant}/extend-lease", reason="Longer.").status_code == 422
    assert console.post(f"{grant}/extend-lease", reason="Longer.", days="30").status_code == 409


def test_dead_letters_lanes_and_holes_are_settled(console: ConsoleBrowser, day: BusyDay) -> None:
    letter = f"/events/dead-letters/notifications/{day.letter}"
    assert day.letter in console.shows("/events/dead-letters?service=notifications")
    assert day.letter not in console.shows("/events/dead-letters?service=onboarding")
    assert "of use" not in console.shows(letter)
    shown = console.post(f"{letter}/see-letter", reason="What is wrong with it?").text
    assert "of use" in shown
    console.post(f"{letter}/replay-letter", reason="Try.")
    assert "The new attempt failed" in console.shows(letter)
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
    assert "No holes." in console.shows("/events/holes")
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
    assert "No matching entries." in console.shows("/audit?from=2099-01-01")
    assert console.get("/audit?from=nonsense&cursor=x").status_code == 200


def test_a_stopped_consumer_goes_on_from_the_console(console: ConsoleBrowser, services: Services) -> None:
    consumer = "/events/consumers/notifications"
    assert f"{consumer}/skip-record" in console.shows("/events/consumers")
    offset = unread_record(services)
    form = {"topic": CONTRACT, "partition": "0", "offset": str(offset), "reason": "It cannot be read."}
    known = console.shows(f"{consumer}/skip-record?topic={CONTRACT}&partition=0&offset={offset}&reason=no")
    assert re.findall(r'name="(topic|partition|offset)"[^>]* value="([^"]+)"', known) == [
        *(("topic", CONTRACT), ("partition", "0"), ("offset", str(offset)))
    ]
    half = console.post(f"{consumer}/skip-record", **{**form, "offset": "-1"})
    assert half.status_code == 422
    assert "The offset must be a whole number" in half.text
    assert "It cannot be read." in half.text
    assert "yet." in console.post(f"{consumer}/skip-record", **{**form, "offset": "99999"}).text
    assert console.post(f"{consumer}/skip-record", **form).location == "/events/consumers"
    page = console.shows("/events/consumers")
    assert f"{CONTRACT}/0@{offset}" in page
    assert "It cannot be read." in page
    assert console.post(f"{consumer}/clear-flood", reason="Mended.", let_through="700").status_code == 303
    assert "Stopped partitions that can continue: 0." in console.shows("/events/consumers")
    assert console.post(f"{consumer}/accept-loss", reason="Sent again.").status_code == 303
    assert console.post("/events/consumers/nobody/clear-flood", reason="x").status_code == 404


def test_events_are_sent_again_for_one_partner_or_not_at_all(
    console: ConsoleBrowser, services: Services
) -> None:
    partner = services.onboarding.applied()
    path = "/events/consumers/onboarding/republish"
    assert console.post(path, reason="All?").status_code == 422, "nothing chosen is not everything"
    unread = console.post(path, reason="Since when?", since="yesterday", subject=partner)
    assert unread.status_code == 422
    assert "is not a valid time" in unread.text
    assert console.post(path, reason="A reader lost it.", subject=partner).status_code == 303
    assert "events will be sent again" in console.shows("/events/consumers")


def test_many_dead_letters_are_settled_at_once(console: ConsoleBrowser, services: Services) -> None:
    consume(services, *(record(number, str(uuid4()), b"{") for number in (1, 2, 3)))
    listed = console.shows("/events/dead-letters?service=notifications&code=data_not_json")
    [path] = re.findall(r'href="([^"]+/replay-letters[^"]*)"', listed)
    assert "code=data_not_json" in path
    assert console.post(unescape(path), reason="Mended?").status_code == 303
    assert "Replayed: 0. Failed again: 3." in console.shows("/events/dead-letters")
    discard = unescape(path).replace("replay-letters", "discard-letters")
    assert console.post(discard, reason="Rubbish.").status_code == 303
    assert "Discarded: 3." in console.shows("/events/dead-letters")


def test_findings_are_adopted_and_reported_again_and_a_sweep_begins(
    console: ConsoleBrowser, services: Services
) -> None:
    partner = services.provisioning.plan("crm")
    grant = str(services.provisioning.grant(partner, "crm").grant_id)
    finding = f"/findings/{found_outside(services, partner, 'open')}"
    assert console.post(f"{finding}/adopt-finding", reason="Ours.", grant_id="nonsense").status_code == 422
    assert console.post(f"{finding}/adopt-finding", reason="Ours.", grant_id=grant).status_code == 303
    adopted = console.shows("/findings?state=adopted")
    assert f"{finding}/reopen-finding" in adopted
    assert f"{finding}/adopt-finding" not in adopted
    assert console.post(f"{finding}/reopen-finding", reason="Not ours.").status_code == 303
    assert console.post("/findings/sweep", reason="After the outage.").status_code == 303
    assert console.post("/findings/sweep", reason="Twice.").status_code == 409
    assert console.get(f"/findings/{uuid4()}/adopt-finding").status_code == 404


def test_what_does_not_watch_an_account_stands_beside_what_it_costs(
    console: ConsoleBrowser, services: Services, gangway: CommandLine
) -> None:
    finding_id, account_id = found_outside(services, None, "open"), f"{uuid4().int % 10**12:012}"
    with services.provisioning.service.open_work() as work:
        work.accounts.add(SandboxAccount(account_key=uuid4(), account_id=account_id, made_at=work.now()))
        finding = work.findings.get(UUID(finding_id))
        assert finding is not None
        finding.kind, finding.label = ThingKind.DETECTION_GAP, f"{account_id}: config off in eu-west-1"
        finding.outside_id = f"{account_id}/eu-west-1/config/off"
        work.findings.save(finding)
        day = BilledDay(account_id, work.now().date(), "Usage", Decimal("12.4"))
        work.meters.note_bills([account_id], day.day, [day], work.now())
    page = console.shows("/accounts")
    assert "12.40" in page
    assert f"{account_id}: config off in eu-west-1" in page
    assert "Cost this month (USD)" in page
    [told] = [one for one in gangway.tells("accounts", "list") if one["account_id"] == account_id]
    assert told["cost"]["spent_usd"] == "12.40"
    assert [gap["finding_id"] for gap in told["detection_gaps"]] == [finding_id]
    findings = console.shows("/findings?state=open")
    assert "Missing threat detection" in findings
    assert f"/findings/{finding_id}/ignore-finding" in findings
    assert f"/findings/{finding_id}/remove" not in findings
    assert console.post(f"/findings/{finding_id}/ignore-finding", reason="Not here.").status_code == 303
    assert f"{account_id}: config off" not in console.shows("/accounts")


def test_a_stuck_step_is_left_with_a_reason(console: ConsoleBrowser, services: Services) -> None:
    act = about_stuck_grant("skip", "skip step", step="crm_users")(services)
    grant = services.provisioning.service
    path = f"/grants/{act.target}/steps/crm_users/skip"
    assert console.post(path, reason="The directory is gone.").status_code == 303
    with grant.open_work() as work:
        found = work.grants.get(UUID(act.target))
    assert found is not None
    assert [step.skipped_because for step in found.steps if step.name == "crm_users"] == [
        "The directory is gone."
    ]


def test_a_vendor_is_let_in_shut_off_opened_and_removed(console: ConsoleBrowser, services: Services) -> None:
    assert console.post("/integrators/add", reason="Asked.", name="", types="").status_code == 422
    wrong = console.post("/integrators/add", reason="Asked.", name="Acme", types="no.such.event")
    assert wrong.status_code == 422
    assert console.post("/integrators/add", reason="Asked.", name="Acme", types="").status_code == 303
    [vendor] = re.findall(r'href="(/integrators/[0-9a-f-]{36})"', console.shows("/integrators"))
    assert console.post(f"{vendor}/shut-off", reason="Leaked.").status_code == 303
    opened = console.post(f"{vendor}/open", reason="Mended.", types="partner.approved.v1")
    assert opened.status_code == 303, opened.text
    assert "partner.approved.v1" in console.shows(vendor)
    assert console.post(f"{vendor}/partners", reason="Few.", values="premier").status_code == 422, "no rule"
    few = {"partners": "tiers", "values": "premier, select"}
    assert console.post(f"{vendor}/partners", reason="Few.", **{**few, "values": ""}).status_code == 422
    assert console.post(f"{vendor}/partners", reason="Few.", **few).status_code == 303
    assert "partners in these tiers: premier, select" in console.shows(vendor)
    named = [str(uuid4()) for _ in range(20)]
    form = {"partners": "named", "values": ", ".join(named)}
    assert console.post(f"{vendor}/partners", reason="x" * 2_001, **form).status_code == 422
    assert console.post(f"{vendor}/partners", reason="They agreed.", **form).status_code == 303
    assert all(console.shows(vendor).count(one) == 2 for one in named), "chosen, and known of nobody"
    gold = console.post(f"{vendor}/partners", reason="Few.", partners="tiers", values="select, gold")
    assert gold.status_code == 422
    assert "Not one of the tiers: registered, select, premier." in gold.text
    assert console.post(f"{vendor}/end", reason="Left.").location == "/integrators"
    assert console.get(vendor).status_code == 404
