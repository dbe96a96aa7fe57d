"""What the handlers of device claims need from outside."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from provisioning.domain.device_claims import DeviceClaim, Redemption
from provisioning.domain.orders import GrantOrder

# Makes a certificate for a public key (PEM) that a device keeps the other half of. Returns the facts that
# the device's steps need; calls nothing outside.
IssueCertificate = Callable[[GrantOrder, str], Mapping[str, str]]


class DeviceClaims(Protocol):
    """The claims of grants; who changes one holds the partner's row."""

    def get(self, claim_id: UUID) -> DeviceClaim | None: ...

    def of_grant(self, grant_id: UUID, now: datetime) -> Sequence[DeviceClaim]:
        """Return those that are not over before the others, the newest first, a bounded number."""

    def save(self, claim: DeviceClaim) -> None:
        """Add it, or keep what may change: secret and revocation."""

    def redemption(self, claim_id: UUID, serial: str) -> Redemption | None:
        """Return how a device of this serial came by the claim; also of one that is gone."""

    def add_redemption(self, redemption: Redemption) -> None: ...
