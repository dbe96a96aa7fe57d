"""What notifications listens to."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from chassis.events import ReceivedEvent
from chassis.messaging.subscriptions import EventHandler, Subscriptions, TopicOwner
from chassis.service import Service
from notifications.adapters.event_schemas import CONSUMED
from notifications.adapters.unit_of_work import NotificationsUnitOfWork
from notifications.bootstrap import NotificationsService
from notifications.domain.learning_paths import LearningPaths
from notifications.handlers import access_events, member_events, partner_events

OWNERS = {"partner.lifecycle.v1": "onboarding", "access.lifecycle.v1": "provisioning"}

Handle = Callable[[NotificationsUnitOfWork, ReceivedEvent, Mapping[str, Any]], None]


def create_subscriptions(service: Service) -> Subscriptions[NotificationsUnitOfWork]:
    """What the consumer of this service reads."""
    if not isinstance(service, NotificationsService):
        raise TypeError(f"not notifications: {service.name}")
    settings = service.settings
    return subscriptions(settings.learning_paths, settings.mail_gathering, settings.sources_of)


def subscriptions(
    paths: LearningPaths, gathering: timedelta, sources_of: Callable[[str], frozenset[str]]
) -> Subscriptions[NotificationsUnitOfWork]:
    """The table of contents of everything that notifications hears."""
    lifecycle: Mapping[str, Handle] = {
        "partner.email_verification_requested.v1": partner_events.when_partner_email_verification_requested,
        "partner.sign_in_requested.v1": partner_events.when_partner_sign_in_requested,
        "partner.action_required.v1": partner_events.when_partner_action_required,
        "partner.approved.v1": partner_events.when_partner_approved,
        "partner.rejected.v1": partner_events.when_partner_rejected,
        "partner.activated.v1": partial(partner_events.when_partner_activated, paths=paths),
        "partner.suspended.v1": partner_events.when_partner_suspended,
        "partner.resumed.v1": partial(partner_events.when_partner_resumed, paths=paths, gathering=gathering),
        "partner.offboarding_started.v1": partner_events.when_partner_offboarding_started,
        "partner.offboarded.v1": partner_events.when_partner_offboarded,
        "partner.withdrawn.v1": partner_events.when_partner_withdrawn_or_expired,
        "partner.expired.v1": partner_events.when_partner_withdrawn_or_expired,
        "partner.member_confirmation_requested.v1": member_events.when_partner_member_confirmation_requested,
        "partner.member_added.v1": member_events.when_partner_member_added,
        "partner.member_declined.v1": member_events.when_partner_member_declined,
    }
    access: Mapping[str, Handle] = {
        "access.granted.v1": partial(access_events.when_access_granted, paths=paths, gathering=gathering),
        "access.member_added.v1": partial(member_events.when_access_member_added, paths=paths),
    }
    return Subscriptions(
        group="notifications",
        topics={"partner.lifecycle.v1": _handlers(lifecycle), "access.lifecycle.v1": _handlers(access)},
        owners={
            topic: TopicOwner(sources=sources_of(owner), subject_field="partner_id")
            for topic, owner in OWNERS.items()
        },
    )


def _handlers(table: Mapping[str, Handle]) -> dict[str, EventHandler[NotificationsUnitOfWork]]:
    return {name: EventHandler(CONSUMED[name], handle) for name, handle in table.items()}
