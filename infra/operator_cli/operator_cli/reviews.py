"""`gangway reviews list|limits|approve|reject|ask`."""

from operator_cli.described import DescribedGroup, Given
from operator_cli.partners import NOW, ONE
from operator_cli.screen import Column, at

_COLUMNS: tuple[Column, ...] = (
    ("id", "partner_id"),
    ("company", "legal_name"),
    ("country", "country"),
    ("kind", "partner_type"),
    ("waiting since", at("state_entered_at")),
    ("why a person has to decide", lambda line: "; ".join(one["message"] for one in line["findings"])),
)

_LIMITS: tuple[Column, ...] = (
    ("limit", "limit"),
    ("rule", lambda line: line["rule"] or "all"),
    ("used", "used"),
    ("most", "most"),
    ("resets at", at("ends_at")),
    ("applications wait since", at("exceeded_at")),
)

reviews = DescribedGroup(
    "reviews",
    help="""Applications that wait for a decision.

    PARTNER is an id, the beginning of one, or the company's name in full.
    """,
)
reviews.listing(
    "list",
    "GET /v1/reviews",
    "List them, the longest waiting first.",
    _COLUMNS,
    nothing="No applications to review.",
)
reviews.listing(
    "limits",
    "GET /v1/approval-limits",
    """How much rules may approve without a person, and how much of it is used.

    Days and months are in UTC, money is in US dollars.
    """,
    _LIMITS,
)
reviews.act(
    "approve",
    f"POST {ONE}/approval",
    "Take a company in.",
    NOW,
    Given("tier", "registered, select or premier."),
    Given(
        "other_than",
        "Id of a partner that holds the same registration number and is another company all the same;"
        " the reason says why.",
    ),
)
reviews.act(
    "reject",
    f"POST {ONE}/rejection",
    "Turn a company down; the applicant reads the reason.",
    NOW,
)
reviews.act(
    "ask",
    f"POST {ONE}/correction-request",
    "Hand an application back for correction.",
    NOW,
    Given("fields", "What to correct (repeatable): website.", "field"),
    Given("message", "What is wrong with it; the applicant reads it."),
)
