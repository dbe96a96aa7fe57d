"""Why provisioning refuses a request."""

from typing import Self

from chassis.failures import Failure


class Refused(Failure):
    """The present state does not allow the request; the code says why.

    Refusals that some code catches have a class of their own.
    """


class GrantNotFound(Exception):
    """There is no such grant, or not for the caller."""


class NothingToCollect(Refused):
    """The grant has no key, it is not ready, or was handed out already (``is_gone``)."""

    def __init__(self, code: str, message: str, *, is_gone: bool = False) -> None:
        super().__init__(code, message)
        self.is_gone = is_gone


class DeviceNotFound(Exception):
    """The grant has no such device."""


class DeviceNotToBeAdded(Refused):
    """The quota is used up, the name is taken, the grant does not exist, or has no further devices."""


class ClaimNotFound(Exception):
    """The grant has no such claim."""


class ClaimNotValid(Exception):
    """No claim has this secret; the answer does not reveal whether one exists."""


class ClaimNotToBeUsed(Refused):
    """With the right secret, the answer says why no device can join."""


class LeaseNotToBeChanged(Refused):
    """The grant has no lease, or it cannot be changed as requested."""


class FindingNotFound(Exception):
    """There is no such finding."""


class AccountNotFound(Exception):
    """There is no such account here."""


class AccountNotToBeMoved(Refused):
    """An account cannot be moved as an operator requested, or is registered already."""

    @classmethod
    def known(cls, account_id: str) -> Self:
        return cls("account_known", f"The account {account_id} is known already.")


class NoWayIn(Refused):
    """The product has no sign-in, or not for this person, or not now."""
