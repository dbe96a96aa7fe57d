"""Companies, policies and steps of a life that tests start from."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from chassis.events import ReceivedEvent
from onboarding.adapters.webauthn_relying_party import WebAuthnRelyingParty
from onboarding.domain.agreements import Agreements, AgreementText
from onboarding.domain.application import Member, Profile
from onboarding.domain.approval_limits import ApprovalLimits
from onboarding.domain.limits import Act, Limits, MailGaps
from onboarding.domain.registers import read_registration
from onboarding.domain.retention import Retention
from onboarding.domain.screening import (
    ApprovalRule,
    BlockedName,
    BlockedPattern,
    BlockedRegistration,
    Blocklist,
    RequiredData,
    Rules,
)
from onboarding.domain.shared_domains import SharedDomains
from onboarding.domain.states import Deadlines, State
from onboarding.domain.vocabulary import Competence, Language, PartnerType, Product, Tier
from onboarding.handlers.accept_agreement import accept_agreement
from onboarding.handlers.apply import apply
from onboarding.handlers.commands import AcceptAgreement, Apply, OpenLink, ScreenPartner
from onboarding.handlers.open_link import open_link
from onboarding.handlers.ports import Policies
from onboarding.handlers.screen import screen


def profile(**changes: Any) -> Profile:
    """A machine builder that no rule or list objects to."""
    facts: dict[str, Any] = {
        "legal_name": "Müller & Söhne Maschinenbau GmbH",
        "registration_number": "HRB 12345",
        "country": "DE",
        "website": "https://www.mueller-soehne.example",
        "partner_type": PartnerType.MACHINE_BUILDER,
        "competences": (Competence.IOT, Competence.EDGE),
        "products_wanted": (Product.IOT, Product.CLOUD_SANDBOX),
        "expected_benefits": "Remote maintenance for our presses.",
        "language": Language.DE,
    }
    return Profile(**{**facts, **changes})


def members(email: str = "jana@mueller-soehne.example", others: int = 0) -> tuple[Member, ...]:
    """A contact and some colleagues."""
    contact = Member(
        id=uuid7(),
        given_name="Jana",
        family_name="Müller",
        email=email,
        language=Language.DE,
        is_contact=True,
    )
    colleagues = tuple(
        Member(
            id=uuid7(),
            given_name=f"No. {number}",
            family_name="O'Neill",
            email=f"no{number}@{email.partition('@')[2]}",
            language=Language.EN,
        )
        for number in range(others)
    )
    return (contact, *colleagues)


NO_LIMITS = Limits(
    acts={act: {} for act in Act},
    ipv4_prefix=32,
    ipv6_prefix=56,
    mails_to_unconfirmed=None,
    sign_in_mails=None,
)
LIMITED_MAILS = replace(
    NO_LIMITS,
    mails_to_unconfirmed=MailGaps(timedelta(minutes=10), timedelta(hours=1)),
    sign_in_mails=MailGaps(timedelta(minutes=1), timedelta(minutes=1)),
)


def limits(**changes: Any) -> ApprovalLimits:
    """Wide ones."""
    facts = dict.fromkeys(("approvals_per_day", "approvals_per_rule_and_day"), 1_000)
    costs = {"cost_per_day": 1_000_000, "cost_per_month": 1_000_000, "cost_of_tier": dict.fromkeys(Tier, 300)}
    return ApprovalLimits(**{**facts, **costs, **changes})


def policies(**changes: Any) -> Policies:
    """Machine builders from Germany are approved by rule; Shady is on the blocklist."""
    facts: dict[str, Any] = {
        "rules": Rules(
            approval=(
                ApprovalRule(
                    name="german-machine-builders",
                    tier=Tier.SELECT,
                    countries=frozenset({"DE"}),
                    partner_types=frozenset({PartnerType.MACHINE_BUILDER}),
                    members_at_most=5,
                ),
            ),
            required=(RequiredData(field="expected_benefits"),),
            registration_formats={"US": re.compile(r"[0-9]{7}")},
        ),
        "blocklist": Blocklist(
            names=(
                BlockedPattern(re.compile("(?i)shady"), "fraud in 2024"),
                BlockedName("Grey Mirror", "took over a name"),
            ),
            registrations=(
                BlockedRegistration("DE", read_registration("DE", "HRB 666"), "sanctioned"),
                BlockedRegistration("DE", read_registration("DE", "HRB 667 Köln"), "sanctioned"),
            ),
            mail_domains={"throwaway.example": "disposable"},
            countries={"KP": "embargo"},
        ),
        "shared_domains": SharedDomains(
            mail_providers={"freemail.example"}, platforms={"pages.example", "sites.search.example"}
        ),
        "approval_limits": limits(),
        "agreements": Agreements(
            {
                (version, language): AgreementText(version, language, f"# {version} {language}")
                for version in ("2025-01", "2026-01")
                for language in Language
            }
        ),
        "deadlines": Deadlines(
            {
                State.APPLIED: timedelta(hours=72),
                State.IN_REVIEW: timedelta(hours=48),
                State.ACTION_REQUIRED: timedelta(days=14),
                State.APPROVED: timedelta(days=30),
            },
            reminder_percent=75,
        ),
        "link_lifetime": timedelta(hours=72),
        "limits": NO_LIMITS,
        "membership_link_lifetime": timedelta(days=14),
        "draft_lifetime": timedelta(days=14),
        "retention": Retention(),
        "relying_party": WebAuthnRelyingParty.of("https://gangway.example"),
    }
    return Policies(**{**facts, **changes})


def applied(
    work: Any, email: str = "jana@mueller-soehne.example", *, others: int = 0, **changes: Any
) -> UUID:
    """A partner that has just applied, with a website of the contact's domain."""
    facts = {"website": f"https://www.{email.partition('@')[2]}", **changes}
    return apply(work, Apply(profile=profile(**facts), members=members(email, others)))


def verified(work: Any, email: str = "jana@mueller-soehne.example", **changes: Any) -> UUID:
    """A partner whose contact has opened the link."""
    partner_id = applied(work, email, **changes)
    link_id = UUID(work.last("partner.email_verification_requested")["link"]["id"])
    open_link(work, OpenLink(link_id=link_id))
    return partner_id


def screened(work: Any, email: str = "jana@mueller-soehne.example", **changes: Any) -> UUID:
    """A partner that was screened: approved by rule, or in review where the changes make it so."""
    partner_id = verified(work, email, **changes)
    screen(work, ScreenPartner(partner_id))
    return partner_id


def agreed(work: Any, **changes: Any) -> UUID:
    """A partner that has accepted the agreement."""
    partner_id = screened(work, **changes)
    accept_agreement(work, AcceptAgreement(partner_id=partner_id, version="2026-01", language=Language.DE))
    return partner_id


def received(
    name: str, data: dict[str, Any], work: Any, sequence: int | None = None, event_id: str | None = None
) -> ReceivedEvent:
    """An event of another service."""
    return ReceivedEvent(
        id=event_id or str(uuid7()),
        name=name,
        version=1,
        source="/gangway/provisioning",
        subject=str(data["partner_id"]),
        sequence=sequence,
        occurred_at=work.now(),
        data=data,
        topic="access.lifecycle.v1",
        partition=0,
        offset=0,
    )
