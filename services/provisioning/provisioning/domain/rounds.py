"""How often everything that stands outside is looked at again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, kw_only=True)
class Rounds:
    """Hours between two looks at a grant, for some products others; how many looks begin in one minute."""

    every_hours: float = 24
    by_product: Mapping[str, float] = field(default_factory=dict)
    looks_per_minute: int = 60

    def next_look_at(self, product: str, now: datetime, random: Callable[[], float]) -> datetime:
        """Spread out by a quarter, so that grants that were made together are not looked at together."""
        hours = self.by_product.get(product, self.every_hours)
        return now + timedelta(hours=hours * (0.75 + random() / 2))
