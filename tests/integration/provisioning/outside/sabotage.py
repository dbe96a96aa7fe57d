"""What AWS does all day, at random: a script for `HostileProxy`, repeated from a seed."""

import threading
from random import Random

from tests.integration.provisioning.outside.hostile_proxy import Mishap

_READS = ("Describe", "List", "Get")
_BEFORE = (
    Mishap("ThrottlingException", status=400),
    Mishap("TooManyRequestsException", status=429),
    Mishap("AccessDeniedException", status=403),
    Mishap("InternalServiceException", status=500),
    Mishap("ServiceUnavailable", status=503),
    Mishap("ConcurrentModificationException", status=400),
    Mishap("InvalidClientTokenId", status=403),
)
_LOST = Mishap(is_lost=True)
_SLOW_SECONDS, _LATE_SECONDS = 0.05, 0.2
# What each service says of what it does not show yet.
_NOT_YET = {
    "iam": "NoSuchEntity",
    "organizations": "AccountNotFoundException",
    "glue": "EntityNotFoundException",
    "iot": "ResourceNotFoundException",
    "sso-admin": "ResourceNotFoundException",
    "identitystore": "ResourceNotFoundException",
}
_STALE_CALLS = 2


class Sabotage:
    """One call in a hundred goes wrong, and what was just made is sometimes not seen by the next calls.

    Of those that go wrong some are slow, and some writes are done only after whoever asked was cut off.
    """

    def __init__(self, dice: Random, rate: float = 0.01, unseen: float = 0.05) -> None:
        self._dice = dice
        self._rate = rate
        self._unseen = unseen
        self._lock = threading.Lock()
        self._fresh: dict[str, int] = {}
        self.is_calm = False
        self.mishaps: list[str] = []

    def __call__(self, operation: str, _: int) -> Mishap | None:
        with self._lock:
            mishap = None if self.is_calm else self._draw(operation)
            if mishap is not None:
                self.mishaps.append(f"{operation} {_kind(mishap)}")
            return mishap

    def of_crm(self) -> int | None:
        """The status of an answer that is none, 0 for one that gets lost, None for a good one."""
        with self._lock:
            if self.is_calm or self._dice.random() >= self._rate:
                return None
            status = self._dice.choice((0, 0, 429, 500, 503))
            self.mishaps.append(f"crm {status or 'lost'}")
            return status

    def _draw(self, operation: str) -> Mishap | None:
        service, name = operation.split(":", 1)
        is_read = name.startswith(_READS)
        if not is_read and name.startswith(("Create", "Register")):
            self._fresh[service] = _STALE_CALLS
        elif self._fresh.get(service, 0) > 0 and service in _NOT_YET:
            self._fresh[service] -= 1
            if not is_read and self._dice.random() < self._unseen:
                return Mishap(_NOT_YET[service], status=404 if service == "iam" else 400)
        if self._dice.random() >= self._rate:
            return None
        lot = self._dice.random()
        if lot < 0.15:
            return Mishap(waits_seconds=_SLOW_SECONDS * (1 + self._dice.random()))
        if lot < 0.3 and not is_read:
            return Mishap(works_late_seconds=_LATE_SECONDS * self._dice.random())
        return _LOST if lot < 0.55 else self._dice.choice(_BEFORE)


def _kind(mishap: Mishap) -> str:
    if mishap.works_late_seconds:
        return "done late"
    return "lost" if mishap.is_lost else mishap.code or "slow"
