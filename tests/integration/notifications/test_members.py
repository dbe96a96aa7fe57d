"""People who were named get one mail, and another once they said yes and their access is there."""

import dataclasses
import json
import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text

from chassis.database.recorded_sessions import asking, held_by_another
from chassis.failures import NeverPossible, NotNow
from chassis.identity.session import SessionSigner
from notifications.handlers.delivery import Outcome

ZOE = "zoe@maschinenbau-weiss.example"
ZOES_ID = "0193f0a2-7c20-7c04-b3aa-90e7f4d21c02"
CONTACT = {
    "member_id": "0193f0a2-7c20-7b93-8e17-a1c5d2f60b01",
    "given_name": "Jürgen",
    "family_name": "Weiß",
    "email": "juergen.weiss@maschinenbau-weiss.example",
    "language": "de",
    "is_contact": True,
}
READY = "Your access is ready"
TABLES = ("members", "messages", "invitations", "procrastinate_jobs")


@pytest.fixture
def approved(world):
    """A partner whose contact alone is confirmed, all mails out."""
    world.tell("partner.email_verification_requested")
    world.tell("partner.approved", members=[CONTACT])
    world.deliver()
    return world


def subjects(world, recipient: str = ZOE) -> list[str]:
    return [str(mail["Subject"]) for mail in world.transport.parsed(recipient)]


def invitations(world) -> list[str]:
    """To which paths the member is invited."""
    rows = world.rows("SELECT path FROM invitations WHERE member_id = :id", id=ZOES_ID)
    return [row["path"] for row in rows]


def told(world) -> None:
    """Run what is due until nothing is."""
    while Outcome.SENT in world.deliver():
        pass


STEPS = {
    "yes": ("partner.member_added", ""),
    "active": ("partner.activated", ""),
    "iot": ("access.granted", "iot"),
    "access": ("access.member_added", ""),
}


@pytest.mark.parametrize(
    "order",
    [
        ("yes", "iot", "access", "active"),
        ("yes", "iot", "active", "access"),
        ("iot", "active", "yes", "access"),
        ("active", "iot", "yes", "access"),
        ("active", "yes", "iot", "access"),
        ("iot", "yes", "active", "access"),
    ],
)
def test_a_member_gets_two_mails_in_whatever_order_things_happen(approved, order):
    approved.tell("partner.member_confirmation_requested")
    told(approved)
    assert subjects(approved) == ["Are you part of Maschinenbau Weiß & Söhne GmbH?"]
    for step in order:
        assert subjects(approved)[1:] == []
        event = approved.tell(*STEPS[step])
        told(approved)
        approved.tell_again(event)
        told(approved)

    assert subjects(approved)[1:] == [READY]
    text = approved.transport.parsed(ZOE)[-1].get_body(("plain",)).get_content()
    for title in ("First steps with IoT", "Building connected machines"):
        assert title in text
    assert "Hello Zoë O\u2019Connor-Núñez," in text
    assert "Your access at Maschinenbau Weiß & Söhne GmbH is ready." in " ".join(text.split())
    assert len(invitations(approved)) == 5, "two more, of the products in which they have a seat"


def test_who_says_nothing_gets_the_question_and_nothing_else(approved):
    approved.tell("partner.member_confirmation_requested")
    approved.tell("access.granted", "iot")
    approved.tell("partner.activated")
    approved.tell("partner.suspended")
    approved.tell("partner.resumed")
    approved.tell("access.granted", "crm")
    told(approved)
    approved.tell("partner.offboarding_started")
    approved.tell("partner.offboarded")
    told(approved)

    assert len(subjects(approved)) == 1
    assert invitations(approved) == []


def test_the_second_question_says_that_it_is_the_second(approved):
    approved.tell("partner.member_confirmation_requested")
    approved.tell("partner.member_confirmation_requested", "reminder")
    told(approved)

    question = "Are you part of Maschinenbau Weiß & Söhne GmbH?"
    assert subjects(approved) == [question, f"Reminder: {question}"]


def test_members_who_had_access_are_told_that_it_ended(approved):
    approved.tell("partner.member_confirmation_requested")
    for step in ("yes", "iot", "access", "active"):
        approved.tell(*STEPS[step])
    told(approved)
    approved.tell("partner.offboarding_started")
    approved.tell_again(approved.tell("partner.offboarded"))
    told(approved)

    assert subjects(approved)[-2:] == [READY, "Goodbye, and thank you"]
    text = approved.transport.parsed(ZOE)[-1].get_body(("plain",)).get_content()
    assert "so has everything you had through this company" in " ".join(text.split())


def test_who_declines_is_forgotten_and_stays_so(approved):
    asked = approved.tell("partner.member_confirmation_requested")
    told(approved)
    again = approved.tell("partner.member_confirmation_requested", "", reason="requested_again")
    approved.tell("partner.member_declined")
    approved.tell_again(asked)
    approved.tell_again(again)
    approved.tell("partner.member_confirmation_requested")
    approved.tell("partner.member_added")
    approved.tell("partner.activated")
    told(approved)

    assert len(subjects(approved)) == 1
    queries = [f"SELECT * FROM {table}" for table in TABLES]  # noqa: S608 - our own names
    kept = json.dumps([[dict(row) for row in approved.rows(query)] for query in queries], default=str)
    assert ZOE not in kept
    assert "Zoë" not in kept
    approved.tell("access.member_added")
    told(approved)
    assert len(subjects(approved)) == 1


def test_an_answer_takes_back_a_question_that_is_still_to_go(approved):
    approved.tell("partner.member_confirmation_requested")
    approved.tell("partner.member_added")
    told(approved)
    assert subjects(approved) == []


def test_a_question_repeated_late_asks_no_member(approved):
    asked = approved.tell("partner.member_confirmation_requested")
    told(approved)
    approved.tell("partner.member_added")
    approved.tell_again(asked)
    approved.tell("partner.member_confirmation_requested", "", reason="requested_again")
    told(approved)
    assert len(subjects(approved)) == 1


def test_a_question_waits_while_the_partner_is_suspended(approved):
    approved.tell("partner.activated")
    approved.tell("partner.member_confirmation_requested")
    approved.tell("partner.suspended")
    told(approved)
    assert subjects(approved) == []
    approved.tell("partner.resumed")
    told(approved)
    assert len(subjects(approved)) == 1


def test_access_that_comes_while_the_partner_is_suspended_is_told_when_it_goes_on(approved):
    approved.tell("access.granted", "iot")
    approved.tell("partner.activated")
    approved.tell("partner.member_added")
    told(approved)
    approved.tell("partner.suspended")
    approved.tell("access.member_added")
    told(approved)
    assert subjects(approved) == []
    approved.tell("partner.resumed")
    told(approved)
    approved.tell("partner.suspended")
    approved.tell("partner.resumed")
    told(approved)
    assert subjects(approved) == [READY]


def test_a_mail_that_a_suspension_cancelled_comes_when_it_goes_on(approved):
    approved.tell("partner.activated")
    approved.tell("partner.member_added")
    approved.tell("access.member_added")
    approved.tell("partner.suspended")
    told(approved)
    assert subjects(approved) == []
    approved.tell("partner.resumed")
    told(approved)
    assert subjects(approved) == [READY]


@pytest.mark.parametrize("end", ["partner.offboarding_started", "partner.withdrawn"])
def test_nobody_joins_who_has_left(approved, end):
    approved.tell(end)
    approved.tell("partner.member_confirmation_requested")
    approved.tell("partner.member_added")
    approved.tell("access.member_added")
    told(approved)
    assert subjects(approved) == []
    assert approved.rows("SELECT * FROM members WHERE id = :id", id=ZOES_ID) == []


def test_access_waits_for_what_comes_by_the_other_topic(world):
    with pytest.raises(NotNow):
        world.tell("access.member_added")
    world.tell("partner.email_verification_requested")
    world.tell("partner.approved", members=[CONTACT])
    with pytest.raises(NotNow):
        world.tell("access.member_added")
    world.tell("partner.member_confirmation_requested")
    with pytest.raises(NotNow):
        world.tell("access.member_added")
    world.tell("partner.member_added")
    world.tell("access.member_added")


CONTACTS_ONLY = [CONTACT["member_id"]]
SANDBOX = {"product": "cloud_sandbox", "grant_id": "0193f0c1-11a1-7f00-8a00-0000000000a1"}


@pytest.mark.parametrize("order", [("access", "active"), ("active", "access")])
@pytest.mark.parametrize("seats", [[], [SANDBOX]])
def test_a_member_is_told_and_invited_by_what_this_person_has(approved, order, seats):
    """The CRM refused the person; what the partner has as a whole is theirs, too."""
    approved.tell("partner.member_added")
    approved.tell("access.granted", "iot")
    approved.tell("access.granted", "crm", member_ids=CONTACTS_ONLY)
    approved.tell("access.granted", member_ids=[*CONTACTS_ONLY, *(ZOES_ID for _ in seats)])
    for step in order:
        approved.tell(*STEPS[step], **({"products": seats} if step == "access" else {}))
    told(approved)
    approved.tell("access.granted", "crm", member_ids=CONTACTS_ONLY)
    told(approved)

    assert subjects(approved) == [READY]
    text = approved.transport.parsed(ZOE)[-1].get_body(("plain",)).get_content()
    assert "IoT" in text
    assert ("sandbox" in text.lower()) == bool(seats)
    assert not re.search(r"\bCRM\b", text)
    assert not [path for path in invitations(approved) if "crm" in path]


def test_who_has_no_seat_anywhere_is_not_told_of_the_companys(approved):
    approved.tell("partner.member_added")
    approved.tell("access.granted", "crm", member_ids=CONTACTS_ONLY)
    approved.tell("access.member_added", products=[])
    approved.tell("partner.activated")
    told(approved)
    text = approved.transport.parsed(ZOE)[-1].get_body(("plain",)).get_content()
    assert subjects(approved) == ["Maschinenbau Weiß & Söhne GmbH is now an active partner"]
    assert "There is nothing to set up at the moment" in " ".join(text.split())
    assert not re.search(r"\bCRM\b|can start|can use", text)


def test_who_is_seated_after_an_operators_retry_is_invited_then(approved):
    approved.tell("partner.activated")
    approved.tell("access.granted", "crm", member_ids=CONTACTS_ONLY)
    approved.tell("partner.member_added")
    approved.tell("access.member_added", products=[SANDBOX])
    told(approved)
    assert subjects(approved) == [READY]
    seated = approved.tell("access.granted", "crm", member_ids=[*CONTACTS_ONLY, ZOES_ID])
    told(approved)
    approved.tell_again(seated)
    told(approved)
    assert subjects(approved) == [READY, "Your invitation: CRM in everyday work"]


def test_a_late_approval_takes_nobody_away_and_what_came_before_it_can_be_replayed(world):
    """The approval was a dead letter; so is what needs it, and each is replayed after it."""
    world.tell("partner.email_verification_requested")
    approval = world.next_event("partner.approved", members=[CONTACT])
    asked = world.next_event("partner.member_confirmation_requested")
    added = world.next_event("partner.member_added")
    for event in (asked, added):
        with pytest.raises(NeverPossible, match="approval_missing"):
            world.tell_again(event)
    assert world.rows("SELECT 1 FROM members WHERE id = :id", id=ZOES_ID) == []
    world.tell_again(approval)
    world.tell_again(asked)
    told(world)
    assert subjects(world) == ["Are you part of Maschinenbau Weiß & Söhne GmbH?"]
    world.tell_again(added)
    world.tell("access.member_added")


@pytest.mark.parametrize("answer", ["partner.member_added", "partner.member_declined"])
def test_an_approval_replayed_late_leaves_what_people_said(world, answer):
    """People stood there before their approval in databases of the version before."""
    named = [CONTACT, {**CONTACT, "member_id": ZOES_ID, "email": ZOE, "is_contact": False}]
    world.tell("partner.email_verification_requested")
    approval = world.next_event("partner.approved", members=named)
    world.tell_again(approval)
    world.tell("partner.member_confirmation_requested")
    world.tell(answer)
    before = world.rows("SELECT * FROM members ORDER BY id")
    world.change("UPDATE partners SET standing = 'applying', tier = NULL, lifecycle_sequence = 0")
    world.tell_again(approval)
    world.change("UPDATE partners SET standing = 'applying', tier = NULL, lifecycle_sequence = 0")
    world.tell_again(dataclasses.replace(approval, data={**approval.data, "members": [CONTACT]}))
    assert world.rows("SELECT * FROM members ORDER BY id") == before


def test_a_person_of_a_partner_that_nobody_heard_of_is_a_dead_letter(world):
    for name in ("member_confirmation_requested", "member_added", "member_declined"):
        with pytest.raises(NeverPossible, match="not known"):
            world.tell(f"partner.{name}")


def test_one_person_in_two_partners_has_two_memberships(approved):
    """By one mailbox, and even by one id: what happens at one of them leaves the other as it is."""
    first, second = approved.partner_id, str(uuid.uuid4())

    def at(partner_id: str, *steps: tuple[str, ...]) -> None:
        approved.partner_id = partner_id
        for step in steps:
            approved.tell(*step)
        told(approved)

    way = [("partner.member_confirmation_requested",), ("access.granted", "iot"), ("partner.activated",)]
    at(first, *way, ("partner.member_added",))
    approved.tell("access.member_added", products=[SANDBOX])
    at(second, ("partner.email_verification_requested",))
    approved.tell("partner.approved", members=[CONTACT])
    at(second, *way)
    assert subjects(approved).count(READY) == 1
    at(second, ("partner.member_declined",), ("partner.suspended",))
    at(first, ("access.granted", "crm"))
    assert subjects(approved)[-1] == "Your invitation: CRM in everyday work"
    kept = approved.rows("SELECT partner_id, email FROM members WHERE NOT is_contact ORDER BY email")
    assert [(str(row["partner_id"]), row["email"]) for row in kept] == [(second, ""), (first, ZOE)]
    states = approved.rows("SELECT DISTINCT state FROM invitations WHERE partner_id = :id", id=first)
    assert [row["state"] for row in states] == ["sent"]


START = "https://gangway.awsapps.example/start"


@pytest.mark.parametrize("last", ["active", "access"])
def test_everybody_is_told_where_they_sign_in_and_what_they_need_at_first(approved, last):
    """In whatever order access and activation come: each event says where."""
    approved.tell("partner.member_added")
    for step in sorted(("active", "access"), key=last.__eq__):
        approved.tell(STEPS[step][0])
    told(approved)
    for recipient in (ZOE, CONTACT["email"]):
        mail = approved.transport.parsed(recipient)[-1]
        text = mail.get_body(("plain",)).get_content()
        assert START in text, recipient
        assert "one-time password" in text or "Einmalpasswort" in text


@pytest.mark.parametrize("odd", ["javascript:alert(1)", "sign in here", "https://x.example/ a\nb"])
def test_what_is_no_address_becomes_no_link(approved, odd):
    approved.tell("partner.member_added")
    product = {"product": "cloud_sandbox", "grant_id": ZOES_ID, "state": "granted", "sign_in_url": odd}
    approved.tell("partner.activated", products=[product])
    told(approved)
    text = approved.transport.parsed(CONTACT["email"])[-1].get_body(("plain",)).get_content()
    assert odd.splitlines()[0] not in text


REMOVED = "You are no longer a member of Maschinenbau Weiß & Söhne GmbH"


def test_who_is_removed_gets_one_last_mail_and_is_forgotten(approved):
    approved.tell("partner.member_added")
    approved.tell("partner.activated")
    approved.tell("access.member_added")
    told(approved)
    approved.tell("access.granted", "iot")
    event = approved.tell("partner.member_removed")
    told(approved)
    approved.tell_again(event)
    for late in ("partner.member_added", "access.member_added"):
        approved.tell(late)
    approved.tell("access.granted", "crm")
    told(approved)

    assert subjects(approved) == [READY, REMOVED]
    states = approved.rows("SELECT DISTINCT state FROM invitations WHERE member_id = :id", id=ZOES_ID)
    assert {row["state"] for row in states} <= {"cancelled", "accepted"}
    kept = approved.rows("SELECT * FROM members WHERE id = :id", id=ZOES_ID)
    assert [(row["membership"], row["email"], row["given_name"]) for row in kept] == [("removed", "", "")]


def test_who_is_removed_is_told_and_forgotten_also_where_the_partner_is_gone_by_then(approved):
    approved.tell("partner.member_added")
    approved.tell("partner.member_removed")
    approved.tell("partner.offboarding_started")
    approved.tell("partner.offboarded")
    told(approved)

    assert subjects(approved) == [REMOVED]
    kept = approved.rows("SELECT * FROM members WHERE id = :id", id=ZOES_ID)
    assert [(row["membership"], row["email"], row["given_name"]) for row in kept] == [("removed", "", "")]


def test_who_is_removed_before_saying_yes_hears_nothing_and_cannot_come_late(approved):
    approved.tell("partner.member_confirmation_requested")
    approved.tell("partner.member_removed")
    approved.tell("partner.member_added")
    told(approved)

    assert subjects(approved) == []
    kept = approved.rows("SELECT * FROM members WHERE id = :id", id=ZOES_ID)
    assert [(row["membership"], row["email"]) for row in kept] == [("removed", "")]


def test_who_was_never_heard_of_cannot_come_after_the_removal(approved):
    approved.tell("partner.member_removed")
    approved.tell("partner.member_added")
    approved.tell("access.member_added")
    told(approved)
    assert subjects(approved) == []


def test_both_hear_of_a_new_contact_and_later_mails_go_to_the_new_one(approved):
    approved.tell("partner.member_added")
    facts = {"member_id": ZOES_ID, "former_member_id": CONTACT["member_id"]}
    event = approved.tell("partner.contact_changed", **facts)
    told(approved)
    approved.tell_again(event)
    told(approved)

    assert subjects(approved) == ["The contact for Maschinenbau Weiß & Söhne GmbH has changed"]
    new = approved.transport.parsed(ZOE)[-1].get_body(("plain",)).get_content()
    assert "/links/" in new
    former = approved.transport.parsed(CONTACT["email"])[-1].get_body(("plain",)).get_content()
    assert "/links/" not in former
    assert "antworten Sie bitte gleich" in former
    approved.tell("partner.activated")
    told(approved)
    assert READY in subjects(approved)


def test_a_former_contacts_session_is_over(approved):
    is_over = asking(approved.service.database, held_by_another("partners", "id", "contact_since"))
    signer = SessionSigner(Ed25519PrivateKey.generate())
    former = signer.sign(approved.partner_id, datetime.now(UTC) - timedelta(minutes=1))
    approved.tell("partner.member_added")
    assert not is_over(former)
    told = {"member_id": ZOES_ID, "former_member_id": CONTACT["member_id"]}
    approved.tell("partner.contact_changed", **told, changed_at=datetime.now(UTC).isoformat())
    later = signer.sign(approved.partner_id, datetime.now(UTC) + timedelta(seconds=2))
    assert (is_over(former), is_over(later)) == (True, False)


def test_a_session_that_ended_elsewhere_is_over_here(approved):
    is_over = asking(approved.service.database, held_by_another("partners", "id", "contact_since"))
    signer = SessionSigner(Ed25519PrivateKey.generate())
    ended, other = (signer.sign(approved.partner_id) for _ in range(2))
    told = {"session_ids": [str(ended.id)], "ended_at": datetime.now(UTC).isoformat()}
    event = approved.tell("partner.sessions_ended", **told)
    approved.tell_again(event)
    renewed = signer.renew(ended)
    assert [is_over(one) for one in (ended, renewed, other)] == [True, True, False]


def test_the_sessions_of_an_erased_partner_are_over(approved):
    """Of two topics the one that tells of the sessions may come last, when nothing has an effect any more."""
    is_over = asking(approved.service.database, held_by_another("partners", "id", "contact_since"))
    signer = SessionSigner(Ed25519PrivateKey.generate())
    of_partner, of_other = (signer.sign(one) for one in (approved.partner_id, str(uuid.uuid4())))
    assert not is_over(of_partner)
    approved.tell("partner.erased")
    assert (is_over(of_partner), is_over(of_other)) == (True, False)


def test_sessions_that_ended_are_forgotten_once_none_of_their_tokens_can_come(approved):
    signer = SessionSigner(Ed25519PrivateKey.generate())
    ended = signer.sign(approved.partner_id)
    query = "SELECT forget_at FROM ended_sessions WHERE id = :id"
    # By a clock that is far off: the session is over all the same.
    for ended_at in ("2001-01-01T00:00:00+00:00", "9999-12-31T23:59:59+00:00"):
        approved.tell("partner.sessions_ended", session_ids=[str(ended.id)], ended_at=ended_at)
        [kept] = approved.rows(query, id=ended.id)
        assert kept["forget_at"] > ended.ends_at
    with approved.service.database.engine.begin() as connection:
        past = text("UPDATE ended_sessions SET forget_at = now() - interval '1 s' WHERE id = :id")
        connection.execute(past, {"id": ended.id})
    approved.tell("partner.sessions_ended", ended_at=datetime.now(UTC).isoformat())
    assert approved.rows(query, id=ended.id) == []
