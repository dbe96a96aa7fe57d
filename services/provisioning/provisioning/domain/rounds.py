"""How often everything that exists outside is observed again."""

from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import datetime, timedelta

from chassis.frozen import Frozen

_AFTER_A_MISS = timedelta(minutes=5)


class Rounds(Frozen):
    """Hours between two looks at a grant, for some products others; how many looks begin in one minute."""

    every_hours: float = 24
    by_product: Mapping[str, float] = field(default_factory=dict)
    looks_per_minute: int = 60

    @property
    def apart_after_a_sweep(self) -> timedelta:
        """Half of the looks are reserved for those that are due anyway, above all for stuck grants."""
        return timedelta(minutes=2) / self.looks_per_minute

    def next_look_at(
        self, product: str, now: datetime, random: Callable[[], float], looks_missed: int = 0
    ) -> datetime:
        """Spread by a quarter, so that grants created together are not observed together.

        After an incomplete look soon, and then after doubled delays.
        """
        wait = timedelta(hours=self.by_product.get(product, self.every_hours))
        if looks_missed:
            wait = min(wait, _AFTER_A_MISS * 2.0 ** min(looks_missed - 1, 32))
        return now + wait * (0.75 + random() / 2)
