"""What the handlers ask of the outside: steps and the key vault."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from chassis.failures import NeverPossible
from provisioning.domain.orders import GrantOrder

JSON = Any
Outputs = Mapping[str, JSON]


class RefusedFor(NeverPossible):
    """Refused for these people, and done for all others of the order."""

    def __init__(self, refusal: NeverPossible, member_ids: Iterable[UUID]) -> None:
        super().__init__(refusal.code, refusal.message)
        self.member_ids = frozenset(member_ids)


class Step(Protocol):
    """One thing made outside for a grant. All four calls may block on the network and may be repeated.

    ``outputs`` holds the facts (ids, ARNs, names; never a secret) noted so far by the steps of this
    grant. A call may have died after its work and before the note: so each call looks for what is
    there by names made from ``order`` and does not rely on its *own* earlier outputs being noted;
    those of the steps before it are always there.

    Raises `NotNow` (tried again with backoff, up to the limit of attempts), `NotNow` with
    ``retry_after`` (the outside is at work: looked at again then, not counted as a failure, no
    event), or `NeverPossible` (the cause is final until an operator retries). ``code`` is stable,
    ``message`` a sentence for operators and for the partner: no secret, no personal data.
    """

    @property
    def name(self) -> str:
        """The name in `provisioning.domain.products`."""

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, JSON]:
        """Make it unless it is there, and return the facts that later steps and the partner need."""

    def undo(self, order: GrantOrder, outputs: Outputs) -> None:
        """Remove it; nothing to do when it is not there. Also called while frozen, or half made."""

    def freeze(self, order: GrantOrder, outputs: Outputs) -> None:
        """Switch the access off without destroying anything. Also called when half made."""

    def unfreeze(self, order: GrantOrder, outputs: Outputs) -> None:
        """Switch the access on again."""


@dataclass(frozen=True)
class Credentials:
    """What a device needs to speak; handed out once, never stored or logged by us."""

    thing_name: str
    endpoint: str
    certificate_pem: str
    private_key_pem: str = field(repr=False)


class KeyVault(Protocol):
    """Keeps private keys; the only place where they stand."""

    def read(self, order: GrantOrder, outputs: Outputs) -> Credentials:
        """Return the key of the grant's device. Blocks. Raises `NotNow` or `NeverPossible`."""
