"""What operators did to events, for later questions: who, what, to what, why, with which outcome."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection
from uuid_utils.compat import uuid7


class OperatorAction(NamedTuple):
    """One entry; ``outcome`` is ``done`` or says what stood in the way."""

    id: UUID
    at: datetime
    actor: str
    action: str
    target: str
    reason: str | None
    outcome: str


def note_action(
    connection: Connection,
    *,
    actor: str,
    action: str,
    target: str,
    reason: str | None = None,
    outcome: str = "done",
) -> None:
    """Write the entry in the transaction of the action itself."""
    connection.exec_driver_sql(
        "INSERT INTO operator_actions (id, actor, action, target, reason, outcome)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        (uuid7(), actor, action, target, reason, outcome),
    )


def list_actions(connection: Connection, limit: int = 50) -> list[OperatorAction]:
    """The newest first."""
    rows = connection.exec_driver_sql(
        "SELECT id, at, actor, action, target, reason, outcome FROM operator_actions"
        " ORDER BY at DESC LIMIT %s",
        (limit,),
    )
    return [OperatorAction._make(row) for row in rows]
