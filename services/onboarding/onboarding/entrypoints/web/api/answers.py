"""The shapes of answers."""

from marshmallow import Schema, fields

from chassis.http.described import described
from chassis.http.paging import list_of, page_of


class MovedSchema(Schema):
    """Where a partner stands now."""

    partner_id = fields.UUID(required=True)
    state = fields.String(required=True)


class ErasedSchema(Schema):
    """Nothing is kept of the partner any more."""

    partner_id = fields.UUID(required=True)
    erased_at = fields.AwareDateTime(required=True)


class SessionSchema(MovedSchema):
    """A session; the token is a secret and is handed out once."""

    session_token = fields.String(required=True)
    expires_at = described(
        fields.AwareDateTime(required=True), "Until then the session lasts, unless it is ended before"
    )
    token_expires_at = described(
        fields.AwareDateTime(required=True), "Until then other services accept this token"
    )


class AcknowledgedSchema(Schema):
    """The same words for everybody."""

    detail = fields.String(required=True)


class DraftAnswerSchema(Schema):
    """An application as far as it got."""

    application = fields.Dict(required=True)
    saved_at = fields.AwareDateTime(required=True)
    expires_at = described(fields.AwareDateTime(required=True), "Then it is erased")


class CompanyAnswerSchema(Schema):
    """The company."""

    legal_name = fields.String(required=True)
    registration_number = fields.String(required=True)
    country = fields.String(required=True)
    website = fields.String(required=True)


class MemberAnswerSchema(Schema):
    """One of the company's people."""

    member_id = fields.UUID(required=True)
    given_name = fields.String(required=True)
    family_name = fields.String(required=True)
    email = fields.String(required=True)
    language = fields.String(required=True)
    standing = described(
        fields.String(required=True),
        "contact, confirmed (belongs to the partner by their own word), asked (by mail, no"
        " answer yet) or named (will be asked once the company is a partner)",
    )
    confirmed_at = fields.AwareDateTime(required=True, allow_none=True)


class NamedPersonSchema(Schema):
    """A person who was named, by id: who named them knows the rest."""

    partner_id = fields.UUID(required=True)
    member_id = fields.UUID(required=True)
    standing = described(fields.String(required=True), "asked: by mail, no answer yet")


class PeopleSchema(Schema):
    """A partner's people. Who said that it is not right to name them is counted and forgotten."""

    partner_id = fields.UUID(required=True)
    contact = fields.Nested(MemberAnswerSchema, required=True)
    members = fields.List(fields.Nested(MemberAnswerSchema), required=True)
    declined_count = fields.Integer(required=True)


class MembershipAnswerSchema(Schema):
    """What a named person's answer came to."""

    answer = described(fields.String(required=True), "confirmed or declined")


class CauseSchema(Schema):
    """Why a product is not there yet."""

    code = fields.String(required=True)
    message = fields.String(required=True)
    step = fields.String(required=True)
    will_retry = fields.Boolean(required=True)
    retry_at = fields.AwareDateTime(required=True, allow_none=True)


class ProductAnswerSchema(Schema):
    """One product of the partner."""

    grant_id = fields.UUID(required=True)
    product = fields.String(required=True)
    required = fields.Boolean(required=True)
    state = fields.String(required=True)
    cause = fields.Nested(CauseSchema, required=True, allow_none=True)
    identifiers = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    lease_ends_at = described(
        fields.AwareDateTime(required=True, allow_none=True), "When it ends, if it has an end"
    )
    collect_url = described(fields.String(allow_none=True), "Page that hands out the key of a device, once")


class FindingSchema(Schema):
    """Something that screening found."""

    code = fields.String(required=True)
    message = fields.String(required=True)


class CorrectionAskedSchema(Schema):
    """What is to be corrected."""

    fields_ = fields.List(fields.String(), data_key="fields", required=True)
    message = fields.String(required=True)


class DecisionSchema(Schema):
    """The newest decision."""

    reason = fields.String(required=True)
    by = described(fields.String(required=True), "rules, operator or partner")
    by_name = described(fields.String(), "For operators only")
    at = fields.AwareDateTime(required=True)


class AcceptanceSchema(Schema):
    """Who accepted which agreement."""

    agreement_version = fields.String(required=True, attribute="version")
    language = fields.String(required=True)
    text_sha256 = fields.String(required=True)
    accepted_by = fields.UUID(required=True)
    accepted_at = fields.AwareDateTime(required=True)


class PartnerAnswerSchema(MovedSchema):
    """A partner. Findings, moves and names of operators are for operators only; who is no partner sees
    `[personal]` for names and addresses of people."""

    created_at = fields.AwareDateTime(required=True)
    state_entered_at = fields.AwareDateTime(required=True)
    deadline_at = fields.AwareDateTime(required=True, allow_none=True)
    company = fields.Nested(CompanyAnswerSchema, required=True)
    contact = fields.Nested(MemberAnswerSchema, required=True)
    members = fields.List(fields.Nested(MemberAnswerSchema), required=True)
    declined_count = described(
        fields.Integer(required=True), "How many named people said that it is not right"
    )
    partner_type = fields.String(required=True)
    competences = fields.List(fields.String(), required=True)
    products_wanted = fields.List(fields.String(), required=True)
    expected_benefits = fields.String(required=True)
    language = fields.String(required=True)
    tier = fields.String(required=True, allow_none=True)
    products = fields.List(fields.Nested(ProductAnswerSchema), required=True)
    correction = fields.Nested(CorrectionAskedSchema, required=True, allow_none=True)
    decision = fields.Nested(DecisionSchema, required=True, allow_none=True)
    agreement = fields.Nested(AcceptanceSchema, required=True, allow_none=True)
    findings = fields.List(fields.Nested(FindingSchema))
    moves = described(fields.List(fields.String()), "What the life cycle allows from here")
    may_change_tier = described(fields.Boolean(), "Whether operators may give it another tier")
    may_be_erased = described(fields.Boolean(), "Whether operators may erase it: it has left")


class PartnerLineSchema(Schema):
    """A partner in a list."""

    partner_id = fields.UUID(required=True)
    legal_name = fields.String(required=True)
    country = fields.String(required=True)
    partner_type = fields.String(required=True)
    state = fields.String(required=True)
    tier = fields.String(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    state_entered_at = fields.AwareDateTime(required=True)
    deadline_at = fields.AwareDateTime(required=True, allow_none=True)
    findings = fields.List(fields.Nested(FindingSchema), required=True)


PartnersSchema = page_of("PartnersSchema", partners=PartnerLineSchema)


class SimilarPartnerSchema(Schema):
    """Another partner, and what the two have in common."""

    partner_id = fields.UUID(required=True)
    legal_name = fields.String(required=True)
    state = fields.String(required=True)
    trait = fields.String(required=True, attribute="by")
    is_former = fields.Boolean(required=True)


SimilarPartnersSchema = list_of("SimilarPartnersSchema", similar=SimilarPartnerSchema)


class ApprovalLimitSchema(Schema):
    """A limit of automatic approval; money in whole US dollars, days and months in UTC."""

    limit = described(fields.String(required=True), "Its name in the file of limits")
    rule = described(fields.String(required=True, allow_none=True), "None: all rules together")
    used = fields.Integer(required=True)
    most = fields.Integer(required=True)
    began_at = described(fields.AwareDateTime(required=True), "What came before is not counted")
    ends_at = described(fields.AwareDateTime(required=True), "When the count starts again")
    exceeded_at = described(
        fields.AwareDateTime(required=True, allow_none=True),
        "Since then applications wait for people because of it",
    )


ApprovalLimitsSchema = list_of("ApprovalLimitsSchema", limits=ApprovalLimitSchema)


class StatesPublishedSchema(Schema):
    """How much was set going."""

    partners = described(fields.Integer(required=True), "How many snapshots will be sent")


class EntrySchema(Schema):
    """One thing that happened."""

    code = fields.String(required=True)
    text = fields.String(required=True)
    occurred_at = fields.AwareDateTime(required=True)
    service = fields.String(required=True)
    facts = fields.Dict(keys=fields.String(), required=True)
    internal_facts = described(fields.Dict(keys=fields.String()), "For operators only")
    trace_id = described(
        fields.String(allow_none=True), "For operators only: as the logs of every service show it"
    )


TimelineSchema = page_of("TimelineSchema", entries=EntrySchema)


class AgreementSchema(Schema):
    """The agreement in force."""

    agreement_version = fields.String(required=True)
    language = fields.String(required=True)
    markdown = fields.String(required=True)
    text_sha256 = fields.String(required=True)
