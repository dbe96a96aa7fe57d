"""The rules file: required data, and when no person has to review an application."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate

from chassis.http.strict_fields import CountryCode, Name, StrictSchema, Whole
from chassis.settings.yaml_files import read_yaml
from onboarding.adapters.limits_file import MOST_APPROVALS
from onboarding.domain import bounds
from onboarding.domain.application import PROFILE_FIELDS
from onboarding.domain.screening import ApprovalRule, RequiredData, Rules
from onboarding.domain.vocabulary import Competence, PartnerType, Tier


class PatternField(fields.String):
    """A regular expression."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            return re.compile(text)
        except re.error as error:
            raise ValidationError(f"Not a regular expression: {error}.") from None


class RequiredDataSchema(StrictSchema):
    """A required field."""

    field = fields.String(required=True, validate=validate.OneOf(PROFILE_FIELDS))
    countries = fields.List(CountryCode(), load_default=[])
    partner_types = fields.List(fields.Enum(PartnerType, by_value=True), load_default=[])

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> RequiredData:
        return RequiredData(**_frozen(data))


class ApprovalRuleSchema(StrictSchema):
    """Applications that need no review."""

    name = Name(required=True, most=100)
    tier = fields.Enum(Tier, by_value=True, required=True)
    approvals_per_day = Whole(least=0, most=MOST_APPROVALS, load_default=None)
    countries = fields.List(CountryCode(), load_default=[])
    partner_types = fields.List(fields.Enum(PartnerType, by_value=True), load_default=[])
    members_at_most = Whole(least=1, most=bounds.PEOPLE, load_default=None)
    competences_any_of = fields.List(fields.Enum(Competence, by_value=True), load_default=[])
    competences_all_of = fields.List(fields.Enum(Competence, by_value=True), load_default=[])

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> ApprovalRule:
        return ApprovalRule(**_frozen(data))


class RulesSchema(StrictSchema):
    """The whole file."""

    required_data = fields.List(fields.Nested(RequiredDataSchema), load_default=[])
    registration_numbers = fields.Dict(keys=CountryCode(), values=PatternField(), load_default={})
    automatic_approval = fields.List(fields.Nested(ApprovalRuleSchema), load_default=[])

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Rules:
        return Rules(
            approval=tuple(data["automatic_approval"]),
            required=tuple(data["required_data"]),
            registration_formats=data["registration_numbers"],
        )


def read_rules(path: Path) -> Rules:
    """The rules; raises FileRefused."""
    rules: Rules = read_yaml(path, RulesSchema())
    return rules


def _frozen(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: frozenset(value) if isinstance(value, list) else value for name, value in data.items()}
