"""The JSON of the accounts of sandboxes, and of their pool."""

from marshmallow import Schema, fields, validate

from chassis.http.paging import PageSchema, page_of
from chassis.http.strict_fields import Choice
from chassis.operating.http_schemas import StatedReason
from provisioning.domain.account_states import AccountState
from provisioning.domain.findings import FindingState

_ACCOUNT_ID = validate.Regexp(r"^[0-9]{12}\Z", error="Must be the 12 digits of an account of AWS.")


class AccountSearch(PageSchema):
    """Which accounts an operator wants to see."""

    state = Choice(AccountState)
    stuck = Choice(("true",), metadata={"description": "Only those that wait for an operator"})
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

    spent_usd = fields.String(
        required=True, allow_none=True, metadata={"description": "The higher of bill and estimate"}
    )
    billed_usd = fields.String(
        required=True, allow_none=True, metadata={"description": "By AWS, without refunds and credits"}
    )
    billed_until = fields.Date(
        required=True, allow_none=True, metadata={"description": "The last day that AWS billed so far"}
    )
    estimated_usd = fields.String(
        required=True, allow_none=True, metadata={"description": "By looks while a grant has it"}
    )
    usd_per_hour = fields.String(
        required=True, allow_none=True, metadata={"description": "What ran in it at the last look"}
    )


class DetectionGap(Schema):
    """A service that should watch the account and is off, or whose standing is unknown."""

    finding_id = fields.UUID(required=True)
    state = Choice(FindingState, required=True)
    label = fields.String(required=True)


class AccountSeen(Schema):
    """An account of the organization, from its making to its end."""

    account_key = fields.UUID(required=True, metadata={"description": "Ours, from before AWS gave it an id"})
    account_id = fields.String(required=True, allow_none=True)
    state = Choice(AccountState, required=True, metadata={"description": "Where it was last seen"})
    wanted = Choice(AccountState, required=True, metadata={"description": "Where it is going"})
    grant_id = fields.UUID(required=True, allow_none=True, metadata={"description": "The grant that has it"})
    last_grant_id = fields.UUID(required=True, allow_none=True)
    made_at = fields.AwareDateTime(required=True)
    leased_at = fields.AwareDateTime(required=True, allow_none=True)
    returned_at = fields.AwareDateTime(required=True, allow_none=True)
    cooldown_until = fields.AwareDateTime(required=True, allow_none=True)
    rounds = fields.Integer(required=True, metadata={"description": "Cleanings since it was given back"})
    left = fields.List(
        fields.Nested(ThingLeft), required=True, metadata={"description": "What the last look found in it"}
    )
    cost = fields.Nested(AccountCost, required=True, metadata={"description": "This month, in UTC"})
    detection_gaps = fields.List(
        fields.Nested(DetectionGap), required=True, metadata={"description": "Findings that wait"}
    )
    due_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "When something is done with it next"}
    )
    is_stuck = fields.Boolean(required=True, metadata={"description": "Waits for an operator"})
    code = fields.String(required=True, allow_none=True, metadata={"description": "Why it does not get on"})
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

    size = fields.Integer(required=True, metadata={"description": "How many are to wait ready; 0: no pool"})
    after_use = Choice(("close", "reuse"), required=True)
    accounts = fields.Dict(
        keys=fields.String(), values=fields.Integer(), required=True, metadata={"description": "By state"}
    )
    stuck = fields.Integer(required=True)
    leased_in_7_days = fields.Integer(required=True)
    back_in_24_hours = fields.Integer(
        required=True, metadata={"description": "Of those that are emptied or cool down"}
    )
    lasts_days = fields.Float(
        required=True, allow_none=True, metadata={"description": "At the pace of 7 days; null: none taken"}
    )
    closings_allowed = fields.Integer(required=True, metadata={"description": "In 30 days, by AWS's limit"})
    closings_left = fields.Integer(required=True)
    next_closing_at = fields.AwareDateTime(required=True)
    maintenance = fields.Nested(MaintenanceSeen, required=True, allow_none=True)
