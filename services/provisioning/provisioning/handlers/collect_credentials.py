"""A partner collects the key of its device, once, and rotates it; an operator may release it once more."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from provisioning.domain.grants import Grant
from provisioning.domain.refusals import NothingToCollect
from provisioning.handlers.commands import CollectCredentials, EndOlderKeys, ReleaseCredentials, RotateKey
from provisioning.handlers.grants import find_grant
from provisioning.handlers.ports import Credentials, KeyVault, OpenWork, Work
from provisioning.handlers.settle import defer_advance


def collect_credentials(open_work: OpenWork, vault: KeyVault, command: CollectCredentials) -> Credentials:
    """Hand out the key of the grant's device, once.

    Read the key first, then commit the mark with its entry in the operators' log, then answer: an ill
    vault marks nothing, two requests at a time get one key between them, and a process that dies leaves
    at worst a mark without an answer. Then an operator has the key replaced.
    Blocks on the vault, outside any transaction. Raises GrantNotFound, NothingToCollect, and what
    the vault raises.
    """
    partner_id, grant_id, visit = command.partner_id, command.grant_id, command.visit
    with open_work() as work:
        partner, grant = find_grant(work, grant_id, partner_id)
        _refuse_unless_collectable(grant, work.now(), visit)
        order, outputs = partner.order_for(grant), dict(grant.outputs)
    credentials = vault.read(order, outputs)
    with open_work() as work:
        _, grant = find_grant(work, grant_id, partner_id)
        _refuse_unless_collectable(grant, work.now(), visit)
        if grant.outputs != outputs:
            raise NothingToCollect("key_replaced", "The key was replaced just now: ask once more.")
        if grant.collected_at is None:
            work.grants.save(replace(grant, collected_at=work.now(), collected_by_visit=visit))
            work.note_act(str(partner_id), "collect key", str(grant_id))
    return credentials


def release_credentials(work: Work, command: ReleaseCredentials) -> Grant:
    """Let the partner collect a key once more: another one, since nobody knows who has the first.

    The worker makes the new certificate and removes the old one. Raises GrantNotFound,
    NothingToCollect, MoveNotAllowed.
    """
    _, grant = find_grant(work, command.grant_id)
    if grant.collected_at is None:
        raise NothingToCollect("not_collected", "The key of this grant was not collected yet.")
    grant.replace_key()
    work.grants.save(grant)
    defer_advance(work, grant)
    return grant


def rotate_key(work: Work, command: RotateKey) -> Grant:
    """Make another key, to be collected once; the one in use stays good until `end_older_keys`.

    Raises GrantNotFound, MoveNotAllowed, and NothingToCollect while one waits to be collected or to end.
    """
    _, grant = find_grant(work, command.grant_id, command.partner_id)
    if grant.collected_at is None:
        raise NothingToCollect("not_collected", "The key of this grant was not collected yet.")
    if grant.older_certificate_ids:
        raise NothingToCollect("older_key_stays", "An older key is still good; end it first.")
    grant.replace_key(keeps_old=True)
    return _have_key_made(work, grant, "rotate key")


def end_older_keys(work: Work, command: EndOlderKeys) -> Grant:
    """Let only the newest key be good, which was collected. Raises GrantNotFound, NothingToCollect."""
    _, grant = find_grant(work, command.grant_id, command.partner_id)
    if not grant.older_certificate_ids:
        raise NothingToCollect("no_older_key", "There is no older key.")
    if grant.collected_at is None:
        raise NothingToCollect("not_collected", "The newest key was not collected yet.")
    grant.end_older_keys()
    return _have_key_made(work, grant, "end older keys")


def _have_key_made(work: Work, grant: Grant, act: str) -> Grant:
    work.grants.save(grant)
    work.note_act(str(grant.partner_id), act, str(grant.grant_id))
    defer_advance(work, grant)
    return grant


def _refuse_unless_collectable(grant: Grant, at: datetime, visit: UUID | None) -> None:
    if grant.hands_out_key(at, visit):
        return
    if grant.collected_at is not None:
        raise NothingToCollect("already_collected", "The key was collected already.", is_gone=True)
    raise NothingToCollect("not_collectable", "There is no key to collect for this grant.")
