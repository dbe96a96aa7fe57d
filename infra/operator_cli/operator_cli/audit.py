"""`gangway audit list`: what operators did and looked at, in all services."""

import heapq
import os
from collections.abc import Iterator

import click

from operator_cli.command_context import CommandContext, any_service_option, with_context
from operator_cli.listing import all_option, show_list
from operator_cli.local_stack import find_local_stack
from operator_cli.moments import Moment
from operator_cli.screen import Column, at
from operator_client.operator import Facts

_COLUMNS: tuple[Column, ...] = (
    ("when", at("at")),
    ("where", "service"),
    ("who", "actor"),
    ("confirmed by", "confirmed_by"),
    ("as", "role"),
    ("did", "action"),
    ("to", "target"),
    ("because", "reason"),
    ("outcome", "outcome"),
)


@click.group()
def audit() -> None:
    """What operators did and looked at: who, what, to what, why."""


@audit.command("list")
@any_service_option
@click.option("--actor", help="Only by this person.")
@click.option("--action", help="Only this, such as 'retry grant'.")
@click.option("--target", help="Only to this id.")
@click.option("--from", "since", type=Moment(), help="At or after this time (UTC).")
@click.option("--to", "until", type=Moment(), help="Before this time (UTC).")
@all_option
@with_context
def list_actions(
    context: CommandContext,
    *,
    service: str | None,
    since: str | None,
    until: str | None,
    everything: bool,
    **wanted: str | None,
) -> None:
    """List the newest first; ids are made in the order of time."""
    wanted |= {"from": since, "to": until}

    def actions_of(name: str) -> Iterator[Facts]:
        found = context.operator.all("GET /v1/operator-actions", name, **wanted)
        named = ({"service": name, **entry} for entry in found)
        return context.as_far_as_it_answers(named) if service is None else named

    lists = [*map(actions_of, [service] if service else context.services)]
    if service is None and context.is_local and (stack := find_local_stack()):
        lists.append(stack.tokens_made(os.environ, **wanted))
    newest_first = heapq.merge(*lists, key=lambda entry: entry["id"], reverse=True)
    show_list(context, newest_first, _COLUMNS, everything=everything)
