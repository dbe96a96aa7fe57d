"""API: how a partner's people come into a product, and who has.

No Idempotency-Key for a registration: a stored answer would be a stored secret.
"""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from chassis.http.openapi import ApiBlueprint
from provisioning.entrypoints.web.api.schemas import RegistrationOfPerson, WaysIn
from provisioning.entrypoints.web.own_grants import own_registration, ways_in_to

api = ApiBlueprint("ways_in", __name__, description="How people come into a product, and who has")


@api.get("/v1/grants/<uuid:grant_id>/people")
@api.response(200, WaysIn)
@api.alt_response(404, 409)
def list_ways_in(grant_id: UUID) -> dict[str, Any]:
    """Show how each person signs in; 409 where nobody does, or not now."""
    return {
        "people": [
            {"member_id": member.member_id, **asdict(way_in)} for member, way_in in ways_in_to(grant_id)
        ]
    }


@api.post("/v1/grants/<uuid:grant_id>/people/<uuid:member_id>/registration")
@api.response(200, RegistrationOfPerson, headers={"Cache-Control": {"schema": {"type": "string"}}})
@api.alt_response(404, 409)
def give_registration(grant_id: UUID, member_id: UUID) -> tuple[dict[str, str], int, dict[str, str]]:
    """Create a new registration link for a person; older ones end. 409 if already registered."""
    address = own_registration(grant_id, member_id)
    return {"address": address}, 200, {"Cache-Control": "no-store"}
