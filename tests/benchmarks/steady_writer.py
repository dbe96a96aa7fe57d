"""A service at a steady pace: one event a transaction, as the chassis writes it.

``python -m tests.benchmarks.steady_writer URL TOPIC EVENTS PER_SECOND`` prints when each commit returned,
in nanoseconds since 1970 by event id, as JSON.
"""

import json
import sys
import time
from dataclasses import replace
from uuid import UUID

from tests.benchmarks.backlog import SOURCE, new_subjects, value
from tests.contracts.event_classes import read

from chassis.database.pool import Database
from chassis.messaging.outbox import Outbox
from onboarding.domain.events import PartnerApplied


def write(database: Database, topic: str, events: int, per_second: float) -> dict[str, int]:
    """Each event of another partner; a late one does not delay the next."""

    class Applied(PartnerApplied, topic=topic):
        pass

    example = read(Applied, json.loads(value()))
    committed: dict[str, int] = {}
    due = time.monotonic()
    for subject in new_subjects(events):
        time.sleep(max(0.0, due - time.monotonic()))
        due += 1 / per_second
        with database.begin() as work:
            sent = work.emit(replace(example, partner_id=UUID(subject)))
        committed[str(sent.id)] = time.time_ns()
    return committed


def main(url: str, topic: str, events: str, per_second: str) -> None:
    """Write, then tell."""
    database = Database(url, events=Outbox(type_prefix="gangway", source=SOURCE), pool_size=1)
    sys.stdout.write(json.dumps(write(database, topic, int(events), float(per_second))))


if __name__ == "__main__":
    main(*sys.argv[1:])
