"""What strangers put into topics: bad, unknown and repeated events, and the good one behind them."""

from collections import Counter
from typing import Any
from uuid import uuid4

from tests.end_to_end.event_log import EventLog, new_event
from tests.end_to_end.partners import Partner, Vendor
from tests.end_to_end.waiting import wait_for

DELIVERY, LIFECYCLE, ACCESS = "message.delivery.v1", "partner.lifecycle.v1", "access.lifecycle.v1"
PATHS = {"partner-basics", "cloud-first-steps", "cloud-architecture", "crm-everyday", "joint-selling"}


def message_sent(partner: Partner, kind: str) -> dict[str, Any]:
    """The data of a good `message.sent`; `kind` marks it in the timeline."""
    ids = {"message_id": str(uuid4()), "member_id": str(uuid4())}
    return {"partner_id": partner.id, "kind": kind, "transport": "smtp", **ids}


def told(vendor: Vendor, partner: Partner) -> list[str]:
    """Of each line of the timeline the kind of mail, else the code."""
    entries = vendor.operator.timeline(partner.id)
    return [str(entry["facts"].get("kind", entry["code"])) for entry in entries]


def await_told(vendor: Vendor, partner: Partner, kind: str) -> list[str]:
    return wait_for("the timeline", lambda: told(vendor, partner), lambda kinds: kind in kinds)


def settle(vendor: Vendor, act: str, service: str, letter_id: str) -> dict[str, Any]:
    """Do something to one dead letter, or look at it in full."""
    row = f"POST /v1/dead-letters/{{letter_id}}/{act}"
    return vendor.operator.ask(row, service, letter_id=letter_id, reason="Sent by a test.")


def letters(vendor: Vendor, service: str, partner: Partner) -> list[dict[str, Any]]:
    return list(vendor.operator.all("GET /v1/dead-letters", service, subject=partner.id))


def test_a_bad_event_becomes_a_dead_letter_and_the_next_is_handled(
    vendor: Vendor, event_log: EventLog
) -> None:
    partner = vendor.new_partner("crm")
    bad = {**message_sent(partner, "bad"), "message_id": "not an id"}
    del bad["transport"]
    event_log.put(
        DELIVERY,
        partner.id,
        new_event("message.sent.v1", bad),
        new_event("message.sent.v1", message_sent(partner, "behind_the_bad")),
    )
    assert "bad" not in await_told(vendor, partner, "behind_the_bad")
    (letter,) = letters(vendor, "onboarding", partner)
    assert (letter["code"], letter["status"]) == ("data_refused_by_schema", "waiting")
    assert "/message_id" in letter["message"]
    assert "/transport" in letter["message"]
    in_full = settle(vendor, "disclosure", "onboarding", letter["id"])
    assert "not an id" in in_full["value"]
    settle(vendor, "discard", "onboarding", letter["id"])
    assert letters(vendor, "onboarding", partner) == []


def test_what_is_no_event_at_all_becomes_a_dead_letter(vendor: Vendor, event_log: EventLog) -> None:
    partner = vendor.new_partner("crm")
    rubbish = f"rubbish {uuid4().hex}".encode()
    good = new_event("message.sent.v1", message_sent(partner, "behind_the_rubbish"))
    event_log.put(DELIVERY, partner.id, (rubbish, []), good)
    await_told(vendor, partner, "behind_the_rubbish")
    dead = vendor.operator.all("GET /v1/dead-letters", "onboarding", code="envelope_missing", topic=DELIVERY)
    shown = [settle(vendor, "disclosure", "onboarding", letter["id"]) for letter in dead]
    values = {letter["id"]: letter["value"] for letter in shown}
    (letter_id,) = [found for found, value in values.items() if rubbish.decode() in value]
    settle(vendor, "discard", "onboarding", letter_id)


def test_an_unknown_type_is_skipped(vendor: Vendor, event_log: EventLog) -> None:
    partner = vendor.new_partner("crm")
    event_log.put(
        DELIVERY,
        partner.id,
        new_event("message.sung.v1", message_sent(partner, "sung")),
        new_event("message.sent.v7", message_sent(partner, "later_version")),
        new_event("message.sent.v1", message_sent(partner, "behind_the_unknown")),
    )
    assert not {"sung", "later_version"} & set(await_told(vendor, partner, "behind_the_unknown"))
    assert letters(vendor, "onboarding", partner) == []


def test_a_stranger_s_event_that_comes_twice_has_one_effect(vendor: Vendor, event_log: EventLog) -> None:
    partner = vendor.new_partner("crm")
    event = new_event("message.sent.v1", message_sent(partner, "twice"))
    last = new_event("message.sent.v1", message_sent(partner, "behind_the_twice"))
    event_log.put(DELIVERY, partner.id, event, event, last)
    assert await_told(vendor, partner, "behind_the_twice").count("twice") == 1


def test_our_own_events_may_all_come_again(vendor: Vendor, event_log: EventLog) -> None:
    partner = vendor.new_partner("cloud_sandbox", "crm")
    partner.become_active()
    await_all_mails(vendor, partner)
    before = facts_of(vendor, partner)
    assert len(before["accounts"]) == 1
    # A bad event at the end shows when each consumer is past the repeated ones.
    bad_events = {
        LIFECYCLE: ("partner.approved.v1", "/gangway/onboarding"),
        ACCESS: ("access.granted.v1", "/gangway/provisioning"),
    }
    for topic, (bad, source) in bad_events.items():
        found = event_log.of_partner(partner.id, topic)
        assert len(found) > 4
        repeated = [(record.value or b"", record.headers or []) for record in found]
        event_log.put(topic, partner.id, *repeated, new_event(bad, {}, subject=partner.id, source=source))
    await_the_end(vendor, partner, "provisioning", LIFECYCLE)
    await_the_end(vendor, partner, "onboarding", ACCESS)
    await_the_end(vendor, partner, "notifications", LIFECYCLE, ACCESS)
    assert facts_of(vendor, partner) == before


def await_all_mails(vendor: Vendor, partner: Partner) -> None:
    """All paths are offered, all mails sent, and all of them told."""
    wait_for(
        "invitations to all paths",
        lambda: {invitation["path"] for invitation in vendor.operator.invitations(partner.id)},
        lambda paths: paths == PATHS,
    )
    wait_for(
        "states of mails",
        lambda: {message["state"] for message in vendor.operator.messages(partner.id)},
        lambda states: states == {"sent"},
    )
    mails = len(vendor.operator.messages(partner.id))
    invitations = len(vendor.operator.invitations(partner.id))
    wait_for(
        "mails and invitations in the timeline",
        lambda: Counter(entry["code"] for entry in vendor.operator.timeline(partner.id)),
        lambda c: (c["message.sent"], c["learning.invitation_sent"]) == (mails, invitations),
    )


def await_the_end(vendor: Vendor, partner: Partner, service: str, *topics: str) -> None:
    """Wait for the bad event of each topic, and discard it."""
    found = wait_for(
        f"the end of what came again to {service}",
        lambda: letters(vendor, service, partner),
        lambda found: {letter["topic"] for letter in found} == set(topics),
    )
    for letter in found:
        settle(vendor, "discard", service, letter["id"])


def facts_of(vendor: Vendor, partner: Partner) -> dict[str, Any]:
    """All that events may have done to a partner; what is spent is read by the minute, whatever comes."""
    return {
        "state": partner.state,
        "timeline": vendor.operator.timeline(partner.id),
        "grants": [grant | {"budget": None} for grant in vendor.operator.grants(partner.id)],
        "messages": vendor.operator.messages(partner.id),
        "invitations": vendor.operator.invitations(partner.id),
        "accounts": vendor.accounts_of(partner),
        "mails": sorted(vendor.mailbox.count_to(email) for email in partner.emails),
    }
