"""Who puts an application by gets the link and is forgotten later; who signs in otherwise is told."""

import pytest

from notifications.handlers.delivery import Outcome

JANA = "jana@maschinenbau-weiss.example"
WRITERS_ID = "0193f0a2-7c20-7c04-b3aa-90e7f4d21c09"


def writers(world) -> list[str]:
    rows = world.rows("SELECT email FROM members WHERE id = :id", id=WRITERS_ID)
    return [row["email"] for row in rows]


def test_the_link_goes_out_once_and_no_event_tells_of_it(world):
    saved = world.tell("partner.draft_saved")
    world.tell_again(saved)
    assert list(world.deliver()) == [Outcome.SENT]
    [mail] = world.transport.parsed(JANA)
    assert mail["Subject"] == "Ihre gespeicherte Bewerbung"
    assert "/drafts/" in mail.get_body(("plain",)).get_content()
    assert world.events() == []


def test_once_it_has_ended_nothing_is_sent_and_nobody_is_known(world):
    saved = world.tell("partner.draft_saved")
    assert writers(world) == [JANA]
    world.tell("partner.draft_ended")
    world.tell_again(saved)
    assert Outcome.SENT not in world.deliver()
    assert (writers(world), world.transport.parsed(JANA)) == ([""], [])


def test_an_end_that_comes_first_keeps_the_writer_out(world):
    world.tell("partner.draft_ended")
    world.tell("partner.draft_saved")
    assert (writers(world), list(world.deliver())) == ([""], [])


def test_the_application_that_follows_writes_to_its_contact_only(world):
    world.tell("partner.draft_saved")
    world.deliver()
    world.tell("partner.draft_ended")
    world.tell("partner.email_verification_requested")
    world.deliver()
    assert len(world.transport.parsed(JANA)) == 1


@pytest.mark.parametrize(("what", "subject"), [("added", "hinzugefügt"), ("removed", "entfernt")])
def test_the_contact_hears_of_a_passkey(world, what, subject):
    world.tell("partner.email_verification_requested")
    contact = world.rows("SELECT id, email FROM members WHERE is_contact")[0]
    world.deliver()
    event = world.tell(f"partner.passkey_{what}", member_id=str(contact["id"]))
    world.tell_again(event)
    world.deliver()
    mails = [str(mail["Subject"]) for mail in world.transport.parsed(contact["email"])]
    assert [subject in one for one in mails] == [False, True]
