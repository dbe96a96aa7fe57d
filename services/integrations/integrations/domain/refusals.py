"""What this service refuses, and why."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from integrations.domain.endpoints import State
    from integrations.domain.filter_costs import FilterCosts


class MoveNotAllowed(Exception):
    """The state of the endpoint does not allow this move."""

    def __init__(self, current: "State", target: "State") -> None:
        self.current, self.target = current, target
        super().__init__(f"From {current} there is no way to {target}.")


class NotPermitted(Exception):
    """Values that the integrator's scope does not cover, by the field of the request."""

    def __init__(self, field: str, values: list[str]) -> None:
        self.field, self.values = field, values
        super().__init__(f"{field}: {', '.join(values)}")


class PurposeMissing(Exception):
    """Partners cannot be asked without a purpose."""


class ConsentOutdated(Exception):
    """The request has changed since the partner was shown it."""


class ConsentNotOpen(Exception):
    """There is nothing to agree to: the integrator does not ask, or the partner is leaving."""


class QuotaReached(Exception):
    """The maximum number exists already."""


class FiltersTooDear(Exception):
    """All filters together would take too many steps; ``names`` are those of the endpoints."""

    def __init__(self, costs: "FilterCosts", most: int, names: Mapping[UUID, str]) -> None:
        dearest = sorted(costs.by_endpoint.items(), key=lambda one: -one[1])
        told = ", ".join(f"{cost} of {names[endpoint_id]}" for endpoint_id, cost in dearest[:5])
        rest = sum(cost for _, cost in dearest[5:])
        super().__init__(
            f"Your filters would take {costs.total} steps for each {costs.event_type}, of {most} that are"
            f" allowed: {told}{f', {rest} of others' if rest else ''}."
        )


class QuotaUsedUp(Exception):
    """It was requested too often; possible again after ``wait``."""

    def __init__(self, words: str, wait: timedelta) -> None:
        self.wait = wait
        super().__init__(words)


class KafkaNotOffered(Exception):
    """This deployment makes no users of Kafka."""


class KafkaNotPermitted(Exception):
    """The integrator may not have a user of Kafka; ``topics`` gives the reason for each, if that is why."""

    def __init__(self, topics: Mapping[str, str] | None = None) -> None:
        self.topics = topics or {}
        super().__init__()
