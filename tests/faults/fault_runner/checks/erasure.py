"""Of an erased partner nothing is left and nothing came back; its last words are told, each once."""

from collections.abc import Iterator
from dataclasses import replace

from fault_runner.checks.difference import Difference, Kind
from fault_runner.checks.effects import check_lanes
from fault_runner.checks.outside import GONE
from fault_runner.checks.snapshots import newest_snapshots
from fault_runner.checks.topics import check_lane, records_by_lane
from fault_runner.facts import Facts, WebhookStep

LIFE, ERASED = "partner.lifecycle.v1", "partner.erased.v1"


def without_erased(facts: Facts) -> Facts:
    """What the other checks look at: they know of partners that are still there. Outside all is looked at."""
    gone = facts.erased
    domains = set(gone.values())
    events = {record.event_id for record in facts.records if record.subject in gone}
    return replace(
        facts,
        applications=[one for one in facts.applications if one.partner_id not in gone],
        outbox=[one for one in facts.outbox if one.subject not in gone],
        records=[one for one in facts.records if one.subject not in gone],
        lanes=[one for one in facts.lanes if one.subject not in gone],
        effects=[one for one in facts.effects if one.subject not in gone],
        answers=[one for one in facts.answers if one.partner_id not in gone],
        acceptances=[one for one in facts.acceptances if one not in gone],
        mails=[one for one in facts.mails if one.recipient.rpartition("@")[2] not in domains],
        webhooks=[one for one in facts.webhooks if one.event_id not in events],
    )


def check_erased(facts: Facts) -> Iterator[Difference]:
    """Compare what every service still has with who was erased, and look at what was told of them."""
    yield from _check_rows(facts)
    mine = replace(
        facts,
        records=[one for one in facts.records if one.subject in facts.erased],
        lanes=[one for one in facts.lanes if one.subject in facts.erased],
    )
    yield from check_lanes(mine)
    for lane, records in records_by_lane(mine.records).items():
        yield from check_lane(lane, records)
    newest = newest_snapshots(mine.records)
    for partner_id in facts.erased:
        if partner_id not in newest or newest[partner_id].data:
            yield Difference(Kind.LOST, f"the last record of {partner_id} is no tombstone")
        yield from _check_last_word(mine, partner_id)


def _check_rows(facts: Facts) -> Iterator[Difference]:
    rows = {
        "partner": facts.partners,
        "person": [one.partner_id for one in facts.people],
        "line of a timeline": [partner_id for partner_id, _ in facts.timeline],
        # That of one that is gone goes within minutes, with what is looked for by the minute.
        "grant": [one.partner_id for one in facts.grants if one.state not in GONE],
        "message": [one.partner_id for one in facts.messages],
        "invitation": [one.partner_id for one in facts.invitations],
    }
    for what, owners in rows.items():
        for partner_id in facts.erased.keys() & set(owners):
            yield Difference(Kind.ORPHAN, f"a {what} of {partner_id} is there, who was erased")


def _check_last_word(facts: Facts, partner_id: str) -> Iterator[Difference]:
    life = [one for one in facts.records if (one.topic, one.subject) == (LIFE, partner_id)]
    words = {one.event_id for one in life if one.name == ERASED}
    if len(words) != 1:
        kind = Kind.DOUBLED if words else Kind.LOST
        yield Difference(kind, f"that {partner_id} was erased was told {len(words)} times")
    last = max(life, key=lambda one: one.sequence, default=None)
    if last is not None and last.name != ERASED:
        yield Difference(Kind.OUT_OF_ORDER, f"{last.name} of {partner_id} was told after its erasure")
    for subscription in facts.subscriptions:
        taken = {
            one.event_id
            for one in facts.webhooks
            if one.endpoint == subscription.endpoint and one.step is WebhookStep.TAKEN
        }
        name, sees_nobody = subscription.endpoint, subscription.event_types == frozenset()
        if sees_nobody and words & taken:
            yield Difference(Kind.DOUBLED, f"{name} heard of {partner_id}, whom it may not see")
        if not sees_nobody and not words & taken:
            yield Difference(Kind.LOST, f"{name} never heard that {partner_id} was erased")
