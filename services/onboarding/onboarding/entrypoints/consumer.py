"""What onboarding listens to."""

from chassis.messaging.subscriptions import EventHandler, Subscriptions, TopicOwner
from chassis.service import Service
from onboarding.adapters.received_events import CONSUMED
from onboarding.adapters.unit_of_work import OnboardingUnitOfWork
from onboarding.handlers import access_events
from onboarding.handlers.timeline_events import when_anything_happened

TOPICS = {
    "access.lifecycle.v1": {
        "access.planned.v1": access_events.when_access_planned,
        "access.provisioning_started.v1": access_events.when_access_provisioning_started,
        "access.granted.v1": access_events.when_access_granted,
        "access.failed.v1": access_events.when_access_failed,
        "access.stuck.v1": access_events.when_access_stuck,
        "access.drift_detected.v1": when_anything_happened,
        "access.waived.v1": access_events.when_access_waived,
        "access.frozen.v1": access_events.when_access_frozen,
        "access.unfrozen.v1": access_events.when_access_unfrozen,
        "access.revoked.v1": access_events.when_access_revoked,
        "access.cleared.v1": access_events.when_access_cleared,
        "access.member_added.v1": when_anything_happened,
    },
    "learning.progress.v1": {
        "learning.invitation_sent.v1": when_anything_happened,
        "learning.invitation_accepted.v1": when_anything_happened,
        "learning.invitation_expired.v1": when_anything_happened,
    },
    "message.delivery.v1": {
        "message.sent.v1": when_anything_happened,
        "message.failed.v1": when_anything_happened,
    },
}

OWNERS = {
    "access.lifecycle.v1": "provisioning",
    "learning.progress.v1": "notifications",
    "message.delivery.v1": "notifications",
}


def create_subscriptions(service: Service) -> Subscriptions[OnboardingUnitOfWork]:
    """The table of contents of everything that onboarding hears."""
    return Subscriptions(
        group="onboarding",
        topics={
            topic: {
                # A line in the timeline may come with others.
                name: EventHandler(CONSUMED[name], handle, is_urgent=handle is not when_anything_happened)
                for name, handle in handlers.items()
            }
            for topic, handlers in TOPICS.items()
        },
        owners={
            topic: TopicOwner(sources=service.settings.sources_of(owner), subject_field="partner_id")
            for topic, owner in OWNERS.items()
        },
    )
