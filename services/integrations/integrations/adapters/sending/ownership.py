"""Which endpoints are this sender's. Each has one owner at most, so limits and order hold however many run.

A sender that says nothing for a while is dead to the others: they share out its endpoints, and what it held
is due at once. One that was only paused finds itself forgotten, gives back what it holds, and begins anew.
"""

from collections.abc import Collection
from datetime import timedelta
from math import ceil
from typing import Any
from uuid import UUID, uuid4

from psycopg import AsyncConnection

from chassis.frozen import Frozen
from integrations.adapters.repositories.endpoints import CHANGED_CHANNEL

# Of one endpoint of a sender that died: more than it holds.
MOST_HELD = 1_000

_SAY = "UPDATE senders SET alive_until = now() + %(silence)s WHERE id = %(id)s"
_BEGIN = """
INSERT INTO senders (id, instance, alive_until) VALUES (%(id)s, %(instance)s, now() + %(silence)s)
"""
FORGET_DEAD = """
WITH dead AS (
    DELETE FROM senders WHERE id IN (
        SELECT id FROM senders WHERE id <> %(id)s AND (alive_until < now() OR instance = %(replaced)s)
        ORDER BY id FOR UPDATE SKIP LOCKED)
    RETURNING id
), held AS (
    SELECT its.endpoint_id, its.event_position
    FROM dead JOIN endpoint_senders AS left_behind ON left_behind.sender_id = dead.id
    CROSS JOIN LATERAL (
        SELECT endpoint_id, event_position FROM deliveries
        WHERE endpoint_id = left_behind.endpoint_id AND state = 'waiting' AND is_claimed AND due_at > now()
        ORDER BY due_at LIMIT %(most_held)s FOR UPDATE SKIP LOCKED) AS its
)
UPDATE deliveries AS delivery SET due_at = now(), is_claimed = false FROM held
WHERE delivery.endpoint_id = held.endpoint_id AND delivery.event_position = held.event_position
"""
_COUNT = """
SELECT (SELECT count(*) FROM senders WHERE alive_until >= now()), count(*),
    count(*) FILTER (WHERE owner.sender_id = %(id)s), count(*) FILTER (WHERE owner.sender_id IS NULL)
FROM endpoints AS endpoint LEFT JOIN endpoint_senders AS owner ON owner.endpoint_id = endpoint.id
WHERE endpoint.state IN ('active', 'unverified')
"""
_TAKE = """
INSERT INTO endpoint_senders (endpoint_id, sender_id)
SELECT id, %(id)s FROM endpoints WHERE state IN ('active', 'unverified')
    AND NOT EXISTS (SELECT FROM endpoint_senders WHERE endpoint_id = endpoints.id)
ORDER BY random() LIMIT %(most)s ON CONFLICT DO NOTHING
"""
_GIVE_UP = "DELETE FROM endpoint_senders WHERE sender_id = %(id)s AND endpoint_id = ANY (%(ids)s::uuid[])"
_LEAVE = "DELETE FROM senders WHERE id = %(id)s"
_TELL_OTHERS = f"NOTIFY {CHANGED_CHANNEL}"


class Beat(Frozen):
    """What a sign of life brought: was it forgotten before, did it take endpoints, how many are too many."""

    is_new: bool
    taken: int
    surplus: int


class Ownership:
    """One sender among all. By ``instance``, a stable name, its successor takes over at once."""

    def __init__(self, silence: timedelta, instance: str | None = None) -> None:
        self.id = uuid4()
        self.silence = silence
        self._instance = instance
        self._replaced = instance

    async def beat(self, connection: AsyncConnection[Any]) -> Beat:
        """Say that this sender is alive, forget the dead, take what is free up to a fair share."""
        values = {
            "id": self.id,
            "silence": self.silence,
            "instance": self._instance,
            "replaced": self._replaced,
            "most_held": MOST_HELD,
        }
        async with connection.transaction():
            is_new = (await connection.execute(_SAY, values)).rowcount == 0
            if is_new:
                await connection.execute(_BEGIN, values)
            await connection.execute(FORGET_DEAD, values)
            taken, surplus = await self._share(connection)
        self._replaced = None
        return Beat(is_new=is_new, taken=taken, surplus=surplus)

    async def give_up(self, connection: AsyncConnection[Any], endpoint_ids: Collection[UUID]) -> None:
        """Leave them to others, who hear of it."""
        await connection.execute(_GIVE_UP, {"id": self.id, "ids": list(endpoint_ids)})
        await connection.execute(_TELL_OTHERS)

    async def leave(self, connection: AsyncConnection[Any]) -> None:
        """Leave all to others, who hear of it."""
        await connection.execute(_LEAVE, {"id": self.id})
        await connection.execute(_TELL_OTHERS)

    async def _share(self, connection: AsyncConnection[Any]) -> tuple[int, int]:
        """How many were taken, and how many more than a fair share there are."""
        row = await (await connection.execute(_COUNT, {"id": self.id})).fetchone()
        senders, endpoints, own, free = row or (1, 0, 0, 0)
        wanted = ceil(endpoints / max(senders, 1)) - own
        if wanted <= 0 or not free:
            return 0, max(-wanted, 0)
        cursor = await connection.execute(_TAKE, {"id": self.id, "most": min(wanted, free)})
        return cursor.rowcount, 0
