"""What operators did, for later questions: who, in which role, what, to what, why, with which outcome.

An entry commits with the effect that it tells of, or not at all. Looking at personal data that is
otherwise hidden, and collecting a secret, are acts too.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection
from uuid_utils.compat import uuid7

from chassis.frozen import Frozen
from chassis.telemetry import traces

# Who acts by a process's own command line has proved nothing but access to its database.
ON_THE_DATABASE = "database"
# The outcome of an act of several transactions until it has come to its end.
BEGUN = "begun"

_COLUMNS = """
SELECT id, at, actor, role, action, target, reason, outcome, trace_id, confirmed_by FROM operator_actions
"""


class OperatorAction(NamedTuple):
    """One entry; ``outcome`` is ``done`` or says what stood in the way.

    What waited for a second person was proposed by the ``actor`` and done when that person confirmed it.
    """

    id: UUID
    at: datetime
    actor: str
    role: str | None
    action: str
    target: str
    reason: str | None
    outcome: str
    trace_id: str | None
    confirmed_by: str | None


class Wanted(Frozen):
    """Which entries; ``before`` is the id of the last one of the page before."""

    limit: int = 50
    before: UUID | None = None
    actor: str | None = None
    action: str | None = None
    target: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def _outside_requests() -> str:
    """What the web side replaces."""
    return ON_THE_DATABASE


# In which role somebody acts now. Called through the module, so that it can be replaced.
acting_role: Callable[[], str] = _outside_requests


def note_action(
    connection: Connection,
    *,
    actor: str,
    action: str,
    target: str,
    reason: str | None = None,
    outcome: str = "done",
    confirmed_by: str | None = None,
) -> UUID:
    """Write the entry in the transaction of the action itself; role and trace are those of the request.

    An act of several transactions is noted as ``BEGUN`` before the first, and `conclude_action` says how it
    ended: a process that is killed in between leaves a trace.
    """
    entry_id: UUID = uuid7()
    connection.exec_driver_sql(
        "INSERT INTO operator_actions"
        " (id, actor, role, action, target, reason, outcome, trace_id, confirmed_by)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (entry_id, actor, acting_role(), action, target, reason, outcome, traces.trace_id(), confirmed_by),
    )
    return entry_id


def conclude_action(connection: Connection, entry_id: UUID, outcome: str) -> None:
    """Say how an act ended that was noted as begun."""
    connection.exec_driver_sql("UPDATE operator_actions SET outcome = %s WHERE id = %s", (outcome, entry_id))


def list_actions(connection: Connection, wanted: Wanted) -> list[OperatorAction]:
    """The newest first; ids are made in the order of time."""
    conditions = {
        "id < %s": wanted.before,
        "%s IN (actor, confirmed_by)": wanted.actor,
        "action = %s": wanted.action,
        "target = %s": wanted.target,
        "at >= %s": wanted.since,
        "at < %s": wanted.until,
    }
    given: dict[str, Any] = {words: value for words, value in conditions.items() if value is not None}
    where = f"WHERE {' AND '.join(given)}" if given else ""
    query = f"{_COLUMNS} {where} ORDER BY id DESC LIMIT %s"
    rows = connection.exec_driver_sql(query, (*given.values(), wanted.limit))
    return [OperatorAction._make(row) for row in rows]
