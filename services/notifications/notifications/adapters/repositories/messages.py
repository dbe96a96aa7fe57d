"""Messages in PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import bindparam, select, text, update
from sqlalchemy.dialects.postgresql import insert

from chassis.database.repository import Repository
from chassis.database.round_trips import ask_together, write_later
from notifications.adapters.tables import messages
from notifications.adapters.waiting import LATE
from notifications.domain.messages import TELLS_ACCESS, Kind, LinkIntent, Message, State
from notifications.domain.partners import Member
from notifications.handlers.ports import Messages

log = structlog.stdlib.get_logger(__name__)

UNSENT = (str(State.PLANNED), str(State.SENDING))
CHANGING = (
    *("state", "attempts", "doubts", "code", "cause"),
    *("retry_at", "sent_at", "transport", "transport_id"),
)

_LOCK = select(messages).where(messages.c.id == bindparam("message_id")).with_for_update()
_LOCK_UNSENT = (
    select(messages)
    .where(messages.c.partner_id == bindparam("partner_id"), messages.c.state.in_(UNSENT))
    .order_by(messages.c.planned_at, messages.c.id)
    .with_for_update()
)
_ADD = (
    insert(messages)
    .on_conflict_do_nothing(index_elements=["occasion", "kind", "member_id"])
    .returning(messages.c.id)
)
# What a mail says about other partners is deleted when it ends, because it would outlast them.
_CANCEL_PLANNED = """
UPDATE messages SET state = 'cancelled', code = %(code)s, cause = %(cause)s, retry_at = NULL,
    facts = facts - 'pages'
WHERE partner_id = %(partner_id)s AND kind = ANY(%(kinds)s) AND state = 'planned' RETURNING id
"""
_SAVE = """
UPDATE messages SET state = %(state)s, attempts = %(attempts)s, doubts = %(doubts)s, code = %(code)s,
    cause = %(cause)s, retry_at = %(retry_at)s, sent_at = %(sent_at)s, transport = %(transport)s,
    transport_id = %(transport_id)s,
    facts = CASE WHEN %(state)s = ANY (%(unsent)s) THEN facts ELSE facts - 'pages' END
WHERE id = %(id)s
"""


class SqlMessages(Repository, Messages):
    """Works inside the transaction of its connection."""

    def add(self, message: Message) -> bool:
        return self._connection.execute(_ADD, _row(message)).one_or_none() is not None

    def get(self, message_id: UUID) -> Message | None:
        return self._read_one(select(messages).where(messages.c.id == message_id), _message)

    def lock(self, message_id: UUID) -> Message | None:
        return self._read_one(_LOCK, _message, {"message_id": message_id})

    def lock_unsent(self, partner_id: UUID) -> Sequence[Message | None]:
        return self._read_all(_LOCK_UNSENT, _readable, {"partner_id": partner_id})

    def save(self, message: Message) -> None:
        values = {name: getattr(message, name) for name in ("id", *CHANGING)}
        values |= {"state": str(message.state), "unsent": list(UNSENT)}
        write_later(self._connection, _SAVE, values)

    def cancel_planned(
        self, partner_id: UUID, kinds: Collection[Kind], code: str, cause: str
    ) -> Sequence[UUID]:
        values = {
            "partner_id": partner_id,
            "kinds": [str(kind) for kind in kinds],
            "code": code,
            "cause": cause,
        }
        return [row[0] for row in ask_together(self._connection, [(_CANCEL_PLANNED, values)])[0]]

    def cancel_planned_of(self, member: Member, kinds: Collection[Kind], code: str, cause: str) -> None:
        statement = (
            update(messages)
            .where(messages.c.partner_id == member.partner_id, messages.c.member_id == member.id)
            .where(messages.c.kind.in_([str(kind) for kind in kinds]), messages.c.state == str(State.PLANNED))
            .values(state=str(State.CANCELLED), code=code, cause=cause, retry_at=None)
        )
        self._connection.execute(statement)

    def has(self, member: Member, kind: Kind) -> bool:
        query = (
            select(messages.c.id)
            .where(messages.c.partner_id == member.partner_id, messages.c.member_id == member.id)
            .where(messages.c.kind == str(kind), messages.c.state != str(State.CANCELLED))
            .limit(1)
        )
        return self._connection.execute(query).one_or_none() is not None

    def tell_of(self, member: Member, grant_id: str) -> bool:
        there = [{"grant_id": grant_id, "state": "granted"}]
        query = (
            select(messages.c.id)
            .where(messages.c.partner_id == member.partner_id, messages.c.member_id == member.id)
            .where(messages.c.kind.in_(map(str, TELLS_ACCESS)), messages.c.state != str(State.CANCELLED))
            .where(messages.c.facts["products"].contains(there))
            .limit(1)
        )
        return self._connection.execute(query).one_or_none() is not None

    def save_facts(self, message: Message) -> None:
        changed = update(messages).where(messages.c.id == message.id).values(facts=dict(message.facts))
        self._connection.execute(changed)

    def lock_unbegun(self, partner_id: UUID, member_id: UUID, kind: Kind) -> Message | None:
        query = (
            select(messages)
            .where(messages.c.partner_id == partner_id, messages.c.member_id == member_id)
            .where(messages.c.kind == str(kind), messages.c.state == str(State.PLANNED))
            .where(messages.c.attempts == 0)
            .limit(1)
            .with_for_update()
        )
        return self._read_one(query, _message)

    def of_partner(self, partner_id: UUID) -> Sequence[Mapping[str, Any]]:
        query = select(messages).where(messages.c.partner_id == partner_id)
        ordered = query.order_by(messages.c.planned_at, messages.c.id)
        return [dict(row) for row in self._connection.execute(ordered).mappings()]

    def failed(
        self, limit: int, after: UUID | None = None, *, still_tried: bool = False
    ) -> Sequence[Message]:
        wanted = text(LATE) if still_tried else messages.c.state == str(State.FAILED)
        query = select(messages).where(wanted)
        if after:
            query = query.where(messages.c.id > after)
        ordered = query.order_by(messages.c.id).limit(limit)
        return self._read_all(ordered, _message)


SAME = (
    *("id", "partner_id", "member_id", "occasion", "attempts", "doubts", "code", "cause"),
    *("planned_at", "retry_at", "sent_at", "transport", "transport_id"),
)


def _row(message: Message) -> Mapping[str, Any]:
    link = message.link
    return {
        **{name: getattr(message, name) for name in SAME},
        "kind": str(message.kind),
        "state": str(message.state),
        "facts": dict(message.facts),
        "link_id": link and link.id,
        "link_expires_at": link and link.expires_at,
    }


def _readable(**row: Any) -> Message | None:
    """None for a message that only a newer version understands."""
    try:
        return _message(**row)
    except (ValueError, TypeError):
        log.exception("message cannot be read", message_id=str(row["id"]))
        return None


def _message(
    *, kind: str, state: str, link_id: UUID | None, link_expires_at: datetime, **row: Any
) -> Message:
    link = None if link_id is None else LinkIntent(id=link_id, expires_at=link_expires_at)
    return Message(**row, kind=Kind(kind), state=State(state), link=link)
