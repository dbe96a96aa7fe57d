"""API: the funnel, how long stages last, and what fails."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields

from chassis.http.current_service import current_service
from chassis.http.described import described
from chassis.http.openapi import ApiBlueprint
from onboarding.bootstrap import OnboardingService

api = ApiBlueprint("figures", __name__, description="How partners get on, in numbers")


class WeekSchema(Schema):
    """Of those who applied in one week, how many came how far."""

    week = fields.String(required=True, metadata={"format": "date", "description": "Its Monday, in UTC"})
    applied = fields.Integer(required=True)
    email_verified = fields.Integer(required=True)
    approved = fields.Integer(required=True)
    agreement_accepted = fields.Integer(required=True)
    active = fields.Integer(required=True)


class StageSchema(Schema):
    """How long it lasts from one to the other, for those who came there."""

    begin = fields.String(required=True)
    end = fields.String(required=True)
    partners = fields.Integer(required=True)
    median_seconds = fields.Float(required=True, allow_none=True)
    p90_seconds = fields.Float(required=True, allow_none=True)


class FailureSchema(Schema):
    """What failed, and how often."""

    what = described(fields.String(required=True, allow_none=True), "A product, or a kind of mail")
    code = fields.String(required=True, allow_none=True)
    count = fields.Integer(required=True)
    partners = fields.Integer(required=True)
    newest_at = fields.String(required=True, metadata={"format": "date-time"})


class FiguresSchema(Schema):
    """Of the last twelve weeks."""

    counted_at = fields.AwareDateTime(required=True, allow_none=True)
    weeks = fields.List(fields.Nested(WeekSchema), required=True)
    stages = fields.List(fields.Nested(StageSchema), required=True)
    failures = fields.List(fields.Nested(FailureSchema), required=True)


@api.get("/v1/figures")
@api.response(200, FiguresSchema)
def get_figures() -> Mapping[str, Any]:
    """Show the figures that were calculated last."""
    with current_service(OnboardingService).open_work() as work:
        return work.figures.newest()
