"""The claims by which devices join a grant by themselves: made, shown on the page of devices, revoked."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, render_template, url_for

from console.entrypoints.web.acts import Act, Field, Target, add_act, facts_of
from console.entrypoints.web.asking import operator
from console.entrypoints.web.pages import device_list
from console.entrypoints.web.words import word
from operator_client.devices import Devices
from operator_client.operator import Facts, Operator

pages = Blueprint("claim_list", __name__, template_folder="templates")
_GRANT = "/grants/<uuid:grant_id>/device-claims"


def _describe(grant_id: UUID, claim_id: UUID) -> Target:
    """The claim as it stands now."""
    claims, wanted = Devices(operator().http).claims(str(grant_id)), str(claim_id)
    claim = next((one for one in claims if one["claim_id"] == wanted), None)
    if claim is None:
        abort(404)
    return Target(
        title=claim["name_prefix"],
        back=url_for("device_list.show", grant_id=grant_id),
        facts=facts_of(
            ("grant-state", word("claim", claim["state"])),
            ("column-places", f"{claim['used']} / {claim['places']}"),
        ),
    )


def _make(asked: Operator, given: Mapping[str, Any], grant_id: UUID) -> Facts:
    return Devices(asked.http).make_claim(
        str(grant_id),
        given["name_prefix"],
        places=int(given["places"]),
        valid_hours=24 * int(given["valid_days"]),
        reason=given["reason"],
    )


def _show_secret(made: Facts, grant_id: UUID) -> tuple[str, int]:
    """This once; who reloads the page is given another one in its place."""
    return render_template("new_claim.html", secret=made["secret"], grant_id=grant_id), 201


def _revoke(asked: Operator, given: Mapping[str, Any], grant_id: UUID, claim_id: UUID) -> Facts:
    return Devices(asked.http).revoke_claim(str(grant_id), str(claim_id), given["reason"])


_ROW = "POST /v1/grants/{grant_id}/device-claims"
add_act(
    pages,
    f"{_GRANT}/make-device-claim",
    Act(
        "make-device-claim",
        device_list.describe,
        _make,
        _ROW,
        "provisioning",
        fields=(Field("name_prefix"), Field("places", "number"), Field("valid_days", "number")),
        answer=_show_secret,
    ),
)
add_act(
    pages,
    f"{_GRANT}/<uuid:claim_id>/revoke-device-claim",
    Act("revoke-device-claim", _describe, _revoke, f"{_ROW}/{{claim_id}}/revocation", "provisioning"),
)
