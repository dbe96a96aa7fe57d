"""The shapes of requests, beside the application itself."""

from functools import partial
from uuid import UUID

from marshmallow import fields

from chassis.http.described import described
from chassis.http.paging import PageSchema
from chassis.http.strict_fields import Choice, Flag, Name, ShortList, StrictSchema, Text
from chassis.identity.signed_tokens import LONGEST_TOKEN
from chassis.operating.cursors import Cursor, moment, number
from chassis.operating.http_schemas import ReasonOfOperator
from onboarding.domain import bounds
from onboarding.domain.application import CORRECTABLE_FIELDS
from onboarding.domain.requests import Standing
from onboarding.domain.states import State
from onboarding.domain.vocabulary import Language, Tier
from onboarding.entrypoints.web.application_schemas import ReachableAddress

_Cursor = partial(Cursor, metadata={}, load_default=None)


class LinkTokenSchema(StrictSchema):
    """The link's token, as it stands in the mail after ``/links/``."""

    link_token = Name(required=True, most=LONGEST_TOKEN)


class MembershipSchema(StrictSchema):
    """A named person's answer, with the link's token as it stands in the mail after ``/memberships/``."""

    link_token = Name(required=True, most=LONGEST_TOKEN)
    is_right = described(Flag(required=True), "Whether the person belongs to the company that named them")


class LinkRequestSchema(StrictSchema):
    """Where a fresh link should go."""

    email = ReachableAddress(required=True)


class AcceptanceRequestSchema(StrictSchema):
    """Which words are accepted; without a language, those of the language of the request."""

    agreement_version = Name(required=True, most=bounds.AGREEMENT_VERSION)
    language = Choice(Language)


class LanguageSchema(StrictSchema):
    """In which language a person is written to."""

    language = Choice(Language, required=True)


class StatedReasonSchema(StrictSchema):
    """Why; the partner reads it."""

    reason = Text(required=True, most=bounds.REASON)


class OperatorsReasonSchema(StrictSchema):
    """Why; only operators read it, in their log."""

    reason = Text(required=True, most=bounds.REASON)


class PeopleReasonSchema(ReasonOfOperator):
    """The partner need not say why; operators do, in their log."""


class HandOverSchema(PeopleReasonSchema):
    """Which member speaks for the partner; operators say why, in their log."""

    member_id = fields.UUID(required=True)


class OptionalReasonSchema(StrictSchema):
    """Why, if the partner likes to say so."""

    reason = Text(most=bounds.REASON)


class StatePublicationSchema(OperatorsReasonSchema):
    """Whose snapshot is sent once more, and why; without an id that of every partner."""

    partner_id = fields.UUID()


class ApprovalSchema(StatedReasonSchema):
    """An operator's approval."""

    tier = Choice(Tier, required=True)
    other_than = described(
        fields.UUID(),
        "A partner that holds the same registration number and is another company all the"
        " same, as `conflicting_partner_id` of a 409 names it; the reason says why",
    )


class TierSchema(StatedReasonSchema):
    """The tier that a partner has from now on."""

    tier = Choice(Tier, required=True)


class CorrectionRequestSchema(StrictSchema):
    """What the applicant should correct, and why."""

    fields_ = ShortList(
        Choice(CORRECTABLE_FIELDS), least=1, most=len(CORRECTABLE_FIELDS), required=True, data_key="fields"
    )
    message = Text(required=True, most=bounds.REASON)


class TimelinePageSchema(PageSchema):
    """Which part of the timeline."""

    cursor = _Cursor(moment, number)
    lang = described(Choice(Language), "Language of the texts; else Accept-Language")


class ReviewsPageSchema(PageSchema):
    """Which part of the review queue."""

    cursor = _Cursor(moment, UUID)


class RequestsPageSchema(PageSchema):
    """Which part of the list of requests."""

    cursor = _Cursor(moment, UUID)
    standing = Choice(Standing, load_default=Standing.WAITING)


class SearchSchema(PageSchema):
    """Which partners."""

    cursor = _Cursor(UUID)
    search = Name(least=0, load_default="")
    state = Choice(State, load_default=None)
