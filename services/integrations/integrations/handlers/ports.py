"""What handlers need from the outside, by ability."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from chassis.database.unit_of_work import Transaction
from chassis.events import ReceivedEvent
from chassis.frozen import Frozen
from integrations.domain.api_tokens import ApiToken
from integrations.domain.consents import Consent
from integrations.domain.deliveries import Attempt, Delivery
from integrations.domain.endpoints import Endpoint, Health, Secret, SecretKind, SilentEndpoint
from integrations.domain.event_types import EventCatalogue, EventType
from integrations.domain.filter_costs import CostOf
from integrations.domain.integrator_log import Actor, LogEntry
from integrations.domain.integrators import Integrator
from integrations.domain.kafka_users import KafkaUser, ScramCredential
from integrations.domain.partners import Partner
from integrations.domain.people import Person, SignInLink
from integrations.domain.quotas import Act, Quotas
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


class Policies(Frozen):
    """What the owners of the service decide in files and settings."""

    catalogue: EventCatalogue
    retries: RetrySchedule
    secrets: SecretMaker
    lease: timedelta
    most_endpoints: int
    most_replays_running: int
    # Of the filters of one integrator together, for each event; and what one of them takes.
    most_filter_steps: int
    filter_cost: CostOf
    quotas: Quotas
    # Whether endpoints of all integrators have to be verified.
    verifies_endpoints: bool = False
    # How users of Kafka begin; None where none are offered.
    kafka_prefix: str | None = None


class Partners(Protocol):
    """Partners, as far as they decide who sees their events."""

    def lock(self, partner_id: UUID) -> Partner | None: ...

    def hold(self, partner_id: UUID) -> Partner:
        """Like `lock`, also where nothing was told of the partner yet."""

    def get(self, partner_id: UUID) -> Partner | None: ...

    def known(self, partner_ids: Sequence[UUID]) -> set[UUID]:
        """Those of which anything was told, and that were not erased."""

    def save(self, partner: Partner) -> None:
        """Insert or replace."""

    def note_new_contact(self, partner_id: UUID, at: datetime) -> None:
        """Sessions that began before then are those of somebody else."""

    def end_sessions(self, session_ids: Sequence[UUID]) -> None:
        """Take them no more, whosever they are."""

    def erase(self, partner_id: UUID, at: datetime) -> None:
        """What is told of it later has no effect.

        Its tier, products and consents stay for now: they decide who hears of the erasure.
        """

    def forget_erased(self, before: datetime, most: int) -> int:
        """Delete up to so many that were erased before then, with their consents; how many."""


class Integrators(Protocol):
    """Vendors and teams."""

    def add(self, integrator: Integrator) -> bool:
        """Insert; False when another one has the name."""

    def get(self, integrator_id: UUID) -> Integrator | None: ...

    def lock(self, integrator_id: UUID) -> Integrator | None:
        """Like `get`, and nobody else changes it, or adds to it, before our transaction ends."""

    def save(self, integrator: Integrator) -> None: ...

    def remove(self, integrator: Integrator) -> None:
        """With its tokens, endpoints, secrets and replays."""

    def after(self, name: str, limit: int) -> Sequence[Integrator]:
        """A page of all, by name."""

    def asking(self) -> Sequence[Integrator]:
        """Those that take events by the partners' consent, by name; there are few."""


class Consents(Protocol):
    """What partners agreed to, and what they withdrew."""

    def add(self, consent: Consent) -> None: ...

    def of_partner(self, partner_id: UUID) -> Sequence[Consent]:
        """All in force, and the newest of the others; the newest first."""

    def of_integrator(self, integrator_id: UUID, before: UUID | None, limit: int) -> Sequence[Consent]:
        """A page of them, the newest first; ``before`` is the last one of the page before."""

    def changed_at(self, integrator_id: UUID) -> datetime | None:
        """When the newest was given or withdrawn."""

    def withdraw(self, integrator_id: UUID, partner_id: UUID, at: datetime, by: Actor) -> int:
        """End those in force, and have senders look anew at what they took; how many."""

    def end_of_integrator(self, integrator_id: UUID, at: datetime, by: Actor) -> int:
        """Like `withdraw`, of all partners."""


class IntegratorLog(Protocol):
    """Who did what for each integrator."""

    def add(self, entry: LogEntry) -> None: ...

    def newest(self, integrator_id: UUID, before: UUID | None, limit: int) -> Sequence[LogEntry]:
        """A page of them; ``before`` is the last one of the page before."""

    def forget(self, before: datetime, most: int) -> int:
        """Those of before then; how many."""


class People(Protocol):
    """The people of integrators."""

    def add(self, person: Person) -> bool:
        """Insert; False when the integrator has somebody with this mailbox."""

    def get(self, person_id: UUID) -> Person | None: ...

    def of_integrator(self, integrator_id: UUID) -> Sequence[Person]:
        """All of them; there are few."""

    def hold(self, integrator_id: UUID) -> Sequence[Person]:
        """All of them, of whom nobody is removed until the transaction ends."""

    def of_mailbox(self, mailbox: str, most: int) -> Sequence[Person]:
        """Who reads it and may sign in, those first who were sent a link longest ago, or never."""

    def remove(self, integrator_id: UUID, person_id: UUID) -> Person | None:
        """With all their links."""


class LinkRequests(Protocol):
    """Wishes for a link to an address, perhaps nobody's."""

    def add(self, request_id: UUID, email: str, at: datetime) -> None: ...

    def take(self, request_id: UUID) -> str | None:
        """The mailbox, once."""

    def forget(self, before: datetime) -> None: ...


class SignInLinks(Protocol):
    """Links of mails."""

    def add(self, link: SignInLink) -> None: ...

    def lock(self, link_id: UUID) -> SignInLink | None: ...

    def save(self, link: SignInLink) -> None:
        """That it was used."""

    def made_since(self, person_id: UUID, since: datetime) -> int: ...

    def forget(self, before: datetime) -> None: ...


class ApiTokens(Protocol):
    """The tokens of integrators."""

    def add(self, token: ApiToken, token_hash: bytes) -> None: ...

    def owner_of(self, token_hash: bytes) -> tuple[UUID, UUID] | None:
        """Whose token it is, and its id, unless it was revoked."""

    def get(self, integrator_id: UUID, token_id: UUID) -> ApiToken | None: ...

    def replace(self, token: ApiToken, token_hash: bytes) -> None:
        """The same token, told anew."""

    def of_integrator(self, integrator_id: UUID) -> Sequence[ApiToken]: ...

    def revoke(self, integrator_id: UUID, token_id: UUID, at: datetime) -> ApiToken | None: ...


class Endpoints(Protocol):
    """Where events are sent to, and the secrets of each."""

    def add(self, endpoint: Endpoint) -> None: ...

    def get(self, integrator_id: UUID, endpoint_id: UUID) -> Endpoint | None: ...

    def lock(self, integrator_id: UUID, endpoint_id: UUID) -> Endpoint | None: ...

    def save(self, endpoint: Endpoint) -> None: ...

    def remove(self, endpoint: Endpoint) -> None:
        """With its secrets and replays; its deliveries are sent no more, and forgotten by a job."""

    def of_integrator(self, integrator_id: UUID) -> Sequence[Endpoint]: ...

    def to_warn_of(
        self, now: datetime, warnings: Sequence[timedelta], after: UUID, limit: int
    ) -> Sequence[UUID]:
        """Those whose people have to be told something, by their ids.

        ``warnings`` says after how long an endpoint that fails is warned of.
        """

    def lock_unwarned(self, endpoint_id: UUID) -> tuple[Endpoint, int] | None:
        """One of them, and how many warnings of its present failing were told.

        None once it was told that it is disabled.
        """

    def note_warned(self, endpoint: Endpoint, warnings: int) -> None:
        """What its people were told: so many warnings, or that it is disabled."""

    def add_secret(self, secret: Secret) -> None:
        """Insert, or replace the one with this id."""

    def expire_secrets(self, endpoint_id: UUID, at: datetime, now: datetime) -> None:
        """Let those that would count longer count until then, and forget those that count no more."""

    def secrets(self, endpoint_id: UUID, now: datetime) -> Sequence[Secret]:
        """Those that count now, the newest first."""


class Challenger(Protocol):
    """Asks addresses whether they want our events. Blocks, and never raises for what the other side does."""

    def ask(self, url: str) -> str:
        """``ok``, or a stable code that says why not."""


class EndpointHealth(Protocol):
    """How endpoints are doing."""

    def of(self, endpoint_ids: Sequence[UUID]) -> Mapping[UUID, Health]: ...

    def silent(self, limit: int) -> Sequence[SilentEndpoint]:
        """Those of all integrators that take nothing, or are disabled, the longest silent first."""


class SeenEvent(Frozen):
    """An event as an integrator may see it."""

    id: UUID
    type: str
    partner_id: UUID
    received_at: datetime
    data: str


class Events(Protocol):
    """What came in, as it is sent."""

    def keep(self, event: ReceivedEvent, kind: EventType) -> None:
        """Remember it at the end of the transaction, with a delivery for each endpoint that wants it."""

    def add_test(self, endpoint: Endpoint, kind: EventType, event_id: UUID) -> UUID:
        """An example for one endpoint alone, once for each id; return the id of its delivery."""

    def range_of(self, integrator_id: UUID, since: datetime, until: datetime) -> tuple[int, int, int]:
        """First and last position of what it may see of that time, and how many; (1, 0, 0) for none."""

    def next_of(self, replay: Replay, most: int) -> tuple[int, int]:
        """Up to where a replay gets with so many more events, and how many of them its integrator may see."""

    def shown(self, delivery: Delivery) -> Mapping[str, Any] | None:
        """The event as its endpoint gets it; None for one that was forgotten."""

    def sent(self, delivery: Delivery) -> tuple[str, str] | None:
        """Its attributes and data as JSON, just as they are sent; None as of `shown`."""

    def newest_position(self) -> int:
        """Grows with whatever comes in; 0 where nothing is kept."""

    def seen_by(self, integrator_id: UUID, limit: int) -> Sequence[SeenEvent]:
        """What came in lately and the integrator may see, the newest first, whether or not it is sent."""

    def forget_partner(self, partner_id: UUID) -> None:
        """All of a partner's events, and what became of them."""

    def forget(self, before: datetime, most: int) -> int:
        """The oldest that came in before then, and what is left of the erased; how many.

        With them goes what became of them.
        """


class WantedDeliveries(Frozen):
    """Which deliveries of an integrator. ``since`` and ``until`` bound when their events came in.

    ``before`` is where the page before ended.
    """

    integrator_id: UUID
    endpoint_id: UUID | None = None
    state: str | None = None
    event_type: str | None = None
    partner_id: UUID | None = None
    event_id: UUID | None = None
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
        """Due now, with all its tries; what is on its way stays."""

    def hurry(self, endpoint_id: UUID, at: datetime, most: int) -> int:
        """Some of what waits for a later try is due now, with all its tries; how many.

        What is on its way stays.
        """

    def replay(self, replay: Replay, until: int, at: datetime) -> tuple[int, int]:
        """Start the deliveries of a replay from its position to this one.

        Return how many, and how many were left alone because they are under way.
        """

    def forget(self, endpoint_id: UUID, most: int) -> int:
        """Some of those of an endpoint that is no more, with their attempts; how many."""

    def wake_sender(self, endpoint_id: UUID) -> None:
        """Once our transaction is there: somebody wants this endpoint tried, whatever it did lately."""


class KafkaUserRows(Protocol):
    """What integrators want of Kafka, and what was seen there."""

    def get(self, integrator_id: UUID) -> KafkaUser | None: ...

    def save(self, user: KafkaUser) -> None:
        """Insert or replace."""

    def all(self) -> Sequence[KafkaUser]: ...

    def note(self, before: KafkaUser, after: KafkaUser | None) -> None:
        """Replace or remove it, unless something else was wanted meanwhile."""


class WantedKafkaUser(Frozen):
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

    def newest(self, integrator_id: UUID, limit: int) -> Sequence[Replay]: ...

    def lock(self, replay_id: UUID) -> Replay | None: ...

    def save(self, replay: Replay) -> None: ...

    def running(self, integrator_id: UUID) -> int:
        """How many are not done."""

    def forget(self, before: datetime, most: int) -> int:
        """Those that were begun before then; how many."""


class QuotaUses(Protocol):
    """How often each integrator asked for something within the hour."""

    def of(self, integrator_id: UUID, now: datetime) -> Mapping[Act, tuple[datetime, int]]:
        """Since when how many are counted, of what was asked for within the hour."""

    def add(self, integrator_id: UUID, act: Act, now: datetime) -> tuple[datetime, int]:
        """Count once more; return since when how many are counted."""


class Work(Transaction, Protocol):
    """One transaction of this service, with all that commits with it."""

    policies: Policies
    partners: Partners
    integrators: Integrators
    consents: Consents
    integrator_log: IntegratorLog
    people: People
    link_requests: LinkRequests
    sign_in_links: SignInLinks
    api_tokens: ApiTokens
    endpoints: Endpoints
    endpoint_health: EndpointHealth
    events: Events
    deliveries: Deliveries
    kafka_users: KafkaUserRows
    replays: Replays
    quota_uses: QuotaUses


OpenWork = Callable[[], AbstractContextManager[Work]]
