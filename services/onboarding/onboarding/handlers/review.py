"""An operator decides about an application."""

from typing import Any

from chassis.text.mail_addresses import counted_mailbox
from onboarding.domain.likeness import Trait
from onboarding.domain.links import Purpose
from onboarding.domain.membership import may_ask_again
from onboarding.domain.moves import Move
from onboarding.domain.partners import CorrectionRequest, Decision, Partner
from onboarding.handlers import descriptions
from onboarding.handlers.commands import ApprovePartner, AskForCorrection, RejectPartner
from onboarding.handlers.membership import request_confirmation
from onboarding.handlers.ports import Work
from onboarding.handlers.tell import issue_link, note, tell_move


def approve(work: Work, command: ApprovePartner) -> Partner:
    """Take the company in with a tier; raises RegistrationTaken if it is a partner already."""
    partner = work.partners.lock(command.partner_id)
    partner.approve(command.tier, Decision(command.reason, command.by, work.now()))
    if command.other_than:
        _tell_apart(work, partner, command)
    tell_approval(work, partner)
    return partner


def _tell_apart(work: Work, partner: Partner, command: ApprovePartner) -> None:
    """Let two partners hold one number, for the reason of the approval; only if it is that other one's."""
    duplicates = work.partners.duplicates_of(partner, {Trait.REGISTRATION_NUMBER})
    if command.other_than not in {other.partner_id for other in duplicates if not other.is_former}:
        return
    partner.shares_registration = True
    facts = {"other_partner_id": str(command.other_than), "reason": command.reason}
    note(
        work,
        partner.id,
        "partner.registration_shared",
        {**facts, "decided_by": descriptions.actor(command.by)},
    )


def tell_approval(work: Work, partner: Partner) -> None:
    """Tell the approval with all that the other services decide by, and have the named people asked."""
    now = work.now()
    asked = [
        partner.ask(person.id, now)
        for person in partner.named_people
        if may_ask_again(person, partner.state, now)
    ]
    data = {
        **told_decision(partner),
        **descriptions.profile_for_access(partner.profile),
        "tier": partner.tier,
        "members": [descriptions.member(person) for person in partner.confirmed_members],
        "agreement_version": work.policies.agreements.current_version,
        "link": issue_link(work, partner, Purpose.SIGN_IN),
    }
    tell_move(work, partner, Move.APPROVE, data)
    # By address, so that two partners who name the same people do not wait for each other.
    for person in sorted(asked, key=lambda person: counted_mailbox(person.email)):
        request_confirmation(work, partner, person, reason="named")


def reject(work: Work, command: RejectPartner) -> Partner:
    """Turn the company down; the partner reads the reason."""
    partner = work.partners.lock(command.partner_id)
    partner.reject(Decision(command.reason, command.by, work.now()))
    tell_move(work, partner, Move.REJECT, told_decision(partner))
    return partner


def ask_for_correction(work: Work, command: AskForCorrection) -> Partner:
    """Hand the application back with a message and a link to the form."""
    partner = work.partners.lock(command.partner_id)
    request = CorrectionRequest(command.fields, command.message)
    partner.ask_for_correction(request, Decision(command.message, command.by, work.now()))
    data = {
        "fields": list(request.fields),
        "message": request.message,
        "link": issue_link(work, partner, Purpose.SIGN_IN),
    }
    tell_move(work, partner, Move.ASK_FOR_CORRECTION, data)
    return partner


def told_decision(partner: Partner) -> dict[str, Any]:
    """The newest decision as events tell it."""
    if partner.decision is None:
        return {}
    return {"reason": partner.decision.reason, "decided_by": descriptions.actor(partner.decision.by)}
