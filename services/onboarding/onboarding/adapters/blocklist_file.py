"""The blocklist file, and the list of mail providers that prove no company."""

from pathlib import Path
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate

from chassis.http.strict_fields import CountryCode, Name, StrictSchema
from onboarding.adapters.rules_file import PatternField
from onboarding.adapters.yaml_files import read_yaml
from onboarding.domain.application import registration_key
from onboarding.domain.screening import Blocklist

_DOMAIN = validate.Regexp(r"[^\s@.]+(\.[^\s@.]+)+\Z", error="Not a mail domain such as example.com.")


def _holds_letters_or_digits(number: str) -> None:
    if not registration_key(number):
        raise ValidationError("Needs letters or digits.")


class BlockedNameSchema(StrictSchema):
    """Names that match a regular expression."""

    pattern = PatternField(required=True)
    reason = Name(required=True, most=500)


class BlockedRegistrationSchema(StrictSchema):
    """One company."""

    country = CountryCode(required=True)
    number = Name(required=True, validate=_holds_letters_or_digits)
    reason = Name(required=True, most=500)


class BlockedMailDomainSchema(StrictSchema):
    """All addresses of a domain."""

    domain = Name(required=True, validate=_DOMAIN)
    reason = Name(required=True, most=500)


class BlockedCountrySchema(StrictSchema):
    """All companies of a country."""

    country = CountryCode(required=True)
    reason = Name(required=True, most=500)


class BlocklistSchema(StrictSchema):
    """The whole file."""

    names = fields.List(fields.Nested(BlockedNameSchema), load_default=[])
    registrations = fields.List(fields.Nested(BlockedRegistrationSchema), load_default=[])
    mail_domains = fields.List(fields.Nested(BlockedMailDomainSchema), load_default=[])
    countries = fields.List(fields.Nested(BlockedCountrySchema), load_default=[])

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Blocklist:
        return Blocklist(
            names=tuple((entry["pattern"], entry["reason"]) for entry in data["names"]),
            registrations={
                (entry["country"], registration_key(entry["number"])): entry["reason"]
                for entry in data["registrations"]
            },
            mail_domains={entry["domain"].casefold(): entry["reason"] for entry in data["mail_domains"]},
            countries={entry["country"]: entry["reason"] for entry in data["countries"]},
        )


class FreeMailSchema(StrictSchema):
    """The whole file of mail providers."""

    domains = fields.List(Name(validate=_DOMAIN), required=True)


def read_blocklist(path: Path) -> Blocklist:
    """The blocklist; raises FileRefused."""
    blocklist: Blocklist = read_yaml(path, BlocklistSchema())
    return blocklist


def read_free_mail_domains(path: Path) -> frozenset[str]:
    """Domains where anybody gets an address, so that sharing one means nothing; raises FileRefused."""
    loaded = read_yaml(path, FreeMailSchema())
    return frozenset(domain.casefold() for domain in loaded["domains"])
