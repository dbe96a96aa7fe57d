"""An operator acts on a grant that does not get on: try again, or go on without it."""

from uuid import UUID

from provisioning.domain.grants import Grant
from provisioning.domain.partners import Partner
from provisioning.domain.refusals import GrantNotFound
from provisioning.handlers.commands import RetryGrant, WaiveGrant
from provisioning.handlers.ports import Work
from provisioning.handlers.settle import clear_if_settled, defer_advance, tell_members_who_have_access
from provisioning.handlers.tell import tell_move, tell_waived


def retry_grant(work: Work, command: RetryGrant) -> Grant:
    """Try the failed step of a grant again, at once. Raises GrantNotFound, MoveNotAllowed."""
    _, grant = find_grant(work, command.grant_id)
    before = grant.state
    grant.retry()
    work.grants.save(grant)
    tell_move(work, before, grant)
    defer_advance(work, grant)
    return grant


def waive_grant(work: Work, command: WaiveGrant) -> Grant:
    """Let the partner go on without this grant. Raises GrantNotFound, MoveNotAllowed."""
    partner, grant = find_grant(work, command.grant_id)
    grant.waive(command.reason)
    work.grants.save(grant)
    tell_waived(work, grant, command.reason, command.by)
    defer_advance(work, grant)
    clear_if_settled(work, partner)
    tell_members_who_have_access(work, partner)
    return grant


def find_grant(work: Work, grant_id: UUID, partner_id: UUID | None = None) -> tuple[Partner, Grant]:
    """Return the grant with its partner, whose row is held. Raises GrantNotFound, also for another's."""
    partner = work.partners.lock_owner(grant_id)
    if partner is None or partner_id not in (None, partner.partner_id):
        raise GrantNotFound
    grant = work.grants.get(grant_id)
    if grant is None:
        raise GrantNotFound
    return partner, grant
