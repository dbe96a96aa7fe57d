"""The shapes of answers about what partners ask for."""

from marshmallow import Schema, fields, validate

from chassis.http.paging import list_of, page_of
from onboarding.domain.requests import Kind, Outcome, Standing
from onboarding.entrypoints.web.api.answers import DecisionSchema, FindingSchema


class RequestMovedSchema(Schema):
    """Where a request stands now."""

    request_id = fields.UUID(required=True)
    partner_id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=validate.OneOf([*Kind]))
    standing = fields.String(
        required=True,
        validate=validate.OneOf([*Standing]),
        metadata={
            "description": "asked (rules look at it), waiting (for an operator), approved (is being"
            " carried out), done, refused or withdrawn"
        },
    )


class PartnerRequestAnswerSchema(RequestMovedSchema):
    """What a partner asked for, and how far it is. Findings and names of operators are for operators only."""

    asked_at = fields.AwareDateTime(required=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)
    reason = fields.String(required=True, metadata={"description": "The partner's own words"})
    grant_id = fields.UUID(required=True, allow_none=True)
    product = fields.String(required=True, allow_none=True)
    days = fields.Integer(required=True, allow_none=True)
    ends_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "When the lease would end then"}
    )
    competence = fields.String(required=True, allow_none=True)
    before = fields.Dict(
        keys=fields.String(), required=True, metadata={"description": "The company's fields as they are"}
    )
    after = fields.Dict(
        keys=fields.String(), required=True, metadata={"description": "The same as the partner wants them"}
    )
    decision = fields.Nested(DecisionSchema, required=True, allow_none=True)
    findings = fields.List(fields.Nested(FindingSchema))
    legal_name = fields.String(metadata={"description": "For operators only"})
    decisions = fields.List(
        fields.String(validate=validate.OneOf([*Outcome])),
        metadata={"description": "For operators only: what who asks may decide of it now"},
    )


PartnerRequestsSchema = list_of("PartnerRequestsSchema", requests=PartnerRequestAnswerSchema)


RequestsSchema = page_of("RequestsSchema", requests=PartnerRequestAnswerSchema)


class ProfileChangedSchema(Schema):
    """What a change of the profile came to."""

    partner_id = fields.UUID(required=True)
    changed_fields = fields.List(fields.String(), required=True)
    request = fields.Nested(
        RequestMovedSchema,
        required=True,
        allow_none=True,
        metadata={"description": "What operators look at first; none where nothing of that changed"},
    )
