"""A partner, as far as it decides who may see its events."""

from dataclasses import replace
from typing import Self
from uuid import UUID

from chassis.frozen import Frozen

# After a rejection or while leaving, a partner cannot agree; withdrawing is always allowed.
_AGREES_NO_MORE = frozenset({"rejected", "withdrawn", "expired", "offboarding", "offboarded"})


class Partner(Frozen):
    """``tier`` is None until the partner is approved; ``products`` are those it has or asked for.

    ``state`` is the last known one, None before.
    """

    id: UUID
    tier: str | None = None
    products: frozenset[str] = frozenset()
    state: str | None = None
    is_erased: bool = False

    @property
    def may_agree(self) -> bool:
        """Whether it may agree to have its events seen."""
        return not self.is_erased and self.state not in _AGREES_NO_MORE

    def with_products(self, *products: str) -> Self:
        return replace(self, products=self.products | set(products))
