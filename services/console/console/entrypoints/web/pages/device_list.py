"""The devices that a grant has beside its first one, and what may be done to them and their keys."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, render_template, url_for

from console.entrypoints.web.acts import Act, Field, Target, add_act, facts_of
from console.entrypoints.web.asking import operator
from console.entrypoints.web.moving import part
from console.entrypoints.web.pages import grant_list
from console.entrypoints.web.words import word
from operator_client.devices import Devices
from operator_client.operator import Facts, Operator

pages = Blueprint("device_list", __name__, template_folder="templates")
_GRANT = "/grants/<uuid:grant_id>/devices"


@pages.get(_GRANT)
def show(grant_id: UUID) -> str:
    """All of one grant, with states and causes."""
    about = grant_list.describe(grant_id)
    claims = Devices(operator().http).claims(str(grant_id))
    return render_template("devices.html", about=about, claims=claims, **_shown(grant_id))


@pages.get(f"{_GRANT}/part")
def show_part(grant_id: UUID) -> str | Response:
    """The list alone, as long as one of them moves."""
    given = _shown(grant_id)
    return part("devices_part.html", given["devices"], **given)


def _shown(grant_id: UUID) -> dict[str, Any]:
    found = Devices(operator().http).of_grant(str(grant_id))
    return {
        "grant_id": grant_id,
        "devices": found["devices"],
        "quota": found["quota"],
        "moves_on": any(map(_moves_on, found["devices"])),
        "acts_that_fit": acts_that_fit,
    }


def _moves_on(device: Facts) -> bool:
    cause = device["cause"]
    waits = cause is not None and not cause["will_retry"]
    return device["state"] in ("being_made", "being_removed") and not waits


def acts_that_fit(device: Facts) -> list[str]:
    """What may be done to the device where it stands: a key is replaced once it was collected."""
    is_ready, was_collected = device["state"] == "ready", device["collected_at"] is not None
    fits = {
        "rotate-device-key": is_ready and was_collected and not device["older_key_stays"],
        "end-older-keys": is_ready and was_collected and device["older_key_stays"],
        "revoke-device-key": is_ready and (was_collected or device["older_key_stays"]),
        "remove-device": device["state"] not in ("being_removed", "removed"),
    }
    return [name for name, does in fits.items() if does]


def describe(grant_id: UUID) -> Target:
    """The grant that a device joins."""
    about = grant_list.describe(grant_id)
    return Target(about.title, url_for("device_list.show", grant_id=grant_id), about.facts)


def describe_device(grant_id: UUID, device_id: UUID) -> Target:
    """The device as it stands now."""
    devices, wanted = Devices(operator().http).of_grant(str(grant_id))["devices"], str(device_id)
    device = next((one for one in devices if one["device_id"] == wanted), None)
    if device is None:
        abort(404)
    cause = device["cause"]
    return Target(
        title=device["name"],
        back=url_for("device_list.show", grant_id=grant_id),
        facts=facts_of(
            ("grant-state", word("device", device["state"])),
            ("column-thing", device["thing_name"]),
            ("grant-cause", cause and f"{cause['step']}: {cause['message']}"),
        ),
    )


def _follow(grant_id: UUID, **_: UUID) -> str:
    """Back to the list, also from a device that is gone by now."""
    return url_for("device_list.show", grant_id=grant_id)


def _add(asked: Operator, given: Mapping[str, Any], grant_id: UUID) -> Facts:
    return Devices(asked.http).add(str(grant_id), given["name"], given["reason"])


def _performing(act: Callable[[Devices, str, str, str], Facts]) -> Callable[..., Facts]:
    def perform(asked: Operator, given: Mapping[str, Any], grant_id: UUID, device_id: UUID) -> Facts:
        return act(Devices(asked.http), str(grant_id), str(device_id), given["reason"])

    return perform


_ROW = "POST /v1/grants/{grant_id}/devices"
add_act(
    pages,
    f"{_GRANT}/add-device",
    Act("add-device", describe, _add, _ROW, "provisioning", fields=(Field("name"),), follow=_follow),
)
for name, act, path, is_grave in (
    ("remove-device", Devices.remove, "removal", True),
    ("rotate-device-key", Devices.rotate_key, "credentials-rotation", False),
    ("end-older-keys", Devices.end_older_keys, "credentials-rotation-end", True),
    ("revoke-device-key", Devices.revoke_key, "credentials-revocation", True),
):
    add_act(
        pages,
        f"{_GRANT}/<uuid:device_id>/{name}",
        Act(
            name,
            describe_device,
            _performing(act),
            f"{_ROW}/{{device_id}}/{path}",
            "provisioning",
            is_grave=is_grave,
            follow=_follow,
        ),
    )
