"""What waits for an operator, counted, over HTTP: how much of each kind, and since when."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields
from sqlalchemy import Connection

from chassis.database.proposals import TIMES_OF_WAITING
from chassis.http.current_service import current_service
from chassis.http.paging import list_of
from chassis.operating.api import api

# Who has more to do than this reads "more than".
MOST_COUNTED = 1_000

# The times of all that waits, the oldest first, as `chassis.service.Service.waiting` has them.
_IN_EVERY_SERVICE = {
    "dead_letters": "SELECT dead_at FROM dead_letters WHERE status = 'waiting' ORDER BY id",
    "parked_lanes": "SELECT parked_at FROM lanes WHERE is_parked ORDER BY parked_at",
    "holes": "SELECT found_at FROM lane_holes ORDER BY found_at",
    "proposals": TIMES_OF_WAITING,
}
_COUNT = """
SELECT '{kind}' AS kind, least(count(*), {most}) AS count, count(*) > {most} AS has_more, min(at) AS oldest_at
FROM (SELECT at FROM ({times} LIMIT {most} + 1) AS oldest (at)) AS counted
"""


class WaitingKindSchema(Schema):
    kind = fields.String(required=True)
    count = fields.Integer(required=True)
    has_more = fields.Boolean(
        required=True, metadata={"description": "True where there are more than were counted"}
    )
    oldest_at = fields.AwareDateTime(required=True, allow_none=True)


WaitingSchema = list_of("WaitingSchema", waiting=WaitingKindSchema)


@api.get("/v1/waiting")
@api.response(200, WaitingSchema)
def count_waiting() -> dict[str, Any]:
    """Count what waits for an operator, of each kind, with the time of the oldest."""
    service = current_service()
    with service.database.begin() as work:
        return {"waiting": counted(work.connection, {**service.waiting, **_IN_EVERY_SERVICE})}


def counted(connection: Connection, kinds: Mapping[str, str]) -> list[Mapping[str, Any]]:
    """One line for each kind, in one round trip."""
    parts = [_COUNT.format(kind=kind, times=times, most=MOST_COUNTED) for kind, times in kinds.items()]
    return [dict(row) for row in connection.exec_driver_sql(" UNION ALL ".join(parts)).mappings()]
