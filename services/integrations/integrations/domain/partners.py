"""A partner, as far as it decides who may see its events."""

from dataclasses import dataclass, replace
from typing import Self
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Partner:
    """``tier`` is None until the partner is approved; ``products`` are those it has or asked for."""

    id: UUID
    tier: str | None = None
    products: frozenset[str] = frozenset()

    def with_products(self, *products: str) -> Self:
        return replace(self, products=self.products | set(products))
