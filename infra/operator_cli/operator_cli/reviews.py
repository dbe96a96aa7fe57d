"""`gangway reviews list|limits|approve|reject|ask`."""

import click

from operator_cli.command_context import CommandContext, reason_option, with_context
from operator_cli.listing import all_option, show_list
from operator_cli.partners import move
from operator_cli.screen import Column, Facts, at


def _findings(line: Facts) -> str:
    return "; ".join(finding["message"] for finding in line["findings"])


_COLUMNS: tuple[Column, ...] = (
    ("id", "partner_id"),
    ("company", "legal_name"),
    ("country", "country"),
    ("kind", "partner_type"),
    ("waiting since", at("state_entered_at")),
    ("why a person has to decide", _findings),
)

_LIMITS: tuple[Column, ...] = (
    ("limit", "limit"),
    ("rule", lambda line: line["rule"] or "all"),
    ("used", "used"),
    ("most", "most"),
    ("resets at", at("ends_at")),
    ("applications wait since", at("exceeded_at")),
)


@click.group()
def reviews() -> None:
    """Applications that wait for a decision.

    PARTNER is an id, the beginning of one, or the company's name in full.
    """


@reviews.command("list")
@all_option
@with_context
def list_reviews(context: CommandContext, *, everything: bool) -> None:
    """List them, the longest waiting first."""
    show_list(context, context.operator.reviews(), _COLUMNS, everything=everything, nothing="Nobody waits.")


@reviews.command("limits")
@with_context
def show_limits(context: CommandContext) -> None:
    """How much rules may approve without a person, and how much of it is used.

    Days and months are in UTC, money is in US dollars.
    """
    context.screen.rows(context.operator.approval_limits(), _LIMITS)


@reviews.command("approve")
@click.argument("partner")
@click.option("--tier", required=True, help="registered, select or premier.")
@click.option(
    "--other-than",
    help="Id of a partner that holds the same registration number and is another company all the same;"
    " the reason says why.",
)
@reason_option
@with_context
def approve(context: CommandContext, *, partner: str, tier: str, reason: str, other_than: str | None) -> None:
    """Take a company in."""
    move(context, context.operator.approve, partner, tier, reason, other_than)


@reviews.command("reject")
@click.argument("partner")
@reason_option
@with_context
def reject(context: CommandContext, *, partner: str, reason: str) -> None:
    """Turn a company down; the applicant reads the reason."""
    move(context, context.operator.reject, partner, reason)


@reviews.command("ask")
@click.argument("partner")
@click.option(
    "--field", "fields", multiple=True, required=True, help="What to correct (repeatable): website."
)
@click.option("--message", required=True, help="What is wrong with it; the applicant reads it.")
@with_context
def ask(context: CommandContext, *, partner: str, fields: tuple[str, ...], message: str) -> None:
    """Hand an application back for correction."""
    move(context, context.operator.ask_for_correction, partner, list(fields), message)
