"""The events that integrations sends, one class for each contract of its topic."""

from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from chassis.events import Event
from chassis.frozen import Frozen
from integrations.domain.people import Language, Person, SignInLink


class IntegratorPerson(Frozen):
    """Whom to write to: the contract marks name and address as personal."""

    person_id: UUID
    name: str
    email: str
    language: Language

    @classmethod
    def of(cls, person: Person) -> Self:
        return cls(person_id=person.id, name=person.name, email=person.email, language=person.language)


class PortalLink(Frozen):
    """A link by its id; the link itself never stands in an event."""

    id: UUID
    expires_at: datetime

    @classmethod
    def of(cls, link: SignInLink) -> Self:
        return cls(id=link.id, expires_at=link.expires_at)


class IntegratorEvent(Event, topic="integrator.lifecycle.v1", subject_field="integrator_id"):
    """Something that an integrator's people have to know."""

    integrator_id: UUID


class IntegratorSignInRequested(IntegratorEvent, name="integrator.sign_in_requested"):
    """Someone asked for a link, and the address is that of a person."""

    integrator_name: str
    person: IntegratorPerson
    link: PortalLink


class IntegratorEndpointFailing(IntegratorEvent, name="integrator.endpoint_failing"):
    """An endpoint has taken nothing for some time, and is disabled if that goes on."""

    integrator_name: str
    people: tuple[IntegratorPerson, ...]
    endpoint_id: UUID
    host: str
    failing_since_at: datetime
    disabled_from_at: datetime


class IntegratorEndpointDisabled(IntegratorEvent, name="integrator.endpoint_disabled"):
    """Nothing is sent to an endpoint any more, until somebody enables it."""

    integrator_name: str
    people: tuple[IntegratorPerson, ...]
    endpoint_id: UUID
    host: str
    reason: Literal["gone", "failing"]


class ConsentEvent(Event, topic="integrator.consents.v1", subject_field="partner_id"):
    """What a partner decided about an integrator."""

    partner_id: UUID
    integrator_id: UUID
    integrator_name: str


class IntegratorConsentGiven(ConsentEvent, name="integrator.consent_given"):
    """The partner agreed that the integrator sees events of it from now on."""

    event_types: tuple[str, ...]
    sees_personal: bool


class IntegratorConsentWithdrawn(ConsentEvent, name="integrator.consent_withdrawn"):
    """The integrator sees nothing of the partner any more."""


class IntegratorPersonRemoved(IntegratorEvent, name="integrator.person_removed"):
    """Nobody writes to this person any more, and what was kept of them goes."""

    person_id: UUID
