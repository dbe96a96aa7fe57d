"""A partner collects the key of its device, once, and rotates it; an operator may release it again."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from provisioning.domain.devices import Device
from provisioning.domain.grants import Grant
from provisioning.domain.handed_out_keys import HandsOutKey
from provisioning.domain.refusals import NothingToCollect
from provisioning.handlers import commands
from provisioning.handlers.devices import find_device
from provisioning.handlers.emit import emit_key_replacement
from provisioning.handlers.grants import find_grant
from provisioning.handlers.ports import Credentials, KeyVault, OpenWork, Work
from provisioning.handlers.settle import defer_advance


def collect_credentials(
    open_work: OpenWork, vault: KeyVault, command: commands.CollectCredentials
) -> Credentials:
    """Hand out the key of the grant's device, once.

    Read the key first, then commit the mark with its entry in the operators' log, then answer: a vault
    that fails marks nothing, two requests at a time get one key between them, and a process that dies leaves
    at worst a mark without an answer. Then an operator has the key replaced.
    Blocks on the vault, outside any transaction. Raises GrantNotFound, DeviceNotFound, NothingToCollect, and
    what the vault raises.
    """
    with open_work() as work:
        partner, grant = find_grant(work, command.grant_id, command.partner_id)
        device = _device(grant, command.device_id)
        _refuse_unless_collectable(grant, device or grant, work.now(), command.visit)
        order = replace(partner.order_for(grant), device=device.key if device else None)
        outputs = _outputs(grant, device)
    credentials = vault.read(order, outputs)
    with open_work() as work:
        _, grant = find_grant(work, command.grant_id, command.partner_id)
        device = _device(grant, command.device_id)
        holder = device or grant
        _refuse_unless_collectable(grant, holder, work.now(), command.visit)
        if _outputs(grant, device) != outputs:
            raise NothingToCollect("key_replaced", "The key was replaced just now: ask once more.")
        if holder.collected_at is None:
            holder.collected_at, holder.collected_by_visit = work.now(), command.visit
            work.grants.save(grant)
            work.note_act(str(command.partner_id), "collect key", _target(command))
    return credentials


def release_credentials(work: Work, command: commands.ReleaseCredentials) -> Grant:
    """Let the partner collect a key once more: another one, since nobody knows who has the first.

    The worker makes the new certificate and removes the old one. Raises GrantNotFound,
    NothingToCollect, MoveNotAllowed.
    """
    _, grant = find_grant(work, command.grant_id)
    if grant.collected_at is None:
        raise NothingToCollect("not_collected", "No key of this grant was collected, so none is replaced.")
    grant.replace_key()
    emit_key_replacement(work, grant, "release")
    work.grants.save(grant)
    defer_advance(work, grant)
    return grant


def rotate_key(work: Work, command: commands.RotateKey) -> Grant:
    """Make another key, to be collected once; the one in use stays good until `end_older_keys`.

    Raises GrantNotFound, DeviceNotFound, MoveNotAllowed, and NothingToCollect while one waits to be collected
    or to end.
    """
    grant, holder = _holder(work, command)
    if holder.collected_at is None:
        raise NothingToCollect("not_collected", "The key was not collected yet.")
    if holder.older_certificate_ids:
        raise NothingToCollect("older_key_stays", "An older key is still good; end it first.")
    grant.refuse_unless_usable()
    holder.replace_key(keeps_old=True)
    emit_key_replacement(work, grant, "rotation", command.device_id)
    return _have_key_made(work, grant, "rotate key", command)


def end_older_keys(work: Work, command: commands.EndOlderKeys) -> Grant:
    """Leave only the newest key valid, which was collected.

    Raises GrantNotFound, DeviceNotFound, NothingToCollect.
    """
    grant, holder = _holder(work, command)
    if not holder.older_certificate_ids:
        raise NothingToCollect("no_older_key", "There is no older key.")
    if holder.collected_at is None:
        raise NothingToCollect("not_collected", "The newest key was not collected yet.")
    holder.end_older_keys()
    return _have_key_made(work, grant, "end older keys", command)


def revoke_key(work: Work, command: commands.RevokeKey) -> Grant:
    """Disable every key that was handed out, at once; then another one is created, to be collected.

    Raises GrantNotFound, DeviceNotFound, MoveNotAllowed, and NothingToCollect if nobody has one.
    """
    grant, holder = _holder(work, command)
    if holder.collected_at is None and not holder.older_certificate_ids:
        raise NothingToCollect("not_collected", "Nobody has a key: none was collected.")
    grant.refuse_unless_usable()
    holder.replace_key(revokes=True)
    emit_key_replacement(work, grant, "revocation", command.device_id)
    return _have_key_made(work, grant, "revoke key", command)


def _holder(work: Work, command: commands.ChangeKey) -> tuple[Grant, HandsOutKey]:
    _, grant = find_grant(work, command.grant_id, command.partner_id)
    return grant, _device(grant, command.device_id) or grant


def _device(grant: Grant, device_id: UUID | None) -> Device | None:
    """Raises DeviceNotFound."""
    return None if device_id is None else find_device(grant, device_id)


def _outputs(grant: Grant, device: Device | None) -> dict[str, Any]:
    return dict(grant.outputs) if device is None else grant.outputs_of(device)


def _target(command: commands.CollectCredentials | commands.ChangeKey) -> str:
    return str(command.device_id or command.grant_id)


def _have_key_made(work: Work, grant: Grant, act: str, command: commands.ChangeKey) -> Grant:
    work.grants.save(grant)
    if command.partner_id is not None:
        work.note_act(str(command.partner_id), act, _target(command))
    defer_advance(work, grant)
    return grant


def _refuse_unless_collectable(grant: Grant, holder: HandsOutKey, at: datetime, visit: UUID | None) -> None:
    if grant.is_usable and holder.hands_out_key(at, visit):
        return
    if holder.collected_at is not None:
        raise NothingToCollect("already_collected", "The key was collected already.", is_gone=True)
    raise NothingToCollect("not_collectable", "There is no key to collect.")
