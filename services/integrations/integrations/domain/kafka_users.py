"""An integrator's user of Kafka: which topics it may read, and why not the others."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from chassis.frozen import Frozen
from integrations.domain.event_types import EventCatalogue
from integrations.domain.integrator_log import Actor
from integrations.domain.integrators import Integrator, PartnerRule

ITERATIONS = 8192


class KafkaState(StrEnum):
    """The state of the user on the cluster, as last observed."""

    PENDING = "pending"  # wanted, with a password that the cluster may not have yet
    READY = "ready"  # confirmed there, with the newest password
    LOST = "lost"  # the cluster lost it, and its password is no longer stored: rotate
    ENDING = "ending"  # no longer wanted, and perhaps still there
    REVOKED = "revoked"  # confirmed to be gone, as the integrator lost its permission


@dataclass(frozen=True)
class ScramCredential:
    """What a cluster stores of a password (RFC 5802); it suffices to sign in, so it is a secret, too."""

    salt: bytes
    salted_password: bytes = field(repr=False)
    iterations: int = ITERATIONS

    @classmethod
    def of(cls, password: str) -> "ScramCredential":
        salt = secrets.token_bytes(24)
        return cls(salt, hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ITERATIONS))


class KafkaUser(Frozen):
    """``generation`` grows with each intent; ``credential`` is kept, encrypted, until the cluster has it."""

    integrator_id: UUID
    generation: int
    state: KafkaState
    credential: bytes | None
    changed_at: datetime
    changed_by: Actor | None = None

    def seen(self, *, is_there: bool, is_wanted: bool, at: datetime) -> "KafkaUser | None":
        """After the cluster was reconciled and observed; None if nothing is left to record."""
        if is_wanted:
            state = KafkaState.READY if is_there else KafkaState.LOST
        elif self.state is KafkaState.ENDING:
            return None
        else:
            state = KafkaState.REVOKED
        return replace(self, state=state, credential=None, changed_at=at)


@dataclass(frozen=True)
class TopicAccess:
    """``refused`` gives the reason for each topic that it may not read."""

    topics: tuple[str, ...]
    refused: Mapping[str, str]


def topic_access(integrator: Integrator, catalogue: EventCatalogue) -> TopicAccess:
    """Kafka grants whole topics: one may be read only if nothing in it has to be withheld."""
    by_topic: dict[str, list[str]] = {}
    for kind in catalogue.values():
        by_topic.setdefault(kind.topic, []).append(kind.key)
    reasons = {topic: _why_not(integrator, keys, catalogue) for topic, keys in by_topic.items()}
    return TopicAccess(
        topics=tuple(sorted(topic for topic, reason in reasons.items() if reason is None)),
        refused={topic: reason for topic, reason in sorted(reasons.items()) if reason is not None},
    )


def _why_not(integrator: Integrator, keys: list[str], catalogue: EventCatalogue) -> str | None:
    if integrator.partners.rule is not PartnerRule.ALL:
        return "It holds events of all partners, and you may see those of some."
    if refused := integrator.refused(keys):
        return f"It holds types that you may not see: {', '.join(sorted(refused))}."
    personal = sorted(key for key in keys if catalogue[key].is_personal)
    if personal and not integrator.sees_personal:
        return f"It holds personal fields, which you may not see, in {', '.join(personal)}."
    return None
