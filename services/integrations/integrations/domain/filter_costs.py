"""The total cost of an integrator's filters for each event: one consumer evaluates those of all."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from integrations.domain.endpoints import Endpoint

CostOf = Callable[[str], int]


@dataclass(frozen=True)
class FilterCosts:
    """In steps, by endpoint, for the most expensive event type."""

    event_type: str
    by_endpoint: Mapping[UUID, int]

    @property
    def total(self) -> int:
        return sum(self.by_endpoint.values())


def dearest(endpoints: Iterable[Endpoint], event_types: Iterable[str], cost_of: CostOf) -> FilterCosts | None:
    """None if no endpoint has a filter."""
    costs = [(one, cost_of(one.filter)) for one in endpoints if one.filter is not None]
    by_type = (
        FilterCosts(key, {one.id: cost for one, cost in costs if one.wants(key)}) for key in event_types
    )
    return max(by_type, key=lambda found: found.total) if costs else None
