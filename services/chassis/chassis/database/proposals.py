"""Acts that wait for a second person: one row each, one that waits for each act and target."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from psycopg.types.json import Json
from sqlalchemy import Connection
from uuid_utils.compat import uuid7

WAITING, CONFIRMED, DECLINED, WITHDRAWN = "waiting", "confirmed", "declined", "withdrawn"
EXPIRED, OUTDATED = "expired", "outdated"
STATES = (WAITING, CONFIRMED, DECLINED, WITHDRAWN, EXPIRED, OUTDATED)

# Nobody has to be awake for a proposal to expire.
_STATE = "CASE WHEN state = 'waiting' AND expires_at <= now() THEN 'expired' ELSE state END"
_COLUMNS = f"""
SELECT id, endpoint, path, body, action, target, reason, rests_on, proposed_at, expires_at, proposed_by,
    proposer, token_id, {_STATE} AS state, settled_at, settled_by, settled_reason
FROM proposals
"""  # noqa: S608 - our own words
_INSERT = """
INSERT INTO proposals (id, endpoint, path, body, action, target, reason, rests_on, expires_at, proposed_by,
    proposer, token_id)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, now() + %s, %s, %s, %s)
ON CONFLICT (endpoint, target) WHERE state = 'waiting' DO NOTHING
"""
_SETTLE = """
UPDATE proposals SET state = %s, settled_at = now(), settled_by = %s, settled_reason = %s WHERE id = %s
"""
# The oldest first, as a list of `chassis.service.Service.waiting`.
TIMES_OF_WAITING = """
SELECT proposed_at FROM proposals WHERE state = 'waiting' AND expires_at > now() ORDER BY proposed_at
"""


class Proposal(NamedTuple):
    """One row; ``path`` and ``body`` are what the endpoint was called with."""

    id: UUID
    endpoint: str
    path: Mapping[str, str]
    body: Mapping[str, Any]
    action: str
    target: str
    reason: str
    rests_on: bytes
    proposed_at: datetime
    expires_at: datetime
    proposed_by: str
    proposer: bytes
    token_id: str | None
    state: str
    settled_at: datetime | None
    settled_by: str | None
    settled_reason: str | None


@dataclass(frozen=True, kw_only=True)
class NewProposal:
    """What somebody wants done."""

    endpoint: str
    path: Mapping[str, str]
    body: Mapping[str, Any]
    action: str
    target: str
    reason: str
    rests_on: bytes
    lasting: timedelta
    proposed_by: str
    proposer: bytes
    token_id: str | None


def write_proposal(connection: Connection, new: NewProposal) -> UUID | None:
    """Keep it; None while another one waits for the same act and target."""
    proposal_id: UUID = uuid7()
    values = (
        *(proposal_id, new.endpoint, Json(new.path), Json(new.body), new.action, new.target, new.reason),
        *(new.rests_on, new.lasting, new.proposed_by, new.proposer, new.token_id),
    )
    is_new = connection.exec_driver_sql(_INSERT, values).rowcount
    return proposal_id if is_new else None


def settle_proposal(
    connection: Connection, proposal_id: UUID, state: str, by: str | None = None, reason: str | None = None
) -> None:
    """It waits no more."""
    connection.exec_driver_sql(_SETTLE, (state, by, reason, proposal_id))


def find_proposal(connection: Connection, proposal_id: UUID, *, lock: bool = False) -> Proposal | None:
    """One, locked until the end of the transaction if asked for."""
    query = f"{_COLUMNS} WHERE id = %s{' FOR UPDATE' if lock else ''}"
    row = connection.exec_driver_sql(query, (proposal_id,)).one_or_none()
    return None if row is None else Proposal._make(row)


def unsettled_proposal(connection: Connection, endpoint: str, target: str) -> Proposal | None:
    """The one that stands in the way of another for the same act and target, locked; it may have expired."""
    query = f"{_COLUMNS} WHERE proposals.state = 'waiting' AND endpoint = %s AND target = %s FOR UPDATE"
    row = connection.exec_driver_sql(query, (endpoint, target)).one_or_none()
    return None if row is None else Proposal._make(row)


def list_proposals(
    connection: Connection, *, state: str = WAITING, limit: int = 50, cursor: UUID | None = None
) -> list[Proposal]:
    """Those in this state, the oldest first; ``cursor`` is the id of the last one of the page before."""
    query = f"{_COLUMNS} WHERE {_STATE} = %s AND (%s::uuid IS NULL OR id > %s) ORDER BY id LIMIT %s"
    rows = connection.exec_driver_sql(query, (state, cursor, cursor, limit))
    return [Proposal._make(row) for row in rows]
