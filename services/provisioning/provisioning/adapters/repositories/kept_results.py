"""Results that are kept after their grant, in PostgreSQL."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from chassis.database.repository import Repository
from provisioning.adapters.cause_columns import row_with_cause, with_cause
from provisioning.adapters.repositories.findings import IS_LIVE
from provisioning.adapters.tables import grants, kept_results
from provisioning.domain.kept_results import ResultsOfGrant

_ENDED = grants.alias("ended")
# Who has the product by the same name again has the same folder.
_NOBODY_HAS_IT = ~(
    select(grants.c.grant_id)
    .where(
        grants.c.partner_id == _ENDED.c.partner_id,
        grants.c.product == _ENDED.c.product,
        grants.c.entry_name == _ENDED.c.entry_name,
        IS_LIVE,
    )
    .exists()
)
_LATE = text("""
    SELECT coalesce(cause_code, 'late') AS code, count(*) FROM kept_results
    WHERE deleted_at IS NULL AND failing_since < :now - interval '1 day' GROUP BY 1
""")
_results = with_cause(ResultsOfGrant)


class SqlKeptResults(Repository):
    """Implements the port `KeptResults`."""

    def add(self, results: ResultsOfGrant) -> None:
        values = row_with_cause(vars(results))
        added = insert(kept_results).values(**values)
        self._connection.execute(added.on_conflict_do_update(index_elements=["location"], set_=values))

    def due(self, now: datetime, limit: int) -> list[UUID]:
        due = (
            select(kept_results.c.grant_id)
            .join(_ENDED, _ENDED.c.grant_id == kept_results.c.grant_id)
            .where(_is_due(now))
            .order_by(kept_results.c.try_at)
        )
        return list(self._connection.scalars(due.limit(limit)))

    def lock_due(self, grant_id: UUID, now: datetime) -> ResultsOfGrant | None:
        one = (
            select(kept_results)
            .join(_ENDED, _ENDED.c.grant_id == kept_results.c.grant_id)
            .where(kept_results.c.grant_id == grant_id, _is_due(now))
        )
        return self._read_one(one.with_for_update(of=kept_results), _results)

    def of_grant(self, grant_id: UUID) -> ResultsOfGrant | None:
        return self._read_one(select(kept_results).where(kept_results.c.grant_id == grant_id), _results)

    def save(self, results: ResultsOfGrant) -> None:
        one = update(kept_results).where(kept_results.c.location == results.location)
        self._connection.execute(one.values(**row_with_cause(vars(results))))

    def count_late(self, now: datetime) -> dict[tuple[str], int]:
        """Return how many locations could not be emptied for a day, by why."""
        return {(code,): count for code, count in self._connection.execute(_LATE, {"now": now})}


def _is_due(now: datetime) -> ColumnElement[bool]:
    return and_(kept_results.c.deleted_at.is_(None), kept_results.c.try_at <= now, _NOBODY_HAS_IT)
