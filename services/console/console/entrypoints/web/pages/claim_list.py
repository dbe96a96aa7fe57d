"""Claims by which devices join a grant by themselves: created, shown with the devices, revoked."""

from uuid import UUID

from flask import Blueprint, render_template, url_for

from console.entrypoints.web.acts import Act, Asked, Target, add_acts
from console.entrypoints.web.asking import one_in
from console.entrypoints.web.pages import device_list
from console.entrypoints.web.words import word
from operator_client.operator import Facts

pages = Blueprint("claim_list", __name__, template_folder="templates")
ALL = "GET /v1/grants/{grant_id}/device-claims"
_GRANT = "/grants/<uuid:grant_id>/device-claims"


def _describe(grant_id: UUID, claim_id: UUID) -> Target:
    """The claim in its present state."""
    claim = one_in(ALL, "claim_id", claim_id, grant_id=grant_id)
    return Target(
        title=claim["name_prefix"],
        back=url_for("device_list.show", grant_id=grant_id),
        facts=[
            ("grant-state", word("claim", claim["state"])),
            ("column-places", f"{claim['used']} / {claim['places']}"),
        ],
    )


def _show_secret(made: Facts, grant_id: UUID) -> tuple[str, int]:
    """Shown only once; reloading the page creates another one instead."""
    return render_template("new_claim.html", secret=made["secret"], grant_id=grant_id), 201


_CLAIMS = "POST /v1/grants/{grant_id}/device-claims"
add_acts(
    pages,
    _GRANT,
    device_list.describe,
    Act(
        "make-device-claim",
        _CLAIMS,
        ("name_prefix", "places", Asked("valid_days", "integer", least=1, most=90)),
        adds=lambda given: {"valid_hours": 24 * given["valid_days"]},
        answer=_show_secret,
    ),
)
add_acts(
    pages,
    f"{_GRANT}/<uuid:claim_id>",
    _describe,
    Act("revoke-device-claim", f"{_CLAIMS}/{{claim_id}}/revocation"),
)
