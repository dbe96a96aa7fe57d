"""Why provisioning refuses what somebody asks for."""

from typing import Self

from chassis.failures import Failure


class Refused(Failure):
    """Something here stands otherwise than what somebody asks for needs; the code says what.

    Those that somebody catches have a class of their own.
    """


class GrantNotFound(Exception):
    """There is no such grant, or not for the one who asks."""


class NothingToCollect(Refused):
    """The grant has no key, it is not ready, or was handed out already (``is_gone``)."""

    def __init__(self, code: str, message: str, *, is_gone: bool = False) -> None:
        super().__init__(code, message)
        self.is_gone = is_gone


class DeviceNotFound(Exception):
    """The grant has no such device."""


class DeviceNotToBeAdded(Refused):
    """The quota is used up, the name is taken, the grant is not there, or has no further devices."""


class ClaimNotFound(Exception):
    """The grant has no such claim."""


class ClaimNotValid(Exception):
    """No claim has this secret; nobody learns whether there is one."""


class ClaimNotToBeUsed(Refused):
    """Whoever shows the right secret is told why no device comes by it."""


class LeaseNotToBeChanged(Refused):
    """The grant has no lease, or it cannot become what somebody asks for."""


class FindingNotFound(Exception):
    """There is no such finding."""


class AccountNotFound(Exception):
    """There is no such account here."""


class AccountNotToBeMoved(Refused):
    """An account cannot be brought to where an operator wants it, or is known already."""

    @classmethod
    def known(cls, account_id: str) -> Self:
        return cls("account_known", f"The account {account_id} is known already.")


class NoWayIn(Refused):
    """Nobody signs in to the product, or not this person, or not now."""
