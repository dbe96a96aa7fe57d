"""Statistics about partners: counted from the timeline every few minutes, and stored."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, select, text
from sqlalchemy.dialects.postgresql import insert

from chassis.database.repository import Repository
from onboarding.adapters.tables import FAILURES, STAGES, figures

WEEKS = 12
MOST_FAILURES = 50
# Where each stage begins and ends.
_LASTS = (
    ("applied", "email_verified"),
    ("email_verified", "approved"),
    ("approved", "agreement_accepted"),
    ("agreement_accepted", "active"),
    ("applied", "active"),
    ("applied", "first_product"),
    ("applied", "first_lesson"),
)
NAMES = dict(
    zip(("applied", "email_verified", "approved", "agreement_accepted", "active"), STAGES[:5], strict=True),
    first_product="access.granted",
    first_lesson="learning.path_completed",
)
_FIRST = ", ".join(
    f"min(occurred_at) FILTER (WHERE code = '{code}') AS {name}" for name, code in NAMES.items()
)
_LASTED = ", ".join(
    f"count({to} - {begin}) AS count_{to}_{begin}, percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP"
    f" (ORDER BY extract(epoch FROM {to} - {begin})) AS lasts_{to}_{begin}"
    for begin, to in _LASTS
)
_WEEK = "to_char(date_trunc('week', applied AT TIME ZONE 'UTC'), 'YYYY-MM-DD')"
_COUNT = f"""
WITH first AS MATERIALIZED (
    SELECT {_FIRST} FROM timeline
    WHERE code IN ({", ".join(map(repr, STAGES))}) AND partner_id >= :first_id
    GROUP BY partner_id
)
SELECT {_WEEK} AS week, count(*) AS applied, count(email_verified) AS email_verified,
    count(approved) AS approved, count(agreement_accepted) AS agreement_accepted, count(active) AS active,
    {_LASTED}
FROM first WHERE applied >= :since GROUP BY GROUPING SETS (({_WEEK}), ()) ORDER BY 1
"""  # noqa: S608 - names of ours alone
_FAILED = f"""
SELECT coalesce(facts ->> 'product', facts ->> 'kind') AS what, internal_facts ->> 'code' AS code,
    count(*) AS count, count(DISTINCT partner_id) AS partners, max(occurred_at) AS newest_at
FROM timeline
WHERE code IN ({", ".join(map(repr, FAILURES))}) AND occurred_at >= :since
GROUP BY 1, 2 ORDER BY count DESC, 1, 2 LIMIT {MOST_FAILURES}
"""  # noqa: S608


class SqlFigures(Repository):
    """The figures of the last `WEEKS`, by the week of the application."""

    def newest(self) -> Mapping[str, Any]:
        """Those counted last; empty ones before the first count."""
        row = self._connection.execute(select(figures)).first()
        if row is None:
            return {"counted_at": None, "weeks": [], "stages": [], "failures": []}
        return {**row.counted, "counted_at": row.counted_at}

    def count(self, now: datetime) -> None:
        """Count again, using only an index; ids grow with time, so older partners are never read."""
        monday = (now - timedelta(days=now.weekday(), weeks=WEEKS - 1)).date()
        since = datetime(monday.year, monday.month, monday.day, tzinfo=now.tzinfo)
        first_id = UUID(int=(int(since.timestamp() * 1000) << 80))
        asked = {"since": since, "first_id": first_id}
        *weeks, whole = self._connection.execute(text(_COUNT), asked).mappings()
        failed = self._connection.execute(text(_FAILED), {"since": since}).mappings()
        counted = {
            "weeks": [{name: week[name] for name in ("week", *list(NAMES)[:5])} for week in weeks],
            "stages": [_stage(whole, begin, to) for begin, to in _LASTS],
            "failures": [{**row, "newest_at": row["newest_at"].isoformat()} for row in failed],
        }
        kept = insert(figures).values(is_newest=True, counted_at=now, counted=counted)
        self._connection.execute(
            kept.on_conflict_do_update(
                index_elements=["is_newest"], set_={"counted_at": now, "counted": counted}
            )
        )


def _stage(whole: RowMapping, begin: str, to: str) -> dict[str, Any]:
    median, p90 = whole[f"lasts_{to}_{begin}"] or (None, None)
    return {
        "begin": begin,
        "end": to,
        "partners": whole[f"count_{to}_{begin}"],
        "median_seconds": median,
        "p90_seconds": p90,
    }
