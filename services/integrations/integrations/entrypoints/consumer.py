"""What integrations subscribes to: everything there is."""

from chassis.messaging.subscriptions import Subscriptions, subscribe
from chassis.service import Service
from integrations.adapters.received_events import schema_of
from integrations.adapters.unit_of_work import IntegrationsUnitOfWork
from integrations.handlers import partner_events
from integrations.handlers.partner_events import when_anything_happened

TOPICS = {
    "access.lifecycle.v1": {
        "access.planned.v1": when_anything_happened,
        "access.approval_requested.v1": when_anything_happened,
        "access.approved.v1": when_anything_happened,
        "access.provisioning_started.v1": when_anything_happened,
        "access.granted.v1": partner_events.when_access_granted,
        "access.failed.v1": when_anything_happened,
        "access.stuck.v1": when_anything_happened,
        "access.drift_detected.v1": when_anything_happened,
        "access.waived.v1": when_anything_happened,
        "access.frozen.v1": when_anything_happened,
        "access.unfrozen.v1": when_anything_happened,
        "access.expiring.v1": when_anything_happened,
        "access.expired.v1": when_anything_happened,
        "access.renewed.v1": when_anything_happened,
        "access.budget_warned.v1": when_anything_happened,
        "access.budget_exceeded.v1": when_anything_happened,
        "access.revoked.v1": when_anything_happened,
        "access.cleared.v1": when_anything_happened,
        "access.member_added.v1": when_anything_happened,
        "access.member_removed.v1": when_anything_happened,
        "access.request_answered.v1": when_anything_happened,
        "access.orphan_found.v1": when_anything_happened,
        "access.orphan_settled.v1": when_anything_happened,
        "access.device_added.v1": when_anything_happened,
        "access.device_removed.v1": when_anything_happened,
        "access.device_stuck.v1": when_anything_happened,
        "access.device_claim_made.v1": when_anything_happened,
        "access.device_claim_revoked.v1": when_anything_happened,
        "access.key_replacement_started.v1": when_anything_happened,
    },
    "learning.progress.v1": {
        "learning.invitation_sent.v1": when_anything_happened,
        "learning.invitation_accepted.v1": when_anything_happened,
        "learning.invitation_expired.v1": when_anything_happened,
        "learning.path_started.v1": when_anything_happened,
        "learning.path_completed.v1": when_anything_happened,
    },
    "message.delivery.v1": {
        "message.sent.v1": when_anything_happened,
        "message.failed.v1": when_anything_happened,
    },
    "partner.lifecycle.v1": {
        "partner.applied.v1": when_anything_happened,
        "partner.email_verification_requested.v1": when_anything_happened,
        "partner.sign_in_requested.v1": partner_events.when_partner_sign_in_requested,
        "partner.email_verified.v1": when_anything_happened,
        "partner.review_started.v1": when_anything_happened,
        "partner.action_required.v1": when_anything_happened,
        "partner.correction_submitted.v1": when_anything_happened,
        "partner.approved.v1": partner_events.when_partner_approved,
        "partner.rejected.v1": when_anything_happened,
        "partner.agreement_accepted.v1": when_anything_happened,
        "partner.provisioning_started.v1": when_anything_happened,
        "partner.activated.v1": when_anything_happened,
        "partner.suspended.v1": when_anything_happened,
        "partner.resumed.v1": when_anything_happened,
        "partner.offboarding_started.v1": when_anything_happened,
        "partner.offboarded.v1": when_anything_happened,
        "partner.withdrawn.v1": when_anything_happened,
        "partner.expired.v1": when_anything_happened,
        "partner.requested.v1": when_anything_happened,
        "partner.request_decided.v1": when_anything_happened,
        "partner.profile_changed.v1": when_anything_happened,
        "partner.language_chosen.v1": when_anything_happened,
        "partner.member_confirmation_requested.v1": when_anything_happened,
        "partner.member_added.v1": when_anything_happened,
        "partner.member_declined.v1": when_anything_happened,
        "partner.member_removed.v1": when_anything_happened,
        "partner.contact_changed.v1": partner_events.when_partner_contact_changed,
        "partner.passkey_added.v1": when_anything_happened,
        "partner.passkey_removed.v1": when_anything_happened,
        "partner.tier_changed.v1": when_anything_happened,
        "partner.erased.v1": partner_events.when_partner_erased,
    },
    "partner.sessions.v1": {
        "partner.sessions_ended.v1": partner_events.when_partner_sessions_ended,
    },
    "partner.state.v1": {
        "partner.state.v1": partner_events.when_partner_state,
    },
}

OWNERS = {
    "access.lifecycle.v1": "provisioning",
    "learning.progress.v1": "notifications",
    "message.delivery.v1": "notifications",
    "partner.lifecycle.v1": "onboarding",
    "partner.sessions.v1": "onboarding",
    "partner.state.v1": "onboarding",
}


def create_subscriptions(service: Service) -> Subscriptions[IntegrationsUnitOfWork]:
    return subscribe(
        service.settings,
        TOPICS,
        schemas={event: schema_of(event) for events in TOPICS.values() for event in events},
        owners=OWNERS,
        subject_field="partner_id",
        compacted={"partner.state.v1": partner_events.forget_partner},
        last_words={partner_events.when_partner_erased},
    )
