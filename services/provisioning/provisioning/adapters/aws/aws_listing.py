"""How a sweep lists one kind of AWS resource, looks at one of them, and finds its owner."""

from collections.abc import Callable, Mapping
from typing import Any

from provisioning.adapters.aws import marks
from provisioning.adapters.aws.failures import aws_failures_sorted, unless_gone
from provisioning.adapters.listing import Listing, Seen
from provisioning.domain.findings import Mark, Thing, ThingKind
from provisioning.handlers.ports import Inventory, Step

Pages = Callable[[str | None], tuple[list[Any], str | None]]


def aws_listing(
    kind: ThingKind,
    *,
    product: str,
    pages: Pages,
    seen: Callable[[Any], Seen | None],
    look: Callable[[str], Any],
    take_away: Callable[[Thing], object],
) -> Inventory:
    """``look`` and ``take_away`` may let AWS raise "not found"."""
    return Listing(
        kind=kind,
        product=product,
        pages=pages,
        seen=seen,
        look=lambda outside_id: unless_gone(lambda: look(outside_id)),
        take_away=lambda thing: unless_gone(lambda: take_away(thing)),
        sorting=aws_failures_sorted,
    )


def listed(
    client: Callable[[], Any],
    operation: str,
    key: str,
    values: Callable[[], Mapping[str, Any]] = dict,
) -> Pages:
    """Return the ``pages`` of an operation; boto3's paginators cannot continue in another process.

    The client is created with the first page, and so are the ``values`` of the request.
    """
    token = "nextToken" if key[0].islower() else "NextToken"

    def pages(cursor: str | None) -> tuple[list[Any], str | None]:
        more = {token: cursor} if cursor else {}
        answer = getattr(client(), operation)(**values(), **more)
        return list(answer.get(key, [])), answer.get(token)

    return pages


def seen_as(
    name_of: Callable[[Any], str], mark_of: Callable[[str], Mark | None] = marks.of_partner
) -> Callable[[Any], Seen | None]:
    """Return the ``seen`` of resources whose name tells the owner."""

    def seen(answer: Any) -> Seen | None:
        mark = mark_of(name_of(answer))
        return Seen(name_of(answer), mark) if mark else None

    return seen


def undone(step: Step) -> Callable[[Thing], object]:
    """Return the ``take_away`` of resources that a step finds by name."""
    return lambda thing: step.undo(marks.order_of(thing.outside_id), {})
