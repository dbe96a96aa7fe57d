"""How partners are described in answers, to themselves and to operators."""

from datetime import datetime
from typing import Any

from chassis.http.languages import translate
from chassis.operating.cursors import encoded
from onboarding.adapters.repositories.lists import Page
from onboarding.domain.access import AccessPlan, Grant, GrantState
from onboarding.domain.application import Member
from onboarding.domain.moves import moves_from
from onboarding.domain.partners import Decision, Partner
from onboarding.domain.requests import Kind, Request
from onboarding.domain.states import FINAL
from onboarding.domain.timeline import Entry
from onboarding.entrypoints.web.application_schemas import COMPANY_FIELDS
from onboarding.entrypoints.web.timeline_words import service_of, text_of

# What operators see in the place of personal data.
HIDDEN = "[personal]"


def moved(partner: Partner) -> dict[str, Any]:
    """Where a partner stands now."""
    return {"partner_id": partner.id, "state": partner.state}


def described(
    partner: Partner, plan: AccessPlan, *, for_operators: bool, provisioning_url: str
) -> dict[str, Any]:
    """Everything about one partner that the reader may know."""
    profile = partner.profile
    people = people_of(partner)
    answer = {
        **moved(partner),
        "created_at": partner.created_at,
        "state_entered_at": partner.state_entered_at,
        "deadline_at": partner.deadline_at,
        "company": {name: getattr(profile, name) for name in COMPANY_FIELDS},
        **(_hidden(people) if for_operators else people),
        "partner_type": profile.partner_type,
        "competences": profile.competences,
        "products_wanted": profile.products_wanted,
        "expected_benefits": profile.expected_benefits,
        "language": profile.language,
        "tier": partner.tier,
        "products": [_product(grant, provisioning_url) for grant in plan.grants.values()],
        "correction": partner.correction
        and {"fields_": partner.correction.fields, "message": partner.correction.message},
        "decision": partner.decision and _decision(partner.decision, for_operators),
        "agreement": partner.acceptance,
    }
    if for_operators:
        answer["findings"] = partner.findings
        answer["moves"] = sorted(moves_from(partner.state))
        answer["may_change_tier"] = partner.may_change_tier
        answer["may_be_erased"] = partner.state in FINAL
    return answer


def people_of(partner: Partner) -> dict[str, Any]:
    """The partner's people by their names."""
    members = [_member(partner, person) for person in partner.members if not person.is_contact]
    return {
        "partner_id": partner.id,
        "contact": _member(partner, partner.contact),
        "members": members,
        "declined_count": partner.declined_count,
    }


def described_person(partner: Partner, person: Member) -> dict[str, Any]:
    """One of the partner's people, to the partner itself, without what the partner has just said."""
    return {"partner_id": partner.id, "member_id": person.id, "standing": partner.standing_of(person)}


def collect_url(grant: Grant, provisioning_url: str) -> str | None:
    """Where the key of a device is handed out, while there is one."""
    if grant.is_collectable and grant.state is GrantState.GRANTED:
        return f"{provisioning_url}/collect/{grant.id}"
    return None


def timeline_page(page: Page[Entry], *, for_operators: bool) -> dict[str, Any]:
    """A part of the timeline in words."""
    entries = []
    for entry in page.items:
        line = {
            "code": entry.code,
            "text": text_of(entry, translate),
            "occurred_at": entry.occurred_at,
            "service": service_of(entry),
            "facts": entry.facts,
        }
        if for_operators:
            line |= {"internal_facts": entry.internal_facts, "trace_id": entry.trace_id}
        entries.append(line)
    return {"entries": entries, "next_cursor": encoded(page.next_cursor)}


def request_moved(request: Request) -> dict[str, Any]:
    """Where a request stands now."""
    which = {"request_id": request.id, "partner_id": request.partner_id}
    return {**which, "kind": request.kind, "standing": request.standing}


def described_request(request: Request, *, legal_name: str | None = None) -> dict[str, Any]:
    """One request as its partner may know it; with a name, as operators do."""
    is_for_operators, details = legal_name is not None, request.details
    ends_at = details.get("ends_at")
    answer = {
        **request_moved(request),
        "asked_at": request.asked_at,
        "closed_at": request.closed_at,
        "reason": request.reason,
        "grant_id": request.about if request.kind is Kind.MORE_TIME else None,
        "product": details.get("product"),
        "days": details.get("days"),
        "ends_at": ends_at and datetime.fromisoformat(ends_at),
        "competence": request.about if request.kind is Kind.COMPETENCE else None,
        "before": details.get("before", {}),
        "after": details.get("after", {}),
        "decision": request.decision and _decision(request.decision, is_for_operators),
    }
    return {**answer, "findings": request.findings, "legal_name": legal_name} if is_for_operators else answer


def _member(partner: Partner, person: Member) -> dict[str, Any]:
    return {
        **vars(person),
        "member_id": person.id,
        "standing": partner.standing_of(person),
        "confirmed_at": partner.confirmation_of(person),
    }


def _hidden(people: dict[str, Any]) -> dict[str, Any]:
    """The same without what tells who they are; `disclosing` shows that, and keeps who looked."""
    hidden = dict.fromkeys(("given_name", "family_name", "email"), HIDDEN)
    members = [person | hidden for person in people["members"]]
    return people | {"contact": people["contact"] | hidden, "members": members}


def _product(grant: Grant, provisioning_url: str) -> dict[str, Any]:
    return {
        **vars(grant),
        "grant_id": grant.id,
        "required": grant.is_required,
        "collect_url": collect_url(grant, provisioning_url),
    }


def _decision(decision: Decision, for_operators: bool) -> dict[str, Any]:
    told = {"reason": decision.reason, "by": decision.by.kind, "at": decision.at}
    return {**told, "by_name": decision.by.name} if for_operators else told
