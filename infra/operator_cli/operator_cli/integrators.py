"""`gangway integrators …`: vendors and teams that get events, and their tokens."""

import click

from operator_cli.command_context import CommandContext, reason_option, with_context
from operator_cli.finding import find_id, find_partner
from operator_cli.listing import all_option, show_list
from operator_cli.screen import Column, Facts, at
from operator_client.integrators import Integrators


def _types_of(integrator: Facts) -> str:
    types = integrator["types"]
    return "all" if types is None else ", ".join(types) or "shut off"


def _partners_of(integrator: Facts) -> str:
    """Such as ``tiers: premier, select``."""
    partners = integrator["partners"]
    return ": ".join(filter(None, [partners["rule"], ", ".join(partners["values"])]))


_INTEGRATORS: tuple[Column, ...] = (
    ("id", "integrator_id"),
    ("name", "name"),
    ("gets", _types_of),
    ("partners", _partners_of),
    ("personal fields", "sees_personal"),
    ("kafka", "uses_kafka"),
    ("verified", "verifies_endpoints"),
    ("since", at("created_at")),
)
_TOKENS: tuple[Column, ...] = (
    ("id", "token_id"),
    ("label", "label"),
    ("ends in", "hint"),
    ("made", at("created_at")),
    ("by", "made_by"),
    ("revoked", at("revoked_at")),
)
_PEOPLE: tuple[Column, ...] = (
    ("id", "person_id"),
    ("name", "name"),
    ("mail address", "email"),
    ("language", "language"),
    ("added", at("added_at")),
    ("by", "added_by"),
)


@click.group()
def integrators() -> None:
    """Vendors and teams that get events by webhook: let them in, hand out tokens, shut them off.

    INTEGRATOR is an id or the beginning of one.
    """


@integrators.command("list")
@all_option
@with_context
def list_integrators(context: CommandContext, *, everything: bool) -> None:
    """List all, by name."""
    show_list(context, _asked(context).all(), _INTEGRATORS, everything=everything)


@integrators.command("add")
@click.argument("name")
@click.option("--type", "types", multiple=True, help="An event type it gets; all, if none is named.")
@click.option("--personal", "sees_personal", is_flag=True, help="With the fields that hold personal data.")
@reason_option
@with_context
def add_integrator(
    context: CommandContext, *, name: str, types: tuple[str, ...], sees_personal: bool, reason: str
) -> None:
    """Let a vendor or team in, for all partners; `partners` makes them fewer."""
    made = _asked(context).add(name, types or None, sees_personal=sees_personal, reason=reason)
    context.screen.outcome(made, f"{made['name']} is {made['integrator_id']} and gets: {_types_of(made)}.")


@integrators.command("shut-off")
@click.argument("integrator")
@reason_option
@with_context
def shut_off(context: CommandContext, *, integrator: str, reason: str) -> None:
    """Send it nothing more, at once; its tokens and addresses stay. `types` opens it again."""
    after = _asked(context).change_scope(_find(context, integrator), reason, types=[])
    context.screen.outcome(after, f"{after['name']} gets nothing more.")


@integrators.command("remove")
@click.argument("integrator")
@reason_option
@with_context
def remove(context: CommandContext, *, integrator: str, reason: str) -> None:
    """End it for good: its tokens, addresses and deliveries go, and do not come back."""
    gone = _asked(context).remove(_find(context, integrator), reason)
    context.screen.outcome(gone, f"{gone['name']} is gone, with all that it had.")


@integrators.command("types")
@click.argument("integrator")
@click.option("--type", "types", multiple=True, help="An event type it gets; all, if none is named.")
@reason_option
@with_context
def change_types(context: CommandContext, *, integrator: str, types: tuple[str, ...], reason: str) -> None:
    """Change which types of events it gets, also of those that wait to be sent."""
    after = _asked(context).change_scope(_find(context, integrator), reason, types=types or None)
    context.screen.outcome(after, f"{after['name']} gets: {_types_of(after)}.")


@integrators.command("partners")
@click.argument("integrator")
@click.option("--tier", "tiers", multiple=True, help="Partners of this tier (repeatable).")
@click.option("--product", "products", multiple=True, help="Partners with this product (repeatable).")
@click.option(
    "--partner", "named", multiple=True, help="This partner, by id or name: one who agreed (repeatable)."
)
@reason_option
@with_context
def change_partners(
    context: CommandContext,
    *,
    integrator: str,
    tiers: tuple[str, ...],
    products: tuple[str, ...],
    named: tuple[str, ...],
    reason: str,
) -> None:
    """Change whose events it gets, also of those that wait to be sent: all partners', if none are named."""
    chosen = {"tiers": tiers, "products": products, "named": named}
    given = [(rule, values) for rule, values in chosen.items() if values]
    if len(given) > 1:
        raise click.UsageError("Choose partners by one of --tier, --product and --partner.")
    rule, values = given[0] if given else ("all", ())
    if rule == "named":
        values = tuple(find_partner(context.operator, partner) for partner in values)
    partners = {"rule": rule, "values": values}
    after = _asked(context).change_scope(_find(context, integrator), reason, partners=partners)
    context.screen.outcome(after, f"{after['name']} gets events of partners: {_partners_of(after)}.")


@integrators.command("personal")
@click.argument("integrator")
@click.option("--show/--hide", "is_shown", required=True, help="Hiding counts for what waits, too.")
@reason_option
@with_context
def show_personal(context: CommandContext, *, integrator: str, is_shown: bool, reason: str) -> None:
    """Let it have the fields that hold personal data, or leave them out."""
    after = _asked(context).change_scope(_find(context, integrator), reason, sees_personal=is_shown)
    gets = "with" if after["sees_personal"] else "without"
    context.screen.outcome(after, f"{after['name']} gets events {gets} their personal fields.")


@integrators.command("kafka")
@click.argument("integrator")
@click.option("--allow/--refuse", "is_allowed", required=True, help="Refusing ends a user that there is.")
@reason_option
@with_context
def allow_kafka(context: CommandContext, *, integrator: str, is_allowed: bool, reason: str) -> None:
    """Let it have a user of Kafka, for the topics of which it may see everything."""
    after = _asked(context).change_scope(_find(context, integrator), reason, uses_kafka=is_allowed)
    may = "may" if after["uses_kafka"] else "may not"
    context.screen.outcome(after, f"{after['name']} {may} have a user of Kafka.")


@integrators.command("verification")
@click.argument("integrator")
@click.option("--require/--waive", "is_required", required=True, help="For endpoints made from now on.")
@reason_option
@with_context
def require_verification(context: CommandContext, *, integrator: str, is_required: bool, reason: str) -> None:
    """Have its addresses say that they want events, before they get any."""
    after = _asked(context).change_scope(_find(context, integrator), reason, verifies_endpoints=is_required)
    have = "have to" if after["verifies_endpoints"] else "need not"
    context.screen.outcome(after, f"New endpoints of {after['name']} {have} be verified.")


@integrators.command("tokens")
@click.argument("integrator")
@with_context
def list_tokens(context: CommandContext, *, integrator: str) -> None:
    """List its tokens by their last characters, the oldest first."""
    context.screen.rows(_asked(context).tokens(_find(context, integrator)), _TOKENS)


@integrators.command("issue-token")
@click.argument("integrator")
@click.option("--label", default="", help="What it is for.")
@reason_option
@with_context
def issue_token(context: CommandContext, *, integrator: str, label: str, reason: str) -> None:
    """Print a new token for its programs; it is shown this once."""
    made = _asked(context).issue_token(_find(context, integrator), label, reason)
    context.screen.outcome(made, made["token"])


@integrators.command("revoke-token")
@click.argument("integrator")
@click.argument("token")
@reason_option
@with_context
def revoke_token(context: CommandContext, *, integrator: str, token: str, reason: str) -> None:
    """End a token, from its next request on; TOKEN is its id, or the beginning of it."""
    integrator_id, asked = _find(context, integrator), _asked(context)
    token_id = find_id(token, asked.tokens(integrator_id), "token_id")
    after = asked.revoke_token(integrator_id, token_id, reason)
    context.screen.outcome(after, f"The token that ends in {after['hint']} counts no more.")


@integrators.command("people")
@click.argument("integrator")
@with_context
def list_people(context: CommandContext, *, integrator: str) -> None:
    """List who signs in to the portal for it."""
    context.screen.rows(_asked(context).people(_find(context, integrator)), _PEOPLE)


@integrators.command("add-person")
@click.argument("integrator")
@click.argument("name")
@click.argument("email")
@click.option("--language", type=click.Choice(["de", "en"]), default="en", help="Of pages and mails.")
@reason_option
@with_context
def add_person(
    context: CommandContext, *, integrator: str, name: str, email: str, language: str, reason: str
) -> None:
    """Let somebody sign in to the portal for it, by links sent to EMAIL."""
    made = _asked(context).add_person(_find(context, integrator), name, email, language, reason)
    context.screen.outcome(made, f"{name} is {made['person_id']}, and signs in at /sign-in of integrations.")


@integrators.command("remove-person")
@click.argument("integrator")
@click.argument("person")
@reason_option
@with_context
def remove_person(context: CommandContext, *, integrator: str, person: str, reason: str) -> None:
    """End somebody's sessions and links; PERSON is an id, or the beginning of it."""
    integrator_id, asked = _find(context, integrator), _asked(context)
    person_id = find_id(person, asked.people(integrator_id), "person_id")
    after = asked.remove_person(integrator_id, person_id, reason)
    context.screen.outcome(after, f"{person_id} does not sign in any more.")


def _asked(context: CommandContext) -> Integrators:
    return Integrators(context.operator.http)


def _find(context: CommandContext, wanted: str) -> str:
    return find_id(wanted, _asked(context).all(), "integrator_id")
