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
    *("screened_at", "shares_registration", "declined_count", "contact_since"),
)
_OF_PROFILE = ("legal_name", "registration_number", "country", "website", "expected_benefits")
_OF_MEMBER = (
    *("id", "given_name", "family_name", "email"),
    *("is_contact", "confirmed_at", "asked_at", "times_asked"),
)


def _same(source: object, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(source, name) for name in names}


def _as_written(row: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: row[name] for name in names}


def row_of(partner: Partner) -> dict[str, Any]:
    """The columns of `partners`."""
    return {
        **_same(partner, (*_OF_PARTNER, "state", "tier")),
        "findings": Jsonb(findings_json(partner.findings)),
        **_profile_columns(partner.profile),
        **_compared_columns(partner),
        **decision_columns(partner.decision),
        **_correction_columns(partner.correction),
        **_agreement_columns(partner.acceptance),
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
    return Partner(
        **_as_written(row, _OF_PARTNER),
        profile=_profile_from(row),
        members=tuple(map(_member_from, member_rows)),
        state=State(row["state"]),
        findings=findings_from(row["findings"]),
        tier=Tier(row["tier"]) if row["tier"] else None,
        decision=decision_from(row),
        correction=_correction_from(row),
        acceptance=_acceptance_from(row),
    )


def _profile_columns(profile: Profile) -> dict[str, Any]:
    lists = {"competences": list(profile.competences), "products_wanted": list(profile.products_wanted)}
    return {**vars(profile), **lists}


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


def _profile_from(row: Mapping[str, Any]) -> Profile:
    return Profile(
        **_as_written(row, _OF_PROFILE),
        partner_type=PartnerType(row["partner_type"]),
        competences=tuple(map(Competence, row["competences"])),
        products_wanted=tuple(map(Product, row["products_wanted"])),
        language=Language(row["language"]),
    )


def _member_from(row: Mapping[str, Any]) -> Member:
    return Member(**_as_written(row, _OF_MEMBER), language=Language(row["language"]))


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


def _correction_columns(correction: CorrectionRequest | None) -> dict[str, Any]:
    return {
        "correction_fields": list(correction.fields) if correction else None,
        "correction_message": correction.message if correction else None,
    }


def _correction_from(row: Mapping[str, Any]) -> CorrectionRequest | None:
    if row["correction_fields"] is None:
        return None
    return CorrectionRequest(tuple(row["correction_fields"]), row["correction_message"])


def _agreement_columns(acceptance: Acceptance | None) -> dict[str, Any]:
    return {
        "agreement_version": acceptance.version if acceptance else None,
        "agreement_language": acceptance.language if acceptance else None,
        "agreement_text_sha256": acceptance.text_sha256 if acceptance else None,
        "agreement_accepted_by": acceptance.accepted_by if acceptance else None,
        "agreement_accepted_at": acceptance.accepted_at if acceptance else None,
    }


def _acceptance_from(row: Mapping[str, Any]) -> Acceptance | None:
    if row["agreement_accepted_at"] is None:
        return None
    return Acceptance(
        version=row["agreement_version"],
        language=Language(row["agreement_language"]),
        text_sha256=row["agreement_text_sha256"],
        accepted_by=row["agreement_accepted_by"],
        accepted_at=row["agreement_accepted_at"],
    )
