"""`gangway partners`: list, show, timeline; suspend, resume, offboard; change-tier, and people."""

from collections.abc import Callable
from functools import partial

import click

from operator_cli.command_context import CommandContext, reason_option, with_context
from operator_cli.disclosure import disclosure_options
from operator_cli.finding import find_id, find_partner
from operator_cli.listing import all_option, show_list
from operator_cli.partner_page import gather, show_page
from operator_cli.screen import Column, at
from operator_client.operator import Facts, Operator

_COLUMNS: tuple[Column, ...] = (
    ("id", "partner_id"),
    ("company", "legal_name"),
    ("country", "country"),
    ("state", "state"),
    ("since", at("state_entered_at")),
    ("tier", "tier"),
)
_TIMELINE: tuple[Column, ...] = (
    ("when", at("occurred_at")),
    ("by", "service"),
    ("what", "text"),
    ("for operators only", "internal_facts"),
)


@click.group()
def partners() -> None:
    """Find and see partners; suspend, resume, let go.

    PARTNER is an id, the beginning of one, or the company's name.
    """


@partners.command("list")
@click.option("--search", default="", help="Beginnings of words: company, number, contact, id.")
@click.option("--state", help="Only those in this state.")
@all_option
@with_context
def list_partners(context: CommandContext, *, search: str, state: str | None, everything: bool) -> None:
    """List partners, the newest first."""
    show_list(context, context.operator.partners(search, state), _COLUMNS, everything=everything)


@partners.command("show")
@click.argument("partner")
@disclosure_options("Show names and addresses of people, too.")
@with_context
def show_partner(context: CommandContext, *, partner: str, reason: str | None) -> None:
    """Show everything: state, products with steps and causes, invitations, messages."""
    partner_id = find_partner(context.operator, partner, by_words=True)
    page = gather(context.operator, partner_id, reason_to_see_people=reason)
    if context.screen.is_json:
        context.screen.json(page)
    else:
        show_page(context.screen, page)


@partners.command("timeline")
@click.argument("partner")
@with_context
def show_timeline(context: CommandContext, *, partner: str) -> None:
    """Show all that happened, whichever service did it, the oldest first."""
    entries = context.operator.timeline(find_partner(context.operator, partner, by_words=True))
    context.screen.rows(entries, _TIMELINE)


def _act(name: str, act: Callable[..., Facts], text: str) -> None:
    """Add a command by which one partner makes a move."""

    @partners.command(name, help=text)
    @click.argument("partner")
    @reason_option
    @with_context
    def command(context: CommandContext, *, partner: str, reason: str) -> None:
        move(context, partial(act, context.operator), partner, reason)


_act("suspend", Operator.suspend, "Switch the access off without destroying it.")
_act("resume", Operator.resume, "Switch the access on again.")
_act("offboard", Operator.offboard, "End the partnership: all access is undone.")


@partners.command("change-tier")
@click.argument("partner")
@click.option("--tier", required=True, help="The tier from now on; see `gangway plans preview --tier`.")
@reason_option
@with_context
def change_tier(context: CommandContext, *, partner: str, tier: str, reason: str) -> None:
    """Give a partner another tier: what is due to it follows, and it is told by mail."""
    move(context, context.operator.change_tier, partner, tier, reason)


def _act_on_person(name: str, act: Callable[..., Facts], text: str, done: str) -> None:
    """Add a command about one of a partner's people."""

    @partners.command(name, help=text)
    @click.argument("partner")
    @click.argument("member")
    @reason_option
    @with_context
    def command(context: CommandContext, *, partner: str, member: str, reason: str) -> None:
        asked = context.operator
        partner_id = find_partner(asked, partner)
        found = asked.partner(partner_id)
        member_id = find_id(member, [found["contact"], *found["members"]], "member_id")
        context.screen.outcome(act(asked, partner_id, member_id, reason), done)


_act_on_person(
    "remove-person",
    Operator.remove_person,
    "Let MEMBER of PARTNER go, by id: their access ends everywhere.",
    "The person belongs to the partner no more. Their access is being taken away.",
)
_act_on_person(
    "change-contact",
    Operator.change_contact,
    "Have MEMBER speak for PARTNER, who has confirmed. The former contact is signed out.",
    "The person is the contact now, and gets a link by mail.",
)


@partners.command("publish-states")
@click.argument("partner", required=False)
@reason_option
@with_context
def publish_states(context: CommandContext, *, partner: str | None, reason: str) -> None:
    """Send the present snapshot of PARTNER, or of all, to partner.state.v1."""
    partner_id = find_partner(context.operator, partner) if partner else None
    told = context.operator.publish_states(partner_id, reason)
    context.screen.outcome(told, f"Snapshots that will be sent: {told['partners']}.")


def move(context: CommandContext, act: Callable[..., Facts], partner: str, *told: object) -> None:
    """Let one partner make a move, and say where it stands now."""
    moved = act(find_partner(context.operator, partner), *told)
    context.screen.outcome(moved, f"{moved['partner_id']} is {moved['state']} now.")
