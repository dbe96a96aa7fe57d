"""What operators and partners ask for: retry, waive, collect the key."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from chassis.failures import Failure
from provisioning.domain.grants import Grant
from provisioning.domain.partners import Partner
from provisioning.handlers.ports import Clock, Credentials, KeyVault, OpenWork, Work
from provisioning.handlers.settle import clear_if_settled, defer_advance, tell_members_who_have_access
from provisioning.handlers.tell import tell_move, tell_waived


class GrantNotFound(Exception):
    """There is no such grant, or not for the one who asks."""


class NothingToCollect(Failure):
    """The grant has no key, it is not ready, or was handed out already (``is_gone``)."""

    def __init__(self, code: str, message: str, *, is_gone: bool = False) -> None:
        super().__init__(code, message)
        self.is_gone = is_gone


def retry_grant(work: Work, grant_id: UUID) -> Grant:
    """Try the failed step of a grant again, at once. Raises GrantNotFound, MoveNotAllowed."""
    _, grant = _find(work, grant_id)
    before = grant.state
    grant.retry()
    work.grants.save(grant)
    tell_move(work, before, grant)
    defer_advance(work, grant)
    return grant


def waive_grant(work: Work, grant_id: UUID, reason: str, waived_by: str) -> Grant:
    """Let the partner go on without this grant. Raises GrantNotFound, MoveNotAllowed."""
    partner, grant = _find(work, grant_id)
    grant.waive(reason)
    work.grants.save(grant)
    tell_waived(work, grant, reason, waived_by)
    defer_advance(work, grant)
    clear_if_settled(work, partner)
    tell_members_who_have_access(work, partner)
    return grant


def collect_credentials(
    open_work: OpenWork,
    vault: KeyVault,
    now: Clock,
    partner_id: UUID,
    grant_id: UUID,
    *,
    visit: UUID | None = None,
) -> Credentials:
    """Hand out the key of the grant's device, once; ``visit`` names one showing of its page.

    Read the key first, then commit the mark with its entry in the operators' log, then answer: an ill
    vault marks nothing, two requests at a time get one key between them, and a process that dies leaves
    at worst a mark without an answer. Then an operator has the key replaced.
    Blocks on the vault, outside any transaction. Raises GrantNotFound, NothingToCollect, and what
    the vault raises.
    """
    with open_work() as work:
        partner, grant = _find(work, grant_id, partner_id)
        _refuse_unless_collectable(grant, now(), visit)
        order, outputs = partner.order_for(grant), dict(grant.outputs)
    credentials = vault.read(order, outputs)
    with open_work() as work:
        _, grant = _find(work, grant_id, partner_id)
        _refuse_unless_collectable(grant, now(), visit)
        if grant.outputs != outputs:
            raise NothingToCollect("key_replaced", "The key was replaced just now: ask once more.")
        if grant.collected_at is None:
            work.grants.save(replace(grant, collected_at=now(), collected_by_visit=visit))
            work.note_act(str(partner_id), "collect key", str(grant_id))
    return credentials


def release_credentials(work: Work, grant_id: UUID) -> Grant:
    """Let the partner collect a key once more: another one, since nobody knows who has the first.

    The worker makes the new certificate and removes the old one. Raises GrantNotFound,
    NothingToCollect, MoveNotAllowed.
    """
    _, grant = _find(work, grant_id)
    if grant.collected_at is None:
        raise NothingToCollect("not_collected", "The key of this grant was not collected yet.")
    grant.replace_key()
    work.grants.save(grant)
    defer_advance(work, grant)
    return grant


def _find(work: Work, grant_id: UUID, partner_id: UUID | None = None) -> tuple[Partner, Grant]:
    partner = work.partners.lock_owner(grant_id)
    if partner is None or partner_id not in (None, partner.partner_id):
        raise GrantNotFound
    grant = work.grants.get(grant_id)
    if grant is None:
        raise GrantNotFound
    return partner, grant


def _refuse_unless_collectable(grant: Grant, at: datetime, visit: UUID | None) -> None:
    if grant.hands_out_key(at, visit):
        return
    if grant.collected_at is not None:
        raise NothingToCollect("already_collected", "The key was collected already.", is_gone=True)
    raise NothingToCollect("not_collectable", "There is no key to collect for this grant.")
