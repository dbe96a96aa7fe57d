"""The checker finds every way in which invitations can go wrong."""

from collections.abc import Callable

import pytest
from tests.faults.healthy_facts import ADA, BOB, healthy_facts

from fault_runner.checks.difference import Kind
from fault_runner.checks.verdict import judge
from fault_runner.facts import Facts, Invitation, Mail

Spoil = Callable[[Facts], None]


def lose_invitation(facts: Facts) -> None:
    facts.invitations.pop(0)


def lose_invitation_to_product(facts: Facts) -> None:
    """With everything that would tell of it."""
    facts.invitations.pop()
    facts.acceptances.clear()
    facts.messages.pop()
    facts.mails.pop()


def lose_mail_of_invitation(facts: Facts) -> None:
    facts.messages.pop()
    facts.mails.pop()


def lose_word_of_invitation(facts: Facts) -> None:
    facts.records = [record for record in facts.records if record.data.get("invitation_id") != "i1"]


def lose_answer(facts: Facts) -> None:
    facts.invitations[-1] = facts.invitations[-1]._replace(state="sent")


def cancel_invitation(facts: Facts) -> None:
    facts.invitations[0] = facts.invitations[0]._replace(state="cancelled")


def double_invitation(facts: Facts) -> None:
    facts.invitations.append(facts.invitations[0]._replace(invitation_id="i9"))


def invite_somebody_else(facts: Facts) -> None:
    facts.invitations.append(Invitation("i9", BOB, "bob-1", "basics", "sent", "mail-1"))


def invite_to_another_tier(facts: Facts) -> None:
    facts.invitations.append(Invitation("i9", ADA, "ada-1", "iot-premier", "sent", "mail-1"))


def invite_more_than_the_contact(facts: Facts) -> None:
    facts.invitations.append(Invitation("i9", ADA, "ada-2", "iot", "sent", "mail-2"))


def mail_invitation_twice(facts: Facts) -> None:
    facts.messages.append(facts.messages[-1]._replace(message_id="another"))
    facts.mails.append(Mail("<another@gangway.example>", "ada@one.example"))


def put_invitation_into_somebody_elses_mail(facts: Facts) -> None:
    facts.invitations[0] = facts.invitations[0]._replace(message_id="mail-2")


def accept_unasked(facts: Facts) -> None:
    facts.acceptances.clear()


def leave_invitation_planned(facts: Facts) -> None:
    facts.invitations[0] = facts.invitations[0]._replace(state="planned")


@pytest.mark.parametrize(
    ("spoil", "kind"),
    [
        (lose_invitation, Kind.LOST),
        (lose_invitation_to_product, Kind.LOST),
        (lose_mail_of_invitation, Kind.LOST),
        (lose_word_of_invitation, Kind.LOST),
        (lose_answer, Kind.LOST),
        (cancel_invitation, Kind.LOST),
        (double_invitation, Kind.DOUBLED),
        (invite_somebody_else, Kind.DOUBLED),
        (invite_to_another_tier, Kind.DOUBLED),
        (invite_more_than_the_contact, Kind.DOUBLED),
        (mail_invitation_twice, Kind.DOUBLED),
        (put_invitation_into_somebody_elses_mail, Kind.LOST),
        (accept_unasked, Kind.DOUBLED),
        (leave_invitation_planned, Kind.UNSETTLED),
    ],
)
def test_what_goes_wrong_with_an_invitation_is_found(spoil: Spoil, kind: Kind) -> None:
    facts = healthy_facts()
    spoil(facts)

    assert judge(facts).count(kind) > 0


def test_a_grant_that_came_after_leaving_invites_nobody() -> None:
    facts = healthy_facts()
    started = facts.records[3]._replace(name="partner.offboarding_started.v1", subject=ADA)
    facts.records.append(started)
    lose_invitation_to_product(facts)

    words = [found.words for found in judge(facts).differences]
    assert not [text for text in words if "was not invited" in text]
