"""The blocklist file, and the lists of domains that prove no company."""

from pathlib import Path
from typing import Any

from disposable_email_domains import blocklist as disposable_domains
from marshmallow import ValidationError, fields, post_load, validates_schema

from chassis.http.strict_fields import CountryCode, DomainName, Name, ProperName, StrictSchema
from chassis.settings.yaml_files import read_yaml
from onboarding.adapters.rules_file import PatternField
from onboarding.domain.registers import read_registration
from onboarding.domain.screening import BlockedName, BlockedPattern, BlockedRegistration, Blocklist


class BlockedNameSchema(StrictSchema):
    """A name in any spelling, or names that match a regular expression."""

    name = ProperName()
    pattern = PatternField()
    reason = Name(required=True, most=500)

    @validates_schema
    def check_kind(self, data: dict[str, Any], **_: Any) -> None:
        """Exactly one of the two."""
        if ("name" in data) == ("pattern" in data):
            raise ValidationError("Needs either a name or a pattern.")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> BlockedName | BlockedPattern:
        if "name" in data:
            return BlockedName(data["name"], data["reason"])
        return BlockedPattern(data["pattern"], data["reason"])


class BlockedRegistrationSchema(StrictSchema):
    """One company."""

    country = CountryCode(required=True)
    number = ProperName(required=True)
    reason = Name(required=True, most=500)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> BlockedRegistration:
        registration = read_registration(data["country"], data["number"])
        return BlockedRegistration(data["country"], registration, data["reason"])


class BlockedMailDomainSchema(StrictSchema):
    """All addresses of a domain and its subdomains."""

    domain = DomainName(required=True)
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
            names=tuple(data["names"]),
            registrations=tuple(data["registrations"]),
            mail_domains={entry["domain"]: entry["reason"] for entry in data["mail_domains"]},
            countries={entry["country"]: entry["reason"] for entry in data["countries"]},
        )


class SharedDomainsSchema(StrictSchema):
    """The whole file of mail providers or of platforms."""

    domains = fields.List(DomainName(), required=True)


def read_blocklist(path: Path) -> Blocklist:
    """The blocklist; raises FileRefused."""
    blocklist: Blocklist = read_yaml(path, BlocklistSchema())
    return blocklist


def read_free_mail_domains(path: Path) -> frozenset[str]:
    """Domains where anybody can get an address: the file's, and disposable ones; raises FileRefused."""
    return read_platforms(path) | disposable_domains


def read_platforms(path: Path) -> frozenset[str]:
    """Domains where anybody can get a page or a name; raises FileRefused."""
    loaded = read_yaml(path, SharedDomainsSchema())
    return frozenset(loaded["domains"])
