"""API: what accounts cost, by AWS's bills; a list, and a report as CSV."""

from datetime import UTC, date
from typing import Any

from flask import Response
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from chassis import clock
from chassis.http.csv_answers import MOST_ROWS, csv_answer
from chassis.http.current_service import current_service
from chassis.http.described import described
from chassis.http.openapi import ApiBlueprint
from chassis.http.paging import PageSchema, page_of
from chassis.http.strict_fields import Choice, StrictSchema
from provisioning.adapters.repositories.spend import cursor_of
from provisioning.bootstrap import ProvisioningService
from provisioning.domain.catalogue import TIERS

api = ApiBlueprint("spending", __name__, description="What accounts cost, by month, partner and tier")

_MONTH = validate.Regexp(r"^20[0-9]{2}-(0[1-9]|1[0-2])\Z", error="Not a month, as 2026-11.")
_CURSOR = validate.Regexp(
    r"^20[0-9]{2}-(0[1-9]|1[0-2])/[0-9]{12}/[0-9a-f-]{0,36}\Z", error="Not a cursor of ours."
)
COLUMNS = (
    *("month", "account_id", "grant_id", "partner_id", "company", "tier"),
    *("charged_usd", "refunded_usd", "credited_usd", "net_usd", "billed_until"),
)


class SpendWanted(StrictSchema):
    """Which months, and of whom; this month unless one is named."""

    month = described(fields.String(validate=_MONTH), "The first month, as 2026-11")
    until = described(fields.String(validate=_MONTH), "The last month, the first one if absent")
    account_id = fields.String(validate=validate.Regexp(r"^[0-9]{12}\Z"))
    partner_id = fields.UUID()
    tier = Choice(TIERS)

    @validates_schema(skip_on_field_errors=True)
    def check_order(self, data: dict[str, Any], **_: Any) -> None:
        """The last month is not before the first."""
        if "until" in data and data["until"] < data.get("month", data["until"]):
            raise ValidationError("Must not be before the first month.", "until")


class SpendSearch(SpendWanted, PageSchema):
    """The same, page by page."""

    cursor = fields.String(validate=_CURSOR)


class SpendLine(Schema):
    """What one account cost in one month while one grant had it; without a grant while none had."""

    month = fields.String(required=True)
    account_id = fields.String(required=True)
    grant_id = fields.UUID(required=True, allow_none=True)
    partner_id = fields.UUID(required=True, allow_none=True)
    company = fields.String(required=True, allow_none=True)
    tier = described(fields.String(required=True, allow_none=True), "What it is now")
    charged_usd = described(fields.String(required=True), "Without refunds and credits")
    refunded_usd = described(fields.String(required=True), "Negative")
    credited_usd = described(fields.String(required=True), "Negative")
    net_usd = fields.String(required=True)
    billed_until = described(fields.Date(required=True), "The last day that AWS billed so far")


SpendPage = page_of("SpendPage", lines=SpendLine)


@api.get("/v1/spend")
@api.arguments(SpendSearch, location="query")
@api.response(200, SpendPage)
def list_spend(query: dict[str, Any]) -> dict[str, Any]:
    """List what accounts cost, by month, account and grant."""
    limit, after = query.pop("limit"), query.pop("cursor", None)
    lines = _lines(query, limit, after)
    return {"lines": lines, "next_cursor": cursor_of(lines[-1]) if len(lines) == limit else None}


@api.get("/v1/spend-report")
@api.arguments(SpendWanted, location="query")
@api.response(200, content_type="text/csv", description="A line for each, as a spreadsheet reads it")
def report_spend(query: dict[str, Any]) -> Response:
    """Export costs as CSV, up to 10,000 lines; if there are more, the last one says so."""
    return csv_answer("spend", COLUMNS, _lines(query, MOST_ROWS + 1, None))


def _lines(query: dict[str, Any], limit: int, after: str | None) -> list[dict[str, Any]]:
    first = query.pop("month", None) or query.get("until") or f"{clock.now().astimezone(UTC):%Y-%m}"
    last = query.pop("until", first)
    with current_service(ProvisioningService).open_work() as work:
        found = work.spend.lines(_first_day(first), _behind(last), limit, after=after, **query)
    return [dict(line) for line in found]


def _first_day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def _behind(month: str) -> date:
    first = _first_day(month)
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)
