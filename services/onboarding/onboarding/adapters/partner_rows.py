"""A partner as rows, and rows as a partner."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from onboarding.adapters.compared_columns import (
    AFTER_CONFIRMATION,
    columns_after_confirmation,
    compared_columns,
)
from onboarding.domain.agreements import Acceptance
from onboarding.domain.application import Member, Profile
from onboarding.domain.finding import Finding
from onboarding.domain.partners import Actor, CorrectionRequest, Decision, Partner
from onboarding.domain.states import State
from onboarding.domain.vocabulary import Competence, Language, PartnerType, Product, Tier

# What is the same in a row and in the domain.
_OF_PARTNER = (
    *("id", "move_count", "created_at", "state_entered_at", "deadline_at", "email_verified_at"),
    *("screened_at", "shares_registration", "declined_count", "contact_since", "reminded_at"),
)
_OF_PROFILE = ("legal_name", "registration_number", "country", "website", "expected_benefits")
_OF_MEMBER = (
    *("id", "given_name", "family_name", "email"),
    *("is_contact", "confirmed_at", "asked_at", "times_asked"),
)
_OF_ACCEPTANCE = ("version", "language", "text_sha256", "accepted_by", "accepted_at")


def _as_written(row: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: row[name] for name in names}


def row_of(partner: Partner) -> dict[str, Any]:
    """The columns of `partners`."""
    profile, correction, acceptance = partner.profile, partner.correction, partner.acceptance
    return {
        **{name: getattr(partner, name) for name in (*_OF_PARTNER, "state", "tier")},
        **vars(profile),
        "competences": list(profile.competences),
        "products_wanted": list(profile.products_wanted),
        "findings": Jsonb(findings_json(partner.findings)),
        **_compared_columns(partner),
        **decision_columns(partner.decision),
        "correction_fields": list(correction.fields) if correction else None,
        "correction_message": correction.message if correction else None,
        **{f"agreement_{name}": getattr(acceptance, name, None) for name in _OF_ACCEPTANCE},
    }


def member_rows_of(partner_id: UUID, people: Sequence[Member]) -> list[dict[str, Any]]:
    """The rows of `members`, as JSON has them."""
    return [
        {
            **vars(person),
            "id": str(person.id),
            "partner_id": str(partner_id),
            "position": position,
            "confirmed_at": person.confirmed_at and person.confirmed_at.isoformat(),
            "asked_at": person.asked_at and person.asked_at.isoformat(),
        }
        for position, person in enumerate(people)
    ]


def partner_from(row: Mapping[str, Any], member_rows: Sequence[Mapping[str, Any]]) -> Partner:
    """The partner that was written."""
    correction = None
    if row["correction_fields"] is not None:
        correction = CorrectionRequest(tuple(row["correction_fields"]), row["correction_message"])
    return Partner(
        **_as_written(row, _OF_PARTNER),
        profile=Profile(
            **_as_written(row, _OF_PROFILE),
            partner_type=PartnerType(row["partner_type"]),
            competences=tuple(map(Competence, row["competences"])),
            products_wanted=tuple(map(Product, row["products_wanted"])),
            language=Language(row["language"]),
        ),
        members=tuple(
            Member(**_as_written(one, _OF_MEMBER), language=Language(one["language"])) for one in member_rows
        ),
        state=State(row["state"]),
        findings=findings_from(row["findings"]),
        tier=Tier(row["tier"]) if row["tier"] else None,
        decision=decision_from(row),
        correction=correction,
        acceptance=_acceptance_from(row),
    )


def findings_json(findings: Iterable[Finding]) -> list[dict[str, str]]:
    """What screening found, as JSON has it."""
    return [{"code": found.code, "message": found.message} for found in findings]


def findings_from(column: Iterable[Mapping[str, str]]) -> tuple[Finding, ...]:
    """What was written."""
    return tuple(Finding(found["code"], found["message"]) for found in column)


def _compared_columns(partner: Partner) -> dict[str, Any]:
    profile, contact = partner.profile, partner.contact
    columns = compared_columns(
        partner.id,
        legal_name=profile.legal_name,
        country=profile.country,
        registration_number=profile.registration_number,
        contact_name=contact.full_name,
        contact_email=contact.email,
    )
    if partner.email_verified_at is None:
        return {**columns, **dict.fromkeys(AFTER_CONFIRMATION)}
    others = [person.email for person in partner.members if not person.is_contact]
    return {
        **columns,
        **columns_after_confirmation(
            legal_name=profile.legal_name, website=profile.website, emails=[contact.email, *others]
        ),
    }


def decision_columns(decision: Decision | None) -> dict[str, Any]:
    """The newest decision, of a partner or of a request."""
    return {
        "decision_reason": decision.reason if decision else None,
        "decision_by_kind": decision.by.kind if decision else None,
        "decision_by_name": decision.by.name if decision else None,
        "decision_at": decision.at if decision else None,
    }


def decision_from(row: Mapping[str, Any]) -> Decision | None:
    """What was written."""
    if row["decision_at"] is None:
        return None
    by = Actor(row["decision_by_kind"], row["decision_by_name"])
    return Decision(row["decision_reason"], by, row["decision_at"])


def _acceptance_from(row: Mapping[str, Any]) -> Acceptance | None:
    if row["agreement_accepted_at"] is None:
        return None
    written = {name: row[f"agreement_{name}"] for name in _OF_ACCEPTANCE}
    return Acceptance(**{**written, "language": Language(written["language"])})
