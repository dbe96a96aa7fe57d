"""Letting vendors and teams in: what they may see, and the tokens of their programs."""

from dataclasses import replace

from uuid_utils.compat import uuid7

from integrations.domain.api_tokens import ApiToken, hash_of, new_token
from integrations.domain.events import IntegratorPersonRemoved
from integrations.domain.integrators import Integrator
from integrations.domain.quotas import Act
from integrations.handlers import quotas
from integrations.handlers.commands import (
    AddIntegrator,
    ChangeScope,
    IssueToken,
    RemoveIntegrator,
    RevokeToken,
)
from integrations.handlers.endpoints import remove
from integrations.handlers.jobs import reconcile_kafka_users
from integrations.handlers.ports import Work

HINT_LENGTH = 4


def add_integrator(work: Work, command: AddIntegrator) -> Integrator | None:
    """None where another one has the name."""
    integrator = Integrator(
        id=uuid7(),
        name=command.name,
        event_types=command.event_types,
        partners=command.partners,
        sees_personal=command.sees_personal,
        uses_kafka=command.uses_kafka,
        created_at=work.now(),
    )
    return integrator if work.integrators.add(integrator) else None


def change_scope(work: Work, command: ChangeScope) -> Integrator | None:
    """Counts at once, also for what waits to be sent; None for an unknown one."""
    integrator = work.integrators.lock(command.integrator_id)
    if integrator is None:
        return None
    changed = replace(integrator, **command.changes)
    work.integrators.save(changed)
    work.defer(reconcile_kafka_users())
    return changed


def remove_integrator(work: Work, command: RemoveIntegrator) -> Integrator | None:
    """With its tokens, people and endpoints; jobs forget deliveries, and notifications the people.

    None for an unknown one.
    """
    integrator = work.integrators.lock(command.integrator_id)
    if integrator is None:
        return None
    for endpoint in work.endpoints.of_integrator(integrator.id):
        remove(work, endpoint)
    for person in work.people.of_integrator(integrator.id):
        work.emit(IntegratorPersonRemoved(integrator_id=integrator.id, person_id=person.id))
    work.integrators.remove(integrator)
    work.defer(reconcile_kafka_users())
    return integrator


def issue_token(work: Work, command: IssueToken) -> tuple[ApiToken, str] | None:
    """The token as it is shown this once; None for an unknown integrator. Raises QuotaUsedUp."""
    if work.integrators.lock(command.integrator_id) is None:
        return None
    quotas.use(work, command.integrator_id, Act.CHANGE)
    secret = new_token()
    token = ApiToken(
        id=uuid7(),
        integrator_id=command.integrator_id,
        label=command.label,
        hint=secret[-HINT_LENGTH:],
        created_at=work.now(),
    )
    work.api_tokens.add(token, hash_of(secret))
    return token, secret


def revoke_token(work: Work, command: RevokeToken) -> ApiToken | None:
    """Counts from the next request on; None for an unknown one."""
    return work.api_tokens.revoke(command.integrator_id, command.token_id, work.now())
