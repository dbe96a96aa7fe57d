"""Which shards of the outbox this relay may read: those whose session advisory lock it holds."""

import random

import psycopg

from chassis.messaging.outbox import SHARDS

# First of the two numbers of each advisory lock; the second is the shard, or the roll of relays.
LOCK_CLASS = 7_218
ROLL = 1_000

_RELAYS = """
SELECT count(*) FROM pg_locks
WHERE locktype = 'advisory' AND classid = %s AND objid = %s AND objsubid = 2 AND granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


class ShardLocks:
    """The locks of one database session; the server frees them when that session ends."""

    def __init__(self, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        self._connection = connection
        self.held: set[int] = set()
        connection.execute("SELECT pg_advisory_lock_shared(%s, %s)", (LOCK_CLASS, ROLL))

    def surplus(self, fair_share: int) -> set[int]:
        """Shards that another relay should have; release them once nothing of theirs is in flight."""
        excess = len(self.held) - fair_share
        return set(random.sample(sorted(self.held), excess)) if excess > 0 else set()

    def release(self, shards: set[int]) -> None:
        for shard in shards:
            self._connection.execute("SELECT pg_advisory_unlock(%s, %s)", (LOCK_CLASS, shard))
        self.held -= shards

    def take_free(self, fair_share: int) -> set[int]:
        """Take free shards up to the fair share; return those that are new."""
        wanted = fair_share - len(self.held)
        taken: set[int] = set()
        if wanted <= 0:
            return taken
        free = [shard for shard in range(SHARDS) if shard not in self.held]
        random.shuffle(free)
        for shard in free:
            if len(taken) >= wanted:
                break
            row = self._connection.execute(
                "SELECT pg_try_advisory_lock(%s, %s)", (LOCK_CLASS, shard)
            ).fetchone()
            if row and row[0]:
                taken.add(shard)
        self.held |= taken
        return taken

    def fair_share(self) -> int:
        """How many each relay that runs should have; asks the database."""
        row = self._connection.execute(_RELAYS, (LOCK_CLASS, ROLL)).fetchone()
        relays = max(1, int(str(row[0]))) if row else 1
        return -(-SHARDS // relays)
