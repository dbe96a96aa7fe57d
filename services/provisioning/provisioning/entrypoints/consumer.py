"""What provisioning listens to."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from chassis.events import ReceivedEvent
from chassis.messaging.subscriptions import EventHandler, Subscriptions, TopicOwner
from chassis.service import Service
from provisioning.adapters.event_schemas import CONSUMED
from provisioning.adapters.unit_of_work import ProvisioningUnitOfWork
from provisioning.bootstrap import ProvisioningService
from provisioning.handlers.partner_events import (
    when_partner_agreement_accepted,
    when_partner_approved,
    when_partner_member_added,
    when_partner_offboarding_started,
    when_partner_resumed,
    when_partner_suspended,
)

Handle = Callable[[ProvisioningUnitOfWork, ReceivedEvent, Mapping[str, Any]], None]


def create_subscriptions(service: Service) -> Subscriptions[ProvisioningUnitOfWork]:
    """The table of contents of everything that provisioning hears."""
    if not isinstance(service, ProvisioningService):
        raise TypeError(f"not provisioning: {service.name}")
    plan = partial(when_partner_agreement_accepted, catalogue=service.settings.catalogue)
    handlers: Mapping[str, Handle] = {
        "partner.approved.v1": when_partner_approved,
        "partner.agreement_accepted.v1": plan,
        "partner.member_added.v1": when_partner_member_added,
        "partner.suspended.v1": when_partner_suspended,
        "partner.resumed.v1": when_partner_resumed,
        "partner.offboarding_started.v1": when_partner_offboarding_started,
    }
    onboarding = TopicOwner(sources=service.settings.sources_of("onboarding"), subject_field="partner_id")
    return Subscriptions(
        group="provisioning",
        topics={
            "partner.lifecycle.v1": {
                name: EventHandler(CONSUMED[name], handle) for name, handle in handlers.items()
            }
        },
        owners={"partner.lifecycle.v1": onboarding},
    )
