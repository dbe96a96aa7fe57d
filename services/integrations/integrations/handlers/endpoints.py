"""Endpoints and their secrets, as integrators manage them. None stands for one that is not theirs."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

from uuid_utils.compat import uuid7

from chassis.identity.single_use import REPEATABLE_FOR
from integrations.domain.endpoints import Endpoint, Secret, State
from integrations.domain.integrator_log import Action, Actor
from integrations.domain.integrators import Integrator
from integrations.domain.quotas import Act
from integrations.domain.refusals import NotPermitted, QuotaReached
from integrations.handlers import commands, jobs, quotas
from integrations.handlers.deliveries import hurry
from integrations.handlers.ports import Work
from integrations.handlers.recording import record
from integrations.handlers.verifying import has_to_be_verified, to_be_asked
from integrations.handlers.visits import id_for

MOST_SECRETS = 5
USUALLY_KEPT = timedelta(days=1)
# A later try from the same page means another one.
DOUBLE_CLICK_WITHIN = timedelta(seconds=5)


def add_endpoint(work: Work, command: commands.AddEndpoint) -> tuple[Endpoint, str] | None:
    """The endpoint and its secret, which is shown this once; None for an integrator that is no more.

    A second click on the same page is the same endpoint: its answer is the one that is seen, so its secret
    replaces the first one. The same page sent again later adds one, as with `rotate_secret`; with another
    address or anything else on it, it makes another endpoint.
    Raises NotPermitted, QuotaReached, FiltersTooDear and QuotaUsedUp.
    """
    integrator = work.integrators.lock(command.integrator_id)
    if integrator is None:
        return None
    quotas.use(work, integrator.id, Act.CHANGE)
    _expect_permitted(integrator, command.event_types)
    wanted = vars(command).copy()
    visit, by = wanted.pop("visit"), wanted.pop("by")
    endpoint_id = id_for(command.integrator_id, "endpoint", visit, wanted)
    if (known := work.endpoints.lock(command.integrator_id, endpoint_id)) is not None:
        is_unseen = work.now() - known.created_at < REPEATABLE_FOR
        return known, _next_secret(work, known, by, timedelta() if is_unseen else USUALLY_KEPT)
    if len(work.endpoints.of_integrator(command.integrator_id)) >= work.policies.most_endpoints:
        raise QuotaReached
    if work.deliveries.forget(endpoint_id, most=1):  # of one that was removed, what waited is on its way out
        endpoint_id = uuid7()
    endpoint = Endpoint(id=endpoint_id, created_at=work.now(), made_by=by, **wanted)
    if endpoint.filter is not None:
        quotas.expect_filters_fit(work, endpoint)
    endpoint = _verified_first(work, endpoint)
    work.endpoints.add(endpoint)
    _record(work, endpoint, by, Action.ENDPOINT_MADE)
    return endpoint, _add_secret(work, endpoint, by)


def change_endpoint(work: Work, command: commands.ChangeEndpoint) -> Endpoint | None:
    """Raises NotPermitted, FiltersTooDear and QuotaUsedUp. What waits is sent as the endpoint is then.

    Another address has to be verified anew, has not failed yet, and is tried at once.
    """
    # Before the endpoint, as whoever adds one does; the filters of all count together.
    integrator = work.integrators.lock(command.integrator_id)
    endpoint = _lock_to_change(work, command)
    if endpoint is None:
        return None
    _expect_permitted(integrator, command.changes.get("event_types"))
    changed = replace(endpoint, **command.changes)
    if (changed.filter, changed.event_types) != (endpoint.filter, endpoint.event_types):
        quotas.expect_filters_fit(work, changed)
    if changed.url != endpoint.url:
        changed = _verified_first(work, replace(changed, verified_at=None, failing_since=None))
        hurry(work, commands.HurryEndpoint(changed.id))
    work.endpoints.save(changed)
    _record(work, changed, command.by, Action.ENDPOINT_CHANGED)
    return changed


def delete_endpoint(work: Work, command: commands.NameEndpoint) -> Endpoint | None:
    """Its deliveries are forgotten by a job. Raises QuotaUsedUp."""
    endpoint = _lock_to_change(work, command)
    if endpoint is not None:
        remove(work, endpoint)
        _record(work, endpoint, command.by, Action.ENDPOINT_REMOVED)
    return endpoint


def remove(work: Work, endpoint: Endpoint) -> None:
    """Nothing more is sent to it; the worker forgets what was."""
    work.endpoints.remove(endpoint)
    work.defer(jobs.forget_endpoint(endpoint.id))


def pause(work: Work, command: commands.NameEndpoint) -> Endpoint | None:
    return _move(work, command, State.PAUSED, Action.ENDPOINT_PAUSED)


def resume(work: Work, command: commands.NameEndpoint) -> Endpoint | None:
    """From now on it gets what waited, and what comes; no retry that was to come later keeps it waiting.

    One that has to be verified is sent nothing before.
    """
    before = work.endpoints.lock(command.integrator_id, command.endpoint_id)
    waits = before and before.state is not State.ACTIVE and has_to_be_verified(work, before)
    target = State.UNVERIFIED if waits else State.ACTIVE
    moved = _move(work, command, target, Action.ENDPOINT_RESUMED)
    if moved is not None:
        hurry(work, commands.HurryEndpoint(moved.id))
    return moved


def rotate_secret(work: Work, command: commands.RotateSecret) -> tuple[Endpoint, str] | None:
    """Sign with the new one at once, beside those before. Raises QuotaReached and QuotaUsedUp.

    A second click on the same page takes the place of the first, whose answer nobody saw.
    """
    endpoint = _lock_to_change(work, command)
    if endpoint is None:
        return None
    kind = command.kind or endpoint.secret_kind
    if kind is not endpoint.secret_kind:
        endpoint = replace(endpoint, secret_kind=kind)
        work.endpoints.save(endpoint)
    return endpoint, _next_secret(work, endpoint, command.by, command.keep, command.visit)


def send_test(work: Work, command: commands.SendTest) -> UUID | None:
    """The id of the delivery, the same one for a double click. Raises NotPermitted and QuotaUsedUp."""
    quotas.use(work, command.integrator_id, Act.TEST)
    endpoint = work.endpoints.lock(command.integrator_id, command.endpoint_id)
    if endpoint is None:
        return None
    _expect_permitted(work.integrators.get(command.integrator_id), (command.event_type,), "type")
    kind = work.policies.catalogue[command.event_type]
    delivery_id = work.events.add_test(endpoint, kind, id_for(endpoint.id, kind.key, command.visit))
    known = work.deliveries.get(command.integrator_id, delivery_id)
    if known is not None and work.now() - known.created_at > DOUBLE_CLICK_WITHIN:
        delivery_id = work.events.add_test(endpoint, kind, id_for(endpoint.id, kind.key, None))
    work.deliveries.wake_sender(endpoint.id)
    return delivery_id


def _lock_to_change(work: Work, command: commands.NameEndpoint) -> Endpoint | None:
    endpoint = work.endpoints.lock(command.integrator_id, command.endpoint_id)
    if endpoint is not None:
        quotas.use(work, endpoint.integrator_id, Act.CHANGE)
    return endpoint


def _verified_first(work: Work, endpoint: Endpoint) -> Endpoint:
    """With a new address: asked at once, and sent nothing but tests until it wants our events."""
    if not has_to_be_verified(work, endpoint):
        return replace(endpoint, challenged_at=None, challenge_outcome=None)
    state = State.UNVERIFIED if endpoint.state is State.ACTIVE else endpoint.state
    return to_be_asked(work, replace(endpoint, state=state))


def _move(work: Work, command: commands.NameEndpoint, target: State, action: Action) -> Endpoint | None:
    endpoint = _lock_to_change(work, command)
    if endpoint is None:
        return None
    moved = endpoint.moved_to(target)
    work.endpoints.save(moved)
    if moved != endpoint:
        _record(work, moved, command.by, action)
    return moved


def _next_secret(
    work: Work, endpoint: Endpoint, by: Actor, keep: timedelta, visit: UUID | None = None
) -> str:
    """Sign with those before for as long as ``keep`` says."""
    now, secret_id = work.now(), id_for(endpoint.id, "secret", visit)
    others = [one for one in work.endpoints.secrets(endpoint.id, now) if one.id != secret_id]
    if len(others) >= MOST_SECRETS and keep > timedelta():
        raise QuotaReached
    work.endpoints.expire_secrets(endpoint.id, now + keep, now)
    _record(work, endpoint, by, Action.SECRET_ROTATED)
    return _add_secret(work, endpoint, by, secret_id)


def _add_secret(work: Work, endpoint: Endpoint, by: Actor, secret_id: UUID | None = None) -> str:
    told, key, public_key = work.policies.secrets.draw(endpoint.secret_kind)
    work.endpoints.add_secret(
        Secret(
            id=secret_id or id_for(endpoint.id, "secret", None),
            endpoint_id=endpoint.id,
            kind=endpoint.secret_kind,
            key=key,
            public_key=public_key,
            created_at=work.now(),
            made_by=by,
        )
    )
    return told


def _record(work: Work, endpoint: Endpoint, by: Actor, action: Action) -> None:
    """Of the address the host alone: the rest may hold a secret."""
    host = urlsplit(endpoint.url).hostname or ""
    record(work, endpoint.integrator_id, by, action, subject_id=endpoint.id, label=host)


def _expect_permitted(
    integrator: Integrator | None, event_types: Sequence[str] | None, field: str = "types"
) -> None:
    if integrator is not None and (refused := integrator.refused(event_types or ())):
        raise NotPermitted(field, refused)
