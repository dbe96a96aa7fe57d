"""The address of an integrator to which events are sent."""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Self
from urllib.parse import urlsplit
from uuid import UUID

from chassis.frozen import Frozen
from integrations.domain.integrator_log import Actor
from integrations.domain.integrators import PartnerScope
from integrations.domain.refusals import MoveNotAllowed


class State(StrEnum):
    """No event is lost in any of them: events wait, and are sent once the endpoint is active (again).

    Unverified: the address has not said yet that it wants our events; only tests are sent.
    """

    ACTIVE = "active"
    UNVERIFIED = "unverified"
    PAUSED = "paused"
    DISABLED = "disabled"


class Order(StrEnum):
    """The order of deliveries: each partner's one after another, or as they come."""

    PARTNER = "partner"
    NONE = "none"


class BodyKind(StrEnum):
    """The representation of the CloudEvent in the request."""

    STRUCTURED = "structured"
    BINARY = "binary"


class SecretKind(StrEnum):
    """How requests are signed: ``v1`` or ``v1a`` of Standard Webhooks."""

    HMAC = "hmac"
    ED25519 = "ed25519"


# The outcome of a successful challenge.
OK = "ok"

ALLOWED_MOVES = {
    State.ACTIVE: {State.PAUSED},
    State.UNVERIFIED: {State.ACTIVE, State.PAUSED},
    State.PAUSED: {State.ACTIVE, State.UNVERIFIED},
    State.DISABLED: {State.ACTIVE, State.UNVERIFIED},
}


class Endpoint(Frozen):
    """``event_types`` None means all that its integrator may see; ``filter`` is an expression over the data.

    ``failing_since`` ends with a success. ``challenge_outcome`` is `OK` or a stable code, None while the
    address is asked.
    """

    id: UUID
    integrator_id: UUID
    url: str
    description: str
    event_types: tuple[str, ...] | None
    partners: PartnerScope
    filter: str | None = None
    order: Order
    body: BodyKind
    secret_kind: SecretKind
    concurrency: int
    rate_per_second: int | None
    state: State = State.ACTIVE
    state_reason: str | None = None
    failing_since: datetime | None = None
    created_at: datetime
    made_by: Actor | None = None
    verified_at: datetime | None = None
    challenged_at: datetime | None = None
    challenge_outcome: str | None = None

    def wants(self, event_type: str) -> bool:
        return self.event_types is None or event_type in self.event_types

    def moved_to(self, target: State) -> Self:
        """Paused by its owner, or active again with a clean record; unchanged if already there."""
        if target is self.state:
            return self
        if target not in ALLOWED_MOVES[self.state]:
            raise MoveNotAllowed(self.state, target)
        return replace(self, state=target, state_reason=None, failing_since=None)


class Secret(Frozen):
    """A key that signs requests; several are valid during a rotation. ``key`` is encrypted."""

    id: UUID
    endpoint_id: UUID
    kind: SecretKind
    key: bytes
    public_key: str | None
    created_at: datetime
    expires_at: datetime | None = None
    made_by: Actor | None = None


class Health(Frozen):
    """Results of an endpoint's newest deliveries, how many wait (up to a bound), and the last success."""

    delivered: int
    failed: int
    waiting: int
    last_at: datetime | None


class SilentEndpoint(Frozen):
    """One that accepts nothing, or is disabled, as operators see it."""

    id: UUID
    integrator_id: UUID
    integrator_name: str
    url: str
    state: State
    state_reason: str | None
    since: datetime

    @property
    def host(self) -> str:
        """The only part of its address that is shown: the rest may contain a secret."""
        return urlsplit(self.url).hostname or ""
