"""The files of limits: rate limits, and how much the rules may approve."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validates_schema

from chassis.http.strict_fields import StrictSchema, Whole
from chassis.settings.yaml_files import read_yaml
from onboarding.domain.approval_limits import ApprovalLimits
from onboarding.domain.limits import MEASURES, Act, Limit, Limits, MailGaps, Measure
from onboarding.domain.vocabulary import Tier

MOST_MINUTES = 31 * 24 * 60


class LimitSchema(StrictSchema):
    """One limit."""

    at_most = Whole(least=1, most=10_000_000, required=True)
    minutes = Whole(least=1, most=MOST_MINUTES, required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Limit:
        return Limit(data["at_most"], timedelta(minutes=data["minutes"]))


class MailGapsSchema(StrictSchema):
    """The pause between mails to one mailbox."""

    minutes = Whole(least=1, most=MOST_MINUTES, required=True)
    at_most_minutes = Whole(least=1, most=MOST_MINUTES, required=True)

    @validates_schema(skip_on_field_errors=True)
    def check_order(self, data: Mapping[str, Any], **_: Any) -> None:
        """The longest must not be shorter than the first."""
        if data["at_most_minutes"] < data["minutes"]:
            raise ValidationError({"at_most_minutes": ["Must not be less than minutes."]})

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> MailGaps:
        return MailGaps(timedelta(minutes=data["minutes"]), timedelta(minutes=data["at_most_minutes"]))


class NetworksSchema(StrictSchema):
    """How many bits of an address identify one client."""

    ipv4_prefix = Whole(least=8, most=32, required=True)
    ipv6_prefix = Whole(least=16, most=64, required=True)


def _measures(act: Act) -> fields.Nested:
    found = {measure.value: fields.Nested(LimitSchema) for measure in Measure if measure in MEASURES[act]}
    return fields.Nested(StrictSchema.from_dict(dict(found), name=f"{act}-limits"), required=True)


# Every act is required, so that none is unlimited by mistake: `apply: {}` says it has no limit.
ActsSchema: type[Schema] = StrictSchema.from_dict({act.value: _measures(act) for act in Act}, name="acts")


class LimitsSchema(StrictSchema):
    """The whole file."""

    networks = fields.Nested(NetworksSchema, required=True)
    acts = fields.Nested(ActsSchema, required=True)
    mails_to_unconfirmed = fields.Nested(MailGapsSchema, required=True, allow_none=True)
    sign_in_mails = fields.Nested(MailGapsSchema, required=True, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Limits:
        return Limits(
            acts={
                Act(act): {Measure(measure): limit for measure, limit in measures.items()}
                for act, measures in data["acts"].items()
            },
            **data["networks"],
            mails_to_unconfirmed=data["mails_to_unconfirmed"],
            sign_in_mails=data["sign_in_mails"],
        )


def read_limits(path: Path) -> Limits:
    """The limits; raises FileRefused."""
    limits: Limits = read_yaml(path, LimitsSchema())
    return limits


MOST_APPROVALS = 1_000_000
MOST_MONEY = 1_000_000_000

_CostOfTierSchema = StrictSchema.from_dict(
    {tier.value: Whole(required=True, least=0, most=MOST_MONEY) for tier in Tier}, name="CostOfTierSchema"
)


class ApprovalLimitsSchema(StrictSchema):
    """The whole file; every entry is required, since no default would suit everybody."""

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
