"""What integrations subscribes to: everything that is offered to integrators, which is kept and sent on."""

from chassis.messaging.subscriptions import Handle, Subscriptions, subscribe
from integrations.adapters.received_events import schema_of
from integrations.adapters.unit_of_work import IntegrationsUnitOfWork
from integrations.bootstrap import IntegrationsService
from integrations.domain.event_types import EventCatalogue
from integrations.handlers import partner_events
from integrations.handlers.partner_events import when_anything_happened

# The events that say more about the partner; all others of the contracts are only kept.
TOPICS: dict[str, dict[str, Handle[IntegrationsUnitOfWork]]] = {
    "access.lifecycle.v1": {
        "access.granted.v1": partner_events.when_access_granted,
    },
    "partner.lifecycle.v1": {
        "partner.sign_in_requested.v1": partner_events.when_partner_sign_in_requested,
        "partner.approved.v1": partner_events.when_partner_approved,
        "partner.contact_changed.v1": partner_events.when_partner_contact_changed,
        "partner.erased.v1": partner_events.when_partner_erased,
    },
    "partner.sessions.v1": {
        "partner.sessions_ended.v1": partner_events.when_partner_sessions_ended,
    },
    "partner.state.v1": {
        "partner.state.v1": partner_events.when_partner_state,
    },
}


def create_subscriptions(service: IntegrationsService) -> Subscriptions[IntegrationsUnitOfWork]:
    topics = _with_all_of(service.settings.catalogue)
    return subscribe(
        service.settings,
        topics,
        schemas={event: schema_of(event) for events in topics.values() for event in events},
        compacted={"partner.state.v1": partner_events.forget_partner},
        last_words={partner_events.when_partner_erased},
    )


def _with_all_of(catalogue: EventCatalogue) -> dict[str, dict[str, Handle[IntegrationsUnitOfWork]]]:
    topics = {topic: dict(events) for topic, events in TOPICS.items()}
    for kind in catalogue.values():
        topics.setdefault(kind.topic, {}).setdefault(kind.key, when_anything_happened)
    return topics
