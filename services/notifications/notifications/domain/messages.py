"""One mail to one person: why it exists, how far it is, and when it stops making sense."""

from collections.abc import Mapping
from dataclasses import field, replace
from datetime import datetime, timedelta
from enum import Enum, StrEnum, auto
from typing import Any, Literal
from uuid import UUID

from chassis.frozen import Frozen
from notifications.domain.partners import Membership, Standing

Transport = Literal["smtp", "ses"]


class Kind(StrEnum):
    """What a mail is about."""

    VERIFY_EMAIL = "verify_email"
    CONFIRM_MEMBERSHIP = "confirm_membership"
    DRAFT_SAVED = "draft_saved"
    MEMBER_REMOVED = "member_removed"
    CONTACT_CHANGED = "contact_changed"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    SIGN_IN_LINK = "sign_in_link"
    CORRECTION_NEEDED = "correction_needed"
    DEADLINE_NEAR = "deadline_near"
    WELCOME = "welcome"
    REJECTED = "rejected"
    APPLICATION_WITHDRAWN = "application_withdrawn"
    APPLICATION_EXPIRED = "application_expired"
    ACCESS_READY = "access_ready"
    ACCESS_ADDED = "access_added"
    ACCESS_REFUSED = "access_refused"
    TIER_CHANGED = "tier_changed"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    LEASE_EXPIRING = "lease_expiring"
    LEASE_EXPIRED = "lease_expired"
    LEASE_RENEWED = "lease_renewed"
    REQUEST_APPROVED = "request_approved"
    REQUEST_REFUSED = "request_refused"
    BUDGET_WARNED = "budget_warned"
    BUDGET_EXCEEDED = "budget_exceeded"
    OFFBOARDING_STARTED = "offboarding_started"
    GOODBYE = "goodbye"
    INVITATION = "invitation"
    PORTAL_SIGN_IN = "portal_sign_in"
    ENDPOINT_FAILING = "endpoint_failing"
    ENDPOINT_DISABLED = "endpoint_disabled"


class State(StrEnum):
    """How far a mail is."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"


ALLOWED_MOVES: dict[State, frozenset[State]] = {
    # Sent though planned again: an attempt that was overtaken has ended well.
    State.PLANNED: frozenset({State.SENDING, State.SENT, State.CANCELLED}),
    State.SENDING: frozenset({State.SENDING, State.SENT, State.PLANNED, State.FAILED, State.CANCELLED}),
    State.FAILED: frozenset({State.PLANNED, State.CANCELLED}),
    State.SENT: frozenset(),
    State.CANCELLED: frozenset(),
}


class Verdict(Enum):
    """What to do with a mail that is due, given where its partner stands now."""

    SEND = auto()
    HOLD = auto()
    CANCEL = auto()


_ANY_PARTNER = frozenset(Standing) - {Standing.INTEGRATOR}
_INTEGRATOR = frozenset({Standing.INTEGRATOR})

MAKES_SENSE_IN: dict[Kind, frozenset[Standing]] = {
    Kind.VERIFY_EMAIL: frozenset({Standing.APPLYING}),
    Kind.DRAFT_SAVED: frozenset({Standing.APPLYING}),
    Kind.CONFIRM_MEMBERSHIP: frozenset({Standing.APPROVED, Standing.ACTIVE}),
    # Whatever became of the partner meanwhile: the person is forgotten after it.
    Kind.MEMBER_REMOVED: _ANY_PARTNER,
    Kind.CONTACT_CHANGED: frozenset({Standing.APPROVED, Standing.ACTIVE, Standing.SUSPENDED}),
    Kind.PASSKEY_ADDED: _ANY_PARTNER,
    Kind.PASSKEY_REMOVED: _ANY_PARTNER,
    Kind.SIGN_IN_LINK: _ANY_PARTNER,
    Kind.CORRECTION_NEEDED: frozenset({Standing.APPLYING}),
    Kind.DEADLINE_NEAR: frozenset({Standing.APPLYING, Standing.APPROVED}),
    Kind.WELCOME: frozenset({Standing.APPROVED}),
    Kind.REJECTED: frozenset({Standing.ENDED}),
    Kind.APPLICATION_WITHDRAWN: frozenset({Standing.ENDED}),
    Kind.APPLICATION_EXPIRED: frozenset({Standing.ENDED}),
    Kind.ACCESS_READY: frozenset({Standing.ACTIVE}),
    Kind.ACCESS_ADDED: frozenset({Standing.ACTIVE}),
    Kind.ACCESS_REFUSED: frozenset({Standing.APPROVED, Standing.ACTIVE, Standing.SUSPENDED}),
    Kind.TIER_CHANGED: frozenset({Standing.APPROVED, Standing.ACTIVE, Standing.SUSPENDED}),
    Kind.SUSPENDED: frozenset({Standing.SUSPENDED}),
    Kind.RESUMED: frozenset({Standing.ACTIVE}),
    # A product may be there, and end, while others are still being made.
    Kind.LEASE_EXPIRING: frozenset({Standing.APPROVED, Standing.ACTIVE}),
    Kind.LEASE_EXPIRED: frozenset({Standing.APPROVED, Standing.ACTIVE, Standing.SUSPENDED}),
    Kind.LEASE_RENEWED: frozenset({Standing.APPROVED, Standing.ACTIVE, Standing.SUSPENDED}),
    Kind.REQUEST_APPROVED: frozenset({Standing.ACTIVE, Standing.SUSPENDED}),
    Kind.REQUEST_REFUSED: frozenset({Standing.ACTIVE, Standing.SUSPENDED}),
    Kind.BUDGET_WARNED: frozenset({Standing.APPROVED, Standing.ACTIVE}),
    Kind.BUDGET_EXCEEDED: frozenset({Standing.APPROVED, Standing.ACTIVE, Standing.SUSPENDED}),
    # The reason is news also where all is gone by the time the mail goes out.
    Kind.OFFBOARDING_STARTED: frozenset({Standing.LEAVING, Standing.ENDED}),
    Kind.GOODBYE: frozenset({Standing.ENDED}),
    Kind.INVITATION: frozenset({Standing.ACTIVE}),
    Kind.PORTAL_SIGN_IN: _INTEGRATOR,
    Kind.ENDPOINT_FAILING: _INTEGRATOR,
    Kind.ENDPOINT_DISABLED: _INTEGRATOR,
}

WAITS_IN: dict[Kind, frozenset[Standing]] = {
    Kind.CONFIRM_MEMBERSHIP: frozenset({Standing.SUSPENDED}),
    Kind.ACCESS_ADDED: frozenset({Standing.SUSPENDED}),
    Kind.INVITATION: frozenset({Standing.APPROVED, Standing.SUSPENDED}),
}

# To addresses that an anonymous visitor typed: their readers asked for nothing and are quoted nothing.
TO_UNCONFIRMED = frozenset({Kind.VERIFY_EMAIL, Kind.CONFIRM_MEMBERSHIP, Kind.DRAFT_SAVED})

# Who is no member, or no more, gets nothing but these, and nobody else does.
ONLY_TO = {
    Membership.NAMED: Kind.CONFIRM_MEMBERSHIP,
    Membership.REMOVED: Kind.MEMBER_REMOVED,
}

TO_INTEGRATORS = frozenset({Kind.PORTAL_SIGN_IN, Kind.ENDPOINT_FAILING, Kind.ENDPOINT_DISABLED})
# What becomes of these is no part of any partner's story, so no event tells it.
UNTOLD = TO_INTEGRATORS | {Kind.DRAFT_SAVED}

# Who waits for such a mail waits at a screen.
AWAITED = frozenset({Kind.VERIFY_EMAIL, Kind.CONFIRM_MEMBERSHIP, Kind.SIGN_IN_LINK, Kind.PORTAL_SIGN_IN})
# The link of these ends soon, and the mail is nothing without it.
NEEDS_LIVE_LINK = AWAITED | {Kind.DEADLINE_NEAR}

# A mail of these kinds takes along what its reader is invited to and was not told yet.
CARRIES_OFFERS = frozenset({Kind.ACCESS_READY, Kind.ACCESS_ADDED, Kind.INVITATION})

# Mails of these kinds tell what is there, by its grant.
TELLS_ACCESS = frozenset({Kind.ACCESS_READY, Kind.ACCESS_ADDED})


def verdict(kind: Kind, standing: Standing) -> Verdict:
    """Whether a mail of this kind still makes sense, must wait, or is moot."""
    if standing in MAKES_SENSE_IN[kind]:
        return Verdict.SEND
    return Verdict.HOLD if standing in WAITS_IN.get(kind, frozenset()) else Verdict.CANCEL


def is_for(kind: Kind, membership: Membership) -> bool:
    """Whether a mail of this kind may go to somebody who stands so."""
    only = ONLY_TO.get(membership)
    return kind is only if only else kind not in ONLY_TO.values()


class MoveNotAllowed(Exception):
    """A message was asked for a move that is missing from ALLOWED_MOVES."""

    def __init__(self, current: State, target: State) -> None:
        super().__init__(f"a message that is {current} cannot become {target}")
        self.current, self.target = current, target


class LinkIntent(Frozen):
    """A link that was promised: signed only when the mail is rendered, never stored signed."""

    id: UUID
    expires_at: datetime

    def as_facts(self) -> dict[str, str]:
        """How a further link of a message is kept among its facts."""
        # Workers of the version before do not write a mail without a purpose, which they do not look at.
        return {"id": str(self.id), "purpose": "", "expires_at": self.expires_at.isoformat()}

    @classmethod
    def from_facts(cls, facts: Mapping[str, str]) -> "LinkIntent":
        """The inverse of `as_facts`."""
        return cls(id=UUID(facts["id"]), expires_at=datetime.fromisoformat(facts["expires_at"]))


class Message(Frozen):
    """The intent of one mail: unique by occasion, kind and member, so a repeated event adds none.

    ``occasion`` is the id of the event that is the reason, or names another reason (a renewal).
    ``facts`` hold what the words need besides the person (reason, products, path); no rendered text.
    Planned, it is due at once, or from ``retry_at`` on. ``attempts`` counts tries; ``doubts`` those that
    ended before we knew whether the mail went out.
    """

    id: UUID
    partner_id: UUID
    member_id: UUID
    kind: Kind
    occasion: str
    planned_at: datetime
    state: State = State.PLANNED
    facts: Mapping[str, Any] = field(default_factory=dict)
    link: LinkIntent | None = None
    attempts: int = 0
    doubts: int = 0
    code: str | None = None
    cause: str | None = None
    retry_at: datetime | None = None
    sent_at: datetime | None = None
    transport: Transport | None = None
    transport_id: str | None = None

    @property
    def is_to_unconfirmed(self) -> bool:
        """Whether the address is one that an anonymous visitor typed and nobody has confirmed."""
        return self.kind in TO_UNCONFIRMED or self.facts.get("waits_for") == "verification"

    def begun(self) -> "Message":
        """Being sent; found in that state already, its sender died in doubt, and that is counted."""
        return replace(
            self._moved(State.SENDING),
            attempts=self.attempts + 1,
            doubts=self.doubts + (self.state is State.SENDING),
            retry_at=None,
        )

    def doubted(self) -> "Message":
        """This attempt was cut off when the mail may have gone out already."""
        return replace(self, doubts=self.doubts + 1)

    def delivered(self, transport: Transport, transport_id: str | None, at: datetime) -> "Message":
        """Taken over by the mail server."""
        done = replace(self._moved(State.SENT), transport=transport, transport_id=transport_id, sent_at=at)
        return replace(done, code=None, cause=None, retry_at=None)

    def postponed(self, code: str, cause: str, retry_at: datetime) -> "Message":
        """Not sent now; tried again at ``retry_at``."""
        return replace(self._moved(State.PLANNED), code=code, cause=cause, retry_at=retry_at)

    def failed(self, code: str, cause: str) -> "Message":
        """Not sent, and nobody tries again unless a person asks for it."""
        return replace(self._moved(State.FAILED), code=code, cause=cause, retry_at=None)

    def cancelled(self, code: str, cause: str) -> "Message":
        """No longer makes sense."""
        return replace(self._moved(State.CANCELLED), code=code, cause=cause, retry_at=None)

    def asked_again(self) -> "Message":
        """A person wants a failed message tried again, with all its attempts. Raises MoveNotAllowed."""
        if self.state is not State.FAILED:
            raise MoveNotAllowed(self.state, State.PLANNED)
        return replace(self._moved(State.PLANNED), attempts=0)

    def _moved(self, target: State) -> "Message":
        if target not in ALLOWED_MOVES[self.state]:
            raise MoveNotAllowed(self.state, target)
        return replace(self, state=target)


# What events say of attempts has this end.
MOST_ATTEMPTS = 10_000


class RetryPlan(Frozen):
    """How long a mail is tried: doubling pauses between the two bounds, at most ``attempts_most`` times."""

    first: timedelta
    most: timedelta
    attempts_most: int

    def pause_after(self, attempt: int) -> timedelta | None:
        """The pause after this failed attempt (counted from 1); None when it was the last."""
        if attempt >= self.attempts_most:
            return None
        doubled: timedelta = self.first * 2 ** min(attempt - 1, 30)
        return min(doubled, self.most)
