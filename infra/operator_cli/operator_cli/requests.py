"""`gangway requests list|show|approve|refuse`: what partners ask for."""

import click

from operator_cli.command_context import CommandContext, with_context
from operator_cli.described import DescribedGroup, Given
from operator_cli.finding import find
from operator_cli.screen import Column, Facts, at


def _what(line: Facts) -> str:
    """What exactly: the product with the days, the competence, or the fields of the company."""
    if line["kind"] == "company":
        return "; ".join(f"{name}: {line['before'][name]} -> {line['after'][name]}" for name in line["after"])
    days = f" {line['days']} days more" if line["days"] else ""
    return f"{line['product'] or line['competence']}{days}"


_COLUMNS: tuple[Column, ...] = (
    ("id", "request_id"),
    ("company", "legal_name"),
    ("kind", "kind"),
    ("what", _what),
    ("standing", "standing"),
    ("asked", at("asked_at")),
    ("why", "reason"),
    ("findings", lambda line: "; ".join(finding["message"] for finding in line["findings"])),
)
_ONE = "/v1/requests/{request_id}"
_NOW = "{request_id} is {standing} now."

requests = DescribedGroup(
    "requests",
    help="""What partners ask for: more time, another product or competence, other facts of the company.

    REQUEST is an id or the beginning of one.
    """,
)
requests.listing(
    "list",
    "GET /v1/requests",
    "List them, the longest waiting first.",
    _COLUMNS,
    Given("standing", "asked, waiting (as usual), approved, done, refused or withdrawn."),
    nothing="No requests.",
)
requests.act(
    "approve",
    f"POST {_ONE}/approval",
    "Let the partner have it; the partner reads the reason.",
    _NOW,
)
requests.act("refuse", f"POST {_ONE}/refusal", "Do not; the partner reads the reason.", _NOW)


@requests.command("show")
@click.argument("request")
@with_context
def show_request(context: CommandContext, *, request: str) -> None:
    """Show one with its findings and what was decided."""
    found = context.operator.ask(f"GET {_ONE}", request_id=find(context.operator, "request_id", request))
    if context.screen.is_json:
        context.screen.json(found)
        return
    context.screen.rows([found], _COLUMNS)
    if decision := found["decision"]:
        by = decision.get("by_name") or decision["by"]
        context.screen.facts({"decided by": by, "because": decision["reason"]})
