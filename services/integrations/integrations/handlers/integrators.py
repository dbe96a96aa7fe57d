"""Vendors and teams: what they may see, and the tokens of their programs."""

from dataclasses import replace

from uuid_utils.compat import uuid7

from integrations.domain.api_tokens import ApiToken, hash_of, new_token
from integrations.domain.events import IntegratorPersonRemoved
from integrations.domain.integrator_log import Action, Actor
from integrations.domain.integrators import Integrator
from integrations.domain.quotas import Act
from integrations.domain.refusals import PurposeMissing
from integrations.handlers import commands, quotas
from integrations.handlers.endpoints import remove
from integrations.handlers.jobs import reconcile_kafka_users
from integrations.handlers.ports import Work
from integrations.handlers.recording import record
from integrations.handlers.visits import id_for

HINT_LENGTH = 4


def add_integrator(work: Work, command: commands.AddIntegrator) -> Integrator | None:
    """None if another one has the name. Raises PurposeMissing."""
    integrator = Integrator(id=uuid7(), created_at=work.now(), **vars(command))
    if integrator.lacks_purpose:
        raise PurposeMissing
    return integrator if work.integrators.add(integrator) else None


def change_scope(work: Work, command: commands.ChangeScope) -> Integrator | None:
    """Takes effect at once, also for what waits to be sent; None for an unknown one. Raises PurposeMissing.

    If it asks partners for more than they agreed to, it gets no more before they agree.
    """
    integrator = work.integrators.lock(command.integrator_id)
    if integrator is None:
        return None
    changed = replace(integrator, **command.changes)
    if changed.purpose is not None:
        changed = replace(changed, purpose=changed.purpose.after(integrator.purpose))
    if changed.lacks_purpose:
        raise PurposeMissing
    work.integrators.save(changed)
    record(work, integrator.id, command.by, Action.SCOPE_CHANGED)
    work.defer(reconcile_kafka_users())
    return changed


def remove_integrator(work: Work, command: commands.RemoveIntegrator) -> Integrator | None:
    """With its tokens, people and endpoints; jobs delete deliveries, and notifications deletes the people.

    Consents of partners are ended, and kept as proof. None for an unknown one.
    """
    integrator = work.integrators.lock(command.integrator_id)
    if integrator is None:
        return None
    for endpoint in work.endpoints.of_integrator(integrator.id):
        remove(work, endpoint)
    for person in work.people.of_integrator(integrator.id):
        work.emit(IntegratorPersonRemoved(integrator_id=integrator.id, person_id=person.id))
    work.consents.end_of_integrator(integrator.id, work.now(), command.by)
    work.integrators.remove(integrator)
    work.defer(reconcile_kafka_users())
    return integrator


def issue_token(work: Work, command: commands.IssueToken) -> tuple[ApiToken, str] | None:
    """The token, which is shown only once; None for an unknown integrator. Raises QuotaUsedUp.

    A second click on the same page replaces the first, whose answer nobody saw; with another label
    it creates another one.
    """
    if work.integrators.lock(command.integrator_id) is None:
        return None
    quotas.use(work, command.integrator_id, Act.CHANGE)
    secret, token_id = new_token(), id_for(command.integrator_id, "token", command.visit, command.label)
    known = work.api_tokens.get(command.integrator_id, token_id)
    is_unseen = (
        known is not None
        and known.revoked_at is None
        and work.now() - known.created_at < command.repeatable_for
    )
    token = ApiToken(
        id=token_id if known is None or is_unseen else uuid7(),
        integrator_id=command.integrator_id,
        label=command.label,
        hint=secret[-HINT_LENGTH:],
        created_at=work.now(),
        made_by=command.by,
    )
    (work.api_tokens.replace if is_unseen else work.api_tokens.add)(token, hash_of(secret))
    _record(work, token, command.by, Action.TOKEN_MADE)
    return token, secret


def revoke_token(work: Work, command: commands.RevokeToken) -> ApiToken | None:
    """Takes effect with the next request; None for an unknown one."""
    before = work.api_tokens.get(command.integrator_id, command.token_id)
    token = work.api_tokens.revoke(command.integrator_id, command.token_id, work.now())
    if token is not None and before is not None and before.revoked_at is None:
        _record(work, token, command.by, Action.TOKEN_REVOKED)
    return token


def _record(work: Work, token: ApiToken, by: Actor, action: Action) -> None:
    label = f"{token.label} …{token.hint}".lstrip()
    record(work, token.integrator_id, by, action, subject_id=token.id, label=label)
