"""What people, programs and jobs may ask for. ``by`` says who does.

``visit`` is that of the page with the form, if any: a second click on it asks for nothing more.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.frozen import Command
from chassis.identity.single_use import REPEATABLE_FOR
from integrations.domain.consents import Purpose
from integrations.domain.endpoints import BodyKind, Order, SecretKind
from integrations.domain.integrator_log import Actor
from integrations.domain.integrators import PartnerScope
from integrations.domain.people import Language


class OfIntegrator(Command):
    """Something is done for an integrator, or with it."""

    integrator_id: UUID
    by: Actor


class AddIntegrator(Command):
    """An operator lets a vendor or team in, with what it may see."""

    name: str
    event_types: tuple[str, ...] | None
    partners: PartnerScope
    sees_personal: bool
    uses_kafka: bool = False
    verifies_endpoints: bool = False
    purpose: Purpose | None = None


class ChangeScope(OfIntegrator):
    """An operator changes what an integrator may see; ``changes`` are fields of `Integrator`."""

    changes: Mapping[str, Any]


class RemoveIntegrator(OfIntegrator):
    """An operator ends it all: tokens, endpoints and deliveries go."""


class OfPartner(Command, kw_only=False):
    """Names a partner, and nothing else."""

    partner_id: UUID


class GiveConsent(Command):
    """A partner agrees to what it was ``shown``, by the digest of that."""

    partner_id: UUID
    integrator_id: UUID
    shown: str
    by: Actor


class WithdrawConsent(Command):
    """A partner agrees no more."""

    partner_id: UUID
    integrator_id: UUID
    by: Actor


class AddPerson(Command):
    """An operator, or somebody of the integrator, lets a person sign in for it; ``added_by`` says who."""

    integrator_id: UUID
    name: str
    email: str
    language: Language
    added_by: Actor
    visit: UUID | None = None


class RemovePerson(OfIntegrator):
    """Nobody signs in by that person any more."""

    person_id: UUID


class RequestLink(Command, kw_only=False):
    """Someone, perhaps nobody we know, wants a link to the portal sent to that address."""

    email: str


class SendRequestedLink(Command, kw_only=False):
    """The job that looks up who is behind the address."""

    request_id: UUID


class OpenLink(Command):
    """A person comes in by a link; ``visit`` is that of its page."""

    link_id: UUID
    visit: UUID | None = None


class OfEndpoint(Command, kw_only=False):
    """Names an endpoint, and nothing else."""

    endpoint_id: UUID


class WarnOfEndpoint(OfEndpoint):
    """The job that warns an integrator's people of an endpoint that fails, or says that it is disabled."""


class IssueToken(OfIntegrator):
    """An operator, or somebody of the integrator, makes a token for its programs.

    Asked for again within ``repeatable_for``, the first one was seen by nobody, and is replaced.
    """

    label: str
    visit: UUID | None = None
    repeatable_for: timedelta = REPEATABLE_FOR


class RevokeToken(OfIntegrator):
    """A token ends at once."""

    token_id: UUID


class NameKafkaUser(OfIntegrator):
    """An integrator means its user of Kafka: to give it a password, look at it, end it."""


class AddEndpoint(OfIntegrator):
    """An integrator wants events sent to an address."""

    url: str
    description: str
    event_types: tuple[str, ...] | None
    partners: PartnerScope
    filter: str | None
    order: Order
    body: BodyKind
    secret_kind: SecretKind
    concurrency: int
    rate_per_second: int | None
    visit: UUID | None = None


class NameEndpoint(OfIntegrator):
    """An integrator means one of its endpoints: to delete, pause, resume it."""

    endpoint_id: UUID


class ChangeEndpoint(NameEndpoint):
    """An integrator changes an endpoint; ``changes`` are fields of `Endpoint`."""

    changes: Mapping[str, Any]


class RotateSecret(NameEndpoint):
    """Sign with a new secret as well, and with those before for as long as ``keep`` says."""

    kind: SecretKind | None
    keep: timedelta
    visit: UUID | None = None


class SendTest(Command):
    """Send the contract's example of an event to one endpoint."""

    integrator_id: UUID
    endpoint_id: UUID
    event_type: str
    visit: UUID | None = None


class LookAtQuotas(Command, kw_only=False):
    """Somebody asks how much an integrator may have, and how much of it is used."""

    integrator_id: UUID


class RetryDelivery(Command):
    """Send one delivery again, with all its attempts, whatever became of it."""

    integrator_id: UUID
    delivery_id: UUID


class StartReplay(NameEndpoint):
    """Send the events of a time once more to one endpoint."""

    since: datetime
    until: datetime | None
    event_types: tuple[str, ...] | None
    partner_id: UUID | None
    filter: str | None
    only_undelivered: bool
    visit: UUID | None = None


class ContinueReplay(Command, kw_only=False):
    """Look at the next events of a replay."""

    replay_id: UUID


class HurryEndpoint(OfEndpoint):
    """Have some of what waits for a later try sent now."""


class AskEndpoint(Command):
    """The job that asks an endpoint's address whether it wants our events."""

    integrator_id: UUID
    endpoint_id: UUID


class ForgetEndpoint(OfEndpoint):
    """Forget some deliveries of an endpoint that is no more."""


class CleanUp(Command):
    """Forget events that came in before then, and what became of them."""

    before: datetime
