"""Which mails a partner's story makes, when it is told once, twice, late, and to the end."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from chassis.failures import NeverPossible
from notifications.handlers.delivery import Outcome

JUERGEN = "juergen.weiss@maschinenbau-weiss.example"
ZOE = "zoe@maschinenbau-weiss.example"


def kinds(world) -> list[tuple[str, str]]:
    rows = world.rows("SELECT kind, state FROM messages ORDER BY planned_at, id")
    return [(row["kind"], row["state"]) for row in rows]


def last_text(world) -> str:
    """What the newest mail to the contact says, its lines joined."""
    text = world.transport.parsed(JUERGEN)[-1].get_body(("plain",)).get_content()
    return text.replace("\r\n", "\n")


def tell_until_active(world) -> None:
    world.tell("partner.email_verification_requested")
    world.tell("partner.approved")
    world.tell("access.member_added")
    world.tell("partner.activated")


def test_the_way_to_partnership_in_mails(world):
    world.tell("partner.email_verification_requested")
    assert world.deliver() == [Outcome.SENT]
    world.tell("partner.action_required")
    world.tell("partner.sign_in_requested")
    world.deliver()
    world.tell("partner.approved")
    world.tell("access.member_added")
    world.deliver()
    world.tell("partner.activated", "nothing_due")
    world.deliver()

    assert [mail["Subject"] for mail in world.transport.parsed(JUERGEN)] == [
        "Bitte bestätigen Sie Ihre Mailadresse",
        "Wir brauchen noch eine Angabe von Ihnen",
        "Ihr neuer Anmeldelink",
        "Willkommen an Bord: Ihre Bewerbung ist angenommen",
        "Maschinenbau Weiß & Söhne GmbH ist jetzt aktiver Partner",
    ]
    assert [mail["Subject"] for mail in world.transport.parsed(ZOE)] == ["Your access is ready"]


def test_who_waits_for_a_link_does_not_wait_for_the_mails_of_all_others(world):
    """After an outage tens of thousands may be due at once."""
    priority = "SELECT priority FROM procrastinate_jobs WHERE task_name = 'send_mails'"
    world.tell("partner.email_verification_requested")
    assert world.rows(priority) == [{"priority": 1}]
    world.deliver()
    world.tell("partner.action_required")
    assert world.rows(priority) == [{"priority": 0}]
    world.tell("partner.sign_in_requested")
    assert world.rows(priority) == [{"priority": 1}], "the job of the same partner comes sooner"


def test_who_belongs_to_several_partners_gets_one_mail_with_a_link_for_each(world):
    world.tell("partner.email_verification_requested")
    world.deliver()
    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    link = {"id": str(uuid.uuid4()), "purpose": "sign_in", "expires_at": until}
    other = {"partner_id": str(uuid.uuid4()), "legal_name": "Müller Automation GmbH", "link": link}
    event = world.tell("partner.sign_in_requested", "several", others=[other])
    world.tell_again(event)
    world.deliver()

    _, mail = world.transport.parsed(JUERGEN)
    text = mail.get_body(("plain",)).get_content()
    assert "Müller & Söhne GmbH" in text
    assert "Müller Automation GmbH" in text
    assert text.count("/links/") == 2
    kept = world.rows("SELECT facts FROM messages WHERE kind = 'sign_in_link'")
    assert [row["facts"] for row in kept] == [{}], "the name would outlast the other partner"


def test_links_to_several_partners_go_out_though_the_first_one_is_not_named(world):
    """Its contract allows that, and an event that the contract allows must not stop the consumer."""
    world.tell("partner.email_verification_requested")
    world.deliver()
    event = world.next_event("partner.sign_in_requested", "several")
    del event.data["legal_name"]
    world.tell_again(event)

    assert world.deliver() == [Outcome.SENT]
    _, mail = world.transport.parsed(JUERGEN)
    assert "/links/" in mail.get_body(("plain",)).get_content()


def test_an_event_that_comes_again_makes_no_second_mail(world):
    event = world.tell("partner.email_verification_requested")
    world.tell_again(event)
    world.deliver()
    world.tell_again(event)

    assert world.deliver() == []
    assert len(world.transport.mails) == 1


def test_a_request_for_another_link_is_another_mail(world):
    world.tell("partner.email_verification_requested")
    world.tell("partner.email_verification_requested", "again")
    world.deliver()

    first, second = world.transport.parsed()
    assert first["Message-ID"] != second["Message-ID"]


def test_a_contact_that_a_correction_replaced_is_forgotten_with_the_approval(world):
    world.tell("partner.email_verification_requested")
    other = {"member_id": str(uuid.uuid4()), "given_name": "Ana", "family_name": "Í", "language": "en"}
    members = [other | {"email": "ana@x.example", "is_contact": True}]
    world.tell("partner.approved", members=members)

    assert [row["email"] for row in world.rows("SELECT email FROM members")] == ["ana@x.example"]


def test_rejection_is_told_and_cancels_what_was_not_sent_yet(world):
    world.tell("partner.email_verification_requested")
    world.tell("partner.action_required")
    world.tell("partner.rejected")
    world.deliver()

    assert kinds(world) == [
        ("verify_email", "cancelled"),
        ("correction_needed", "cancelled"),
        ("rejected", "sent"),
    ]
    assert "The company is in liquidation." in world.transport.parsed()[0].get_body(("plain",)).get_content()


def test_an_application_that_nobody_confirmed_expires_without_a_mail(world):
    world.tell("partner.email_verification_requested")
    world.tell("partner.expired")

    assert world.deliver() == []
    assert kinds(world) == [("verify_email", "cancelled")]


def test_a_deadline_that_is_near_is_told_once_and_a_link_leads_on(world):
    world.tell("partner.email_verification_requested")
    world.tell("partner.approved")
    world.deliver()
    event = world.tell("partner.deadline_near")
    world.tell_again(event)

    assert world.deliver() == [Outcome.SENT]
    assert kinds(world)[-1] == ("deadline_near", "sent")
    assert "http://127.0.0.1:18400/links/" in last_text(world)
    event = world.tell("partner.deadline_near")
    world.tell("partner.expired")
    assert ("deadline_near", "cancelled") in kinds(world)


def test_nobody_is_reminded_of_what_was_done_before_the_approval(world):
    world.tell("partner.email_verification_requested")
    world.deliver()
    world.tell("partner.deadline_near", "new")
    world.tell("partner.approved")
    world.deliver()
    assert ("deadline_near", "cancelled") in kinds(world)


@pytest.mark.parametrize("asked", ["partner.action_required", "partner.approved"])
def test_who_was_waited_for_too_long_is_told(world, asked):
    world.tell("partner.email_verification_requested")
    world.tell(asked)
    world.deliver()
    event = world.tell("partner.expired")
    world.tell_again(event)

    assert world.deliver() == [Outcome.SENT]
    assert kinds(world)[-1] == ("application_expired", "sent")
    assert "http://127.0.0.1:18400/apply" in last_text(world)


def test_a_withdrawal_is_confirmed_without_its_reason(world):
    world.tell("partner.email_verification_requested")
    event = world.tell("partner.withdrawn")
    world.tell_again(event)

    assert world.deliver() == [Outcome.SENT]
    assert kinds(world) == [("verify_email", "cancelled"), ("application_withdrawn", "sent")]
    assert event.data["reason"] not in last_text(world)


def test_the_vendor_says_why_it_ends_a_partnership(world):
    tell_until_active(world)
    world.deliver()
    operator = {"kind": "operator", "name": "amara.diallo"}
    world.tell("partner.offboarding_started", reason="The contract has ended.", requested_by=operator)
    world.deliver()

    assert kinds(world)[-1] == ("offboarding_started", "sent")
    assert "> The contract has ended." in last_text(world)
    assert "amara" not in last_text(world)


def test_a_page_that_is_over_is_called_so_in_the_mail_with_several_links(world):
    world.tell("partner.email_verification_requested")
    world.tell("partner.rejected")
    world.deliver()
    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    link = {"id": str(uuid.uuid4()), "purpose": "sign_in", "expires_at": until}
    other = {"partner_id": str(uuid.uuid4()), "legal_name": "Müller Automation GmbH", "link": link}
    world.tell("partner.sign_in_requested", "several", others=[other])
    world.deliver()

    assert "Abgeschlossene Seite von Müller & Söhne GmbH öffnen:" in last_text(world)
    assert "Seite von Müller Automation GmbH öffnen:" in last_text(world)


def test_offboarding_cancels_invitations_and_ends_with_a_goodbye(world):
    tell_until_active(world)
    world.tell("access.granted", "iot")
    world.tell("partner.offboarding_started")
    world.deliver()
    world.tell("partner.offboarded")
    world.deliver()

    assert [mail["Subject"] for mail in world.transport.parsed()] == ["Auf Wiedersehen und danke"]
    assert {row["state"] for row in world.rows("SELECT state FROM invitations")} == {"cancelled"}


def test_suspension_holds_invitations_back_until_the_partner_is_resumed(world):
    tell_until_active(world)
    world.deliver()
    world.tell("partner.suspended")
    world.tell("access.granted", "crm")
    world.deliver()
    told = len(world.transport.mails)
    assert world.transport.parsed()[-1]["Subject"] == "Ihre Zugänge ruhen vorerst"

    world.tell("partner.resumed")
    world.deliver()

    subjects = [mail["Subject"] for mail in world.transport.parsed()[told:]]
    assert subjects.count("Ihre Zugänge sind wieder da") == 1
    assert subjects.count("Ihre Einladung: CRM im Alltag") == 1


def test_a_suspension_replayed_after_the_resumption_changes_nothing(world):
    tell_until_active(world)
    suspended = world.tell("partner.suspended")
    world.tell("partner.resumed")
    world.tell_again(suspended)

    assert [row["standing"] for row in world.rows("SELECT standing FROM partners")] == ["active"]
    assert kinds(world).count(("suspended", "cancelled")) == 1


def test_a_move_whose_forerunner_is_missing_is_a_dead_letter(world):
    world.tell("partner.email_verification_requested")

    with pytest.raises(NeverPossible, match="applying cannot become active"):
        world.tell("partner.activated")
    world.partner_id = str(uuid.uuid4())
    with pytest.raises(NeverPossible, match="not known"):
        world.tell("partner.sign_in_requested")


def test_the_contact_hears_of_a_budget_once_for_each_event(world):
    tell_until_active(world)
    world.deliver()
    told = len(world.transport.parsed(JUERGEN))
    world.tell_again(world.tell("access.budget_warned"))
    world.tell_again(world.tell("access.budget_exceeded", entry_name="lab"))
    world.tell("access.expired", product="cloud_sandbox", entry_name="lab")
    world.deliver()

    mails = world.transport.parsed(JUERGEN)[told:]
    assert [mail["Subject"].partition(":")[0] for mail in mails] == [
        "Cloud-Sandbox",
        *["Cloud-Sandbox (lab)"] * 2,
    ]
    assert mails[0]["Subject"] == "Cloud-Sandbox: 80 Prozent des Monatsbudgets sind verbraucht"
    assert "241,37 von 300,00 USD" in mails[0].get_body(("plain",)).get_content()
