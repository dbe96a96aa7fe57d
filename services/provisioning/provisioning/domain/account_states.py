"""The states of a sandbox's account, and the table of its moves."""

from enum import StrEnum


class AccountState(StrEnum):
    """Where an account was last observed; what is only wanted is stored separately.

    Cleaning: given back, and not seen empty yet. Cooling: seen empty, waiting for bills and quotas of the
    last lease. Closing: everything in it is denied, and AWS has not closed it yet. Ejected: no longer ours.
    """

    MAKING = "making"
    AVAILABLE = "available"
    LEASED = "leased"
    FROZEN = "frozen"
    CLEANING = "cleaning"
    COOLING = "cooling"
    QUARANTINED = "quarantined"
    CLOSING = "closing"
    CLOSED = "closed"
    EJECTED = "ejected"


OVER = frozenset({AccountState.CLOSED, AccountState.EJECTED})
_LEFT_TO_CLOSE = {AccountState.CLOSING, AccountState.CLOSED}
_NOT_LEASED = {AccountState.QUARANTINED, AccountState.EJECTED} | _LEFT_TO_CLOSE

ALLOWED_ACCOUNT_MOVES: frozenset[tuple[AccountState, AccountState]] = frozenset(
    (before, after)
    for before, afters in {
        AccountState.MAKING: {AccountState.AVAILABLE, AccountState.LEASED, AccountState.CLEANING}
        | _NOT_LEASED,
        AccountState.AVAILABLE: {AccountState.LEASED, AccountState.CLEANING} | _NOT_LEASED,
        AccountState.LEASED: {AccountState.FROZEN, AccountState.CLEANING, AccountState.QUARANTINED}
        | _LEFT_TO_CLOSE,
        AccountState.FROZEN: {AccountState.LEASED, AccountState.CLEANING, AccountState.QUARANTINED}
        | _LEFT_TO_CLOSE,
        AccountState.CLEANING: {AccountState.COOLING} | _NOT_LEASED,
        AccountState.COOLING: {AccountState.AVAILABLE, AccountState.CLEANING} | _NOT_LEASED,
        AccountState.QUARANTINED: {AccountState.CLEANING, AccountState.EJECTED} | _LEFT_TO_CLOSE,
        AccountState.CLOSING: {AccountState.CLOSED},
        AccountState.CLOSED: set[AccountState](),
        AccountState.EJECTED: set[AccountState](),
    }.items()
    for after in afters
)
