"""An operator acts on a grant."""

from collections.abc import Callable
from uuid import UUID

from provisioning.domain import interventions
from provisioning.domain.grants import Grant
from provisioning.domain.partners import Partner
from provisioning.domain.refusals import GrantNotFound
from provisioning.handlers import commands
from provisioning.handlers.accounts_of_grants import follow_account
from provisioning.handlers.emit import emit_approved, emit_waived, save_and_emit
from provisioning.handlers.ports import Work
from provisioning.handlers.seating import let_go_of_people
from provisioning.handlers.settle import clear_if_settled, defer_advance, emit_of_members


def retry_grant(work: Work, command: commands.RetryGrant) -> Grant:
    """Try what failed again, at once; where nothing failed, look. Raises GrantNotFound, MoveNotAllowed."""
    return act_on_grant(work, command.grant_id, lambda grant: interventions.retry(grant, work.now()))


def repair_grant(work: Work, command: commands.RepairGrant) -> Grant:
    """Observe at once and correct every difference. Raises GrantNotFound, MoveNotAllowed."""
    return act_on_grant(work, command.grant_id, lambda grant: interventions.repair(grant, work.now()))


def skip_step(work: Work, command: commands.SkipStep) -> Grant:
    """Leave one step as it stands and go on. Raises GrantNotFound, Refused."""
    return act_on_grant(
        work, command.grant_id, lambda grant: interventions.skip(grant, command.step, command.reason)
    )


def force_grant(work: Work, command: commands.ForceGrant) -> Grant:
    """Take everything away whatever holds it. Raises GrantNotFound, Refused, MoveNotAllowed."""
    return act_on_grant(work, command.grant_id, interventions.force)


def waive_grant(work: Work, command: commands.WaiveGrant) -> Grant:
    """Let the partner go on without this grant. Raises GrantNotFound, MoveNotAllowed."""
    grant = act_on_grant(work, command.grant_id, lambda grant: interventions.waive(grant, command.reason))
    emit_waived(work, grant, command.reason, command.by)
    return grant


def approve_grant(work: Work, command: commands.ApproveGrant) -> Grant:
    """Have it made. Raises GrantNotFound, MoveNotAllowed."""
    grant = act_on_grant(work, command.grant_id, interventions.approve)
    emit_approved(work, grant, command.reason, command.by)
    return grant


def refuse_grant(work: Work, command: commands.RefuseGrant) -> Grant:
    """Let the partner go on without it, reported as a waiver. Raises GrantNotFound, MoveNotAllowed."""
    grant = act_on_grant(work, command.grant_id, lambda grant: interventions.refuse(grant, command.reason))
    emit_waived(work, grant, command.reason, command.by, is_refused=True)
    return grant


def act_on_grant(work: Work, grant_id: UUID, act: Callable[[Grant], None]) -> Grant:
    partner, grant = find_grant(work, grant_id)
    act(grant)
    save_and_emit(work, grant)
    let_go_of_people(work, grant)
    follow_account(work, grant)
    defer_advance(work, grant)
    clear_if_settled(work, partner)
    emit_of_members(work, partner)
    return grant


def find_grant(work: Work, grant_id: UUID, partner_id: UUID | None = None) -> tuple[Partner, Grant]:
    """Return the grant with its partner, whose row is locked. Raises GrantNotFound, also for another's."""
    found = work.grants.lock(grant_id)
    if found is None or partner_id not in (None, found[0].partner_id):
        raise GrantNotFound
    return found
