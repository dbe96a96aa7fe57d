"""How the partner's facts are written in events."""

from collections.abc import Mapping
from typing import Any

from onboarding.domain.access import AccessPlan
from onboarding.domain.application import Member, Profile
from onboarding.domain.partner import Actor


def member(person: Member) -> dict[str, Any]:
    """A member with name and address: only for events whose contract marks them as personal."""
    return {
        "member_id": str(person.id),
        "given_name": person.given_name,
        "family_name": person.family_name,
        "email": person.email,
        "language": person.language,
        "is_contact": person.is_contact,
    }


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


def actor(by: Actor) -> Mapping[str, str]:
    """Who decided."""
    return {"kind": by.kind, "name": by.name} if by.name else {"kind": by.kind}


def products(plan: AccessPlan) -> list[dict[str, str]]:
    """Every grant as it stands, as `partner.activated` tells them."""
    return [
        {"product": grant.product, "grant_id": str(grant.id), "state": grant.state}
        for grant in plan.grants.values()
    ]
