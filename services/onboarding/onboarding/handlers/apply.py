"""A company applies, itself or through an operator, and verifies its email address."""

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from onboarding.domain import events
from onboarding.domain.access import AccessPlan
from onboarding.domain.links import Purpose
from onboarding.domain.moves import Move
from onboarding.domain.partners import Partner
from onboarding.domain.refusals import PartnerUnknown
from onboarding.domain.states import FINAL
from onboarding.handlers.commands import Apply, CorrectAddress, ImportApplication
from onboarding.handlers.emit import emit, emit_state, issue_link, save
from onboarding.handlers.mail_turn import keep_waiting, take_turn
from onboarding.handlers.ports import Work


def apply(work: Work, command: Apply) -> UUID:
    """Store the application and have its contact's address verified; return the partner's id.

    Other partners are not looked at, so neither answer nor timing tells who is a partner already.
    """
    now = work.now()
    partner = Partner(
        id=command.partner_id,
        profile=command.profile,
        members=tuple(command.members),
        created_at=now,
        state_entered_at=now,
    )
    partner.deadline_at = work.policies.deadlines.end(partner.state, now)
    # Before any write, so that the query shares a round trip with the beginning of the transaction.
    turn = take_turn(work, partner.contact)
    work.partners.add(partner)
    emit_state(work, partner, AccessPlan())
    emit(
        work,
        events.PartnerApplied(
            partner_id=partner.id,
            **events.PartnerApplied.facts_of(partner.profile),
            member_count=len(partner.members),
        ),
    )
    ask_to_verify(work, partner, "applied", turn)
    return partner.id


def ask_to_verify(work: Work, partner: Partner, reason: str, turn: datetime | None) -> bool:
    """Have a link that verifies the address sent; False if it waits for the mailbox's ``turn``."""
    if turn is not None:
        keep_waiting(work, partner.id, partner.contact, reason, turn)
        return False
    is_requested = reason == "requested_again"
    emit(
        work,
        events.PartnerEmailVerificationRequested(
            partner_id=partner.id,
            contact=events.Member.of(partner.contact),
            link=issue_link(work, partner, Purpose.VERIFY_EMAIL, is_requested=is_requested),
            reason="requested_again" if is_requested else "applied",
        ),
    )
    return True


def ask_again_to_verify(work: Work, partner: Partner, reason: str = "requested_again") -> None:
    """The same for a partner for whom a mail may be waiting, which this one replaces."""
    if ask_to_verify(work, partner, reason, take_turn(work, partner.contact)):
        work.mail_turns.drop_waiting(partner.id, partner.contact.id)


def correct_address(work: Work, command: CorrectAddress) -> None:
    """Write to the corrected address instead; links sent to the wrong one expire, and nothing waits for it.

    Raises MoveNotAllowed once the address is confirmed, CorrectionRefused for the address of another
    person of the company.
    """
    partner = work.partners.lock(command.partner_id)
    partner.check(Move.VERIFY_EMAIL)
    partner.correct_address(command.email)
    work.links.expire_unused(partner.id, work.now())
    save(work, partner)
    ask_again_to_verify(work, partner)


def import_application(work: Work, command: ImportApplication) -> tuple[UUID, bool]:
    """Handle it as if the contact had applied; return the partner's id, and whether it is new.

    An earlier import of the same may be over: nobody clicked, or it was withdrawn. Then it is imported again.
    """
    partner_id = command.application.partner_id
    holder = work.imported_applications.take(command.digest, partner_id, work.now())
    if holder != partner_id:
        with suppress(PartnerUnknown):
            if work.partners.lock(holder).state not in FINAL:
                return holder, False
        work.imported_applications.hand_on(command.digest, partner_id, work.now())
    return apply(work, command.application), True
