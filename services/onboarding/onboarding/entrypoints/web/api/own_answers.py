"""The shapes of what a partner reads and takes along of its own."""

from marshmallow import Schema, fields

from chassis.http.paging import list_of
from onboarding.entrypoints.web.api.answers import AcceptanceSchema


class AcceptedAgreementSchema(AcceptanceSchema):
    """The words that were accepted, whose UTF-8 bytes have that SHA-256."""

    markdown = fields.String(required=True, allow_none=True)


class LearningLineSchema(Schema):
    """One person and one learning path."""

    member_id = fields.UUID(required=True)
    path = fields.String(required=True)
    path_title = fields.String(required=True)
    state = fields.String(
        required=True, metadata={"description": "sent, accepted, expired, started or completed"}
    )
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
    browser = fields.String(required=True, metadata={"description": "Family and system; empty for a program"})
    is_current = fields.Boolean(required=True)


class SessionsSchema(Schema):
    """The sessions that go on, the newest first."""

    sessions = fields.List(fields.Nested(SessionLineSchema), required=True)


class CeremonySchema(Schema):
    """The options of a ceremony of WebAuthn."""

    public_key = fields.Dict(
        required=True,
        metadata={"description": "`PublicKeyCredentialCreationOptionsJSON`, or `…RequestOptionsJSON`"},
    )


class PasskeyLineSchema(Schema):
    """A passkey by the name that its owner gave it."""

    passkey_id = fields.UUID(required=True, attribute="id")
    name = fields.String(required=True)
    added_at = fields.AwareDateTime(required=True)
    used_at = fields.AwareDateTime(required=True, allow_none=True)


PasskeysSchema = list_of("PasskeysSchema", passkeys=PasskeyLineSchema)
