"""What onboarding subscribes to."""

from chassis.messaging.subscriptions import Subscriptions, subscribe
from chassis.service import Service
from onboarding.adapters.received_events import CONSUMED
from onboarding.adapters.unit_of_work import OnboardingUnitOfWork
from onboarding.handlers import access_events, request_events
from onboarding.handlers.timeline_events import when_anything_happened

# Each event that is read here leaves a line in the timeline; these do more.
_MORE = {
    "access.planned.v1": access_events.when_access_planned,
    "access.provisioning_started.v1": access_events.when_access_provisioning_started,
    "access.granted.v1": access_events.when_access_granted,
    "access.failed.v1": access_events.when_access_failed,
    "access.stuck.v1": access_events.when_access_stuck,
    "access.expiring.v1": access_events.when_access_expiring,
    "access.expired.v1": access_events.when_access_expired,
    "access.renewed.v1": access_events.when_access_renewed,
    "access.waived.v1": access_events.when_access_waived,
    "access.frozen.v1": access_events.when_access_frozen,
    "access.unfrozen.v1": access_events.when_access_unfrozen,
    "access.revoked.v1": access_events.when_access_revoked,
    "access.cleared.v1": access_events.when_access_cleared,
    "access.request_answered.v1": request_events.when_access_request_answered,
}
TOPICS = {
    topic: {
        name: _MORE.get(name, when_anything_happened)
        for name in CONSUMED
        if name.partition(".")[0] == topic.partition(".")[0]
    }
    for topic in (
        "access.lifecycle.v1",
        "integrator.consents.v1",
        "learning.progress.v1",
        "message.delivery.v1",
    )
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
