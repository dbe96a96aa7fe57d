"""Partners and operators create claims with which devices join a grant; a device redeems one."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from provisioning.domain.device_claims import (
    MOST_OPEN,
    ClaimState,
    DeviceClaim,
    Redemption,
    claim_named_by,
    hash_of,
    new_secret,
)
from provisioning.domain.devices import Device, steps_of
from provisioning.domain.grants import Grant
from provisioning.domain.partners import Partner
from provisioning.domain.refusals import ClaimNotFound, ClaimNotToBeUsed, ClaimNotValid, Refused
from provisioning.handlers.commands import MakeClaim, RedeemClaim, RevokeClaim
from provisioning.handlers.devices import refuse_unless_there_is_room
from provisioning.handlers.emit import emit_claim_made, emit_claim_revoked
from provisioning.handlers.grants import find_grant
from provisioning.handlers.ports import Work
from provisioning.handlers.settle import defer_advance

_WHY_NOT = {
    ClaimState.PAUSED: "The grant is switched off at the moment.",
    ClaimState.USED_UP: "As many devices came by the claim as it has places.",
    ClaimState.EXPIRED: "The claim has expired.",
    ClaimState.REVOKED: "The claim was revoked.",
    ClaimState.ENDED: "The grant of the claim has ended.",
}


def make_claim(work: Work, command: MakeClaim) -> tuple[Grant, DeviceClaim, str]:
    """Return the claim with its secret, which is shown only once.

    The same id again replaces the secret, whose answer was lost, as long as no device joined with it. Raises
    GrantNotFound, Refused.
    """
    _, grant = find_grant(work, command.grant_id, command.partner_id)
    secret = new_secret(command.claim_id)
    known, now = work.device_claims.get(command.claim_id), work.now()
    if known is not None:
        if not _is_asked_for(known, command):
            raise Refused("claim_differs", "The key was used for a claim that says something else.")
        if known.used or known.state(grant, now) is not ClaimState.OPEN:
            raise Refused("claim_in_use", "The claim was made before, and is in use or over.")
        known.secret_hash = hash_of(secret)
        work.device_claims.save(known)
        return grant, known, secret
    _refuse_unless_it_may_be_made(grant, command.places)
    claims = work.device_claims.of_grant(grant.grant_id, now)
    if sum(one.state(grant, now) is ClaimState.OPEN for one in claims) >= MOST_OPEN:
        raise Refused("too_many_claims", f"{MOST_OPEN} claims of the grant are open; revoke some.")
    claim = DeviceClaim(
        claim_id=command.claim_id,
        grant_id=grant.grant_id,
        name_prefix=command.name_prefix,
        places=command.places,
        secret_hash=hash_of(secret),
        created_at=now,
        created_by=command.by,
        expires_at=now + timedelta(hours=command.valid_hours),
    )
    work.device_claims.save(claim)
    emit_claim_made(work, grant, claim)
    if command.partner_id is not None:
        work.note_act(str(command.partner_id), "make claim", str(claim.claim_id))
    return grant, claim, secret


def revoke_claim(work: Work, command: RevokeClaim) -> tuple[Grant, DeviceClaim]:
    """End a claim; devices that joined with it stay. Idempotent. Raises GrantNotFound, ClaimNotFound."""
    _, grant = find_grant(work, command.grant_id, command.partner_id)
    claim = work.device_claims.get(command.claim_id)
    if claim is None or claim.grant_id != grant.grant_id:
        raise ClaimNotFound
    if claim.revoked_at is None:
        claim.revoked_at = work.now()
        work.device_claims.save(claim)
        emit_claim_revoked(work, grant, claim)
        if command.partner_id is not None:
            work.note_act(str(command.partner_id), "revoke claim", str(claim.claim_id))
    return grant, claim


def redeem_claim(work: Work, command: RedeemClaim) -> tuple[Grant, Device]:
    """Have a device created for a key that it keeps; the same serial and key again are the same device.

    The lock on the partner's row guards places and quota. Raises ClaimNotValid for every wrong secret, and
    for a right one ClaimNotToBeUsed and DeviceNotToBeAdded.
    """
    claim = _claim_opened_by(work, command.secret)
    known, asked_about = work.device_claims.redemption(claim.claim_id, command.serial), claim.grant_id
    if known is not None and (there := work.grants.get(asked_about)) is not None:
        return there, _same_device(there, known, command)
    partner, grant = find_grant(work, asked_about)
    # Another transaction may have held the row until now.
    claim = _claim_opened_by(work, command.secret)
    if known := work.device_claims.redemption(claim.claim_id, command.serial):
        return grant, _same_device(grant, known, command)
    state = claim.state(grant, work.now())
    if state is not ClaimState.OPEN:
        raise ClaimNotToBeUsed(f"claim_{state}", _WHY_NOT[state])
    return grant, _device_by_claim(work, partner, grant, claim, command)


def _device_by_claim(
    work: Work, partner: Partner, grant: Grant, claim: DeviceClaim, command: RedeemClaim
) -> Device:
    """Raises DeviceNotToBeAdded."""
    name, device_id = f"{claim.name_prefix} {command.serial}", uuid4()
    refuse_unless_there_is_room(grant, name)
    device = Device(
        device_id=device_id,
        product=grant.product,
        steps=steps_of(grant.product, device_id),
        name=name,
        added_at=work.now(),
        added_by=f"claim {claim.claim_id}",
        claim_id=claim.claim_id,
    )
    order = replace(partner.order_for(grant), device=device.key)
    device.outputs |= command.issue(order, command.public_key_pem)
    # It has its own key: none is handed out, and it may be replaced.
    device.collected_at = work.now()
    grant.add_device(device)
    work.grants.save(grant)
    work.device_claims.add_redemption(
        Redemption(
            claim_id=claim.claim_id,
            serial=command.serial,
            public_key_hash=_hash_of_key(command),
            device_id=device.device_id,
        )
    )
    work.note_act(device.added_by, "add device", str(device.device_id))
    defer_advance(work, grant)
    return device


def _refuse_unless_it_may_be_made(grant: Grant, places: int) -> None:
    if grant.product.devices is None:
        raise Refused("no_further_devices", "The product has no devices to be added.")
    if not grant.is_usable:
        message = f"Devices join a grant that is granted, and goes on to be; it is {grant.state}."
        raise Refused("not_granted", message)
    if places > grant.device_quota - 1:
        message = f"There may be {grant.device_quota} devices with the first one: give fewer places."
        raise Refused("quota_too_small", message)


def _is_asked_for(known: DeviceClaim, command: MakeClaim) -> bool:
    lasts = known.expires_at - known.created_at
    return (known.name_prefix, known.places, lasts, known.created_by) == (
        command.name_prefix,
        command.places,
        timedelta(hours=command.valid_hours),
        command.by,
    )


def _claim_opened_by(work: Work, secret: str) -> DeviceClaim:
    """Raises ClaimNotValid, for an unknown claim as for a wrong secret."""
    claim_id = claim_named_by(secret)
    claim = work.device_claims.get(claim_id) if claim_id else None
    if claim is None or not claim.is_opened_by(secret):
        raise ClaimNotValid
    return claim


def _same_device(grant: Grant, known: Redemption, command: RedeemClaim) -> Device:
    """Return what this serial got; only with its own key again. Raises ClaimNotToBeUsed."""
    if known.public_key_hash != _hash_of_key(command):
        raise ClaimNotToBeUsed("serial_taken", "A device of this serial came by the claim with another key.")
    device = next((one for one in grant.devices if one.device_id == known.device_id), None)
    if device is None:
        raise ClaimNotToBeUsed("device_removed", "The device was removed, and does not come back by itself.")
    if "replaced_certificate_id" in device.outputs:
        raise ClaimNotToBeUsed(
            "key_replaced", "The device has another key by now, which its partner gives it."
        )
    return device


def _hash_of_key(command: RedeemClaim) -> bytes:
    return hashlib.sha256(command.public_key_pem.encode()).digest()
