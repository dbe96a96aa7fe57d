"""The file of limits: how much the rules may approve before people have to look."""

from pathlib import Path
from typing import Any

from marshmallow import fields, post_load

from chassis.http.strict_fields import StrictSchema, Whole
from chassis.settings.yaml_files import read_yaml
from onboarding.domain.approval_limits import ApprovalLimits
from onboarding.domain.vocabulary import Tier

MOST_APPROVALS = 1_000_000
MOST_MONEY = 1_000_000_000

_CostOfTierSchema = StrictSchema.from_dict(
    {tier.value: Whole(required=True, least=0, most=MOST_MONEY) for tier in Tier}, name="CostOfTierSchema"
)


class ApprovalLimitsSchema(StrictSchema):
    """The whole file; what is left out has no limit that suits everybody, so nothing may be left out."""

    approvals_per_day = Whole(required=True, least=0, most=MOST_APPROVALS)
    approvals_per_rule_and_day = Whole(required=True, least=0, most=MOST_APPROVALS)
    cost_per_day = Whole(required=True, least=0, most=MOST_MONEY)
    cost_per_month = Whole(required=True, least=0, most=MOST_MONEY)
    cost_of_tier = fields.Nested(_CostOfTierSchema, required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> ApprovalLimits:
        costs = {Tier(tier): cost for tier, cost in data.pop("cost_of_tier").items()}
        return ApprovalLimits(**data, cost_of_tier=costs)


def read_approval_limits(path: Path) -> ApprovalLimits:
    """The limits; raises FileRefused."""
    limits: ApprovalLimits = read_yaml(path, ApprovalLimitsSchema())
    return limits
