"""The recipients: a partner, as far as mails need it, and its people."""

from dataclasses import replace
from enum import StrEnum
from uuid import UUID

from chassis.frozen import Frozen


class Standing(StrEnum):
    """The status of a partner, only as fine as the question "does this mail still make sense?" needs."""

    APPLYING = "applying"
    APPROVED = "approved"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    LEAVING = "leaving"
    ENDED = "ended"
    # A vendor or team that receives events is not a partner and never becomes one.
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
    """An event reported a move of a partner that is not in ALLOWED_MOVES."""

    def __init__(self, current: Standing, target: Standing) -> None:
        super().__init__(f"a partner that is {current} cannot become {target}")
        self.current, self.target = current, target


class Membership(StrEnum):
    """Whether a person confirmed belonging to the partner, or has left."""

    NAMED = "named"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    REMOVED = "removed"


class Profile(Frozen):
    """What an approval says about a partner; learning paths are chosen by it."""

    legal_name: str
    partner_type: str
    tier: str


class Partner(Frozen):
    """A partner as notifications knows it; ``profile`` is missing until the approval arrives.

    ``lifecycle_sequence`` is the number of the event that last changed ``standing``. ``granted_products`` are
    those of the whole partner, and so of every member; products with seats are recorded with the members.
    ``contact_sequence``, ``profile_sequence`` and ``tier_sequence`` are the numbers of the events that last
    changed contact, profile and tier.
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
        """The partner with this product added, once."""
        return replace(self, granted_products=tuple(dict.fromkeys((*self.granted_products, product))))

    def moved_to(self, target: Standing, sequence: int | None) -> "Partner | None":
        """The partner after the move; None if the event is old (repeated, or replayed late).

        Raises MoveNotAllowed for a newer event that is no move from here: an earlier one is missing.
        """
        if sequence is not None and sequence <= self.lifecycle_sequence:
            return None
        if target not in ALLOWED_MOVES[self.standing]:
            raise MoveNotAllowed(self.standing, target)
        return replace(self, standing=target, lifecycle_sequence=sequence or self.lifecycle_sequence)


class Member(Frozen):
    """A person of a partner, with the address and the language for mails.

    ``has_access`` and ``products`` (where the person has a seat) apply to everybody but the contact, who is
    told of access together with the partner. ``language_sequence`` is the number of the event that last set
    the language.
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
        """Whether there is access that learning could be about."""
        return self.is_confirmed and (self.is_contact or self.has_access)

    def seated(self, *products: str) -> "Member":
        """The person with seats in these products added, each once."""
        return replace(self, products=tuple(dict.fromkeys((*self.products, *products))))

    def declined(self) -> "Member":
        return replace(self.forgotten(), membership=Membership.DECLINED)

    def removed(self) -> "Member":
        """The person gets a last mail if they were a member, and is then forgotten."""
        removed = replace(self, membership=Membership.REMOVED, has_access=False, products=())
        return removed if self.is_confirmed else removed.forgotten()

    def forgotten(self) -> "Member":
        """Only the fact that the person existed, so that a late repetition does not restore them."""
        return replace(self, given_name="", family_name="", email="", language="")
