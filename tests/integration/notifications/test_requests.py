"""Mails about what a partner asked for, in the language and with the name that hold when they are written."""

from notifications.handlers.delivery import Outcome

JUERGEN = "juergen.weiss@maschinenbau-weiss.example"
ZOE_ID = "0193f0a2-7c20-7c04-b3aa-90e7f4d21c02"


def active(world) -> None:
    world.tell("partner.email_verification_requested")
    world.tell("partner.approved")
    world.tell("partner.activated", "nothing_due")
    world.deliver()


def test_the_contact_hears_of_a_decision_once_and_of_time_by_another_mail(world):
    active(world)
    event = world.tell("partner.request_decided", "refused")
    world.tell_again(event)
    world.tell("partner.request_decided")
    assert world.deliver() == [Outcome.SENT]
    refused = world.transport.parsed(JUERGEN)[-1]
    assert refused["Subject"] == "Zu Ihrer Anfrage"
    text = refused.get_body(("plain",)).get_content()
    assert "The catalogue gives no crm to this partner" in text
    assert "Ein weiteres Produkt" in text


def test_a_chosen_language_and_another_name_hold_from_the_next_mail_on(world):
    active(world)
    contact = world.rows("SELECT id FROM members WHERE is_contact")[0]["id"]
    world.tell("partner.language_chosen", member_id=str(contact), language="en")
    world.tell("partner.language_chosen", member_id=str(ZOE_ID), language="de")
    world.tell("partner.profile_changed")
    world.tell("partner.suspended")
    world.deliver()
    mail = world.transport.parsed(JUERGEN)[-1]
    assert mail["Subject"] == "Your access is paused"
    assert "Weiß & Söhne Maschinenbau SE" in mail.get_body(("plain",)).get_content()


def test_an_older_choice_or_name_that_comes_late_changes_nothing(world):
    active(world)
    contact = str(world.rows("SELECT id FROM members WHERE is_contact")[0]["id"])
    older = [
        world.next_event("partner.language_chosen", member_id=contact, language="de"),
        world.next_event("partner.profile_changed", legal_name="Weiss alt GmbH"),
        world.next_event("partner.member_confirmation_requested"),
    ]
    asked = older[-1].data["member"]["member_id"]
    world.tell("partner.member_confirmation_requested")
    for person in (contact, asked):
        world.tell("partner.language_chosen", member_id=person, language="en")
    world.tell("partner.profile_changed")
    for event in older:
        world.tell_again(event)
    languages = {str(row["id"]): row["language"] for row in world.rows("SELECT id, language FROM members")}
    assert (languages[contact], languages[asked]) == ("en", "en")
    [partner] = world.rows("SELECT legal_name FROM partners WHERE id = :id", id=world.partner_id)
    assert partner["legal_name"] == "Weiß & Söhne Maschinenbau SE"
