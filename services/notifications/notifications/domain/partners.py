"""Whom we write to: a partner as far as the words need it, and its people."""

from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID


class Standing(StrEnum):
    """How far a partner has come, as coarse as the question "does this mail still make sense?"."""

    APPLYING = "applying"
    APPROVED = "approved"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    LEAVING = "leaving"
    ENDED = "ended"


ALLOWED_MOVES: dict[Standing, frozenset[Standing]] = {
    Standing.APPLYING: frozenset({Standing.APPROVED, Standing.ENDED}),
    Standing.APPROVED: frozenset({Standing.ACTIVE, Standing.LEAVING, Standing.ENDED}),
    Standing.ACTIVE: frozenset({Standing.SUSPENDED, Standing.LEAVING, Standing.ENDED}),
    Standing.SUSPENDED: frozenset({Standing.ACTIVE, Standing.LEAVING, Standing.ENDED}),
    Standing.LEAVING: frozenset({Standing.ENDED}),
    Standing.ENDED: frozenset(),
}


class MoveNotAllowed(Exception):
    """A partner was told a move that is missing from ALLOWED_MOVES."""

    def __init__(self, current: Standing, target: Standing) -> None:
        super().__init__(f"a partner that is {current} cannot become {target}")
        self.current, self.target = current, target


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What an approval tells about a partner; learning paths are chosen by it."""

    legal_name: str
    partner_type: str
    tier: str


@dataclass(frozen=True, kw_only=True)
class Partner:
    """A partner as notifications knows it; ``profile`` is missing until the approval arrived.

    ``lifecycle_sequence`` is the number of the event that last moved ``standing``.
    """

    id: UUID
    standing: Standing = Standing.APPLYING
    profile: Profile | None = None
    lifecycle_sequence: int = 0

    def moved_to(self, target: Standing, sequence: int | None) -> "Partner | None":
        """The partner after the move; None when the event is old news (repeated, or replayed late).

        Raises MoveNotAllowed for a newer event that is no move from here: one before it is missing.
        """
        if sequence is not None and sequence <= self.lifecycle_sequence:
            return None
        if target not in ALLOWED_MOVES[self.standing]:
            raise MoveNotAllowed(self.standing, target)
        return replace(self, standing=target, lifecycle_sequence=sequence or self.lifecycle_sequence)


@dataclass(frozen=True, kw_only=True)
class Member:
    """A person of a partner, with the address and the language for mails."""

    id: UUID
    partner_id: UUID
    given_name: str
    family_name: str
    email: str
    language: str
    is_contact: bool
    wants_learning_mail: bool = True

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()
