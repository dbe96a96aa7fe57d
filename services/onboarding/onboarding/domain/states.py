"""The states of a partner's life, and the sets of them that mean something."""

from enum import StrEnum


class State(StrEnum):
    """Where a partner stands."""

    APPLIED = "applied"
    EMAIL_VERIFIED = "email_verified"
    IN_REVIEW = "in_review"
    ACTION_REQUIRED = "action_required"
    REJECTED = "rejected"
    APPROVED = "approved"
    AGREEMENT_ACCEPTED = "agreement_accepted"
    PROVISIONING = "provisioning"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    OFFBOARDING = "offboarding"
    OFFBOARDED = "offboarded"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


FINAL = frozenset({State.REJECTED, State.OFFBOARDED, State.WITHDRAWN, State.EXPIRED})

# Only one partner of a country and registration number may be in these.
HOLDS_REGISTRATION = frozenset(
    {
        State.APPROVED,
        State.AGREEMENT_ACCEPTED,
        State.PROVISIONING,
        State.ACTIVE,
        State.SUSPENDED,
        State.OFFBOARDING,
    }
)
