"""Timeouts of each kind of process for its database: the server gives up first, then the client."""

from typing import Any

from psycopg.conninfo import conninfo_to_dict

from chassis.frozen import Frozen

SILENCE_BEYOND_SECONDS = 1.0

# A peer that vanished is found within 45 s while the connection rests, within 30 s while it is asked.
NOTICE_VANISHED_PEER: dict[str, Any] = {
    "keepalives_idle": 30,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}

# What a database or role may set otherwise, and what then breaks: every transaction is written for this
# isolation, who waits for a notification is idle for hours, and the driver reads these notations alone.
_WHATEVER_THE_ROLE_SAYS = (
    r"-c default_transaction_isolation=read\ committed",
    "-c idle_session_timeout=0",
    "-c DateStyle=ISO",
    "-c IntervalStyle=postgres",
)


class DatabaseTimeouts(Frozen):
    """0 means no limit. ``pool_seconds`` is the wait for a free connection of the process's own."""

    statement_seconds: float = 600.0
    lock_seconds: float = 60.0
    idle_in_transaction_seconds: float = 600.0
    connect_seconds: int = 5
    pool_seconds: float = 10.0

    @property
    def silence_seconds(self) -> float | None:
        return self.statement_seconds + SILENCE_BEYOND_SECONDS if self.statement_seconds else None

    def connection_arguments(self, url: str) -> dict[str, Any]:
        """Connection parameters for libpq; options in the URL come last and win."""
        limits = {
            "statement_timeout": self.statement_seconds,
            "lock_timeout": self.lock_seconds,
            "idle_in_transaction_session_timeout": self.idle_in_transaction_seconds,
        }
        options = [f"-c {name}={round(seconds * 1000)}" for name, seconds in limits.items()]
        own = str(conninfo_to_dict(url).get("options") or "")
        return {
            "connect_timeout": self.connect_seconds,
            "options": " ".join([*_WHATEVER_THE_ROLE_SAYS, *options, own]).strip(),
            **NOTICE_VANISHED_PEER,
        }


# Requests must be short; background work may take longer, commands started by people longest.
TIMEOUTS_OF: dict[str, DatabaseTimeouts] = {
    "web": DatabaseTimeouts(
        statement_seconds=4, lock_seconds=2, idle_in_transaction_seconds=15, connect_seconds=3, pool_seconds=3
    ),
    "relay": DatabaseTimeouts(statement_seconds=15, lock_seconds=10, idle_in_transaction_seconds=30),
    "consumer": DatabaseTimeouts(statement_seconds=30, lock_seconds=10, idle_in_transaction_seconds=60),
    "worker": DatabaseTimeouts(statement_seconds=30, lock_seconds=10, idle_in_transaction_seconds=60),
    "sender": DatabaseTimeouts(statement_seconds=15, lock_seconds=10, idle_in_transaction_seconds=30),
    "command": DatabaseTimeouts(),
}
