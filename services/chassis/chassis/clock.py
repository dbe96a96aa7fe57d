"""The present moment, asked for in one way everywhere outside handlers, which ask their unit of work."""

from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)
