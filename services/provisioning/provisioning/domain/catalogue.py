"""What each partner is entitled to: decided by the catalogue, which operators own, not by code."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chassis.frozen import Frozen
from provisioning.domain.partners import Profile
from provisioning.domain.products import EntryKey, Product

TIERS = ("registered", "select", "premier")
PARTNER_TYPES = (
    "reseller",
    "system_integrator",
    "software_vendor",
    "machine_builder",
    "consultancy",
    "training_provider",
)
COMPETENCES = ("cloud", "data", "crm", "iot", "security", "ai", "edge", "training")


class CatalogueEntry(Frozen):
    """A product in one size, and who is entitled to it; None means any.

    ``competences``: at least one of them. ``only_if_wanted``: only if the partner asked for it.
    ``is_required``: activation waits for it. ``needs_approval``: an operator decides on each grant before
    anything of it is created. ``parameters``: size, budget, lease. ``name`` distinguishes entries of one
    product, if a partner may have several.
    """

    product_name: str
    tiers: frozenset[str] | None
    partner_types: frozenset[str] | None
    competences: frozenset[str] | None
    only_if_wanted: bool
    is_required: bool
    parameters: Mapping[str, Any]
    needs_approval: bool = False
    name: str = ""

    @property
    def key(self) -> EntryKey:
        return self.product_name, self.name

    def is_due(
        self, tier: str, partner_type: str, competences: frozenset[str], wanted: frozenset[str]
    ) -> bool:
        return (
            (self.tiers is None or tier in self.tiers)
            and (self.partner_types is None or partner_type in self.partner_types)
            and (self.competences is None or bool(self.competences & competences))
            and (not self.only_if_wanted or self.product_name in wanted)
        )


@dataclass(frozen=True)
class Catalogue:
    """All entries, in the order of the file. ``version`` names the file's version and its content.

    ``products`` are all that can be created here, whether an entry offers them or not.
    """

    version: str
    entries: tuple[CatalogueEntry, ...]
    products: Mapping[str, Product]

    def due_to(self, profile: Profile) -> list[CatalogueEntry]:
        return self.due(profile.tier, profile.partner_type, profile.competences, profile.products_wanted)

    def due(
        self, tier: str, partner_type: str, competences: frozenset[str], wanted: frozenset[str]
    ) -> list[CatalogueEntry]:
        """Return at most one entry for each product and name: the first that fits."""
        fitting: dict[EntryKey, CatalogueEntry] = {}
        for entry in self.entries:
            if entry.is_due(tier, partner_type, competences, wanted):
                fitting.setdefault(entry.key, entry)
        return list(fitting.values())
