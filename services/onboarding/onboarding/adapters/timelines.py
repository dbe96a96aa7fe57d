"""The timeline in PostgreSQL; entries are gathered and written in bulk with the commit."""

from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from onboarding.adapters.tables import timeline
from onboarding.domain.timeline import Entry


class SqlTimelines:
    """The new entries of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._gathered: list[Entry] = []

    def add(self, entry: Entry) -> None:
        self._gathered.append(entry)

    def flush(self) -> None:
        """Write what was gathered; what is there already stays as it is."""
        gathered, self._gathered = self._gathered, []
        if gathered:
            rows = [
                {
                    "partner_id": entry.partner_id,
                    "code": entry.code,
                    "occurred_at": entry.occurred_at,
                    "source": entry.source,
                    "event_id": entry.event_id,
                    "audience": entry.audience,
                    "facts": dict(entry.facts),
                    "internal_facts": dict(entry.internal_facts),
                }
                for entry in gathered
            ]
            self._connection.execute(insert(timeline).on_conflict_do_nothing(), rows)
