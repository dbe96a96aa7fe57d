"""The automatic look at an application, after verification and after each correction."""

from chassis.text.domains import listed_parent
from onboarding.domain import screening
from onboarding.domain.moves import Move
from onboarding.domain.partner import Actor, Decision, Partner
from onboarding.domain.states import State
from onboarding.handlers.commands import ScreenPartner
from onboarding.handlers.ports import OnboardingWork
from onboarding.handlers.review import tell_approval
from onboarding.handlers.telling import note, tell_move


def screen(work: OnboardingWork, command: ScreenPartner) -> None:
    """Put the application into review and, where a rule allows it, approve it at once.

    Harmless when repeated. Raises RegistrationTaken when the same company is approved elsewhere at
    this very moment; run again, it finds that one and leaves the decision to a person.
    """
    partner = work.partners.locked(command.partner_id)
    if not partner.awaits_screening:
        return
    outcome = _outcome(work, partner)
    if partner.state is State.EMAIL_VERIFIED:
        partner.start_review(outcome.findings, work.now())
        tell_move(work, partner, Move.START_REVIEW, _told(outcome))
    else:
        partner.note_screening(outcome.findings, work.now())
        work.partners.save(partner)
        note(work, partner.id, "partner.screened_again", _told(outcome))
    if outcome.rule:
        decision = Decision(
            f"Rule {outcome.rule.name} approves.", Actor("rules", outcome.rule.name), work.now()
        )
        partner.approve(outcome.rule.tier, decision)
        tell_approval(work, partner)


def _outcome(work: OnboardingWork, partner: Partner) -> screening.Screening:
    policies = work.policies
    domain = partner.mail_domain
    duplicates = work.partners.duplicates_of(
        partner, compare_mail_domain=listed_parent(domain, policies.free_mail_domains) is None
    )
    return screening.screen(
        partner.profile, len(partner.members), domain, policies.rules, policies.blocklist, duplicates
    )


def _told(outcome: screening.Screening) -> dict[str, object]:
    findings = [{"code": found.code, "message": found.message} for found in outcome.findings]
    return {"automatic": outcome.rule is not None, "findings": findings}
