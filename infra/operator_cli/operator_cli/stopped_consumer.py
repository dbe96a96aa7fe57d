"""`gangway positions …` and `gangway clear-flood`: where consumers stand, and a stopped one may go on."""

from operator_cli.command_context import CommandContext, reason_option, service_option, with_context
from operator_cli.described import DescribedGroup, Given, act
from operator_cli.screen import Column

_BEHIND: tuple[Column, ...] = (
    ("service", "service"),
    ("topic", "topic"),
    ("partition", "partition"),
    ("next record", "next_offset"),
    ("unread", "unread"),
    ("stopped because", "stopped_because"),
)
_MOVED: tuple[Column, ...] = (
    ("topic", "topic"),
    ("partition", "partition"),
    ("from", "from_offset"),
    ("to", "to_offset"),
)


clear_flood = act(
    "clear-flood",
    "POST /v1/flood-clearances",
    "Let a consumer go on that stopped because nearly all events were dead letters.",
    "{partitions} stopped partitions of {service} may go on.",
    Given("let_through", "How many more dead letters of each partition do not count."),
)


positions = DescribedGroup("positions", help="Where a consumer stands in the topics.")
positions.listing(
    "list",
    "GET /v1/positions",
    "List where consumers have not read everything, or stopped; what stays so stands still.",
    _BEHIND,
    nothing="Every consumer has read everything.",
)


@positions.command("accept-loss")
@service_option
@reason_option
@with_context
def accept_loss(context: CommandContext, *, service: str, reason: str) -> None:
    """Let a consumer go on that stopped because records were dropped before it read them.

    First have their owner send them again: `gangway republish`.
    """
    moved = context.operator.ask("POST /v1/loss-acceptances", service, reason=reason)["moved"]
    context.screen.rows(moved, _MOVED, "Nothing was dropped unread.")
