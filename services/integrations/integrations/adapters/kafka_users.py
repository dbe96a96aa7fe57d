"""Users of integrators on Apache Kafka: SCRAM-SHA-512 passwords, and ACLs for topics and groups."""

import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

from kafka.admin import (
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    KafkaAdminClient,
    ResourcePattern,
    ResourcePatternFilter,
    ResourceType,
    ScramMechanism,
    UserScramCredentialDeletion,
    UserScramCredentialUpsertion,
)
from kafka.errors import KafkaError

from chassis.failures import NotNow
from chassis.messaging.kafka_clients import make_admin
from chassis.messaging.watched_client import as_refusal
from chassis.settings.kafka_address import KafkaAddress
from integrations.domain.kafka_users import ScramCredential
from integrations.handlers.ports import KafkaUsersFailed, WantedKafkaUser

_MECHANISM = ScramMechanism.SCRAM_SHA_512
_ANYWHERE = "*"
_SEEN_WITHIN_SECONDS, _LOOK_SECONDS = 5, 0.05


class ClusterKafkaUsers:
    """The `KafkaUsers` port; users whose names begin with the prefix are ours."""

    def __init__(self, admin: KafkaAdminClient, prefix: str) -> None:
        self._admin = admin
        self._prefix = prefix

    def names(self) -> set[str]:
        found = {
            *self._with_password(),
            *(str(acl.principal).removeprefix("User:") for acl in self._rights()),
        }
        return {name for name in found if name.startswith(self._prefix)}

    def make(self, user: WantedKafkaUser) -> bool:
        present, wanted = set(self._rights(user.name)), _wanted_rights(user)
        self._take(sorted(present - wanted, key=repr))
        if missing := sorted(wanted - present, key=repr):
            for refused in self._admin.create_acls(missing)["failed"]:
                raise KafkaUsersFailed(f"a right of {user.name} could not be given: {refused}")
        if user.credential is not None:
            self._alter(user.name, _upsertion(user.name, user.credential))
            self._await(user.name, is_there=True)
        return user.name in self._with_password()

    def remove(self, name: str) -> None:
        self._take(self._rights(name))
        if name in self._with_password():
            self._alter(name, UserScramCredentialDeletion(name, _MECHANISM))
            self._await(name, is_there=False)

    def _await(self, name: str, *, is_there: bool) -> None:
        """For a moment a broker may still answer with its former state."""
        until = time.monotonic() + _SEEN_WITHIN_SECONDS
        while (name in self._with_password()) is not is_there:
            if time.monotonic() > until:
                seen = "was not seen on the cluster" if is_there else "was still seen on the cluster"
                raise KafkaUsersFailed(f"{name} {seen} after {_SEEN_WITHIN_SECONDS} s")
            time.sleep(_LOOK_SECONDS)

    def _with_password(self) -> set[str]:
        described = self._admin.describe_user_scram_credentials()
        return {
            name
            for name, told in described.items()
            if any(one["mechanism"] is _MECHANISM for one in told["credential_infos"])
        }

    def _rights(self, name: str | None = None) -> Sequence[ACL]:
        principal = None if name is None else f"User:{name}"
        anything = ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY)
        acls, _ = self._admin.describe_acls(
            ACLFilter(principal, None, ACLOperation.ANY, ACLPermissionType.ANY, anything)
        )
        return list(acls)

    def _take(self, rights: Sequence[ACL]) -> None:
        filters = [_exactly(acl) for acl in rights]
        for _, _, error in self._admin.delete_acls(filters) if filters else ():
            if issubclass(error, KafkaError) and error.errno:
                raise KafkaUsersFailed(f"a right could not be taken away: {error.__name__}")

    def _alter(self, name: str, alteration: Any) -> None:
        told = self._admin.alter_user_scram_credentials([alteration])
        if (problem := told.get(name)) is not None:
            raise KafkaUsersFailed(f"the password of {name}: {problem}")


@contextmanager
def kafka_users(address: KafkaAddress, prefix: str) -> Iterator[ClusterKafkaUsers]:
    """Connect as the worker's user, who needs ALTER and DESCRIBE of the cluster.

    Raises KafkaUsersFailed, and NotNow while the cluster is away: then whatever needs it waits.
    """
    try:
        with closing(make_admin(address)) as admin:
            yield ClusterKafkaUsers(admin, prefix)
    except KafkaError as error:
        if error.retriable:
            raise NotNow("kafka_unavailable", str(error)) from error
        raise KafkaUsersFailed(str(as_refusal(error, address))) from error


def _wanted_rights(user: WantedKafkaUser) -> set[ACL]:
    topics = [ResourcePattern(ResourceType.TOPIC, topic) for topic in user.topics]
    groups = ResourcePattern(ResourceType.GROUP, f"{user.name}.", ACLResourcePatternType.PREFIXED)
    read = [(pattern, ACLOperation.READ) for pattern in (*topics, groups)]
    describe = [(pattern, ACLOperation.DESCRIBE) for pattern in topics]
    return {
        ACL(f"User:{user.name}", _ANYWHERE, operation, ACLPermissionType.ALLOW, pattern)
        for pattern, operation in (*read, *describe)
    }


def _exactly(acl: ACL) -> ACLFilter:
    pattern = acl.resource_pattern
    place = ResourcePatternFilter(pattern.resource_type, pattern.resource_name, pattern.pattern_type)
    return ACLFilter(acl.principal, acl.host, acl.operation, acl.permission_type, place)


def _upsertion(name: str, credential: ScramCredential) -> UserScramCredentialUpsertion:
    """With the salted password: the password itself is not known here."""
    found = UserScramCredentialUpsertion(
        name, _MECHANISM, b"", iterations=credential.iterations, salt=credential.salt
    )
    found.salted_password = credential.salted_password
    return found
