"""What a partner may ask for, and say is different about the company; for the API and the pages' forms."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from marshmallow import ValidationError, fields, validates_schema

from chassis.http.described import described
from chassis.http.strict_fields import Choice, StrictSchema, Text, Whole
from onboarding.domain import bounds
from onboarding.domain.requests import Kind
from onboarding.domain.vocabulary import Competence, Language, PartnerType, Product
from onboarding.entrypoints.web.application_schemas import CompanyCorrectionSchema, flattened
from onboarding.handlers.commands import AskFor, ChangeProfile

# The field that says what exactly, by the kind of request.
ABOUT: Mapping[str, str] = {
    Kind.MORE_TIME: "grant_id",
    Kind.PRODUCT: "product",
    Kind.COMPETENCE: "competence",
}


class PartnerRequestSchema(StrictSchema):
    """What is asked for: more time for one grant, another product, or another competence."""

    kind = Choice(ABOUT, required=True)
    grant_id = described(fields.UUID(), "For more_time")
    days = described(Whole(least=1, most=bounds.MORE_DAYS), "For more_time: how much longer")
    product = described(Choice(Product), "For product")
    competence = described(Choice(Competence), "For competence")
    reason = Text(least=0, most=bounds.REASON, load_default="")

    @validates_schema(skip_on_field_errors=False)
    def check_fields_of_kind(self, data: Mapping[str, Any], **_: Any) -> None:
        """Each kind has its own fields, all of them and no other's."""
        if data.get("kind") not in ABOUT:
            return
        needed = {ABOUT[data["kind"]]} | ({"days"} if data["kind"] == Kind.MORE_TIME else set())
        wrong = {name: ["Missing data for required field."] for name in needed - data.keys()}
        others = {*ABOUT.values(), "days"} - needed
        wrong |= {name: ["This is not for a request of this kind."] for name in others & data.keys()}
        if wrong:
            raise ValidationError(wrong)


class ProfileSchema(StrictSchema):
    """What is different about the company; what is left out stays as it is."""

    company = fields.Nested(CompanyCorrectionSchema)
    partner_type = Choice(PartnerType)
    expected_benefits = Text(least=0, most=bounds.EXPECTED_BENEFITS)
    language = described(Choice(Language), "Of the company; each person has one, too")
    reason = described(
        Text(least=0, most=bounds.REASON, load_default=""),
        "Why, for who looks at another name, number, country or kind",
    )


def asked_for(partner_id: UUID, body: dict[str, Any]) -> AskFor:
    """The command that a checked body asks for."""
    about, days = str(body[ABOUT[body["kind"]]]), body.get("days", 0)
    return AskFor(
        partner_id=partner_id, kind=Kind(body["kind"]), about=about, days=days, reason=body["reason"]
    )


def profile_change(partner_id: UUID, body: dict[str, Any]) -> ChangeProfile:
    """The command that a checked body asks for."""
    wanted = {name: value for name, value in body.items() if name != "reason"}
    return ChangeProfile(partner_id=partner_id, changes=flattened(wanted), reason=body["reason"])
