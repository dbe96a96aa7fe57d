"""Answers of an application as far as somebody got: bounded and clean, but neither complete nor right yet."""

from marshmallow import fields

from chassis.http.languages import current_language
from chassis.http.strict_fields import Choice, Name, ShortList, StrictSchema, Text
from chassis.identity.signed_tokens import LONGEST_TOKEN
from onboarding.domain import bounds
from onboarding.domain.vocabulary import Language
from onboarding.entrypoints.web.application_schemas import ApplicationSchema, ReachableAddress

_LONGEST_WORD = 64


def _line(most: int = _LONGEST_WORD) -> Name:
    return Name(least=0, most=most)


class DraftCompanySchema(StrictSchema):
    """What is known of the company so far."""

    legal_name = _line(bounds.LEGAL_NAME)
    registration_number = _line(bounds.REGISTRATION_NUMBER)
    country = _line()
    website = _line(bounds.WEBSITE)


class DraftPersonSchema(StrictSchema):
    """What is known of a person so far."""

    given_name = _line(bounds.PERSON_NAME)
    family_name = _line(bounds.PERSON_NAME)
    email = _line(bounds.EMAIL)
    language = _line()


class DraftAnswersSchema(StrictSchema):
    """An application, of which anything may be missing."""

    company = fields.Nested(DraftCompanySchema)
    contact = fields.Nested(DraftPersonSchema)
    partner_type = _line()
    competences = ShortList(_line(), most=bounds.CHOICES)
    products_wanted = ShortList(_line(), most=bounds.CHOICES)
    expected_benefits = Text(least=0, most=bounds.EXPECTED_BENEFITS)
    language = _line()
    members = ShortList(fields.Nested(DraftPersonSchema), most=bounds.MEMBERS)


class DraftSchema(StrictSchema):
    """What is to be kept, and where the link to it goes, in which language."""

    email = ReachableAddress(required=True)
    language = Choice(Language, load_default=current_language)
    application = fields.Nested(DraftAnswersSchema, required=True)


class DraftTokenSchema(StrictSchema):
    """The link's token, as it stands in the mail after ``/drafts/``."""

    draft_token = Name(required=True, most=LONGEST_TOKEN)


class DraftAgainSchema(DraftTokenSchema):
    """What is to be kept in the place of what was."""

    application = fields.Nested(DraftAnswersSchema, required=True)


class SentApplicationSchema(ApplicationSchema):
    """An application, and the token of the draft that it uses up."""

    draft_token = Name(most=LONGEST_TOKEN)
