"""Who may do what on Kafka, made from ``contracts/topics/*.yaml``: ACLs that are missing, ACLs too many.

The owner of a topic writes it; the consumers that it names read it, each in the group of its own name, and
write their own dead letter topic. Nobody else may do anything, except readers, which have no group.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

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
)
from kafka.errors import KafkaError, SecurityDisabledError

from chassis.frozen import Frozen
from chassis.messaging.topic_contracts import topic_contracts
from chassis.messaging.topics import Report
from chassis.messaging.watched_client import manager_of

# Since 2.8 the right to write a topic includes the right to do so idempotently (KIP-679).
IDEMPOTENCE_FOR_FREE = (2, 8)
EVERYTHING = "*"
_PATIENCE_SECONDS = 10.0


@dataclass(frozen=True)
class TopicRights:
    """What the contract of one topic says about who may do what."""

    topic: str
    owner: str
    consumers: tuple[str, ...]


class Principals(Frozen):
    """How a service is called on the cluster: by the pattern, unless named apart."""

    pattern: str = "User:{service}"
    named: Mapping[str, str] = field(default_factory=dict)
    readers: Sequence[str] = ()
    # Principals that begin so get their rights elsewhere.
    left_alone: str = ""

    def are_kept(self, acl: ACL) -> bool:
        """Whether we say nothing about it."""
        return bool(self.left_alone) and str(acl.principal).startswith(self.left_alone)

    def of(self, service: str) -> str:
        return self.named.get(service) or self.pattern.format(service=service)


def read_rights(folder: Path) -> list[TopicRights]:
    """The rights that the contracts speak of."""
    return [
        TopicRights(str(data["topic"]), str(data["owner"]), tuple(sorted(data.get("consumers") or {})))
        for data in topic_contracts(folder)
    ]


def wanted_acls(rights: Iterable[TopicRights], principals: Principals, *, old_brokers: bool) -> set[ACL]:
    """All ACLs that the contracts ask for."""
    found: set[ACL] = set()
    for right in rights:
        owner = principals.of(right.owner)
        found |= _topic(owner, right.topic, ACLOperation.WRITE)
        if old_brokers:
            found.add(_allow(owner, ResourceType.CLUSTER, "kafka-cluster", ACLOperation.IDEMPOTENT_WRITE))
        for consumer in right.consumers:
            reader = principals.of(consumer)
            found |= _topic(reader, right.topic, ACLOperation.READ)
            found |= _topic(reader, f"{right.topic}.{consumer}.dlq", ACLOperation.WRITE)
            found.add(_allow(reader, ResourceType.GROUP, consumer, ACLOperation.READ))
        for reader in principals.readers:
            found |= _topic(reader, right.topic, ACLOperation.READ)
    return found


class RightsKeeper:
    """Compares and applies; needs the rights of an administrator. May run as often as it likes."""

    def __init__(self, admin: KafkaAdminClient) -> None:
        self._admin = admin

    def apply(
        self,
        rights: Sequence[TopicRights],
        principals: Principals,
        *,
        change: bool = True,
        prune: bool = False,
    ) -> Report:
        """Make ACLs that are missing; name those too many, and with ``prune`` remove them. Raises KafkaError.

        ACLs that reach beyond our topics and groups (prefixes and wildcards) are never removed.
        """
        report = Report()
        old_brokers = manager_of(self._admin).broker_version < IDEMPOTENCE_FOR_FREE
        wanted = wanted_acls(rights, principals, old_brokers=old_brokers)
        try:
            present = self._present()
        except SecurityDisabledError:
            report.note = "the cluster has no authorizer: everybody may do everything, no ACLs were made"
            return report
        ours = {(acl.resource_pattern.resource_type, acl.resource_pattern.resource_name) for acl in wanted}
        extra = {acl for acl in present - wanted if _touches(acl, ours) and not principals.are_kept(acl)}
        self._create(sorted(wanted - present, key=_told), report, change=change)
        for acl in sorted(extra, key=_told):
            self._remove(acl, report, may_remove=change and prune and _is_only_ours(acl, ours))
        return report

    def _present(self) -> set[ACL]:
        anything = ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY)
        every = ACLFilter(None, None, ACLOperation.ANY, ACLPermissionType.ANY, anything)
        acls, _ = self._admin.describe_acls(every)
        return set(acls)

    def _create(self, missing: Sequence[ACL], report: Report, *, change: bool) -> None:
        if not change:
            report.drift += [f"missing ACL: {_told(acl)}" for acl in missing]
        elif missing:
            answer = self._admin.create_acls(missing)
            for refused in answer["failed"]:
                raise refused("an ACL could not be made")
            report.changed += [f"ACL made: {_told(acl)}" for acl in missing]
            self._await(set(missing))

    def _await(self, made: set[ACL]) -> None:
        """Until a broker counts what the controller took: who starts next would be refused."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not made <= self._present() and time.monotonic() < deadline:
            time.sleep(0.1)

    def _remove(self, acl: ACL, report: Report, *, may_remove: bool) -> None:
        if not may_remove:
            report.drift.append(f"ACL that no contract asks for: {_told(acl)}")
            return
        pattern = acl.resource_pattern
        exactly = ResourcePatternFilter(pattern.resource_type, pattern.resource_name, pattern.pattern_type)
        wanted = ACLFilter(acl.principal, acl.host, acl.operation, acl.permission_type, exactly)
        for _, _, error in self._admin.delete_acls([wanted]):
            if issubclass(error, KafkaError) and error.errno:
                raise error("an ACL could not be removed")
        report.changed.append(f"ACL removed: {_told(acl)}")


def _topic(principal: str, topic: str, operation: ACLOperation) -> set[ACL]:
    return {
        _allow(principal, ResourceType.TOPIC, topic, granted)
        for granted in (operation, ACLOperation.DESCRIBE)
    }


def _allow(principal: str, kind: ResourceType, name: str, operation: ACLOperation) -> ACL:
    return ACL(principal, EVERYTHING, operation, ACLPermissionType.ALLOW, ResourcePattern(kind, name))


def _touches(acl: ACL, ours: set[tuple[ResourceType, str]]) -> bool:
    """Whether it says something about a topic or group of ours."""
    pattern = acl.resource_pattern
    if pattern.pattern_type is ACLResourcePatternType.PREFIXED:
        return any(
            kind is pattern.resource_type and name.startswith(pattern.resource_name) for kind, name in ours
        )
    if pattern.resource_name == EVERYTHING:
        return any(kind is pattern.resource_type for kind, _ in ours)
    return _is_only_ours(acl, ours)


def _is_only_ours(acl: ACL, ours: set[tuple[ResourceType, str]]) -> bool:
    pattern = acl.resource_pattern
    is_literal = pattern.pattern_type is ACLResourcePatternType.LITERAL
    return is_literal and (pattern.resource_type, pattern.resource_name) in ours


def _told(acl: ACL) -> str:
    pattern = acl.resource_pattern
    name = pattern.resource_name
    if pattern.pattern_type is ACLResourcePatternType.PREFIXED:
        name = f"{name}… (all that begin so)"
    host = "" if acl.host == EVERYTHING else f" from {acl.host}"
    verb = "may" if acl.permission_type is ACLPermissionType.ALLOW else "may not"
    kind = pattern.resource_type.name.lower()
    return f"{acl.principal} {verb} {acl.operation.name.lower()} {kind} {name}{host}"
