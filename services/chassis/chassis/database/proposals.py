"""Acts that wait for a second person: one row each, one that waits for each act and target."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.types.json import Json
from sqlalchemy import Connection
from uuid_utils.compat import uuid7

from chassis.frozen import Frozen

WAITING, CONFIRMED, DECLINED, WITHDRAWN = "waiting", "confirmed", "declined", "withdrawn"
EXPIRED, OUTDATED = "expired", "outdated"
STATES = (WAITING, CONFIRMED, DECLINED, WITHDRAWN, EXPIRED, OUTDATED)

# A proposal expires without a job.
_STATE = "CASE WHEN state = 'waiting' AND expires_at <= now() THEN 'expired' ELSE state END"
_COLUMNS = f"""
SELECT id, endpoint, path, body, action, target, reason, rests_on, proposed_at, expires_at, proposed_by,
    proposer, token_id, {_STATE} AS state, settled_at, settled_by, settled_reason
FROM proposals
"""  # noqa: S608 - our own words
_INSERT = """
INSERT INTO proposals (id, endpoint, path, body, action, target, reason, rests_on, expires_at, proposed_by,
    proposer, token_id)
VALUES (%(id)s, %(endpoint)s, %(path)s, %(body)s, %(action)s, %(target)s, %(reason)s, %(rests_on)s,
    now() + %(lasting)s, %(proposed_by)s, %(proposer)s, %(token_id)s)
ON CONFLICT (endpoint, target) WHERE state = 'waiting' DO NOTHING
"""
_SETTLE = """
UPDATE proposals SET state = %s, settled_at = now(), settled_by = %s, settled_reason = %s WHERE id = %s
"""
# The oldest first, as a list of `chassis.service.Service.waiting`.
TIMES_OF_WAITING = """
SELECT proposed_at FROM proposals WHERE state = 'waiting' AND expires_at > now() ORDER BY proposed_at
"""


class NewProposal(Frozen):
    """What somebody wants done; ``path`` and ``body`` are what the endpoint was called with."""

    endpoint: str
    path: Mapping[str, str]
    body: Mapping[str, Any]
    action: str
    target: str
    reason: str
    rests_on: bytes
    proposed_by: str
    proposer: bytes
    token_id: str | None


class Proposal(NewProposal):
    """One row."""

    id: UUID
    proposed_at: datetime
    expires_at: datetime
    state: str
    settled_at: datetime | None
    settled_by: str | None
    settled_reason: str | None


def write_proposal(connection: Connection, new: NewProposal, lasting: timedelta) -> UUID | None:
    """Keep it; None while another one waits for the same act and target."""
    proposal_id: UUID = uuid7()
    values = {"id": proposal_id, "lasting": lasting, "path": Json(new.path), "body": Json(new.body)}
    is_new = connection.exec_driver_sql(_INSERT, vars(new) | values).rowcount
    return proposal_id if is_new else None


def settle_proposal(
    connection: Connection, proposal_id: UUID, state: str, by: str | None = None, reason: str | None = None
) -> None:
    """It waits no more."""
    connection.exec_driver_sql(_SETTLE, (state, by, reason, proposal_id))


def find_proposal(connection: Connection, proposal_id: UUID, *, lock: bool = False) -> Proposal | None:
    """One, locked until the end of the transaction if asked for."""
    query = f"{_COLUMNS} WHERE id = %s{' FOR UPDATE' if lock else ''}"
    row = connection.exec_driver_sql(query, (proposal_id,)).mappings().one_or_none()
    return None if row is None else Proposal(**row)


def unsettled_proposal(connection: Connection, endpoint: str, target: str) -> Proposal | None:
    """The one that stands in the way of another for the same act and target, locked; it may have expired."""
    query = f"{_COLUMNS} WHERE proposals.state = 'waiting' AND endpoint = %s AND target = %s FOR UPDATE"
    row = connection.exec_driver_sql(query, (endpoint, target)).mappings().one_or_none()
    return None if row is None else Proposal(**row)


def list_proposals(
    connection: Connection, *, state: str = WAITING, limit: int = 50, cursor: UUID | None = None
) -> list[Proposal]:
    """Those in this state, the oldest first; ``cursor`` is the id of the last one of the page before."""
    query = f"{_COLUMNS} WHERE {_STATE} = %s AND (%s::uuid IS NULL OR id > %s) ORDER BY id LIMIT %s"
    rows = connection.exec_driver_sql(query, (state, cursor, cursor, limit)).mappings()
    return [Proposal(**row) for row in rows]
