"""`gangway integrators …`: vendors and teams that get events, and their tokens."""

from typing import Any

import click

from operator_cli.command_context import CommandContext, reason_option, with_context
from operator_cli.described import DescribedGroup, Given
from operator_cli.finding import find, find_partner
from operator_cli.screen import Column, Facts, at


def _types_of(integrator: Facts) -> str:
    types = integrator["types"]
    return "all" if types is None else ", ".join(types) or "shut off"


def _partners_of(integrator: Facts) -> str:
    """Such as ``tiers: premier, select``."""
    partners = integrator["partners"]
    return ": ".join(filter(None, [partners["rule"], ", ".join(partners["values"])]))


_CONSENTS: tuple[Column, ...] = (
    ("id", "consent_id"),
    ("partner", "partner_id"),
    ("agreed", at("given_at")),
    ("by", "given_by"),
    ("withdrawn", at("withdrawn_at")),
    ("events", lambda consent: str(len(consent["types"]))),
    ("personal fields", "sees_personal"),
    ("purpose", lambda consent: consent["purpose"]["en"]),
)
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
    ("email address", "email"),
    ("language", "language"),
    ("added", at("added_at")),
    ("by", "added_by"),
)

integrators = DescribedGroup(
    "integrators",
    help="""Vendors and teams that get events by webhook: let them in, hand out tokens, shut them off.

    INTEGRATOR is an id or the beginning of one.
    """,
)
_ONE = "/v1/integrators/{integrator_id}"
_TYPES = Given("types", "An event type it gets; all, if none is named.", "type")


def _gets(integrator: Facts) -> str:
    return f"{integrator['name']} gets: {_types_of(integrator)}."


def _may_use_kafka(integrator: Facts) -> str:
    return f"{integrator['name']} {'may' if integrator['uses_kafka'] else 'may not'} have a user of Kafka."


def _are_verified(integrator: Facts) -> str:
    have = "have to" if integrator["verifies_endpoints"] else "need not"
    return f"New endpoints of {integrator['name']} {have} be verified."


def _sees(integrator: Facts) -> str:
    gets = "with" if integrator["sees_personal"] else "without"
    return f"{integrator['name']} gets events {gets} their personal fields."


integrators.listing("list", "GET /v1/integrators", "List all, by name.", _INTEGRATORS)
integrators.act(
    "add",
    "POST /v1/integrators",
    "Let a vendor or team in, for all partners; `partners` makes them fewer.",
    lambda made: f"{made['name']} is {made['integrator_id']} and gets: {_types_of(made)}.",
    Given("name"),
    _TYPES,
    Given("sees_personal", "With the fields that hold personal data.", "personal"),
)
integrators.act(
    "shut-off",
    f"POST {_ONE}/scope",
    "Send it nothing more, at once; its tokens and addresses stay. `types` opens it again.",
    "{name} gets nothing more.",
    fixed={"types": []},
)
integrators.act(
    "remove",
    f"POST {_ONE}/removal",
    "End it for good: its tokens, addresses and deliveries go, and do not come back.",
    "{name} is gone, with all that it had.",
)
integrators.act(
    "types",
    f"POST {_ONE}/scope",
    "Change which types of events it gets, also of those that wait to be sent.",
    _gets,
    _TYPES,
    fixed={"types": None},
)


@integrators.command("partners")
@click.argument("integrator")
@click.option("--tier", "tiers", multiple=True, help="Partners of this tier (repeatable).")
@click.option("--product", "products", multiple=True, help="Partners with this product (repeatable).")
@click.option("--partner", "named", multiple=True, help="This partner, by id or name (repeatable).")
@click.option("--consented", is_flag=True, help="Partners who agree themselves, told what for.")
@click.option("--purpose-de", help="What their data serves, in German; another text asks them anew.")
@click.option("--purpose-en", help="The same in English.")
@reason_option
@with_context
def change_partners(
    context: CommandContext,
    *,
    integrator: str,
    tiers: tuple[str, ...],
    products: tuple[str, ...],
    named: tuple[str, ...],
    consented: bool,
    purpose_de: str | None,
    purpose_en: str | None,
    reason: str,
) -> None:
    """Change whose events it gets, also of those that wait to be sent: all partners', if none are named."""
    chosen = {"tiers": tiers, "products": products, "named": named}
    given = [(rule, values) for rule, values in chosen.items() if values]
    if consented:
        given.append(("consented", ()))
    if len(given) > 1:
        raise click.UsageError("Choose partners by one of --tier, --product, --partner and --consented.")
    if (purpose_de is None) != (purpose_en is None):
        raise click.UsageError("Give the purpose in both languages: --purpose-de and --purpose-en.")
    purpose: dict[str, Any] = {}
    if purpose_de is not None:
        purpose["purpose"] = {"de": purpose_de, "en": purpose_en}
    rule, values = given[0] if given else ("all", ())
    if rule == "named":
        values = tuple(find_partner(context.operator, partner) for partner in values)
    after = context.operator.ask(
        f"POST {_ONE}/scope",
        integrator_id=find(context.operator, "integrator_id", integrator),
        partners={"rule": rule, "values": values},
        reason=reason,
        **purpose,
    )
    told = f"{after['name']} gets events of partners: {_partners_of(after)}."
    if after["unknown_partners"]:
        told += f" Nothing is known so far of: {', '.join(after['unknown_partners'])}."
    context.screen.outcome(after, told)


integrators.act(
    "personal",
    f"POST {_ONE}/scope",
    "Let it have the fields that hold personal data, or leave them out.",
    _sees,
    Given("sees_personal", "Hiding counts for what waits, too.", "show/--hide", is_required=True),
)
integrators.act(
    "kafka",
    f"POST {_ONE}/scope",
    "Let it have a user of Kafka, for the topics of which it may see everything.",
    _may_use_kafka,
    Given("uses_kafka", "Refusing ends a user that there is.", "allow/--refuse", is_required=True),
)
integrators.act(
    "verification",
    f"POST {_ONE}/scope",
    "Have its addresses say that they want events, before they get any.",
    _are_verified,
    Given("verifies_endpoints", "For endpoints made from now on.", "require/--waive", is_required=True),
)
integrators.listing(
    "consents",
    f"GET {_ONE}/consents",
    "List what partners agreed to and withdrew, the newest first.",
    _CONSENTS,
)
integrators.listing(
    "tokens",
    f"GET {_ONE}/tokens",
    "List its tokens by their last characters, the oldest first.",
    _TOKENS,
)
integrators.act(
    "issue-token",
    f"POST {_ONE}/tokens",
    "Print a new token for its programs; it is shown this once.",
    "{token}",
    Given("label", "What it is for."),
)
integrators.act(
    "revoke-token",
    f"POST {_ONE}/tokens/{{token_id}}/revocation",
    "End a token, from its next request on; TOKEN is its id, or the beginning of it.",
    "The token that ends in {hint} counts no more.",
)
integrators.listing("people", f"GET {_ONE}/people", "List who signs in to the portal for it.", _PEOPLE)
integrators.act(
    "add-person",
    f"POST {_ONE}/people",
    "Let somebody sign in to the portal for it, by links sent to EMAIL.",
    "{name} is {person_id}, and signs in at /sign-in of integrations.",
    Given("name"),
    Given("email"),
    Given("language", "Of pages and mails: de or en."),
)
integrators.act(
    "remove-person",
    f"POST {_ONE}/people/{{person_id}}/removal",
    "End somebody's sessions and links; PERSON is an id, or the beginning of it.",
    "{person_id} does not sign in any more.",
)
