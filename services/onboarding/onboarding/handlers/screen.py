"""Automatic screening of an application, after verification and after each correction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from onboarding.domain import events, screening
from onboarding.domain.approval_limits import AutomaticApproval, LimitUse
from onboarding.domain.finding import Finding
from onboarding.domain.likeness import Duplicate, comparable_traits
from onboarding.domain.partners import Actor, Decision, Partner
from onboarding.domain.screening import ApprovalRule, Screening
from onboarding.domain.states import State
from onboarding.handlers.commands import ScreenPartner
from onboarding.handlers.emit import emit_move, note, save
from onboarding.handlers.ports import Work
from onboarding.handlers.review import emit_approval


@dataclass(frozen=True)
class Screened:
    """The outcome, for metrics: the rule that approved, or the limits that prevented it.

    ``first_exceeded`` are those that were exceeded for the first time in their day or month.
    """

    rule: ApprovalRule | None = None
    exceeded: tuple[LimitUse, ...] = ()
    first_exceeded: tuple[LimitUse, ...] = ()


def screen(work: Work, command: ScreenPartner) -> Screened:
    """Put the application into review and, if a rule allows it, approve it at once.

    Applications that a rule may approve are handled one at a time, up to the commit: each is compared with
    all that were approved before, and counted exactly. Harmless when repeated. Raises RegistrationTaken when
    an operator approves the same company at this very moment; the next run finds that one and leaves the
    decision to a person.
    """
    partner = work.partners.lock(command.partner_id)
    if not partner.awaits_screening:
        return Screened()
    outcome = _by_itself(work, partner)
    if outcome.rule:
        work.automatic_approvals.lock()
    now = work.now()
    outcome = outcome.with_more(other.finding for other in _duplicates(work, partner))
    exceeded: list[LimitUse] = []
    if outcome.rule:
        use = work.automatic_approvals.use(now)
        exceeded = work.policies.approval_limits.exceeded_by(outcome.rule, use, now)
    outcome = outcome.with_more(limit.finding for limit in exceeded)
    _put_into_review(work, partner, outcome, now)
    if outcome.rule:
        _approve(work, partner, outcome.rule, now)
    first = [limit for limit in exceeded if work.automatic_approvals.note_exceeded(limit, now)]
    return Screened(outcome.rule, tuple(exceeded), tuple(first))


def look_at(work: Work, partner: Partner) -> tuple[Finding, ...]:
    """The findings about the company as given, from blocklist and duplicates; nothing is stored."""
    found = (finding for finding in _by_itself(work, partner).found if finding.code != "no_rule")
    return Screening((*found, *(other.finding for other in _duplicates(work, partner))), None).findings


def _duplicates(work: Work, partner: Partner) -> Sequence[Duplicate]:
    traits = list(comparable_traits(partner, work.policies.shared_domains))
    return work.partners.duplicates_of(partner, traits)


def _by_itself(work: Work, partner: Partner) -> Screening:
    policies = work.policies
    return screening.screen(
        partner.profile,
        len(partner.members),
        partner.contact.mail_domain,
        policies.rules,
        policies.blocklist,
        policies.shared_domains,
    )


def _put_into_review(work: Work, partner: Partner, outcome: Screening, now: datetime) -> None:
    if partner.state is State.EMAIL_VERIFIED:
        partner.start_review(outcome.findings, now)
        automatic = outcome.rule is not None
        started = events.PartnerReviewStarted(
            partner_id=partner.id, automatic=automatic, findings=outcome.findings
        )
        emit_move(work, partner, started)
    else:
        partner.note_screening(outcome.findings, now)
        save(work, partner)
        note(work, partner.id, "partner.screened_again", {"findings": outcome.findings})


def _approve(work: Work, partner: Partner, rule: ApprovalRule, now: datetime) -> None:
    decision = Decision(f"Rule {rule.name} approves.", Actor("rules", rule.name), now)
    partner.approve(rule.tier, decision)
    emit_approval(work, partner, rule.tier, decision)
    approval = AutomaticApproval(
        partner_id=partner.id,
        rule=rule.name,
        tier=rule.tier,
        cost=work.policies.approval_limits.cost_of_tier[rule.tier],
        approved_at=now,
    )
    work.automatic_approvals.add(approval)
