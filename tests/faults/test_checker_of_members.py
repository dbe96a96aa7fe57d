"""The checker finds what is made for people who did not confirm, and what those who did are missing."""

from collections.abc import Callable

import pytest
from tests.faults.healthy_facts import ADA, healthy_facts

from fault_runner.checks.difference import Kind
from fault_runner.checks.verdict import judge
from fault_runner.facts import Facts, Invitation, Mail, Message

Spoil = Callable[[Facts], None]
SILENT = "ada-4"


def of_member(facts: Facts, kind: str, member_id: str) -> int:
    return next(
        place
        for place, message in enumerate(facts.messages)
        if (message.kind, message.member_id) == (kind, member_id)
    )


def forget(facts: Facts, name: str) -> None:
    facts.records = [record for record in facts.records if record.name != name]


def lose_yes(facts: Facts) -> None:
    facts.people[1] = facts.people[1]._replace(is_confirmed=False)


def lose_no(facts: Facts) -> None:
    facts.people.append(facts.people[1]._replace(member_id="ada-3", email="no@one.example"))


def lose_question(facts: Facts) -> None:
    facts.messages.pop(of_member(facts, "confirm_membership", SILENT))


def lose_word_of_access(facts: Facts) -> None:
    facts.messages.pop(of_member(facts, "access_ready", "ada-2"))


def lose_access(facts: Facts) -> None:
    forget(facts, "access.member_added.v1")


def tell_access_twice(facts: Facts) -> None:
    told = facts.messages[of_member(facts, "access_ready", "ada-2")]
    facts.messages.append(told._replace(message_id="again", occasion="another"))
    facts.mails.append(Mail("<again@gangway.example>", "yes@one.example"))


def give_access_to_the_silent(facts: Facts) -> None:
    told = next(record for record in facts.records if record.name == "access.member_added.v1")
    facts.records.append(told._replace(event_id="other", sequence=4, data={"member_id": SILENT}))


def write_to_the_silent(facts: Facts) -> None:
    facts.messages.append(Message("m9", ADA, SILENT, "access_ready", "an event", "sent", 0, 1))
    facts.mails.append(Mail("<m9@gangway.example>", "silent@one.example"))


def write_to_who_declined(facts: Facts) -> None:
    facts.messages.append(Message("m9", ADA, "ada-3", "invitation", "an event", "sent", 0, 1))


def invite_the_silent(facts: Facts) -> None:
    facts.invitations.append(Invitation("i9", ADA, SILENT, "basics", "sent", "mail-2"))


def confirm_for_the_silent(facts: Facts) -> None:
    facts.people[2] = facts.people[2]._replace(is_confirmed=True)


@pytest.mark.parametrize(
    ("spoil", "kind"),
    [
        (lose_yes, Kind.LOST),
        (lose_no, Kind.LOST),
        (lose_question, Kind.LOST),
        (lose_word_of_access, Kind.LOST),
        (lose_access, Kind.LOST),
        (tell_access_twice, Kind.DOUBLED),
        (give_access_to_the_silent, Kind.DOUBLED),
        (write_to_the_silent, Kind.DOUBLED),
        (write_to_who_declined, Kind.DOUBLED),
        (invite_the_silent, Kind.DOUBLED),
        (confirm_for_the_silent, Kind.DOUBLED),
    ],
)
def test_what_went_wrong_for_people_is_found(spoil: Spoil, kind: Kind) -> None:
    facts = healthy_facts()
    assert judge(facts).is_clean
    spoil(facts)
    assert judge(facts).count(kind) > 0


def test_a_seat_of_somebody_who_did_not_confirm_is_an_orphan() -> None:
    facts = healthy_facts()
    thing = facts.things[0]._replace(kind="crm_user", name="silent@one.example", owner=None)
    facts.things.append(thing)
    facts.grants[0] = facts.grants[0]._replace(product="crm")
    found = judge(facts).differences
    assert any("silent@one.example" in one.words for one in found if one.kind is Kind.ORPHAN)
