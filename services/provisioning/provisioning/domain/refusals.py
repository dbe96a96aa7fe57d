"""Why provisioning refuses what somebody asks for."""

from typing import Self

from chassis.failures import Failure


class Refused(Failure):
    """Something here stands otherwise than what somebody asks for needs."""


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


class ClaimNotToBeMade(Refused):
    """A claim has more places than the quota, or the grant is not there, or has too many already."""


class ClaimNotToBeUsed(Refused):
    """Whoever shows the right secret is told why no device comes by it."""


class NotToBeSkipped(Refused):
    """An operator wants a step left as it stands that is not in anybody's way."""


class LeaseNotToBeChanged(Refused):
    """The grant has no lease, or it cannot become what somebody asks for."""


class NoPlan(Refused):
    """A partner's plan is wanted before there is one, or after it."""


class PreviewOutdated(Refused):
    """Something else would be done than an operator has seen."""


class NotToBeForced(Refused):
    """An operator wants everything taken away by force of what is still wanted."""


class FindingNotFound(Exception):
    """There is no such finding."""


class FindingNotToBeSettled(Refused):
    """A finding is settled already, or cannot be removed or adopted as somebody asks for."""


class AccountNotFound(Exception):
    """There is no such account here."""


class AccountNotToBeMoved(Refused):
    """An account cannot be brought to where an operator wants it, or is known already."""

    @classmethod
    def known(cls, account_id: str) -> Self:
        return cls("account_known", f"The account {account_id} is known already.")


class MaintenanceNotToBeChanged(Refused):
    """Maintenance is to begin or to end that has done so already."""


class SweepUnderWay(Refused):
    """One sweep at a time."""


class NoWayIn(Refused):
    """Nobody signs in to the product, or not this person, or not now."""


class BudgetNotToBeRaised(Refused):
    """The grant has no budget, or would still be held off by what it cost."""
