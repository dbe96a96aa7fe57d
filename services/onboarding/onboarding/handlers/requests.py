"""Requests of partners: stored, decided by operators, and passed to provisioning, which carries them out."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from chassis.events import as_json
from onboarding.domain import events
from onboarding.domain.access import AccessPlan, Grant, GrantState
from onboarding.domain.application import REVIEWED_FIELDS
from onboarding.domain.likeness import is_own_company
from onboarding.domain.partners import Actor, Decision, Partner
from onboarding.domain.refusals import CorrectionRefused, OwnCompany, RequestRefused, RequestUnknown
from onboarding.domain.requests import UNDECIDED, Kind, Request, Standing, check_new
from onboarding.domain.vocabulary import Competence, PartnerType, Product
from onboarding.handlers import commands
from onboarding.handlers.emit import emit, emit_profile
from onboarding.handlers.ports import Work
from onboarding.handlers.screen import look_at

_THERE = frozenset({GrantState.GRANTED, GrantState.FROZEN})
_GONE = frozenset({GrantState.WAIVED, GrantState.REVOKED})
_LISTS: Mapping[Kind, tuple[str, Callable[[str], StrEnum]]] = {
    Kind.PRODUCT: ("products_wanted", Product),
    Kind.COMPETENCE: ("competences", Competence),
}


def ask_for(work: Work, command: commands.AskFor) -> Request:
    """Store a request and emit it; raises NotActive, RequestRefused."""
    partner = work.partners.lock(command.partner_id)
    partner.check_active()
    plan = work.access_plans.of(partner.id)
    details: dict[str, Any] = {}
    if command.kind is Kind.MORE_TIME:
        grant, now = plan.grants.get(UUID(command.about)), work.now()
        if grant is None or not _has_end(grant):
            raise RequestRefused("no_lease", "You have no access of this id that has an end.", "grant_id")
        ends_at = max(grant.lease_ends_at or now, now) + timedelta(days=command.days)
        details = {"product": grant.product, "days": command.days, "ends_at": ends_at}
    elif command.kind is Kind.PRODUCT:
        if _has_product(plan, command.about):
            raise RequestRefused("product_there", "You have this product already.", "product")
        details = {"product": command.about}
    elif command.about in partner.profile.competences:
        raise RequestRefused("competence_there", "We know of this competence already.", "competence")
    return _keep(work, partner, command.kind, command.about, command.reason, details)


def may_be_asked_for(partner: Partner, plan: AccessPlan) -> Iterator[tuple[Kind, str]]:
    """Kind and subject of every request that `ask_for` accepts; the catalogue may have more."""
    grants = sorted(plan.grants.values(), key=lambda grant: grant.product)
    for grant in grants:
        if _has_end(grant):
            yield Kind.MORE_TIME, str(grant.id)
    for product in Product:
        if not _has_product(plan, product):
            yield Kind.PRODUCT, product
    for competence in Competence:
        if competence not in partner.profile.competences:
            yield Kind.COMPETENCE, competence


def change_profile(work: Work, command: commands.ChangeProfile) -> tuple[tuple[str, ...], Request | None]:
    """Change at once what needs no review; leave the rest to operators.

    Returns the names of the changed fields, and the request, if there is one. Raises NotActive,
    CorrectionRefused, RequestRefused.
    """
    partner = work.partners.lock(command.partner_id)
    partner.check_active()
    before = vars(partner.profile)
    differing = {name: value for name, value in command.changes.items() if before[name] != value}
    reviewed = {name: differing.pop(name) for name in REVIEWED_FIELDS if name in differing}
    request = _ask_for_review(work, partner, reviewed, command.reason) if reviewed else None
    changed = partner.change_profile(differing)
    if emptied := [name for name in work.policies.rules.missing(partner.profile) if name in changed]:
        raise CorrectionRefused("Missing data for required field.", *emptied)
    if changed:
        emit_profile(work, partner, changed)
    return changed, request


def withdraw_request(work: Work, command: commands.WithdrawRequest) -> Request:
    """Raises RequestUnknown, RequestRefused."""
    partner = work.partners.lock(command.partner_id)
    request = find_request(work, partner.id, command.request_id)
    request.withdraw(work.now())
    work.requests.save(request)
    return request


def withdraw_all(work: Work, partner: Partner) -> None:
    """The partner leaves: its open requests need no decision."""
    for request in work.requests.of_partner(partner.id):
        if request.standing in UNDECIDED:
            request.drop(work.now())
            work.requests.save(request)


def approve_request(work: Work, command: commands.ApproveRequest) -> Request:
    """Raises RequestUnknown, RequestRefused, OwnCompany, NotActive, RegistrationTaken.

    Another name or number takes effect at once; everything else once provisioning reports that it is done.
    """
    partner, request = _behind(work, command)
    partner.check_active()
    decision = Decision(command.reason, command.by, work.now())
    request.approve(decision)
    if request.kind is Kind.COMPANY:
        emit_profile(work, partner, partner.change_profile(_typed(request.details["after"])))
        request.carried_out(decision.at)
    _save_decided(work, request, decision, "approved")
    return request


def refuse_request(work: Work, command: commands.RefuseRequest) -> Request:
    """Refuse it and tell the partner why. Raises RequestUnknown, RequestRefused, OwnCompany."""
    _, request = _behind(work, command)
    decision = Decision(command.reason, command.by, work.now())
    request.refuse(decision)
    _save_decided(work, request, decision, "refused")
    return request


def note_carried_out(work: Work, partner: Partner, request: Request) -> None:
    """It is done; the result is part of the profile."""
    if request.standing is Standing.DONE:
        return
    request.carried_out(work.now())
    work.requests.save(request)
    if request.kind in _LISTS:
        field, word = _LISTS[request.kind]
        known = getattr(partner.profile, field)
        changed = partner.change_profile({field: tuple(dict.fromkeys((*known, word(request.about))))})
        if changed:
            emit_profile(work, partner, changed)


def note_impossible(work: Work, request: Request, message: str) -> None:
    """It cannot be carried out; the partner reads why."""
    if request.is_open:
        request.fail(message, work.now())
        _save_decided(work, request, Decision(message, Actor("rules", "catalogue"), work.now()), "refused")


def find_request(work: Work, partner_id: UUID, request_id: UUID) -> Request:
    """Raises RequestUnknown, also for another partner's."""
    for request in work.requests.of_partner(partner_id):
        if request.id == request_id:
            return request
    raise RequestUnknown


def _ask_for_review(work: Work, partner: Partner, changes: dict[str, Any], reason: str) -> Request:
    """Screened with the changed facts, so that operators see which companies it would resemble."""
    after = replace(partner)
    after.change_profile(changes)
    before = {name: getattr(partner.profile, name) for name in changes}
    details = {"before": before, "after": changes}
    return _keep(work, partner, Kind.COMPANY, "", reason, details, findings=look_at(work, after))


def _keep(  # noqa: PLR0917 - the parts of a request
    work: Work, partner: Partner, kind: Kind, about: str, reason: str, details: dict[str, Any], **more: Any
) -> Request:
    request = Request(
        id=uuid7(),
        partner_id=partner.id,
        kind=kind,
        about=about,
        reason=reason,
        asked_at=work.now(),
        standing=Standing.ASKED if kind is Kind.MORE_TIME else Standing.WAITING,
        details=as_json(details),
        **more,
    )
    check_new(request, work.requests.of_partner(partner.id))
    work.requests.add(request)
    emit(work, events.PartnerRequested.of(request))
    return request


def _typed(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The company's fields as they were before serialization to JSON."""
    types = {"partner_type": PartnerType}
    return {name: types.get(name, str)(value) for name, value in changes.items()}


def _has_end(grant: Grant) -> bool:
    return grant.state in _THERE and grant.lease_ends_at is not None


def _has_product(plan: AccessPlan, product: str) -> bool:
    return any(grant.product == product and grant.state not in _GONE for grant in plan.grants.values())


def _behind(work: Work, command: commands.ApproveRequest | commands.RefuseRequest) -> tuple[Partner, Request]:
    """Raises OwnCompany for an operator of the same company, whatever the decision."""
    partner = work.partners.lock(work.requests.partner_of(command.request_id))
    if command.email and is_own_company(partner, command.email, work.policies.shared_domains):
        raise OwnCompany
    return partner, find_request(work, partner.id, command.request_id)


def _save_decided(work: Work, request: Request, decision: Decision, outcome: str) -> None:
    work.requests.save(request)
    decided_by = events.DecidedBy.of(decision.by)
    told = {"outcome": outcome, "reason": decision.reason, "decided_by": decided_by}
    emit(work, events.PartnerRequestDecided.of(request, **told))
