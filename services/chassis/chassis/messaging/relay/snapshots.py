"""Of the snapshots of one subject that wait, only the newest is of use to anybody."""

from collections.abc import Collection, Sequence

from chassis.messaging.relay.pending import PendingRow


def newest_of(
    rows: Sequence[PendingRow], compacted: Collection[str]
) -> tuple[Sequence[PendingRow], list[int]]:
    """The rows without those of compacted topics that a later one replaces, and the positions of these.

    What is replaced need not be sent even if its successor is not there yet: that is in the table too.
    """
    if not compacted:
        return rows, []
    last = {(row.topic, row.subject): row.position for row in rows if row.topic in compacted}
    newest = [row for row in rows if last.get((row.topic, row.subject), row.position) == row.position]
    kept = {row.position for row in newest}
    return newest, [row.position for row in rows if row.position not in kept]
