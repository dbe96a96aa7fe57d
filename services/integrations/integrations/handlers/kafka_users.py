"""Users of Kafka: what integrators want, and reconciling the cluster with it.

The web process records what is wanted; the worker compares all users of the cluster whose names begin with
our prefix with all that are wanted. So a crash anywhere leaves no unknown user for longer than a minute.
"""

import json
import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime

from chassis.database.outside_calls import Locks
from chassis.failures import NotNow
from integrations.domain.integrator_log import Action, Actor
from integrations.domain.integrators import Integrator
from integrations.domain.kafka_users import (
    KafkaState,
    KafkaUser,
    ScramCredential,
    TopicAccess,
    topic_access,
)
from integrations.domain.quotas import Act
from integrations.domain.refusals import KafkaNotOffered, KafkaNotPermitted
from integrations.handlers import quotas
from integrations.handlers.commands import NameKafkaUser
from integrations.handlers.jobs import RECONCILE_KAFKA, reconcile_kafka_users
from integrations.handlers.ports import KafkaUsers, KafkaUsersFailed, OpenWork, WantedKafkaUser, Work
from integrations.handlers.recording import record

_OVER = (KafkaState.ENDING, KafkaState.REVOKED)


@dataclass(frozen=True)
class SeenKafkaUser:
    """A user as its integrator sees it."""

    name: str
    state: KafkaState
    access: TopicAccess
    changed_at: datetime
    changed_by: Actor | None


def give_password(work: Work, command: NameKafkaUser) -> tuple[SeenKafkaUser, str]:
    """Create the user, or invalidate its previous password; the new one is shown only once.

    Raises KafkaNotOffered, KafkaNotPermitted and QuotaUsedUp.
    """
    prefix = _prefix(work)
    integrator = work.integrators.lock(command.integrator_id)
    access = _expect_permitted(work, integrator)
    quotas.use(work, command.integrator_id, Act.CHANGE)
    before = work.kafka_users.get(command.integrator_id)
    password = secrets.token_urlsafe(32)
    credential = _sealed(work, ScramCredential.of(password))
    user = _intend(work, command, before, KafkaState.PENDING, credential)
    record(work, command.integrator_id, command.by, Action.KAFKA_PASSWORD_GIVEN)
    return _seen(prefix, user, access), password


def show_user(work: Work, command: NameKafkaUser) -> SeenKafkaUser | None:
    """Raises KafkaNotOffered."""
    prefix, user = _prefix(work), work.kafka_users.get(command.integrator_id)
    integrator = work.integrators.get(command.integrator_id)
    if user is None or integrator is None:
        return None
    return _seen(prefix, user, topic_access(integrator, work.policies.catalogue))


def _seen(prefix: str, user: KafkaUser, access: TopicAccess) -> SeenKafkaUser:
    return SeenKafkaUser(
        f"{prefix}{user.integrator_id}", user.state, access, user.changed_at, user.changed_by
    )


def end_user(work: Work, command: NameKafkaUser) -> SeenKafkaUser | None:
    """Its integrator no longer wants it. Raises KafkaNotOffered."""
    _prefix(work)
    work.integrators.lock(command.integrator_id)
    user = work.kafka_users.get(command.integrator_id)
    if user is not None:
        _intend(work, command, user, KafkaState.ENDING)
        if user.state is not KafkaState.ENDING:
            record(work, command.integrator_id, command.by, Action.KAFKA_USER_ENDED)
    return show_user(work, command)


def _intend(
    work: Work,
    command: NameKafkaUser,
    before: KafkaUser | None,
    state: KafkaState,
    credential: bytes | None = None,
) -> KafkaUser:
    """Record what is wanted from now on, for the worker to carry out."""
    user = KafkaUser(
        integrator_id=command.integrator_id,
        generation=before.generation + 1 if before else 1,
        state=state,
        credential=credential,
        changed_at=work.now(),
        changed_by=command.by,
    )
    work.kafka_users.save(user)
    work.defer(reconcile_kafka_users())
    return user


def reconcile(open_work: OpenWork, kafka: KafkaUsers, locks: Locks) -> None:
    """Remove what is not wanted, then create what is, and record what was observed.

    Raises NotNow while another worker does so, and KafkaUsersFailed.
    """
    with locks.try_hold(RECONCILE_KAFKA) as hold:
        if hold is None:
            raise NotNow("kafka_users_held", "another worker compares the users of Kafka just now")
        with open_work() as work:
            users = [(user, _wanted(work, user)) for user in work.kafka_users.all()]
        wanted = {one.name for _, one in users if one is not None}
        failed = [_removed(kafka, name) for name in sorted(kafka.names() - wanted)]
        failed += [_made(open_work, kafka, user, one) for user, one in users]
    if problems := [str(failure) for failure in failed if failure is not None]:
        raise KafkaUsersFailed("; ".join(problems))


def _removed(kafka: KafkaUsers, name: str) -> KafkaUsersFailed | None:
    try:
        kafka.remove(name)
    except KafkaUsersFailed as failed:
        return failed
    return None


def _made(
    open_work: OpenWork, kafka: KafkaUsers, user: KafkaUser, wanted: WantedKafkaUser | None
) -> KafkaUsersFailed | None:
    """Record what was observed of one; its failure does not delay the others."""
    try:
        is_there = wanted is not None and kafka.make(wanted)
    except KafkaUsersFailed as failed:
        return failed
    is_unknown = user.credential is not None and wanted is not None and wanted.credential is None
    with open_work() as work:
        seen = user.seen(is_there=is_there and not is_unknown, is_wanted=wanted is not None, at=work.now())
        work.kafka_users.note(user, seen)
    return None


def _wanted(work: Work, user: KafkaUser) -> WantedKafkaUser | None:
    integrator = work.integrators.get(user.integrator_id)
    if user.state in _OVER or integrator is None or not integrator.uses_kafka:
        return None
    access = topic_access(integrator, work.policies.catalogue)
    if not access.topics:
        return None
    credential = None if user.credential is None else _opened(work, user.credential)
    return WantedKafkaUser(
        name=f"{_prefix(work)}{user.integrator_id}", topics=access.topics, credential=credential
    )


def _expect_permitted(work: Work, integrator: Integrator | None) -> TopicAccess:
    if integrator is None or not integrator.uses_kafka:
        raise KafkaNotPermitted
    access = topic_access(integrator, work.policies.catalogue)
    if not access.topics:
        raise KafkaNotPermitted(access.refused)
    return access


def _prefix(work: Work) -> str:
    if work.policies.kafka_prefix is None:
        raise KafkaNotOffered
    return work.policies.kafka_prefix


def _sealed(work: Work, credential: ScramCredential) -> bytes:
    parts = [b64encode(part).decode() for part in (credential.salt, credential.salted_password)]
    return work.policies.secrets.seal(json.dumps([*parts, credential.iterations]).encode())


def _opened(work: Work, sealed: bytes) -> ScramCredential | None:
    opened = work.policies.secrets.open(sealed)
    if opened is None:
        return None
    salt, salted, iterations = json.loads(opened)
    return ScramCredential(b64decode(salt), b64decode(salted), iterations)
