"""A company applies, by itself or through an operator, and proves its mail address."""

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
    """Take the application and have its contact's address verified; return the partner's id.

    Looks at nobody else, so that neither answer nor timing tells who is a partner already.
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
    # Before anything is written, as the question then goes with what the transaction begins with.
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
    """Have the contact sent a link that proves the address; False if it waits for the mailbox's ``turn``."""
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
    """The same for a partner for whom a mail may be waiting: it is this one."""
    if ask_to_verify(work, partner, reason, take_turn(work, partner.contact)):
        work.mail_turns.drop_waiting(partner.id, partner.contact.id)


def correct_address(work: Work, command: CorrectAddress) -> None:
    """Write to the right address instead; the links sent to the wrong one end, and nothing waits for it.

    Raises MoveNotAllowed once the address is confirmed, CorrectionRefused for the address of somebody else of
    the company.
    """
    partner = work.partners.lock(command.partner_id)
    partner.check(Move.VERIFY_EMAIL)
    partner.correct_address(command.email)
    work.links.expire_unused(partner.id, work.now())
    save(work, partner)
    ask_again_to_verify(work, partner)


def import_application(work: Work, command: ImportApplication) -> tuple[UUID, bool]:
    """Take it as if the contact had applied; return whose it is, and whether that is new.

    What it came to before may be over: nobody clicked, or it was withdrawn. Then it is brought in anew.
    """
    partner_id = command.application.partner_id
    holder = work.imported_applications.take(command.digest, partner_id, work.now())
    if holder != partner_id:
        with suppress(PartnerUnknown):
            if work.partners.lock(holder).state not in FINAL:
                return holder, False
        work.imported_applications.hand_on(command.digest, partner_id, work.now())
    return apply(work, command.application), True
