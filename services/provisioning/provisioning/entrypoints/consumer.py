"""What provisioning listens to."""

from chassis.messaging.subscriptions import EventHandler, Subscriptions, TopicOwner
from chassis.service import Service
from provisioning.adapters.received_events import CONSUMED
from provisioning.adapters.unit_of_work import ProvisioningUnitOfWork
from provisioning.handlers import partner_events

TOPICS = {
    "partner.lifecycle.v1": {
        "partner.approved.v1": partner_events.when_partner_approved,
        "partner.agreement_accepted.v1": partner_events.when_partner_agreement_accepted,
        "partner.member_added.v1": partner_events.when_partner_member_added,
        "partner.suspended.v1": partner_events.when_partner_suspended,
        "partner.resumed.v1": partner_events.when_partner_resumed,
        "partner.offboarding_started.v1": partner_events.when_partner_offboarding_started,
    },
}

OWNERS = {"partner.lifecycle.v1": "onboarding"}


def create_subscriptions(service: Service) -> Subscriptions[ProvisioningUnitOfWork]:
    """The table of contents of everything that provisioning hears."""
    return Subscriptions(
        group="provisioning",
        topics={
            topic: {name: EventHandler(CONSUMED[name], handle) for name, handle in handlers.items()}
            for topic, handlers in TOPICS.items()
        },
        owners={
            topic: TopicOwner(sources=service.settings.sources_of(owner), subject_field="partner_id")
            for topic, owner in OWNERS.items()
        },
    )
