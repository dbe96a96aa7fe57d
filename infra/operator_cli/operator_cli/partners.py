"""`gangway partners`: list, show, timeline; suspend, resume, offboard, erase; change-tier, and people."""

import click

from operator_cli.command_context import CommandContext, with_context
from operator_cli.described import DescribedGroup, Given
from operator_cli.disclosure import disclosure_options
from operator_cli.finding import find_partner
from operator_cli.partner_page import gather, show_page
from operator_cli.screen import Column, at

ONE = "/v1/partners/{partner_id}"
NOW = "{partner_id} is {state} now."
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

_CONSENTS: tuple[Column, ...] = (
    ("vendor", "integrator_name"),
    ("stands", "standing"),
    ("agreed", at("agreed_at")),
    ("withdrawn", at("withdrawn_at")),
    ("id", "integrator_id"),
)

partners = DescribedGroup(
    "partners",
    help="""Find and see partners; suspend, resume, let go.

    PARTNER is an id, the beginning of one, or the company's name.
    """,
)
partners.listing(
    "list",
    "GET /v1/partners",
    "List partners, the newest first.",
    _COLUMNS,
    Given("search", "Beginnings of words: company, number, contact, id."),
    Given("state", "Only those in this state."),
)


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


partners.listing(
    "timeline",
    f"GET {ONE}/timeline",
    "Show all that happened, whichever service did it, the oldest first.",
    _TIMELINE,
    whole=True,
)
partners.listing(
    "consents",
    f"GET {ONE}/consents",
    "List the vendors that ask for its events, and to which it agreed.",
    _CONSENTS,
)
for name, path, text in (
    ("suspend", "suspension", "Switch the access off without destroying it."),
    ("resume", "resumption", "Switch the access on again."),
    ("offboard", "offboarding", "End the partnership: all access is undone."),
):
    partners.act(name, f"POST {ONE}/{path}", text, NOW)
partners.act(
    "change-tier",
    f"POST {ONE}/tier",
    "Give a partner another tier: what is due to it follows, and it is told by mail.",
    "{partner_id} has the tier {tier} now. What is due to it follows.",
    Given("tier", "The tier from now on; see `gangway plans preview --tier`."),
)
partners.act(
    "erase",
    f"POST {ONE}/erasure",
    "Delete all that is kept of a partner that has left, in every service, for good.",
    "{partner_id} was erased. The other services follow within seconds.",
)
partners.act(
    "remove-person",
    f"POST {ONE}/members/{{member_id}}/removal",
    "Let MEMBER of PARTNER go, by id: their access ends everywhere.",
    "The person belongs to the partner no more. Their access is being taken away.",
)
partners.act(
    "change-contact",
    f"POST {ONE}/contact",
    "Have MEMBER speak for PARTNER, who has confirmed. The former contact is signed out.",
    "The person is the contact now, and gets a link by mail.",
    Given("member_id"),
)
partners.act(
    "publish-states",
    "POST /v1/state-publications",
    "Send the present snapshot of PARTNER, or of all, to partner.state.v1.",
    "Snapshots that will be sent: {partners}.",
    Given("partner_id"),
)
