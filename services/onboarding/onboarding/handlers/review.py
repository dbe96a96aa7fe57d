"""An operator decides on an application; the applicant corrects it."""

from chassis.text.mail_addresses import counted_mailbox
from onboarding.domain import events
from onboarding.domain.likeness import Trait, is_own_company
from onboarding.domain.links import Purpose
from onboarding.domain.membership import may_ask_again
from onboarding.domain.partners import CorrectionRequest, Decision, Partner
from onboarding.domain.refusals import OwnCompany
from onboarding.domain.vocabulary import Tier
from onboarding.handlers import commands, jobs
from onboarding.handlers.emit import emit, emit_move, issue_link, note, save
from onboarding.handlers.membership import request_confirmation
from onboarding.handlers.ports import Work


def approve(work: Work, command: commands.ApprovePartner) -> Partner:
    """Approve the company with a tier. Raises OwnCompany, or RegistrationTaken if it is a partner already."""
    partner = work.partners.lock(command.partner_id)
    if command.email and is_own_company(partner, command.email, work.policies.shared_domains):
        raise OwnCompany
    decision = Decision(command.reason, command.by, work.now())
    partner.approve(command.tier, decision)
    if command.other_than:
        _tell_apart(work, partner, command)
    emit_approval(work, partner, command.tier, decision)
    return partner


def _tell_apart(work: Work, partner: Partner, command: commands.ApprovePartner) -> None:
    """Let two partners hold one number, for the reason of the approval; only if it is that other one's."""
    duplicates = work.partners.duplicates_of(partner, {Trait.REGISTRATION_NUMBER})
    if command.other_than not in {other.partner_id for other in duplicates if not other.is_former}:
        return
    partner.shares_registration = True
    facts = {
        "other_partner_id": command.other_than,
        "reason": command.reason,
        "decided_by": events.DecidedBy.of(command.by),
    }
    note(work, partner.id, "partner.registration_shared", facts)


def emit_approval(work: Work, partner: Partner, tier: Tier, decision: Decision) -> None:
    """Emit the approval with the facts that other services need, and have the named people asked."""
    now = work.now()
    asked = [
        partner.ask(person.id, now)
        for person in partner.named_people
        if may_ask_again(person, partner.state, now)
    ]
    approved = events.PartnerApproved.of(
        partner.id,
        decision,
        **events.PartnerApproved.facts_of(partner.profile),
        tier=tier,
        members=tuple(events.Member.of(person) for person in partner.confirmed_members),
        agreement_version=work.policies.agreements.current_version,
        link=issue_link(work, partner, Purpose.SIGN_IN),
    )
    emit_move(work, partner, approved)
    # Ordered by address, so that two partners naming the same people do not deadlock.
    for person in sorted(asked, key=lambda person: counted_mailbox(person.email)):
        request_confirmation(work, partner, person, reason="named")


def change_tier(work: Work, command: commands.ChangeTier) -> Partner:
    """Give a partner another tier; raises OwnCompany, TierNotChanged.

    Provisioning then applies the differences, as `gangway plans preview --tier` lists them.
    """
    partner = work.partners.lock(command.partner_id)
    if command.email and is_own_company(partner, command.email, work.policies.shared_domains):
        raise OwnCompany
    former = partner.change_tier(command.tier)
    save(work, partner)
    changed = {"tier": command.tier, "former_tier": former}
    decision = Decision(command.reason, command.by, work.now())
    emit(work, events.PartnerTierChanged.of(partner.id, decision, **changed))
    return partner


def ask_for_correction(work: Work, command: commands.AskForCorrection) -> Partner:
    """Return the application with a message and a link to the form."""
    partner = work.partners.lock(command.partner_id)
    request = CorrectionRequest(command.fields, command.message)
    partner.ask_for_correction(request, Decision(command.message, command.by, work.now()))
    event = events.PartnerActionRequired(
        partner_id=partner.id,
        fields=request.fields,
        message=request.message,
        link=issue_link(work, partner, Purpose.SIGN_IN),
    )
    emit_move(work, partner, event)
    return partner


def submit_correction(work: Work, command: commands.SubmitCorrection) -> Partner:
    """Apply the changes and have the application screened again; raises CorrectionRefused."""
    partner = work.partners.lock(command.partner_id)
    changed = partner.submit_correction(command.changes, work.now())
    emit_move(work, partner, events.PartnerCorrectionSubmitted(partner_id=partner.id, changed_fields=changed))
    work.defer(jobs.screen(partner.id))
    return partner
