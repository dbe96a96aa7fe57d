"""Whom we write to: a partner as far as the words need it, and its people."""

from dataclasses import replace
from enum import StrEnum
from uuid import UUID

from chassis.frozen import Frozen


class Standing(StrEnum):
    """How far a partner has come, as coarse as the question "does this mail still make sense?"."""

    APPLYING = "applying"
    APPROVED = "approved"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    LEAVING = "leaving"
    ENDED = "ended"
    # A vendor or team that gets events is no partner, and never becomes one.
    INTEGRATOR = "integrator"


OVER = frozenset({Standing.LEAVING, Standing.ENDED})
ALLOWED_MOVES: dict[Standing, frozenset[Standing]] = {
    Standing.APPLYING: frozenset({Standing.APPROVED, Standing.ENDED}),
    Standing.APPROVED: frozenset({Standing.ACTIVE, Standing.LEAVING, Standing.ENDED}),
    Standing.ACTIVE: frozenset({Standing.SUSPENDED, Standing.LEAVING, Standing.ENDED}),
    Standing.SUSPENDED: frozenset({Standing.ACTIVE, Standing.LEAVING, Standing.ENDED}),
    Standing.LEAVING: frozenset({Standing.ENDED}),
    Standing.ENDED: frozenset(),
    Standing.INTEGRATOR: frozenset(),
}


class MoveNotAllowed(Exception):
    """A partner was told a move that is missing from ALLOWED_MOVES."""

    def __init__(self, current: Standing, target: Standing) -> None:
        super().__init__(f"a partner that is {current} cannot become {target}")
        self.current, self.target = current, target


class Membership(StrEnum):
    """What a person has said about belonging to the partner, or that they do no more."""

    NAMED = "named"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    REMOVED = "removed"


class Profile(Frozen):
    """What an approval tells about a partner; learning paths are chosen by it."""

    legal_name: str
    partner_type: str
    tier: str


class Partner(Frozen):
    """A partner as notifications knows it; ``profile`` is missing until the approval arrived.

    ``lifecycle_sequence`` is the number of the event that last moved ``standing``; ``granted_products``
    are those that it has as a whole, so every member, too; where people have seats stands with them.
    ``contact_sequence`` is the number of the event that last changed the contact, ``profile_sequence`` of
    the one that last changed the profile, ``tier_sequence`` the tier.
    """

    id: UUID
    standing: Standing = Standing.APPLYING
    profile: Profile | None = None
    lifecycle_sequence: int = 0
    granted_products: tuple[str, ...] = ()
    contact_sequence: int = 0
    profile_sequence: int = 0
    tier_sequence: int = 0

    def granted(self, product: str) -> "Partner":
        """The partner with one more product, each once."""
        return replace(self, granted_products=tuple(dict.fromkeys((*self.granted_products, product))))

    def moved_to(self, target: Standing, sequence: int | None) -> "Partner | None":
        """The partner after the move; None when the event is old news (repeated, or replayed late).

        Raises MoveNotAllowed for a newer event that is no move from here: one before it is missing.
        """
        if sequence is not None and sequence <= self.lifecycle_sequence:
            return None
        if target not in ALLOWED_MOVES[self.standing]:
            raise MoveNotAllowed(self.standing, target)
        return replace(self, standing=target, lifecycle_sequence=sequence or self.lifecycle_sequence)


class Member(Frozen):
    """A person of a partner, with the address and the language for mails.

    ``has_access`` and ``products``, in which the person has a seat, count for all but the contact, who hears
    of access with the whole partner. ``language_sequence`` is the number of the event that last told the
    language.
    """

    id: UUID
    partner_id: UUID
    given_name: str = ""
    family_name: str = ""
    email: str = ""
    language: str = ""
    language_sequence: int = 0
    is_contact: bool = False
    wants_learning_mail: bool = True
    membership: Membership = Membership.CONFIRMED
    has_access: bool = False
    products: tuple[str, ...] = ()

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def is_confirmed(self) -> bool:
        return self.membership is Membership.CONFIRMED

    @property
    def may_learn(self) -> bool:
        """Whether there is access that learning could speak of."""
        return self.is_confirmed and (self.is_contact or self.has_access)

    def seated(self, *products: str) -> "Member":
        """The person with seats in these products, too, each once."""
        return replace(self, products=tuple(dict.fromkeys((*self.products, *products))))

    def declined(self) -> "Member":
        return replace(self.forgotten(), membership=Membership.DECLINED)

    def removed(self) -> "Member":
        """Somebody who is written to once more, if they belonged to the partner, and then forgotten."""
        removed = replace(self, membership=Membership.REMOVED, has_access=False, products=())
        return removed if self.is_confirmed else removed.forgotten()

    def forgotten(self) -> "Member":
        """Nothing but that there was somebody, so that a late repetition does not bring them back."""
        return replace(self, given_name="", family_name="", email="", language="")
