"""Automatic screening of an application by itself, and the rule that would approve it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from chassis.frozen import Frozen
from chassis.text.domains import listed_parent
from chassis.text.names import lookalike, plain
from chassis.text.quotable import leads_somewhere
from onboarding.domain.application import Profile
from onboarding.domain.finding import MOST_FINDINGS, Finding
from onboarding.domain.registration import Registration, Verdict
from onboarding.domain.shared_domains import SharedDomains
from onboarding.domain.vocabulary import Competence, PartnerType, Tier


@dataclass(frozen=True)
class BlockedName:
    """A name by its shape, anywhere in a company's name."""

    name: str
    reason: str

    def matches(self, legal_name: str) -> bool:
        """Also where the name only looks like this one."""
        return f" {lookalike(self.name)} " in f" {lookalike(legal_name)} "


@dataclass(frozen=True)
class BlockedPattern:
    """A regular expression, matched against names as typed and in their plain form."""

    pattern: re.Pattern[str]
    reason: str

    def matches(self, legal_name: str) -> bool:
        """In either form."""
        return any(self.pattern.search(form) for form in (legal_name, plain(legal_name)))


@dataclass(frozen=True)
class BlockedRegistration:
    """A company by its number; without a court, those of all courts."""

    country: str
    registration: Registration
    reason: str

    def matches(self, profile: Profile) -> bool:
        """Also where only one of the two names a court."""
        return self.country == profile.country and self.registration.may_be(profile.registration)


class Blocklist(Frozen):
    """Companies that an operator must look at before anything else happens; each entry with its reason."""

    names: tuple[BlockedName | BlockedPattern, ...] = ()
    registrations: tuple[BlockedRegistration, ...] = ()
    mail_domains: Mapping[str, str]
    countries: Mapping[str, str]

    def findings(self, profile: Profile, domain: str) -> Iterable[Finding]:
        """One finding per entry that matches."""
        for name in self.names:
            if name.matches(profile.legal_name):
                yield Finding("blocked_name", f"The name matches the blocklist: {name.reason}")
        for number in self.registrations:
            if number.matches(profile):
                yield Finding(
                    "blocked_registration",
                    f"The registration number is on the blocklist: {number.reason}",
                )
        for what, given in (("mail domain", domain), ("website", profile.website_host)):
            if listed := listed_parent(given, self.mail_domains):
                yield Finding(
                    f"blocked_{what.replace(' ', '_')}",
                    f"The {what} is on the blocklist: {self.mail_domains[listed]}",
                )
        if profile.country in self.countries:
            yield Finding(
                "blocked_country", f"The country is on the blocklist: {self.countries[profile.country]}"
            )


class RequiredData(Frozen):
    """A required field, for some countries and types or (empty) for all.

    The form asks for it: screening finds it missing if the rules changed or a correction emptied it.
    """

    field: str
    countries: frozenset[str] = frozenset()
    partner_types: frozenset[PartnerType] = frozenset()

    def is_missing(self, profile: Profile) -> bool:
        """True if it applies to this profile and is empty there."""
        concerns = (not self.countries or profile.country in self.countries) and (
            not self.partner_types or profile.partner_type in self.partner_types
        )
        return concerns and not getattr(profile, self.field)


class ApprovalRule(Frozen):
    """Applications that need no review, and the tier they get; an empty restriction allows anything.

    ``approvals_per_day`` is for a rule with a lower limit than each rule has.
    """

    name: str
    tier: Tier
    approvals_per_day: int | None = None
    countries: frozenset[str] = frozenset()
    partner_types: frozenset[PartnerType] = frozenset()
    members_at_most: int | None = None
    competences_any_of: frozenset[Competence] = frozenset()
    competences_all_of: frozenset[Competence] = frozenset()

    def matches(self, profile: Profile, member_count: int) -> bool:
        """True if every restriction of the rule is met."""
        competences = set(profile.competences)
        return (
            (not self.countries or profile.country in self.countries)
            and (not self.partner_types or profile.partner_type in self.partner_types)
            and (self.members_at_most is None or member_count <= self.members_at_most)
            and (not self.competences_any_of or bool(self.competences_any_of & competences))
            and self.competences_all_of <= competences
        )


class Rules(Frozen):
    """The rules file; approval rules are tried in order."""

    approval: tuple[ApprovalRule, ...] = ()
    required: tuple[RequiredData, ...] = ()
    registration_formats: Mapping[str, re.Pattern[str]]

    @property
    def always_required(self) -> frozenset[str]:
        """The fields that every company has to fill in."""
        return frozenset(
            required.field
            for required in self.required
            if not required.countries and not required.partner_types
        )

    def missing(self, profile: Profile) -> list[str]:
        """The fields that this company has to fill in and did not."""
        return [required.field for required in self.required if required.is_missing(profile)]

    def findings(self, profile: Profile) -> Iterable[Finding]:
        """One finding per piece of data that is missing or looks wrong."""
        for field in self.missing(profile):
            yield Finding("missing_data", f"{field} is required here and empty.")
        # By the register, or by the file's own pattern, which is matched with both forms.
        expected = self.registration_formats.get(profile.country)
        forms = (profile.registration_number.strip(), profile.registration.key)
        is_unusual = expected is not None and not any(map(expected.fullmatch, forms))
        if is_unusual or profile.registration.verdict is not Verdict.FINE:
            yield Finding(
                "odd_registration_number",
                f"The registration number does not look like one of {profile.country}.",
            )


@dataclass(frozen=True)
class Screening:
    """The findings, and the first matching rule."""

    found: tuple[Finding, ...]
    matching: ApprovalRule | None

    @property
    def rule(self) -> ApprovalRule | None:
        """The rule that approves; none if anything was found."""
        return None if self.found else self.matching

    @property
    def findings(self) -> tuple[Finding, ...]:
        """As many as an event takes; the last one then tells how many there are."""
        if len(self.found) <= MOST_FINDINGS:
            return self.found
        rest = Finding("more_findings", f"There are {len(self.found)} findings in all.")
        return (*self.found[: MOST_FINDINGS - 1], rest)

    def with_more(self, findings: Iterable[Finding]) -> "Screening":
        """A copy with further findings."""
        return Screening((*self.found, *findings), self.matching)


def screen(  # noqa: PLR0917 - six facts, each of another source
    profile: Profile,
    member_count: int,
    mail_domain: str,
    rules: Rules,
    blocklist: Blocklist,
    shared_domains: SharedDomains,
) -> Screening:
    """Screen the application; with a finding, or without a matching rule, a person decides."""
    findings = list(rules.findings(profile))
    # Our pages show the name to people named by the company.
    if leads_somewhere(profile.legal_name):
        findings.append(Finding("name_leads_somewhere", "The name holds an address or a number to call."))
    findings += blocklist.findings(profile, mail_domain)
    findings += shared_domains.findings(mail_domain, profile.website_host)
    rule = next((rule for rule in rules.approval if rule.matches(profile, member_count)), None)
    if rule is None:
        findings.append(Finding("no_rule", "No rule approves this application automatically."))
    return Screening(tuple(findings), rule)
