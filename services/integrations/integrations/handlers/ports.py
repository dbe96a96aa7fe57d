"""What handlers need from the outside, by ability."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from chassis.database.unit_of_work import Job
from chassis.events import Event, OutgoingEvent, ReceivedEvent
from integrations.domain.api_tokens import ApiToken
from integrations.domain.deliveries import Attempt, Delivery
from integrations.domain.endpoints import Endpoint, Secret, SecretKind
from integrations.domain.event_types import EventCatalogue, EventType
from integrations.domain.integrators import Integrator
from integrations.domain.kafka_users import KafkaUser, ScramCredential
from integrations.domain.partners import Partner
from integrations.domain.replays import Replay
from integrations.domain.retry_schedule import RetrySchedule


class SecretMaker(Protocol):
    """Draws the secrets that requests are signed with."""

    def seal(self, secret: bytes) -> bytes:
        """As it may be kept."""

    def open(self, sealed: bytes) -> bytes | None:
        """None where it can be read no longer."""

    def draw(self, kind: SecretKind) -> tuple[str, bytes, str | None]:
        """What its owner is told once, the key as it may be kept, and the public key where there is one."""


@dataclass(frozen=True, kw_only=True)
class Policies:
    """What the owners of the service decide in files and settings."""

    catalogue: EventCatalogue
    retries: RetrySchedule
    secrets: SecretMaker
    most_endpoints: int
    # How users of Kafka begin; None where none are offered.
    kafka_prefix: str | None = None


class Partners(Protocol):
    """Partners, as far as they decide who sees their events."""

    def lock(self, partner_id: UUID) -> Partner | None: ...

    def save(self, partner: Partner) -> None:
        """Insert or replace."""

    def remove(self, partner_id: UUID) -> None: ...


class Integrators(Protocol):
    """Vendors and teams."""

    def add(self, integrator: Integrator) -> bool:
        """Insert; False when another one has the name."""

    def get(self, integrator_id: UUID) -> Integrator | None: ...

    def lock(self, integrator_id: UUID) -> Integrator | None:
        """Like `get`, and nobody else changes it, or adds to it, before our transaction ends."""

    def save(self, integrator: Integrator) -> None: ...

    def after(self, name: str, limit: int) -> Sequence[Integrator]:
        """A page of all, by name."""


class ApiTokens(Protocol):
    """The tokens of integrators."""

    def add(self, token: ApiToken, token_hash: bytes) -> None: ...

    def owner_of(self, token_hash: bytes) -> UUID | None:
        """Whose token it is, unless it was revoked."""

    def of_integrator(self, integrator_id: UUID) -> Sequence[ApiToken]: ...

    def revoke(self, integrator_id: UUID, token_id: UUID, at: datetime) -> ApiToken | None: ...


class Endpoints(Protocol):
    """Where events are sent to, and the secrets of each."""

    def add(self, endpoint: Endpoint) -> None: ...

    def get(self, integrator_id: UUID, endpoint_id: UUID) -> Endpoint | None: ...

    def lock(self, integrator_id: UUID, endpoint_id: UUID) -> Endpoint | None: ...

    def save(self, endpoint: Endpoint) -> None: ...

    def remove(self, endpoint: Endpoint) -> None:
        """With its secrets; its deliveries are sent no more, and cleaned away with their events."""

    def of_integrator(self, integrator_id: UUID) -> Sequence[Endpoint]: ...

    def add_secret(self, secret: Secret) -> None: ...

    def expire_secrets(self, endpoint_id: UUID, at: datetime, now: datetime) -> None:
        """Let those that would count longer count until then, and forget those that count no more."""

    def secrets(self, endpoint_id: UUID, now: datetime) -> Sequence[Secret]:
        """Those that count now, the newest first."""


class Events(Protocol):
    """What came in, as it is sent."""

    def keep(self, event: ReceivedEvent, kind: EventType) -> None:
        """Remember it at the end of the transaction, with a delivery for each endpoint that wants it."""

    def add_test(self, endpoint: Endpoint, kind: EventType) -> UUID:
        """An example for one endpoint alone; return the id of its delivery."""

    def range_of(self, since: datetime, until: datetime) -> tuple[int, int]:
        """The first and last position of what came in from then till then; (1, 0) for nothing."""

    def shown(self, delivery: Delivery) -> Mapping[str, Any] | None:
        """The event as its endpoint gets it; None for one that was forgotten."""

    def forget_partner(self, partner_id: UUID) -> None:
        """All of a partner's events, and what became of them."""

    def forget(self, before: datetime, most: int) -> int:
        """The oldest that came in before then, with what became of them; how many."""


@dataclass(frozen=True, kw_only=True)
class WantedDeliveries:
    """Which deliveries of an integrator; ``before`` is where the page before ended."""

    integrator_id: UUID
    endpoint_id: UUID | None = None
    state: str | None = None
    event_type: str | None = None
    partner_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: tuple[int, UUID] | None = None
    limit: int = 50


class Deliveries(Protocol):
    """Events on their way."""

    def get(self, integrator_id: UUID, delivery_id: UUID) -> Delivery | None: ...

    def find(self, wanted: WantedDeliveries) -> Sequence[Delivery]:
        """The newest first."""

    def attempts(self, delivery: Delivery) -> Sequence[Attempt]: ...

    def restart(self, delivery: Delivery, at: datetime) -> None:
        """Due now, with all its tries."""

    def hurry(self, endpoint_id: UUID, at: datetime) -> None:
        """What waits for a later try is due now, with all its tries; what is on its way stays."""

    def replay(self, replay: Replay, until: int, at: datetime) -> int:
        """Start the deliveries of a replay from its position to this one; how many."""

    def wake_sender(self) -> None:
        """Once our transaction is there."""


class KafkaUserRows(Protocol):
    """What integrators want of Kafka, and what was seen there."""

    def get(self, integrator_id: UUID) -> KafkaUser | None: ...

    def save(self, user: KafkaUser) -> None:
        """Insert or replace."""

    def all(self) -> Sequence[KafkaUser]: ...

    def note(self, before: KafkaUser, after: KafkaUser | None) -> None:
        """Replace or remove it, unless something else was wanted meanwhile."""


@dataclass(frozen=True, kw_only=True)
class WantedKafkaUser:
    """A user as it should be on the cluster; without a ``credential`` its password stays."""

    name: str
    topics: tuple[str, ...]
    credential: ScramCredential | None


class KafkaUsers(Protocol):
    """The users of integrators on the cluster. Blocks; raises KafkaUsersFailed."""

    def names(self) -> set[str]:
        """All that have a password or a right there."""

    def make(self, user: WantedKafkaUser) -> bool:
        """Give it exactly its rights, and its password; False when it has none and none is at hand."""

    def remove(self, name: str) -> None:
        """Take away its rights, which counts at once, and then its password."""


class KafkaUsersFailed(Exception):
    """The cluster did not do it; the text says why."""


class Replays(Protocol):
    """Events sent once more."""

    def add(self, replay: Replay) -> None: ...

    def get(self, integrator_id: UUID, replay_id: UUID) -> Replay | None: ...

    def lock(self, replay_id: UUID) -> Replay | None: ...

    def save(self, replay: Replay) -> None: ...


class Work(Protocol):
    """One transaction of this service, with all that commits with it."""

    @property
    def policies(self) -> Policies: ...

    @property
    def partners(self) -> Partners: ...

    @property
    def integrators(self) -> Integrators: ...

    @property
    def api_tokens(self) -> ApiTokens: ...

    @property
    def endpoints(self) -> Endpoints: ...

    @property
    def events(self) -> Events: ...

    @property
    def deliveries(self) -> Deliveries: ...

    @property
    def kafka_users(self) -> KafkaUserRows: ...

    @property
    def replays(self) -> Replays: ...

    def emit(self, event: Event) -> OutgoingEvent: ...

    def defer(self, job: Job) -> None: ...

    def now(self) -> datetime: ...


class OpenWork(Protocol):
    """Opens a transaction; it commits on a clean exit."""

    def __call__(self) -> AbstractContextManager[Work]: ...
