"""A vendor or team that gets events, and what it may see."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from chassis.frozen import Frozen
from integrations.domain.consents import ConsentRequest, Purpose


class PartnerRule(StrEnum):
    """How partners are selected."""

    ALL = "all"
    TIERS = "tiers"
    PRODUCTS = "products"
    NAMED = "named"
    CONSENTED = "consented"


# What there is to choose from, for the rules that choose from a closed list.
PartnerValues = Mapping[PartnerRule, tuple[str, ...]]


@dataclass(frozen=True)
class PartnerScope:
    """Of which partners: all, those in these tiers, with these products, with these ids, or who agreed.

    The newest known facts apply, when an event arrives and again when it is sent.
    """

    rule: PartnerRule = PartnerRule.ALL
    values: tuple[str, ...] = ()


class Integrator(Frozen):
    """Without ``sees_personal`` it gets events without the fields that their contracts mark as personal.

    With ``uses_kafka`` it may have a user of Kafka, for the topics that it may see entirely.
    With ``verifies_endpoints`` each of its endpoints has to say that it wants events, before it gets any.
    ``purpose`` is shown to partners, if they are asked.
    """

    id: UUID
    name: str
    event_types: tuple[str, ...] | None
    partners: PartnerScope
    sees_personal: bool
    uses_kafka: bool = False
    verifies_endpoints: bool = False
    purpose: Purpose | None = None
    created_at: datetime

    @property
    def is_shut_off(self) -> bool:
        """It gets nothing, and its people cannot sign in."""
        return self.event_types == ()

    @property
    def lacks_purpose(self) -> bool:
        """Partners cannot agree without a purpose."""
        return self.partners.rule is PartnerRule.CONSENTED and self.purpose is None

    def request(self, all_types: Iterable[str]) -> ConsentRequest | None:
        """What it asks of partners; None if it takes nothing by their consent."""
        if self.partners.rule is not PartnerRule.CONSENTED or self.purpose is None or self.is_shut_off:
            return None
        return ConsentRequest(
            integrator_id=self.id,
            integrator_name=self.name,
            event_types=tuple(sorted(all_types if self.event_types is None else self.event_types)),
            sees_personal=self.sees_personal,
            purpose=self.purpose,
        )

    def refused(self, event_types: Iterable[str]) -> list[str]:
        """The types that it may not see; None if ``event_types`` means all."""
        return [one for one in event_types if self.event_types is not None and one not in self.event_types]
