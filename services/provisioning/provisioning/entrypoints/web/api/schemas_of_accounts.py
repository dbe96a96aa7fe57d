"""The JSON of the accounts of sandboxes, and of their pool."""

from marshmallow import Schema, fields, validate

from chassis.http.described import described
from chassis.http.paging import PageSchema, page_of
from chassis.http.strict_fields import Choice
from chassis.operating.http_schemas import StatedReason
from provisioning.domain.account_states import AccountState
from provisioning.domain.findings import FindingState

_ACCOUNT_ID = validate.Regexp(r"^[0-9]{12}\Z", error="Must be the 12 digits of an account of AWS.")


class AccountSearch(PageSchema):
    """Which accounts an operator wants to see."""

    state = Choice(AccountState)
    stuck = described(Choice(("true",)), "Only those that wait for an operator")
    cursor = fields.UUID()


class AccountToRegister(StatedReason):
    """Which account of the organization comes into the pool, and why."""

    account_id = fields.String(required=True, validate=_ACCOUNT_ID)


class ThingLeft(Schema):
    """One thing in an account that should be empty."""

    kind = fields.String(required=True)
    outside_id = fields.String(required=True)


class AccountCost(Schema):
    """What an account costs this month, whoever has it; null is not known."""

    spent_usd = described(fields.String(required=True, allow_none=True), "The higher of bill and estimate")
    billed_usd = described(
        fields.String(required=True, allow_none=True), "By AWS, without refunds and credits"
    )
    billed_until = described(
        fields.Date(required=True, allow_none=True), "The last day that AWS billed so far"
    )
    estimated_usd = described(fields.String(required=True, allow_none=True), "By looks while a grant has it")
    usd_per_hour = described(fields.String(required=True, allow_none=True), "What ran in it at the last look")


class DetectionGap(Schema):
    """A service that should watch the account and is off, or whose standing is unknown."""

    finding_id = fields.UUID(required=True)
    state = Choice(FindingState, required=True)
    label = fields.String(required=True)


class AccountSeen(Schema):
    """An account of the organization, from its making to its end."""

    account_key = described(fields.UUID(required=True), "Ours, from before AWS gave it an id")
    account_id = fields.String(required=True, allow_none=True)
    state = described(Choice(AccountState, required=True), "Where it was last seen")
    wanted = described(Choice(AccountState, required=True), "Where it is going")
    grant_id = described(fields.UUID(required=True, allow_none=True), "The grant that has it")
    last_grant_id = fields.UUID(required=True, allow_none=True)
    made_at = fields.AwareDateTime(required=True)
    leased_at = fields.AwareDateTime(required=True, allow_none=True)
    returned_at = fields.AwareDateTime(required=True, allow_none=True)
    cooldown_until = fields.AwareDateTime(required=True, allow_none=True)
    rounds = described(fields.Integer(required=True), "Cleanings since it was given back")
    left = described(fields.List(fields.Nested(ThingLeft), required=True), "What the last look found in it")
    cost = described(fields.Nested(AccountCost, required=True), "This month, in UTC")
    detection_gaps = described(fields.List(fields.Nested(DetectionGap), required=True), "Findings that wait")
    due_at = described(
        fields.AwareDateTime(required=True, allow_none=True), "When something is done with it next"
    )
    is_stuck = described(fields.Boolean(required=True), "Waits for an operator")
    code = described(fields.String(required=True, allow_none=True), "Why it does not get on")
    message = fields.String(required=True, allow_none=True)
    settled_by = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)


AccountPage = page_of("AccountPage", accounts=AccountSeen)


class MaintenanceSeen(Schema):
    """Since when nothing new is begun."""

    began_at = fields.AwareDateTime(required=True)
    begun_by = fields.String(required=True)
    reason = fields.String(required=True)


class PoolSeen(Schema):
    """Where the pool stands, and how long it lasts."""

    size = described(fields.Integer(required=True), "How many are to wait ready; 0: no pool")
    after_use = Choice(("close", "reuse"), required=True)
    accounts = described(
        fields.Dict(keys=fields.String(), values=fields.Integer(), required=True), "By state"
    )
    stuck = fields.Integer(required=True)
    leased_in_7_days = fields.Integer(required=True)
    back_in_24_hours = described(fields.Integer(required=True), "Of those that are emptied or cool down")
    lasts_days = described(
        fields.Float(required=True, allow_none=True), "At the pace of 7 days; null: none taken"
    )
    closings_allowed = described(fields.Integer(required=True), "In 30 days, by AWS's limit")
    closings_left = fields.Integer(required=True)
    next_closing_at = fields.AwareDateTime(required=True)
    maintenance = fields.Nested(MaintenanceSeen, required=True, allow_none=True)
