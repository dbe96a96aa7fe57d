"""`gangway spend`: what accounts cost, by AWS's bills."""

from operator_cli.described import Given, listing
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

spend = listing(
    "spend",
    "GET /v1/spend",
    "Show what accounts cost by month; days on which no grant had an account are nobody's.",
    _LINES,
    Given("month", "The first month, as 2026-11; this one unless given."),
    Given("until", "The last month."),
    Given("partner_id", "Only this partner's: its id or company.", "partner"),
    Given("tier", "Only partners of this tier."),
    Given("account_id", "Only this account.", "account"),
)
