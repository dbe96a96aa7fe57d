"""The timeline in PostgreSQL; entries are gathered and written in bulk with the commit."""

import json
from dataclasses import replace

from sqlalchemy import Connection

from chassis.database.repository import Repository
from chassis.database.round_trips import write_later
from chassis.telemetry import traces
from onboarding.domain.timeline import Entry
from onboarding.handlers.ports import Timelines

_WRITE = """
INSERT INTO timeline (
    partner_id, code, occurred_at, source, event_id, audience, facts, internal_facts, trace_id)
SELECT * FROM jsonb_to_recordset(%s) AS entry (
    partner_id uuid, code text, occurred_at timestamptz, source text, event_id text, audience text,
    facts jsonb, internal_facts jsonb, trace_id text)
ON CONFLICT DO NOTHING
"""


class SqlTimelines(Repository, Timelines):
    """The new entries of one transaction."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._gathered: list[Entry] = []

    def add(self, entry: Entry) -> None:
        self._gathered.append(replace(entry, trace_id=traces.trace_id()))

    def flush(self) -> None:
        """Write the gathered entries; existing ones stay unchanged."""
        gathered, self._gathered = self._gathered, []
        if gathered:
            rows = [
                {
                    **vars(entry),
                    "partner_id": str(entry.partner_id),
                    "occurred_at": entry.occurred_at.isoformat(),
                }
                for entry in gathered
            ]
            write_later(self._connection, _WRITE, (json.dumps(rows),))
