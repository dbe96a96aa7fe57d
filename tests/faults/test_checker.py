"""The checker finds every way in which a promise can be broken, and nothing where all is well."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.faults.healthy_facts import ACCESS, ADA, ADAS_GRANT, BOB, LIFE, healthy_facts

from fault_runner.checks.difference import Kind
from fault_runner.checks.mails import count_repeated_mails
from fault_runner.checks.topics import count_repetitions
from fault_runner.checks.verdict import judge
from fault_runner.facts import Facts, Mail, Thing

Spoil = Callable[[Facts], None]


def test_where_all_is_well_nothing_is_found() -> None:
    verdict = judge(healthy_facts())

    assert verdict.differences == ()
    assert verdict.is_clean
    figure = "2 partners, 3 kills, 4 injected faults: 0 lost, 0 doubled, 0 out of order, 0 orphans"
    assert verdict.figure(2, 3, 4) == figure


def lose_partner(facts: Facts) -> None:
    del facts.partners[ADA]


def lose_record(facts: Facts) -> None:
    facts.records = facts.records[1:]


def lose_last_record(facts: Facts) -> None:
    """The lanes know more than the log."""
    facts.records = [record for record in facts.records if (record.topic, record.sequence) != (ACCESS, 2)]


def lose_picture(facts: Facts) -> None:
    facts.records[-1] = facts.records[-1]._replace(data={"state": "active"})


def lose_effect(facts: Facts) -> None:
    facts.effects.pop()


def lag_behind(facts: Facts) -> None:
    facts.lanes[0] = facts.lanes[0]._replace(last_sequence=1)


def forget_lane(facts: Facts) -> None:
    facts.lanes.pop()


def lose_timeline_entry(facts: Facts) -> None:
    facts.timeline.pop()


def lose_intent(facts: Facts) -> None:
    facts.messages.pop(0)
    facts.mails.pop(0)


def lose_mail(facts: Facts) -> None:
    facts.mails.pop()


def lose_thing(facts: Facts) -> None:
    facts.things = [thing for thing in facts.things if thing.kind != "policy"]


def switch_off_account(facts: Facts) -> None:
    """A closed account is listed for 90 days and serves nobody."""
    facts.grants[0] = facts.grants[0]._replace(product="cloud_sandbox")
    facts.things = [
        Thing("account", f"gangway-{ADAS_GRANT[-12:]}", ADAS_GRANT[-12:], False),
        *(Thing(kind, f"one-{ADA[-12:]}", ADA[-12:], True) for kind in ("budget", "sign_in")),
    ]


@pytest.mark.parametrize(
    "spoil",
    [
        lose_partner,
        lose_record,
        lose_last_record,
        lose_picture,
        lose_effect,
        lag_behind,
        forget_lane,
        lose_timeline_entry,
        lose_intent,
        lose_mail,
        lose_thing,
        switch_off_account,
    ],
)
def test_a_loss_is_found(spoil: Spoil) -> None:
    assert_found(spoil, Kind.LOST)


def double_partner(facts: Facts) -> None:
    facts.partners["01a20493-0000-7000-8000-00000000c0de"] = "applied"


def double_registration(facts: Facts) -> None:
    facts.registrations.append("HRB 1")


def invent_record(facts: Facts) -> None:
    facts.records.append(facts.records[-1]._replace(event_id="nobody's", sequence=3, name="access.waived.v1"))
    facts.lanes = [lane._replace(last_sequence=3) if lane.subject == BOB else lane for lane in facts.lanes]


def number_twice(facts: Facts) -> None:
    facts.records[1] = facts.records[1]._replace(sequence=1)


def double_effect(facts: Facts) -> None:
    facts.effects.append(facts.effects[0])


def double_timeline_entry(facts: Facts) -> None:
    facts.timeline.append(facts.timeline[0])


def double_intent(facts: Facts) -> None:
    facts.messages.append(facts.messages[0]._replace(message_id="another"))
    facts.mails.append(Mail("<another@gangway.example>", "somebody@one.example"))


def mail_without_intent(facts: Facts) -> None:
    facts.mails.append(Mail("<unknown@gangway.example>", "somebody@one.example"))


def mail_more_often_than_tried(facts: Facts) -> None:
    facts.mails.append(facts.mails[0])


def double_thing(facts: Facts) -> None:
    facts.things.append(facts.things[3]._replace(name="another certificate"))


def double_plan(facts: Facts) -> None:
    planned = facts.records[4]
    facts.records.append(planned._replace(event_id="again", sequence=3))
    facts.outbox.append(facts.outbox[4]._replace(event_id="again", sequence=3))


def double_grant(facts: Facts) -> None:
    facts.grants.append(facts.grants[0])


@pytest.mark.parametrize(
    "spoil",
    [
        double_partner,
        double_registration,
        invent_record,
        number_twice,
        double_effect,
        double_timeline_entry,
        double_intent,
        mail_without_intent,
        mail_more_often_than_tried,
        double_thing,
        double_plan,
        double_grant,
    ],
)
def test_a_double_is_found(spoil: Spoil) -> None:
    assert_found(spoil, Kind.DOUBLED)


def swap_records(facts: Facts) -> None:
    facts.records[0], facts.records[1] = facts.records[1], facts.records[0]


def change_partition(facts: Facts) -> None:
    facts.records[1] = facts.records[1]._replace(partition=7)


def swap_effects(facts: Facts) -> None:
    mine = [place for place, effect in enumerate(facts.effects) if effect[:3] == ("onboarding", ACCESS, ADA)]
    first, second = mine
    facts.effects[first], facts.effects[second] = facts.effects[second], facts.effects[first]


def see_hole(facts: Facts) -> None:
    facts.lanes[0] = facts.lanes[0]._replace(hole_count=1)


@pytest.mark.parametrize("spoil", [swap_records, change_partition, swap_effects, see_hole])
def test_disorder_is_found(spoil: Spoil) -> None:
    assert_found(spoil, Kind.OUT_OF_ORDER)


def leave_account_open(facts: Facts) -> None:
    facts.things[-1] = facts.things[-1]._replace(is_active=True)


def leave_thing_of_nobody(facts: Facts) -> None:
    facts.things.append(Thing("certificate", "nobody 12345678", None, True))


def leave_user(facts: Facts) -> None:
    facts.things.append(Thing("crm_user", "bob@two.example", None, True))


def leave_grant(facts: Facts) -> None:
    facts.grants[1] = facts.grants[1]._replace(state="revoking")


@pytest.mark.parametrize("spoil", [leave_account_open, leave_thing_of_nobody, leave_user, leave_grant])
def test_an_orphan_is_found(spoil: Spoil) -> None:
    assert_found(spoil, Kind.ORPHAN)


def end_elsewhere(facts: Facts) -> None:
    facts.partners[ADA] = "provisioning"


def leave_unpublished(facts: Facts) -> None:
    facts.outbox[0] = facts.outbox[0]._replace(is_published=False)


def leave_parked(facts: Facts) -> None:
    facts.lanes[0] = facts.lanes[0]._replace(is_parked=True)


def leave_mail_planned(facts: Facts) -> None:
    facts.messages[0] = facts.messages[0]._replace(state="planned")


def fail_grant(facts: Facts) -> None:
    facts.grants[0] = facts.grants[0]._replace(state="failed")


def leave_dead_letter(facts: Facts) -> None:
    facts.dead_letters.append("a dead letter")


@pytest.mark.parametrize(
    "spoil",
    [
        end_elsewhere,
        leave_unpublished,
        leave_parked,
        leave_mail_planned,
        fail_grant,
        leave_dead_letter,
    ],
)
def test_what_has_not_come_to_rest_is_found(spoil: Spoil) -> None:
    assert_found(spoil, Kind.UNSETTLED)


def test_what_is_allowed_to_repeat_is_counted_and_no_difference() -> None:
    """Records sent again, mails repeated after a cut, a collected key, and moot mails."""
    facts = healthy_facts()
    facts.records.append(facts.records[0]._replace(offset=9))
    facts.messages[0] = facts.messages[0]._replace(attempts=2, doubts=1)
    facts.mails.append(facts.mails[0])
    facts.grants[0] = facts.grants[0]._replace(is_collected=True)
    facts.things = [thing for thing in facts.things if thing.name != f"gangway/iot/{ADAS_GRANT}"]
    facts.messages[1] = facts.messages[1]._replace(state="cancelled")

    assert judge(facts).differences == ()
    assert count_repetitions(facts) == 1
    assert count_repeated_mails(facts) == 1


def test_an_effect_of_another_topic_with_the_same_number_is_no_double() -> None:
    facts = healthy_facts()
    assert {record.sequence for record in facts.records if record.topic == LIFE} >= {1, 2}
    assert judge(replace(facts)).is_clean


def assert_found(spoil: Spoil, kind: Kind) -> None:
    facts = healthy_facts()
    spoil(facts)
    assert judge(facts).count(kind) > 0
