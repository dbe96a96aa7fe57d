"""How the partner's facts are written in events."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from onboarding.domain.access import AccessPlan
from onboarding.domain.application import Member, Profile
from onboarding.domain.partners import Actor, Partner


def member(person: Member) -> dict[str, Any]:
    """A member with name and address: only for events whose contract marks them as personal.

    The contract has two names, so who has one name has it twice, and a mark that says so.
    """
    told = {
        "member_id": str(person.id),
        "given_name": person.given_name,
        "family_name": person.family_name or person.given_name,
        "email": person.email,
        "language": person.language,
        "is_contact": person.is_contact,
    }
    return told if person.family_name else {**told, "has_one_name": True}


def profile(facts: Profile) -> dict[str, Any]:
    """The company and its wishes as `partner.applied` tells them."""
    return {
        "legal_name": facts.legal_name,
        "registration_number": facts.registration_number,
        "country": facts.country,
        "website": facts.website,
        "partner_type": facts.partner_type,
        "competences": list(facts.competences),
        "products_wanted": list(facts.products_wanted),
        "expected_benefits": facts.expected_benefits,
        "language": facts.language,
    }


def profile_for_access(facts: Profile) -> dict[str, Any]:
    """The part of it that the other services decide by, as `partner.approved` tells it."""
    names = ("legal_name", "country", "partner_type", "competences", "products_wanted", "language")
    told = profile(facts)
    return {name: told[name] for name in names}


def state(partner: Partner, plan: AccessPlan) -> dict[str, Any]:
    """The full snapshot as `partner.state` tells it: no person, and nothing in anybody's own words."""
    told = profile(partner.profile)
    del told["expected_benefits"]
    acceptance = partner.acceptance
    return {
        "partner_id": str(partner.id),
        "state": partner.state,
        "state_entered_at": _time(partner.state_entered_at),
        "deadline_at": _time(partner.deadline_at),
        "applied_at": _time(partner.created_at),
        **told,
        "member_count": len(partner.members),
        **_confirmed_count(partner),
        "tier": partner.tier,
        "agreement_version": acceptance.version if acceptance else None,
        "agreement_accepted_at": _time(acceptance.accepted_at) if acceptance else None,
        "grants": grants(plan),
    }


def _confirmed_count(partner: Partner) -> dict[str, int]:
    """Nothing to tell before the contact's address is verified."""
    count = len(partner.confirmed_members)
    return {"confirmed_member_count": count} if count else {}


def grants(plan: AccessPlan) -> list[dict[str, Any]]:
    """Every grant of the snapshot; causes and identifiers stay with those who may see them."""
    return [
        {
            "grant_id": str(grant.id),
            "product": grant.product,
            "required": grant.is_required,
            "state": grant.state,
        }
        for grant in sorted(plan.grants.values(), key=lambda grant: grant.id)
    ]


def actor(by: Actor) -> Mapping[str, str]:
    """Who decided."""
    return {"kind": by.kind, "name": by.name} if by.name else {"kind": by.kind}


def products(plan: AccessPlan) -> list[dict[str, str]]:
    """Every grant as it stands, as `partner.activated` tells them."""
    return [
        {"product": grant.product, "grant_id": str(grant.id), "state": grant.state}
        for grant in plan.grants.values()
    ]


def _time(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None
