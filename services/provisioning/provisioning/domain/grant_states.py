"""The states of a grant, and the table of its moves."""

from enum import StrEnum


class State(StrEnum):
    """The state of a grant, as events and the API report it."""

    PLANNED = "planned"
    PROVISIONING = "provisioning"
    GRANTED = "granted"
    FAILED = "failed"
    WAIVED = "waived"
    FROZEN = "frozen"
    REVOKING = "revoking"
    REVOKED = "revoked"
    CANCELLED = "cancelled"


class Intent(StrEnum):
    """What is wanted of a grant, and the target of each act; the worker reads it again before every step."""

    ON = "on"
    FROZEN = "frozen"
    OFF = "off"


ALLOWED_MOVES: frozenset[tuple[State, State]] = frozenset(
    (before, after)
    for before, afters in {
        State.PLANNED: {State.PROVISIONING, State.WAIVED, State.CANCELLED},
        State.PROVISIONING: {State.GRANTED, State.FAILED, State.WAIVED, State.FROZEN, State.REVOKING},
        # Something of it vanished, or was switched off by somebody else.
        State.GRANTED: {State.PROVISIONING, State.FAILED, State.FROZEN, State.REVOKING},
        State.FAILED: {State.PROVISIONING, State.WAIVED, State.FROZEN, State.REVOKING},
        State.FROZEN: {State.GRANTED, State.PROVISIONING, State.REVOKING},
        State.REVOKING: {State.REVOKED},
        State.WAIVED: set(),
        State.REVOKED: set(),
        State.CANCELLED: set(),
    }.items()
    for after in afters
)


class MoveNotAllowed(Exception):
    """A move that is missing from the table, with both states, or ``why`` if they do not explain it."""

    def __init__(self, before: str, after: str, why: str = "") -> None:
        is_there = f"The grant is {after} already." if before == after else ""
        super().__init__(why or is_there or f"A grant that is {before} cannot become {after}.")
        self.before = before
        self.after = after
