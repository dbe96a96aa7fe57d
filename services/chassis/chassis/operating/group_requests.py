"""What requests about this service's own consumer group share: a page of a list, who acts and why."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chassis.http.current_service import current_service
from chassis.http.principals import current_principal
from chassis.operating.cursors import next_cursor
from chassis.operating.listening import subscriptions_of


def own_group() -> str:
    """Raises NoSubscriptions."""
    return subscriptions_of(current_service()).group


def page_of_group(
    name: str, read: Callable[..., Sequence[Any]], query: Mapping[str, Any], *sort_keys: str
) -> dict[str, Any]:
    """The rows of ``read(connection, group, limit, cursor)`` as ``name``, and the cursor of the next page."""
    limit = query["limit"]
    with current_service().database.begin() as work:
        rows = read(work.connection, own_group(), limit, query.get("cursor"))
    return {name: rows, "next_cursor": next_cursor(rows, limit, *sort_keys)}


def actor_and_reason(body: Mapping[str, Any]) -> dict[str, str]:
    """The arguments that every operator's act takes."""
    return {"actor": current_principal().name, "reason": body["reason"]}
