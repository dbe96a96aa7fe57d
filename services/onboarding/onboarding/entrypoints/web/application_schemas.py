"""What an applicant may send: bounded, clean, nothing unknown. Used by the API and by the pages' forms."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from flask import has_app_context
from marshmallow import ValidationError, fields, validates_schema
from uuid_utils.compat import uuid7

from chassis.http.current_service import current_service
from chassis.http.described import described
from chassis.http.strict_fields import (
    Choice,
    CountryCode,
    EmailAddress,
    HttpsUrl,
    ProperName,
    ShortList,
    StrictSchema,
    Text,
)
from chassis.text.mail_addresses import canonical_address
from onboarding.bootstrap import OnboardingService
from onboarding.domain import bounds
from onboarding.domain.application import PROFILE_FIELDS, Member, Profile
from onboarding.domain.registers import read_registration
from onboarding.domain.registration import WRONG_NUMBER, Verdict
from onboarding.domain.vocabulary import Competence, Language, PartnerType, Product
from onboarding.handlers.commands import Apply


class ReachableAddress(EmailAddress):
    """An address with letters outside ASCII before the @ is taken only where mails go out by SMTPUTF8."""

    def may_be_international(self) -> bool:
        return has_app_context() and current_service(OnboardingService).settings.mail_smtputf8


COMPANY_FIELDS = ("legal_name", "registration_number", "country", "website")


def place_of(field: str) -> str:
    """The JSON pointer of a field."""
    return f"/company/{field}" if field in COMPANY_FIELDS else f"/{field}"


def flattened(body: Mapping[str, Any]) -> dict[str, Any]:
    """A body by the names of fields, without the company's level, and with tuples for lists."""
    flat = {**body.get("company", {}), **body}
    flat.pop("company", None)
    return {name: tuple(value) if isinstance(value, list) else value for name, value in flat.items()}


def _are_different(values: list[str]) -> None:
    if len(set(values)) < len(values):
        raise ValidationError("Name each only once.")


def _some_of(words: type[StrEnum], **options: Any) -> ShortList:
    return ShortList(Choice(words), most=bounds.CHOICES, validate=[_are_different], **options)


def _legal_name(**options: Any) -> ProperName:
    return ProperName(most=bounds.LEGAL_NAME, metadata={"example": "Müller & Söhne GmbH"}, **options)


def _registration_number(**options: Any) -> ProperName:
    example = {"example": "Amtsgericht München HRB 12345"}
    return ProperName(most=bounds.REGISTRATION_NUMBER, metadata=example, **options)


def _website(**options: Any) -> HttpsUrl:
    return HttpsUrl(most=bounds.WEBSITE, metadata={"example": "https://mueller.example"}, **options)


class CompanySchema(StrictSchema):
    """The company."""

    legal_name = _legal_name(required=True)
    registration_number = _registration_number(required=True)
    country = CountryCode(required=True)
    website = _website(required=True)

    @validates_schema(skip_on_field_errors=False)
    def check_number(self, data: Mapping[str, Any], **_: Any) -> None:
        """The number as its register checks it, whatever is wrong elsewhere."""
        if not {"country", "registration_number"} <= data.keys():
            return
        if read_registration(data["country"], data["registration_number"]).verdict is Verdict.WRONG:
            raise ValidationError({"registration_number": [WRONG_NUMBER]})


class CompanyCorrectionSchema(StrictSchema):
    """What changes about the company."""

    legal_name = _legal_name()
    registration_number = _registration_number()
    country = CountryCode()
    website = _website()


class PersonSchema(StrictSchema):
    """One of the company's people; without a language, the application's is used."""

    given_name = ProperName(required=True, most=bounds.PERSON_NAME)
    family_name = described(
        ProperName(least=0, most=bounds.PERSON_NAME, load_default=""), "Empty for a person of one name"
    )
    email = ReachableAddress(required=True)
    language = Choice(Language)


class CorrectionSchema(StrictSchema):
    """What the applicant changes; only what was asked for may stand here."""

    company = fields.Nested(CompanyCorrectionSchema)
    partner_type = Choice(PartnerType)
    competences = _some_of(Competence)
    products_wanted = _some_of(Product)
    expected_benefits = Text(least=0, most=bounds.EXPECTED_BENEFITS)
    language = Choice(Language)
    members = described(
        ShortList(fields.Nested(PersonSchema), most=bounds.MEMBERS),
        "The people beside the contact, all of them",
    )

    @validates_schema(skip_on_field_errors=True)
    def check_addresses(self, data: Mapping[str, Any], **_: Any) -> None:
        """Each person has an address of their own."""
        seen = {canonical_address(data["contact"]["email"])} if "contact" in data else set()
        doubled = {}
        for place, person in enumerate(data.get("members", [])):
            mailbox = canonical_address(person["email"])
            if mailbox in seen:
                doubled[place] = {"email": ["Someone else has this address already."]}
            seen.add(mailbox)
        if doubled:
            raise ValidationError({"members": doubled})


class ApplicationSchema(CorrectionSchema):
    """A whole application."""

    company = fields.Nested(CompanySchema, required=True)
    contact = fields.Nested(PersonSchema, required=True)
    partner_type = Choice(PartnerType, required=True)
    competences = _some_of(Competence, load_default=list)
    products_wanted = _some_of(Product, load_default=list)
    expected_benefits = Text(least=0, most=bounds.EXPECTED_BENEFITS, load_default="")
    language = Choice(Language, required=True)
    members = described(
        ShortList(fields.Nested(PersonSchema), most=bounds.MEMBERS, load_default=list),
        "The people beside the contact",
    )

    @validates_schema(skip_on_field_errors=False)
    def check_required(self, data: Mapping[str, Any], **_: Any) -> None:
        """What the rules file wants of such a company; nobody shall wait for a person because of it."""
        known = flattened(data)
        if not has_app_context() or not set(PROFILE_FIELDS) <= known.keys():
            return
        rules = current_service(OnboardingService).policies.rules
        missing_fields = rules.missing(_profile_of(known))
        missing = {name: ["Missing data for required field."] for name in missing_fields}
        company = {name: missing.pop(name) for name in COMPANY_FIELDS if name in missing}
        if missing or company:
            raise ValidationError({**missing, **({"company": company} if company else {})})


def application_from(body: Mapping[str, Any]) -> Apply:
    """The command that a checked body asks for."""
    language = body["language"]
    contact = member_from(body["contact"], language, is_contact=True)
    others = [member_from(person, language) for person in body["members"]]
    return Apply(profile=_profile_of(flattened(body)), members=[contact, *others])


def _profile_of(known: Mapping[str, Any]) -> Profile:
    return Profile(**{name: known[name] for name in PROFILE_FIELDS})


def changes_from(body: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """The changes that a checked correction asks for; ``language`` is the partner's."""
    changes = flattened(body)
    if "members" in changes:
        language = changes.get("language", language)
        changes["members"] = tuple(member_from(person, language) for person in changes["members"])
    return changes


def member_from(person: Mapping[str, Any], language: Language, *, is_contact: bool = False) -> Member:
    """The person whom a checked body names; ``language`` is the partner's."""
    return Member(
        id=uuid7(),
        given_name=person["given_name"],
        family_name=person.get("family_name", ""),
        email=person["email"],
        language=person.get("language", language),
        is_contact=is_contact,
    )
