"""`gangway spend`: what accounts cost, by AWS's bills."""

import click

from operator_cli.command_context import CommandContext, with_context
from operator_cli.finding import find_partner
from operator_cli.listing import all_option, show_list
from operator_cli.screen import Column

_LINES: tuple[Column, ...] = (
    ("month", "month"),
    ("account", "account_id"),
    ("partner", lambda line: line["company"] or line["partner_id"] or "nobody"),
    ("tier", "tier"),
    ("charged USD", "charged_usd"),
    ("refunded", "refunded_usd"),
    ("credited", "credited_usd"),
    ("net USD", "net_usd"),
    ("billed until", "billed_until"),
)


@click.command()
@click.option("--month", help="The first month, as 2026-11; this one unless given.")
@click.option("--until", help="The last month.")
@click.option("--partner", help="Only this partner's: its id or company.")
@click.option("--tier", help="Only partners of this tier.")
@click.option("--account", help="Only this account.")
@all_option
@with_context
def spend(
    context: CommandContext,
    *,
    month: str | None,
    until: str | None,
    partner: str | None,
    tier: str | None,
    account: str | None,
    everything: bool,
) -> None:
    """Show what accounts cost by month; days on which no grant had an account are nobody's."""
    partner_id = find_partner(context.operator, partner, by_words=True) if partner else None
    wanted = {"month": month, "until": until, "partner_id": partner_id, "tier": tier, "account_id": account}
    found = context.operator.spend(**{name: value for name, value in wanted.items() if value})
    show_list(context, found, _LINES, everything=everything)
