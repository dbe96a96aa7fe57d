"""Operators' commands of onboarding alone, beside those of every service."""

from uuid import UUID

import click

from chassis.database.operators_log import BEGUN, conclude_action, note_action
from chassis.operating.showing import by_option, reason_option
from chassis.running.runner import Runner
from onboarding.bootstrap import OnboardingService
from onboarding.domain.refusals import PartnerUnknown
from onboarding.entrypoints.sweeps.publishing_states import ACTION, publish_step
from onboarding.handlers.commands import PublishState
from onboarding.handlers.publish_state import publish_state


@click.command("publish-states", help="Send the present snapshot of all partners to partner.state.v1.")
@click.option("--partner", "partner_id", type=click.UUID, default=None, help="Only of this one.")
@reason_option
@by_option
@click.pass_obj
def publish_states(runner: Runner, *, partner_id: UUID | None, reason: str, actor: str) -> None:
    service = runner.service
    if not isinstance(service, OnboardingService):
        raise TypeError(f"not onboarding: {service.name}")
    try:
        if partner_id is None:
            count = _publish_all(service, actor, reason)
        else:
            count = _publish_one(service, partner_id, actor, reason)
    except PartnerUnknown as unknown:
        raise click.ClickException(f"No partner goes by the id {partner_id}.") from unknown
    click.echo(f"snapshots that will be sent: {count}")


def _publish_one(service: OnboardingService, partner_id: UUID, actor: str, reason: str) -> int:
    with service.open_work() as work:
        publish_state(work, PublishState(partner_id))
        told = {"actor": actor, "action": ACTION, "target": str(partner_id), "reason": reason}
        note_action(work.connection, **told)
    return 1


def _publish_all(service: OnboardingService, actor: str, reason: str) -> int:
    with service.open_work() as work:
        told = {"actor": actor, "action": ACTION, "target": "all partners", "reason": reason}
        entry_id = note_action(work.connection, **told, outcome=BEGUN)
    count = 0
    after: UUID | None = None
    while step := publish_step(service, after):
        count += len(step)
        after = step[-1]
    with service.open_work() as work:
        conclude_action(work.connection, entry_id, f"done: {count} partners")
    return count
