"""Who did what for an integrator, visible to its own people."""

from datetime import datetime, timedelta
from enum import StrEnum, auto
from typing import NewType
from uuid import UUID

from chassis.frozen import Frozen

# Stored by id, so that a name is deleted with the person.
Actor = NewType("Actor", str)

KEPT_FOR = timedelta(days=400)


def by_person(person_id: UUID) -> Actor:
    return Actor(f"person {person_id}")


def by_token(token_id: str) -> Actor:
    return Actor(f"token {token_id}")


def by_session(session_id: UUID) -> Actor:
    """A partner's contact; who that was at the time is known to the service that signed them in."""
    return Actor(f"session {session_id}")


def by_operator(name: str) -> Actor:
    return Actor(f"operator {name}")


class Action(StrEnum):
    """What was done."""

    ENDPOINT_MADE = auto()
    ENDPOINT_CHANGED = auto()
    ENDPOINT_PAUSED = auto()
    ENDPOINT_RESUMED = auto()
    ENDPOINT_REMOVED = auto()
    SECRET_ROTATED = auto()
    TOKEN_MADE = auto()
    TOKEN_REVOKED = auto()
    PERSON_ADDED = auto()
    PERSON_REMOVED = auto()
    KAFKA_PASSWORD_GIVEN = auto()
    KAFKA_USER_ENDED = auto()
    SCOPE_CHANGED = auto()
    REPLAY_STARTED = auto()


class LogEntry(Frozen):
    """``label`` names the subject after it was deleted, and contains nothing secret or personal."""

    id: UUID
    integrator_id: UUID
    at: datetime
    by: Actor
    action: Action
    subject_id: UUID | None
    label: str
