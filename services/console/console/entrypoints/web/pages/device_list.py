"""The further devices of a grant, and what can be done to them and their keys."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, url_for

from console.entrypoints.web.acts import Act, Target, add_acts
from console.entrypoints.web.asking import one_in, operator
from console.entrypoints.web.moving import part
from console.entrypoints.web.pages import grant_list
from console.entrypoints.web.words import word
from operator_client.operator import Facts

pages = Blueprint("device_list", __name__, template_folder="templates")
_ALL = "GET /v1/grants/{grant_id}/devices"
_GRANT = "/grants/<uuid:grant_id>/devices"


@pages.get(_GRANT)
def show(grant_id: UUID) -> str:
    """All devices of one grant, with states and causes."""
    about = grant_list.describe(grant_id)
    claims = list(operator().all("GET /v1/grants/{grant_id}/device-claims", grant_id=grant_id))
    return render_template("devices.html", about=about, claims=claims, **_shown(grant_id))


@pages.get(f"{_GRANT}/part")
def show_part(grant_id: UUID) -> str | Response:
    """The list alone, as long as a device is changing."""
    given = _shown(grant_id)
    return part("devices_part.html", given["devices"], **given)


def _shown(grant_id: UUID) -> dict[str, Any]:
    found = operator().ask(_ALL, grant_id=grant_id)
    return {
        "grant_id": grant_id,
        "devices": found["devices"],
        "quota": found["quota"],
        "moves_on": any(map(_moves_on, found["devices"])),
        "acts_that_fit": acts_that_fit,
    }


def _moves_on(device: Facts) -> bool:
    return device["state"] in ("being_made", "being_removed") and not grant_list.waits(device["cause"])


def acts_that_fit(device: Facts) -> list[str]:
    """What can be done to the device now: a key is replaced after it was collected."""
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
    """The device in its present state."""
    device = one_in(_ALL, "device_id", device_id, grant_id=grant_id)
    cause = device["cause"]
    return Target(
        title=device["name"],
        back=url_for("device_list.show", grant_id=grant_id),
        facts=[
            ("grant-state", word("device", device["state"])),
            ("column-iot-thing", device["thing_name"]),
            ("grant-cause", cause and f"{cause['step']}: {cause['message']}"),
        ],
    )


def _follow(grant_id: UUID, **_: UUID) -> str:
    """Back to the list, even if the device is gone by now."""
    return url_for("device_list.show", grant_id=grant_id)


_DEVICES = "POST /v1/grants/{grant_id}/devices"
_ONE = f"{_DEVICES}/{{device_id}}"
add_acts(pages, _GRANT, describe, Act("add-device", _DEVICES, ("name",), follow=_follow))
add_acts(
    pages,
    f"{_GRANT}/<uuid:device_id>",
    describe_device,
    Act("remove-device", f"{_ONE}/removal", is_grave=True, follow=_follow),
    Act("rotate-device-key", f"{_ONE}/credentials-rotation", follow=_follow),
    Act("end-older-keys", f"{_ONE}/credentials-rotation-end", is_grave=True, follow=_follow),
    Act("revoke-device-key", f"{_ONE}/credentials-revocation", is_grave=True, follow=_follow),
)
