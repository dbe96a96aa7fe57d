"""`gangway plans preview|change|try`: what the catalogue of today makes of a partner's plan."""

from typing import Any

import click

from operator_cli.command_context import CommandContext, with_context
from operator_cli.described import DescribedGroup, Given
from operator_cli.finding import find_partner
from operator_cli.grant_view import product_of
from operator_cli.screen import Column, Facts

_NOTHING = "Nothing would change."
_WHO = "An id, the beginning of one, or the name."


def _changes(difference: Facts) -> str:
    """What changes, with what keeps it from being changed in place."""
    told = "; ".join(f"{one['name']}: {one['before']} -> {one['after']}" for one in difference["changes"])
    held = ", ".join(difference["held_up_by"])
    return f"{told} (left: cannot be changed in place: {held})" if held else told


_DIFFERENCES: tuple[Column, ...] = (
    ("what", "kind"),
    ("product", product_of),
    ("grant", "grant_id"),
    ("entry", "entry"),
    ("changes", _changes),
)
_DUE: tuple[Column, ...] = (
    ("product", product_of),
    ("entry", "entry"),
    ("required", "required"),
    ("parameters", "parameters"),
)


@click.group(cls=DescribedGroup)
def plans() -> None:
    """What the catalogue of today would change for a partner; change it; try the catalogue."""


@plans.command("preview")
@click.option("--partner", required=True, help=_WHO)
@click.option("--tier", help="List what this tier would change instead: see `gangway partners change-tier`.")
@with_context
def preview(context: CommandContext, *, partner: str, tier: str | None) -> None:
    """List which grants would be added, changed and taken away, and by which entry. Nothing is done."""
    partner_id = find_partner(context.operator, partner, by_words=True)
    row = "GET /v1/partners/{partner_id}/plan-preview"
    listed = context.operator.ask(row, partner_id=partner_id, tier=tier)
    if context.screen.is_json:
        context.screen.json(listed)
        return
    context.screen.facts({"catalogue": listed["catalogue_version"], "preview": listed["preview_id"]})
    context.screen.rows(listed["differences"], _DIFFERENCES, nothing=_NOTHING)


plans.act(
    "change",
    "POST /v1/partners/{partner_id}/plan-change",
    "Do what a preview listed, as long as it would list the same.",
    lambda done: f"Differences carried out for {done['partner_id']}: {len(done['differences'])}.",
    Given("partner_id", _WHO, "partner", by_words=True),
    Given("preview_id", "The id of the preview that is to be done.", "preview"),
)


@plans.command("try")
@click.option("--tier", required=True)
@click.option("--type", "partner_type", required=True)
@click.option("--competence", "competences", multiple=True, help="May be given several times.")
@click.option("--wants", "products_wanted", multiple=True, help="A product that is asked for; several times.")
@with_context
def try_catalogue(context: CommandContext, **profile: Any) -> None:
    """Show what a partner of this profile would get, and which entry of the catalogue decides."""
    found = context.operator.ask("GET /v1/catalogue/plan", **profile)
    if context.screen.is_json:
        context.screen.json(found)
        return
    context.screen.facts({"catalogue": found["catalogue_version"]})
    context.screen.rows(found["products"], _DUE)
