"""Mails about what the vendor decides after the activation: an access that waited, and another tier."""

import uuid

import pytest

from chassis.failures import NeverPossible, NotNow
from notifications.handlers.delivery import Outcome

JUERGEN = "juergen.weiss@maschinenbau-weiss.example"


@pytest.fixture
def active(world):
    world.tell("partner.email_verification_requested")
    world.tell("partner.approved")
    world.tell("partner.activated")
    world.deliver()
    world.transport.mails.clear()
    return world


def text_of(mail) -> str:
    return mail.get_body(("plain",)).get_content()


def test_what_is_there_after_the_activation_is_told_in_one_mail(active):
    grants = [str(uuid.uuid4()) for _ in range(2)]
    told = active.tell("access.granted", grant_id=grants[0], first=True)
    active.tell("access.granted", "crm", grant_id=grants[1], first=True)
    active.tell_again(told)
    active.deliver()
    [mail] = active.transport.parsed(JUERGEN)
    assert mail["Subject"] == "Weitere Zugänge sind bereit"
    assert "https://gangway.awsapps.example/start" in text_of(mail)
    assert "CRM" in text_of(mail)
    assert "jetzt aktiver Partner" not in text_of(mail)
    active.tell("access.granted", grant_id=grants[0], first=False)
    active.tell_again(told)
    assert Outcome.SENT not in active.deliver()


def test_what_is_there_when_the_partner_is_suspended_is_told_at_the_resumption(active):
    before, meanwhile = str(uuid.uuid4()), str(uuid.uuid4())
    active.tell("access.granted", grant_id=before, first=True)
    active.tell("partner.suspended")
    active.tell("access.granted", "crm", grant_id=meanwhile, first=True)
    active.deliver()
    active.transport.mails.clear()
    active.tell("partner.resumed")
    active.deliver()
    [mail] = [m for m in active.transport.parsed(JUERGEN) if m["Subject"] == "Weitere Zugänge sind bereit"]
    assert "https://gangway.awsapps.example/start" in text_of(mail)
    assert "CRM" in text_of(mail)


def test_what_the_mail_of_the_activation_told_is_not_told_again(active):
    [granted] = [
        one["grant_id"]
        for row in active.rows("SELECT facts FROM messages WHERE kind = 'access_ready'")
        for one in row["facts"]["products"]
        if one["state"] == "granted" and one["product"] == "cloud_sandbox"
    ]
    active.tell("access.granted", grant_id=granted, first=True)
    active.deliver()
    assert "Weitere Zugänge sind bereit" not in [m["Subject"] for m in active.transport.parsed(JUERGEN)]


def test_the_reason_of_a_refusal_is_told_and_no_other_waiver_is(active):
    active.tell("access.waived")
    active.tell_again(active.tell("access.waived", "refused"))
    active.deliver()
    [mail] = active.transport.parsed(JUERGEN)
    assert mail["Subject"] == "Zu einem Ihrer Zugänge"
    assert "Your plan names no data yet." in text_of(mail)
    assert "Analytics" in text_of(mail)


def test_a_refusal_that_is_read_before_the_approval_waits_for_it(world):
    refused = world.next_event("access.waived", "refused")
    world.tell("partner.email_verification_requested")
    with pytest.raises(NotNow):
        world.tell_again(refused)
    world.tell("partner.approved")
    world.tell_again(refused)
    world.deliver()
    assert "Zu einem Ihrer Zugänge" in [mail["Subject"] for mail in world.transport.parsed(JUERGEN)]


def test_another_tier_is_told_with_its_reason_and_holds_for_what_is_offered(active):
    active.tell("partner.tier_changed")
    assert active.deliver() == [Outcome.SENT]
    [mail] = active.transport.parsed(JUERGEN)
    assert "Premier" in text_of(mail)
    assert "Three certified people since March." in text_of(mail)
    assert [row["tier"] for row in active.rows("SELECT tier FROM partners")] == ["premier"]


def test_an_older_tier_that_comes_late_is_not_told(active):
    late = active.next_event("partner.tier_changed", tier="select")
    active.tell("partner.tier_changed")
    active.tell_again(late)
    assert active.deliver() == [Outcome.SENT]
    assert [row["tier"] for row in active.rows("SELECT tier FROM partners")] == ["premier"]


def test_a_tier_without_the_approval_is_no_news_yet(world):
    world.tell("partner.email_verification_requested")
    with pytest.raises(NeverPossible):
        world.tell("partner.tier_changed")


def test_nobody_who_left_hears_of_a_tier(active):
    active.tell("partner.offboarding_started")
    active.tell("partner.tier_changed")
    assert active.deliver() == []


def test_another_tier_offers_the_paths_that_it_brings_and_none_twice(world):
    world.tell("partner.email_verification_requested")
    world.tell("partner.approved", tier="registered", partner_type="consultancy")
    world.tell("access.granted", first=True)
    world.tell("partner.activated")

    def invited() -> list[str]:
        return [row["path"] for row in world.rows("SELECT path FROM invitations ORDER BY path")]

    before = invited()
    assert "cloud-first-steps" in before
    assert "cloud-architecture" not in before
    world.deliver()
    world.transport.mails.clear()
    changed = world.tell("partner.tier_changed")
    world.tell_again(changed)
    world.deliver()
    brought = list(invited())
    for path in before:
        brought.remove(path)
    assert set(brought) == {"cloud-architecture"}
    texts = [text_of(mail) for mail in world.transport.parsed(JUERGEN)]
    assert sum("Cloud-Architektur" in text for text in texts) == 1


def test_what_is_granted_before_the_activation_is_read_is_told_with_it(world):
    """The activation is older than the grant, and comes by another topic."""
    world.tell("partner.email_verification_requested")
    world.tell("partner.approved")
    late = str(uuid.uuid4())
    granted = world.tell("access.granted", product="analytics", grant_id=late, first=True)
    products = [{"product": "analytics", "grant_id": late, "state": "provisioning"}]
    world.tell("partner.activated", products=products)
    world.tell_again(granted)
    world.deliver()
    subjects = [mail["Subject"] for mail in world.transport.parsed(JUERGEN)]
    facts = world.rows("SELECT facts FROM messages WHERE kind = 'access_ready'")
    assert facts[0]["facts"]["products"][0]["state"] == "granted"
    assert "Weitere Zugänge sind bereit" not in subjects
