"""The states of a partner's life, and the sets of them that mean something."""

from datetime import timedelta
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
# Who has left still reads how it ended, and repeats a request whose answer was lost; then sessions are over.
FAREWELL = timedelta(minutes=15)

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
