"""A vendor or team that gets events, and what it may see."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class PartnerRule(StrEnum):
    """How partners are chosen."""

    ALL = "all"
    TIERS = "tiers"
    PRODUCTS = "products"
    NAMED = "named"


@dataclass(frozen=True)
class PartnerScope:
    """Whose events: all, or those of partners in these tiers, with these products, or of these ids.

    The facts that count are the newest ones, when an event comes in and again when it is sent.
    """

    rule: PartnerRule = PartnerRule.ALL
    values: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Integrator:
    """Without ``sees_personal`` it gets events without the fields that their contracts mark as personal.

    With ``uses_kafka`` it may have a user of Kafka, for the topics of which it may see everything.
    With ``verifies_endpoints`` each of its endpoints has to say that it wants events, before it gets any.
    """

    id: UUID
    name: str
    event_types: tuple[str, ...] | None
    partners: PartnerScope
    sees_personal: bool
    uses_kafka: bool = False
    verifies_endpoints: bool = False
    created_at: datetime

    @property
    def is_shut_off(self) -> bool:
        """It gets nothing, and its people cannot sign in."""
        return self.event_types == ()

    def refused(self, event_types: Iterable[str]) -> list[str]:
        """Those of the types that it may not see; None as ``event_types`` means all."""
        return [one for one in event_types if self.event_types is not None and one not in self.event_types]
