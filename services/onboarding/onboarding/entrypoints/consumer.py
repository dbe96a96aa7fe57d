"""What onboarding subscribes to."""

from chassis.messaging.subscriptions import Subscriptions, subscribe
from chassis.service import Service
from onboarding.adapters.received_events import CONSUMED
from onboarding.adapters.unit_of_work import OnboardingUnitOfWork
from onboarding.handlers import access_events, request_events
from onboarding.handlers.timeline_events import when_anything_happened

TOPICS = {
    "access.lifecycle.v1": {
        "access.planned.v1": access_events.when_access_planned,
        "access.approval_requested.v1": when_anything_happened,
        "access.approved.v1": when_anything_happened,
        "access.provisioning_started.v1": access_events.when_access_provisioning_started,
        "access.granted.v1": access_events.when_access_granted,
        "access.failed.v1": access_events.when_access_failed,
        "access.stuck.v1": access_events.when_access_stuck,
        "access.drift_detected.v1": when_anything_happened,
        "access.expiring.v1": access_events.when_access_expiring,
        "access.expired.v1": access_events.when_access_expired,
        "access.renewed.v1": access_events.when_access_renewed,
        "access.budget_warned.v1": when_anything_happened,
        "access.budget_exceeded.v1": when_anything_happened,
        "access.waived.v1": access_events.when_access_waived,
        "access.frozen.v1": access_events.when_access_frozen,
        "access.unfrozen.v1": access_events.when_access_unfrozen,
        "access.revoked.v1": access_events.when_access_revoked,
        "access.cleared.v1": access_events.when_access_cleared,
        "access.member_added.v1": when_anything_happened,
        "access.member_removed.v1": when_anything_happened,
        "access.request_answered.v1": request_events.when_access_request_answered,
        "access.device_added.v1": when_anything_happened,
        "access.device_removed.v1": when_anything_happened,
        "access.device_stuck.v1": when_anything_happened,
        "access.device_claim_made.v1": when_anything_happened,
        "access.device_claim_revoked.v1": when_anything_happened,
        "access.key_replacement_started.v1": when_anything_happened,
    },
    "integrator.consents.v1": {
        "integrator.consent_given.v1": when_anything_happened,
        "integrator.consent_withdrawn.v1": when_anything_happened,
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
}

# A line in the timeline may come with others; that work on a grant began shows with what comes of it.
MAY_WAIT = {when_anything_happened, access_events.when_access_provisioning_started}


def create_subscriptions(service: Service) -> Subscriptions[OnboardingUnitOfWork]:
    """Raises KeyError for an event without a schema."""
    return subscribe(
        service.settings,
        TOPICS,
        schemas=CONSUMED,
        not_urgent=MAY_WAIT,
    )
