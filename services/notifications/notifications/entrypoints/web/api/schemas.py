"""What the API takes and gives."""

from enum import StrEnum

from marshmallow import Schema, fields, validate

from chassis.http.described import described
from chassis.http.paging import PageSchema, list_of
from chassis.http.strict_fields import Choice, Name, StrictSchema
from chassis.identity.signed_tokens import LONGEST_TOKEN
from notifications.adapters.learning_paths_file import PARTNER_TYPES, TIERS
from notifications.domain import invitations, messages


def _one_of(known: type[StrEnum]) -> dict[str, str]:
    return {"description": f"One of {', '.join(known)}, or what a newer version put there"}


class AcceptanceRequest(StrictSchema):
    """The token of the link in an invitation's mail."""

    token = fields.String(required=True, validate=validate.Length(min=1, max=LONGEST_TOKEN))


class Acceptance(Schema):
    """An accepted invitation."""

    invitation_id = fields.UUID(required=True)
    path = fields.String(required=True)
    accepted_at = fields.AwareDateTime(required=True)
    learning_url = fields.Url(required=True, allow_none=True)


class ProfileToTry(StrictSchema):
    """A partner as the learning paths see it; a list is a parameter that is there several times."""

    tier = Choice(TIERS, required=True)
    partner_type = Choice(PARTNER_TYPES, required=True)
    products = fields.List(Name(most=32), load_default=list, validate=validate.Length(max=16))


class PathDue(Schema):
    """A path that is offered, and the place of the entry that decides, from 1."""

    path = fields.String(required=True)
    title = fields.String(required=True)
    entry = fields.Integer(required=True)
    product = described(fields.String(required=True, allow_none=True), "Null: offered on becoming active")
    audience = fields.String(required=True)
    hours = fields.Integer(required=True)


class PathsDue(Schema):
    """What a partner of a profile would be offered to learn."""

    version = fields.String(required=True)
    paths = fields.List(fields.Nested(PathDue), required=True)


class MessageOfPartner(Schema):
    """A mail: why it was due, how far it is, and what stands in its way."""

    message_id = fields.UUID(required=True, attribute="id")
    partner_id = fields.UUID(required=True)
    member_id = fields.UUID(required=True)
    kind = fields.String(required=True, metadata=_one_of(messages.Kind))
    occasion = described(fields.String(required=True), "Id of the event that is the reason")
    state = fields.String(required=True, metadata=_one_of(messages.State))
    attempts = fields.Integer(required=True)
    doubts = described(fields.Integer(required=True), "Attempts whose end nobody knows")
    code = fields.String(required=True, allow_none=True)
    cause = fields.String(required=True, allow_none=True)
    planned_at = fields.AwareDateTime(required=True)
    retry_at = described(
        fields.AwareDateTime(required=True, allow_none=True), "When it is tried next, if not at once"
    )
    sent_at = fields.AwareDateTime(required=True, allow_none=True)
    transport = fields.String(required=True, allow_none=True)
    transport_id = fields.String(required=True, allow_none=True)


class FailedMessagesPage(PageSchema):
    """Which mails that failed, and which part of them."""

    cursor = fields.UUID()
    still_tried = described(Choice(("true",)), "Those that failed five times or more, and are tried again")


class FailedMessages(Schema):
    """Mails that failed, of all partners, and where to go on."""

    messages = fields.List(fields.Nested(MessageOfPartner), required=True)
    next_cursor = fields.UUID(required=True, allow_none=True)


MessagesOfPartner = list_of("MessagesOfPartner", messages=MessageOfPartner)


class InvitationOfPartner(Schema):
    """One member's invitation to one path."""

    invitation_id = fields.UUID(required=True, attribute="id")
    partner_id = fields.UUID(required=True)
    member_id = fields.UUID(required=True)
    message_id = described(
        fields.UUID(required=True, allow_none=True), "The mail that carries it, once one does"
    )
    path = fields.String(required=True)
    language = fields.String(required=True)
    state = fields.String(required=True, metadata=_one_of(invitations.State))
    created_at = fields.AwareDateTime(required=True)
    sent_at = fields.AwareDateTime(required=True, allow_none=True)
    expires_at = fields.AwareDateTime(required=True)
    accepted_at = fields.AwareDateTime(required=True, allow_none=True)
    started_at = fields.AwareDateTime(required=True, allow_none=True)
    completed_at = fields.AwareDateTime(required=True, allow_none=True)
    progress = described(fields.Integer(required=True, allow_none=True), "In percent")
    score = described(fields.Float(required=True, allow_none=True), "From -1 to 1")


InvitationsOfPartner = list_of("InvitationsOfPartner", invitations=InvitationOfPartner)
