"""The shapes of what a partner reads and takes along of its own, and of what it asks for."""

from marshmallow import Schema, fields

from chassis.http.described import described
from chassis.http.paging import list_of, page_of
from chassis.http.strict_fields import Choice
from onboarding.domain.requests import Kind, Outcome, Standing
from onboarding.entrypoints.web.api.answers import AcceptanceSchema, DecisionSchema, FindingSchema


class AcceptedAgreementSchema(AcceptanceSchema):
    """The words that were accepted, whose UTF-8 bytes have that SHA-256."""

    markdown = fields.String(required=True, allow_none=True)


class LearningLineSchema(Schema):
    """One person and one learning path."""

    member_id = fields.UUID(required=True)
    path = fields.String(required=True)
    path_title = fields.String(required=True)
    state = described(fields.String(required=True), "sent, accepted, expired, started or completed")
    at = fields.AwareDateTime(required=True)


LearningSchema = list_of("LearningSchema", learning=LearningLineSchema)


class ExportSchema(Schema):
    """All that onboarding keeps about the partner, and where other services tell theirs."""

    exported_at = fields.AwareDateTime(required=True)
    partner = fields.Dict(required=True)
    agreement_text = fields.String(required=True, allow_none=True)
    requests = fields.List(fields.Dict(), required=True)
    learning = fields.List(fields.Dict(), required=True)
    passkeys = fields.List(fields.Dict(), required=True)
    timeline = fields.List(fields.Dict(), required=True)
    is_timeline_cut = fields.Boolean(required=True)
    elsewhere = fields.Dict(required=True)


class SessionLineSchema(Schema):
    """Where the partner is signed in."""

    session_id = fields.UUID(required=True, attribute="id")
    begun_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    browser = described(fields.String(required=True), "Family and system; empty for a program")
    is_current = fields.Boolean(required=True)


SessionsSchema = list_of("SessionsSchema", sessions=SessionLineSchema)


class CeremonySchema(Schema):
    """The options of a ceremony of WebAuthn."""

    public_key = described(
        fields.Dict(required=True), "`PublicKeyCredentialCreationOptionsJSON`, or `…RequestOptionsJSON`"
    )


class PasskeyLineSchema(Schema):
    """A passkey by the name that its owner gave it."""

    passkey_id = fields.UUID(required=True, attribute="id")
    name = fields.String(required=True)
    added_at = fields.AwareDateTime(required=True)
    used_at = fields.AwareDateTime(required=True, allow_none=True)


PasskeysSchema = list_of("PasskeysSchema", passkeys=PasskeyLineSchema)


class RequestMovedSchema(Schema):
    """Where a request stands now."""

    request_id = fields.UUID(required=True)
    partner_id = fields.UUID(required=True)
    kind = Choice(Kind, required=True)
    standing = described(
        Choice(Standing, required=True),
        "asked (rules look at it), waiting (for an operator), approved (is being"
        " carried out), done, refused or withdrawn",
    )


class PartnerRequestAnswerSchema(RequestMovedSchema):
    """What a partner asked for, and how far it is. Findings and names of operators are for operators only."""

    asked_at = fields.AwareDateTime(required=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)
    reason = described(fields.String(required=True), "The partner's own words")
    grant_id = fields.UUID(required=True, allow_none=True)
    product = fields.String(required=True, allow_none=True)
    days = fields.Integer(required=True, allow_none=True)
    ends_at = described(fields.AwareDateTime(required=True, allow_none=True), "When the lease would end then")
    competence = fields.String(required=True, allow_none=True)
    before = described(fields.Dict(keys=fields.String(), required=True), "The company's fields as they are")
    after = described(fields.Dict(keys=fields.String(), required=True), "The same as the partner wants them")
    decision = fields.Nested(DecisionSchema, required=True, allow_none=True)
    findings = fields.List(fields.Nested(FindingSchema))
    legal_name = described(fields.String(), "For operators only")
    decisions = described(
        fields.List(Choice(Outcome)), "For operators only: what who asks may decide of it now"
    )


PartnerRequestsSchema = list_of("PartnerRequestsSchema", requests=PartnerRequestAnswerSchema)


RequestsSchema = page_of("RequestsSchema", requests=PartnerRequestAnswerSchema)


class ProfileChangedSchema(Schema):
    """What a change of the profile came to."""

    partner_id = fields.UUID(required=True)
    changed_fields = fields.List(fields.String(), required=True)
    request = described(
        fields.Nested(RequestMovedSchema, required=True, allow_none=True),
        "What operators look at first; none where nothing of that changed",
    )
