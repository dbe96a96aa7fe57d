"""What notifications subscribes to."""

from chassis.messaging.subscriptions import Subscriptions, subscribe
from chassis.service import Service
from notifications.adapters.received_events import CONSUMED
from notifications.adapters.unit_of_work import NotificationsUnitOfWork
from notifications.handlers import (
    access_events,
    draft_events,
    integrator_events,
    member_events,
    partner_events,
    request_events,
)

TOPICS = {
    "partner.sessions.v1": {
        "partner.sessions_ended.v1": member_events.when_partner_sessions_ended,
    },
    "partner.drafts.v1": {
        "partner.draft_saved.v1": draft_events.when_partner_draft_saved,
        "partner.draft_ended.v1": draft_events.when_partner_draft_ended,
    },
    "partner.lifecycle.v1": {
        "partner.email_verification_requested.v1": partner_events.when_partner_email_verification_requested,
        "partner.sign_in_requested.v1": partner_events.when_partner_sign_in_requested,
        "partner.action_required.v1": partner_events.when_partner_action_required,
        "partner.deadline_near.v1": partner_events.when_partner_deadline_near,
        "partner.approved.v1": partner_events.when_partner_approved,
        "partner.rejected.v1": partner_events.when_partner_rejected,
        "partner.activated.v1": partner_events.when_partner_activated,
        "partner.suspended.v1": partner_events.when_partner_suspended,
        "partner.resumed.v1": partner_events.when_partner_resumed,
        "partner.offboarding_started.v1": partner_events.when_partner_offboarding_started,
        "partner.offboarded.v1": partner_events.when_partner_offboarded,
        "partner.withdrawn.v1": partner_events.when_partner_withdrawn,
        "partner.expired.v1": partner_events.when_partner_expired,
        "partner.request_decided.v1": request_events.when_partner_request_decided,
        "partner.profile_changed.v1": partner_events.when_partner_profile_changed,
        "partner.language_chosen.v1": member_events.when_partner_language_chosen,
        "partner.member_confirmation_requested.v1": member_events.when_partner_member_confirmation_requested,
        "partner.member_added.v1": member_events.when_partner_member_added,
        "partner.member_declined.v1": member_events.when_partner_member_declined,
        "partner.member_removed.v1": member_events.when_partner_member_removed,
        "partner.contact_changed.v1": member_events.when_partner_contact_changed,
        "partner.passkey_added.v1": member_events.when_partner_passkey_added,
        "partner.passkey_removed.v1": member_events.when_partner_passkey_removed,
        "partner.tier_changed.v1": partner_events.when_partner_tier_changed,
        "partner.erased.v1": partner_events.when_partner_erased,
    },
    "access.lifecycle.v1": {
        "access.granted.v1": access_events.when_access_granted,
        "access.expiring.v1": access_events.when_access_expiring,
        "access.expired.v1": access_events.when_access_expired,
        "access.renewed.v1": access_events.when_access_renewed,
        "access.budget_warned.v1": access_events.when_access_budget_warned,
        "access.budget_exceeded.v1": access_events.when_access_budget_exceeded,
        "access.waived.v1": access_events.when_access_waived,
        "access.member_added.v1": member_events.when_access_member_added,
    },
    "integrator.lifecycle.v1": {
        "integrator.sign_in_requested.v1": integrator_events.when_integrator_sign_in_requested,
        "integrator.endpoint_failing.v1": integrator_events.when_integrator_endpoint_failing,
        "integrator.endpoint_disabled.v1": integrator_events.when_integrator_endpoint_disabled,
        "integrator.person_removed.v1": integrator_events.when_integrator_person_removed,
    },
}

# The mail that the access is ready tells of the product, or a later one that nobody waits for.
MAY_WAIT = {access_events.when_access_granted}


def create_subscriptions(service: Service) -> Subscriptions[NotificationsUnitOfWork]:
    """Raises KeyError for an event without a schema."""
    return subscribe(
        service.settings,
        TOPICS,
        schemas=CONSUMED,
        not_urgent=MAY_WAIT,
        last_words={partner_events.when_partner_erased},
    )
