"""What follows when a grant moved: the next job, access of people who joined, the end of all access."""

from datetime import datetime
from uuid import UUID

from provisioning.domain.events import AccessCleared
from provisioning.domain.grant_states import Intent
from provisioning.domain.grants import Grant
from provisioning.domain.partners import Access, Partner
from provisioning.handlers import jobs
from provisioning.handlers.emit import emit_member_added, emit_member_removed
from provisioning.handlers.ports import Work


def defer_advance(
    work: Work, grant: Grant, not_before: datetime | None = None, queueing_lock: str | None = None
) -> None:
    """Have the worker advance the grant, if there is something to do or to observe.

    Stopping access or costs does not wait for what is being created for others.
    """
    if grant.moves() or (grant.look_at is not None and grant.look_at <= work.now()):
        is_brake = grant.intent is not Intent.ON or grant.is_letting_go
        work.defer(jobs.advance_grant(grant.grant_id, not_before, queueing_lock, is_urgent=is_brake))


def clear_if_settled(work: Work, partner: Partner) -> None:
    """Emit once that nothing of a leaving partner is left. The partner's row has to be locked."""
    if partner.access is not Access.CLEARING:
        return
    if all(grant.leaves_nothing_outside for grant in work.grants.of_partner(partner.partner_id)):
        partner.access = Access.CLEARED
        work.partners.save(partner)
        work.emit(AccessCleared(partner_id=partner.partner_id))


def emit_of_members(work: Work, partner: Partner) -> None:
    """Emit who has access now, and who no longer has any. The partner's row has to be locked."""
    _emit_who_left(work, partner)
    _emit_who_has_access(work, partner)


def _emit_who_left(work: Work, partner: Partner) -> None:
    """Emit once for each person who left that nothing of theirs is seen any more, and delete their data.

    What an operator left on purpose is not reported as gone.
    """
    if not partner.leavers:
        return
    leaving = work.seats.leaving(partner.partner_id)
    grants = {grant.grant_id: grant for grant in work.grants.of_partner(partner.partner_id)}
    for leaver in partner.leavers:
        if leaver.member.member_id not in leaving:
            theirs = [grant for grant_id, grant in grants.items() if grant_id in leaver.grant_ids]
            gone = [grant for grant in theirs if not grant.is_letting_go]
            emit_member_removed(work, partner.partner_id, leaver.member.member_id, gone)
    stay = tuple(one for one in partner.leavers if one.member.member_id in leaving)
    if stay != partner.leavers:
        partner.leavers = stay
        work.partners.save(partner)


def _emit_who_has_access(work: Work, partner: Partner) -> None:
    """Emit once for each person who joined what they have.

    It waits for grants in progress and for the person's seat in every existing grant; not for what
    failed permanently, was waived, or is failing without being required.
    """
    waiting = partner.members_to_tell
    if partner.access is not Access.PLANNED or not waiting:
        return
    grants = [grant for grant in work.grants.of_partner(partner.partner_id) if grant.is_wanted]
    if any(grant.holds_up_people for grant in grants):
        return
    seats = work.seats.made_for(partner.partner_id)
    for member in waiting:
        if any(grant.is_seating and not _has_seat(seats, grant, member.member_id) for grant in grants):
            continue
        there = [grant for grant in grants if _has_seat(seats, grant, member.member_id)]
        emit_member_added(work, partner.partner_id, member.member_id, there)
        partner.members_told |= {member.member_id}
        work.partners.save(partner)


def _has_seat(seats: set[tuple[UUID, UUID]], grant: Grant, member_id: UUID) -> bool:
    return grant.is_usable and (grant.grant_id, member_id) in seats
