"""Who did what for an integrator, for its own people to read."""

from datetime import datetime, timedelta
from enum import StrEnum, auto
from typing import NewType
from uuid import UUID

from chassis.frozen import Frozen

# Kept by id, so that a person's name goes with the person.
Actor = NewType("Actor", str)

KEPT_FOR = timedelta(days=400)


def by_person(person_id: UUID) -> Actor:
    return Actor(f"person {person_id}")


def by_token(token_id: str) -> Actor:
    return Actor(f"token {token_id}")


def by_session(session_id: UUID) -> Actor:
    """A partner's contact; who that was at the time, the service that signed them in knows."""
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
    """``label`` names the subject after it is gone, and tells nothing secret or personal."""

    id: UUID
    integrator_id: UUID
    at: datetime
    by: Actor
    action: Action
    subject_id: UUID | None
    label: str
