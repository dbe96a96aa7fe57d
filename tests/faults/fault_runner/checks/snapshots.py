"""The newest snapshot of each partner, for those who join late, shows where the partner stands."""

from collections.abc import Iterable, Iterator

from fault_runner.checks.difference import Difference, Kind
from fault_runner.facts import Facts, TopicRecord

PICTURES = "partner.state.v1"


def newest_snapshots(records: Iterable[TopicRecord]) -> dict[str, TopicRecord]:
    """Of each partner the one with the highest number."""
    newest: dict[str, TopicRecord] = {}
    for record in records:
        if record.topic == PICTURES:
            known = newest.get(record.subject)
            if known is None or record.sequence > known.sequence:
                newest[record.subject] = record
    return newest


def check_snapshots(facts: Facts) -> Iterator[Difference]:
    """Compare the compacted topic with onboarding's table."""
    newest = newest_snapshots(facts.records)
    for partner_id, state in facts.partners.items():
        shown = newest[partner_id].data.get("state") if partner_id in newest else None
        if shown != state:
            yield Difference(Kind.LOST, f"the snapshot of {partner_id} shows {shown}, it is {state}")
    for partner_id in newest.keys() - facts.partners.keys():
        yield Difference(Kind.ORPHAN, f"there is a snapshot of {partner_id}, and no such partner")
