"""The life cycle as a table: each move, where it may start and where it ends."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from onboarding.domain.states import State


class Move(StrEnum):
    """A step in a partner's life, named as a command."""

    VERIFY_EMAIL = "verify_email"
    START_REVIEW = "start_review"
    ASK_FOR_CORRECTION = "ask_for_correction"
    SUBMIT_CORRECTION = "submit_correction"
    REJECT = "reject"
    APPROVE = "approve"
    ACCEPT_AGREEMENT = "accept_agreement"
    START_PROVISIONING = "start_provisioning"
    ACTIVATE = "activate"
    SUSPEND = "suspend"
    RESUME = "resume"
    START_OFFBOARDING = "start_offboarding"
    FINISH_OFFBOARDING = "finish_offboarding"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"


@dataclass(frozen=True)
class Path:
    """One row of the table."""

    sources: frozenset[State]
    target: State


def _path(target: State, *sources: State) -> Path:
    return Path(frozenset(sources), target)


S = State

MOVES: Mapping[Move, Path] = {
    Move.VERIFY_EMAIL: _path(S.EMAIL_VERIFIED, S.APPLIED),
    Move.START_REVIEW: _path(S.IN_REVIEW, S.EMAIL_VERIFIED),
    Move.ASK_FOR_CORRECTION: _path(S.ACTION_REQUIRED, S.IN_REVIEW),
    Move.SUBMIT_CORRECTION: _path(S.IN_REVIEW, S.ACTION_REQUIRED),
    Move.REJECT: _path(S.REJECTED, S.IN_REVIEW),
    Move.APPROVE: _path(S.APPROVED, S.IN_REVIEW),
    Move.ACCEPT_AGREEMENT: _path(S.AGREEMENT_ACCEPTED, S.APPROVED),
    Move.START_PROVISIONING: _path(S.PROVISIONING, S.AGREEMENT_ACCEPTED),
    Move.ACTIVATE: _path(S.ACTIVE, S.PROVISIONING),
    Move.SUSPEND: _path(S.SUSPENDED, S.ACTIVE),
    Move.RESUME: _path(S.ACTIVE, S.SUSPENDED),
    # Leaving after the agreement: external resources have to be removed first.
    Move.START_OFFBOARDING: _path(
        S.OFFBOARDING,
        S.AGREEMENT_ACCEPTED,
        S.PROVISIONING,
        S.ACTIVE,
        S.SUSPENDED,
    ),
    Move.FINISH_OFFBOARDING: _path(S.OFFBOARDED, S.OFFBOARDING),
    # Leaving before the agreement: nothing has been created yet.
    Move.WITHDRAW: _path(
        S.WITHDRAWN,
        S.APPLIED,
        S.EMAIL_VERIFIED,
        S.IN_REVIEW,
        S.ACTION_REQUIRED,
        S.APPROVED,
    ),
    # The states in which we wait for the applicant, each with a deadline.
    Move.EXPIRE: _path(S.EXPIRED, S.APPLIED, S.ACTION_REQUIRED, S.APPROVED),
}


def moves_from(state: State) -> frozenset[Move]:
    """Every move that may start in ``state``."""
    return frozenset(move for move, path in MOVES.items() if state in path.sources)
