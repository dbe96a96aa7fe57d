"""What provisioning subscribes to."""

from chassis.messaging.subscriptions import Subscriptions, subscribe
from chassis.service import Service
from provisioning.adapters.received_events import CONSUMED
from provisioning.adapters.unit_of_work import ProvisioningUnitOfWork
from provisioning.handlers import erasure_events, member_events, partner_events, request_events

TOPICS = {
    "partner.sessions.v1": {
        "partner.sessions_ended.v1": member_events.when_partner_sessions_ended,
    },
    "partner.lifecycle.v1": {
        "partner.approved.v1": partner_events.when_partner_approved,
        "partner.agreement_accepted.v1": partner_events.when_partner_agreement_accepted,
        "partner.member_added.v1": member_events.when_partner_member_added,
        "partner.member_removed.v1": member_events.when_partner_member_removed,
        "partner.contact_changed.v1": member_events.when_partner_contact_changed,
        "partner.tier_changed.v1": partner_events.when_partner_tier_changed,
        "partner.suspended.v1": partner_events.when_partner_suspended,
        "partner.resumed.v1": partner_events.when_partner_resumed,
        "partner.offboarding_started.v1": partner_events.when_partner_offboarding_started,
        "partner.requested.v1": request_events.when_partner_requested,
        "partner.request_decided.v1": request_events.when_partner_request_decided,
        "partner.erased.v1": erasure_events.when_partner_erased,
    },
}

# What is kept of a partner is of use once the agreement is accepted.
MAY_WAIT = {partner_events.when_partner_approved}


def create_subscriptions(service: Service) -> Subscriptions[ProvisioningUnitOfWork]:
    """Raises KeyError for an event without a schema."""
    return subscribe(
        service.settings,
        TOPICS,
        schemas=CONSUMED,
        not_urgent=MAY_WAIT,
        last_words={erasure_events.when_partner_erased},
    )
