"""Grants and the catalogue as plain values for the API's schemas."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from provisioning.adapters.unit_of_work import ProvisioningUnitOfWork
from provisioning.domain.catalogue import Catalogue
from provisioning.domain.device_claims import DeviceClaim
from provisioning.domain.devices import Device
from provisioning.domain.grant_states import Intent
from provisioning.domain.grants import Grant
from provisioning.domain.standings import Standing
from provisioning.domain.steps import StepRecord

# "Amazon Root CA 1", which signed what AWS IoT's endpoints of this kind (iot:Data-ATS) show.
SERVER_CA_URL = "https://www.amazontrust.com/repository/AmazonRootCA1.pem"


def grant_of_partner(grant: Grant) -> dict[str, Any]:
    return {
        "grant_id": grant.grant_id,
        "partner_id": grant.partner_id,
        "product": grant.product_name,
        "entry_name": grant.entry_name,
        "required": grant.is_required,
        "state": grant.state,
        "identifiers": grant.identifiers,
        "collectable": grant.is_collectable,
        "cause": _cause(grant),
        "lease": grant.lease,
    }


def grant_of_operator(grant: Grant) -> dict[str, Any]:
    return {
        **vars(grant),
        **grant_of_partner(grant),
        "frozen_for": sorted(grant.frozen_for),
        "steps": [_step(step) for step in grant.all_steps],
    }


def devices_of(grant: Grant) -> dict[str, Any]:
    return {"quota": grant.device_quota, "devices": [device_seen(grant, one) for one in grant.devices]}


def device_seen(grant: Grant, device: Device) -> dict[str, Any]:
    return {
        **vars(device),
        "state": _state(grant, device),
        "thing_name": device.outputs.get("thing_name"),
        "certificate_id": device.outputs.get("certificate_id"),
        "collectable": grant.is_usable and device.is_collectable,
        "older_key_stays": bool(device.older_certificate_ids),
        "cause": _first_cause(device.steps),
    }


def claims_of(work: ProvisioningUnitOfWork, grant: Grant) -> list[dict[str, Any]]:
    now = work.now()
    return [claim_seen(grant, claim, now) for claim in work.device_claims.of_grant(grant.grant_id, now)]


def claim_seen(grant: Grant, claim: DeviceClaim, now: datetime) -> dict[str, Any]:
    return {**vars(claim), "state": claim.state(grant, now)}


def redeemed_device(grant: Grant, device: Device) -> dict[str, Any]:
    """What is no use yet is not told yet: a certificate that does not connect is taken for a wrong one."""
    outputs, state = grant.outputs_of(device), _state(grant, device)
    known = outputs if state == "ready" else {}
    thing_name = known.get("thing_name")
    return {
        "device_id": device.device_id,
        "name": device.name,
        "state": state,
        "thing_name": thing_name,
        "endpoint": known.get("endpoint"),
        "topic_root": f"{known['topic_root']}/{thing_name}" if known else None,
        "certificate_pem": known.get("own_certificate_pem"),
        "issuer_pem": known.get("issuer_pem"),
        "server_ca_url": SERVER_CA_URL if known else None,
    }


def _state(grant: Grant, device: Device) -> str:
    if not device.is_wanted or not grant.is_wanted:
        return "being_removed" if any(step.may_stand_outside for step in device.steps) else "removed"
    if device.is_ready:
        return "ready"
    if any(step.standing in (Standing.OFF, Standing.HELD) for step in device.steps):
        return "switched_off"
    return "being_made" if device.stuck_step is None else "failed"


def catalogue_in_use(catalogue: Catalogue) -> dict[str, Any]:
    entries = [
        {
            "product": entry.product_name,
            "name": entry.name,
            "tiers": _sorted(entry.tiers),
            "partner_types": _sorted(entry.partner_types),
            "competences": _sorted(entry.competences),
            "only_if_wanted": entry.only_if_wanted,
            "required": entry.is_required,
            "needs_approval": entry.needs_approval,
            "parameters": entry.parameters,
        }
        for entry in catalogue.entries
    ]
    return {"version": catalogue.version, "entries": entries}


def _cause(grant: Grant) -> dict[str, Any] | None:
    """Return why the grant does not get on: what is stuck, else what waits for its next attempt.

    What befalls further devices while it is wanted is shown at each of them.
    """
    leaving = [grant.leaving] if grant.leaving else []
    return _first_cause([*grant.own_steps, *leaving] if grant.intent is Intent.ON else grant.all_steps)


def _first_cause(steps: Sequence[StepRecord]) -> dict[str, Any] | None:
    stuck = (step for step in steps if step.is_stuck)
    step = next(stuck, None) or next((step for step in steps if step.retry_at), None)
    if step is None or step.cause is None:
        return None
    return {
        "step": step.name,
        "code": step.cause.code,
        "message": step.cause.message,
        "will_retry": not step.is_stuck,
        "retry_at": step.retry_at,
    }


def _step(step: StepRecord) -> dict[str, Any]:
    return {
        **vars(step),
        "code": step.cause and step.cause.code,
        "message": step.cause and step.cause.message,
    }


def _sorted(names: frozenset[str] | None) -> list[str] | None:
    return None if names is None else sorted(names)
