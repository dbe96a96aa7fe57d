"""Endpoints and their secrets, as integrators manage them. None stands for one that is not theirs."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid5

from uuid_utils.compat import uuid7

from chassis.identity.single_use import REPEATABLE_FOR
from integrations.domain.endpoints import Endpoint, Secret, SecretKind, State
from integrations.domain.integrators import Integrator
from integrations.domain.quotas import Act
from integrations.domain.refusals import NotPermitted, QuotaReached
from integrations.handlers import jobs, quotas
from integrations.handlers.commands import (
    AddEndpoint,
    ChangeEndpoint,
    HurryEndpoint,
    NameEndpoint,
    RotateSecret,
    SendTest,
)
from integrations.handlers.deliveries import hurry
from integrations.handlers.ports import Work

MOST_SECRETS = 5
USUALLY_KEPT = timedelta(days=1)


def add_endpoint(work: Work, command: AddEndpoint) -> tuple[Endpoint, str] | None:
    """The endpoint and its secret, which is shown this once; None for an integrator that is no more.

    A second click on the same page is the same endpoint: its answer is the one that is seen, so its secret
    replaces the first one. The same page sent again later adds one, as with `rotate_secret`.
    Raises NotPermitted, QuotaReached and QuotaUsedUp.
    """
    integrator = work.integrators.lock(command.integrator_id)
    if integrator is None:
        return None
    quotas.use(work, integrator.id, Act.CHANGE)
    _expect_permitted(integrator, command.event_types)
    wanted = vars(command).copy()
    visit = wanted.pop("visit")
    endpoint_id = uuid7() if visit is None else uuid5(command.integrator_id, str(visit))
    if (known := work.endpoints.lock(command.integrator_id, endpoint_id)) is not None:
        is_unseen = work.now() - known.created_at < REPEATABLE_FOR
        return known, _next_secret(work, known, timedelta() if is_unseen else USUALLY_KEPT)
    if len(work.endpoints.of_integrator(command.integrator_id)) >= work.policies.most_endpoints:
        raise QuotaReached
    endpoint = Endpoint(id=endpoint_id, created_at=work.now(), **wanted)
    work.endpoints.add(endpoint)
    return endpoint, _add_secret(work, endpoint.id, command.secret_kind)


def change_endpoint(work: Work, command: ChangeEndpoint) -> Endpoint | None:
    """Raises NotPermitted and QuotaUsedUp. What waits already is sent as the endpoint is then."""
    endpoint = _lock_to_change(work, command)
    if endpoint is None:
        return None
    _expect_permitted(work.integrators.get(command.integrator_id), command.changes.get("event_types"))
    changed = replace(endpoint, **command.changes)
    work.endpoints.save(changed)
    return changed


def delete_endpoint(work: Work, command: NameEndpoint) -> Endpoint | None:
    """Its deliveries are forgotten by a job. Raises QuotaUsedUp."""
    endpoint = _lock_to_change(work, command)
    if endpoint is not None:
        remove(work, endpoint)
    return endpoint


def remove(work: Work, endpoint: Endpoint) -> None:
    """Nothing more is sent to it; the worker forgets what was."""
    work.endpoints.remove(endpoint)
    work.defer(jobs.forget_endpoint(endpoint.id))


def pause(work: Work, command: NameEndpoint) -> Endpoint | None:
    return _move(work, command, State.PAUSED)


def resume(work: Work, command: NameEndpoint) -> Endpoint | None:
    """From now on it gets what waited, and what comes; no retry that was to come later keeps it waiting."""
    before = work.endpoints.lock(command.integrator_id, command.endpoint_id)
    moved = _move(work, command, State.ACTIVE)
    if moved is not None and moved != before:
        hurry(work, HurryEndpoint(moved.id))
    return moved


def rotate_secret(work: Work, command: RotateSecret) -> tuple[Endpoint, str] | None:
    """Sign with the new one at once, beside those before. Raises QuotaReached and QuotaUsedUp."""
    endpoint = _lock_to_change(work, command)
    if endpoint is None:
        return None
    kind = command.kind or endpoint.secret_kind
    if kind is not endpoint.secret_kind:
        endpoint = replace(endpoint, secret_kind=kind)
        work.endpoints.save(endpoint)
    return endpoint, _next_secret(work, endpoint, command.keep)


def send_test(work: Work, command: SendTest) -> UUID | None:
    """The id of the delivery. Raises NotPermitted and QuotaUsedUp."""
    quotas.use(work, command.integrator_id, Act.TEST)
    endpoint = work.endpoints.get(command.integrator_id, command.endpoint_id)
    if endpoint is None:
        return None
    _expect_permitted(work.integrators.get(command.integrator_id), (command.event_type,), "type")
    delivery_id = work.events.add_test(endpoint, work.policies.catalogue[command.event_type])
    work.deliveries.wake_sender()
    return delivery_id


def _lock_to_change(work: Work, command: ChangeEndpoint | NameEndpoint | RotateSecret) -> Endpoint | None:
    endpoint = work.endpoints.lock(command.integrator_id, command.endpoint_id)
    if endpoint is not None:
        quotas.use(work, endpoint.integrator_id, Act.CHANGE)
    return endpoint


def _move(work: Work, command: NameEndpoint, target: State) -> Endpoint | None:
    endpoint = _lock_to_change(work, command)
    if endpoint is None:
        return None
    moved = endpoint.moved_to(target)
    work.endpoints.save(moved)
    return moved


def _next_secret(work: Work, endpoint: Endpoint, keep: timedelta) -> str:
    """Sign with those before for as long as ``keep`` says."""
    now = work.now()
    if len(work.endpoints.secrets(endpoint.id, now)) >= MOST_SECRETS and keep > timedelta():
        raise QuotaReached
    work.endpoints.expire_secrets(endpoint.id, now + keep, now)
    return _add_secret(work, endpoint.id, endpoint.secret_kind)


def _add_secret(work: Work, endpoint_id: UUID, kind: SecretKind) -> str:
    told, key, public_key = work.policies.secrets.draw(kind)
    work.endpoints.add_secret(
        Secret(
            id=uuid7(),
            endpoint_id=endpoint_id,
            kind=kind,
            key=key,
            public_key=public_key,
            created_at=work.now(),
        )
    )
    return told


def _expect_permitted(
    integrator: Integrator | None, event_types: Sequence[str] | None, field: str = "types"
) -> None:
    if integrator is not None and (refused := integrator.refused(event_types or ())):
        raise NotPermitted(field, refused)
