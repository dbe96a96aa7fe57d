"""``GET /v1/me``: who asks, and what they may call, so that a front offers nothing that would be refused."""

from typing import Any

from marshmallow import Schema, fields

from chassis.http.access import access_table
from chassis.http.described import described
from chassis.http.openapi import ApiBlueprint
from chassis.http.principals import current_principal
from chassis.identity.roles import includes


class OwnRightsSchema(Schema):
    """An operator and the endpoints of this service that are open to it."""

    name = fields.String(required=True)
    role = fields.String(required=True, allow_none=True)
    may = described(fields.List(fields.String(), required=True), "METHOD /path/{argument}")


api = ApiBlueprint("own_rights", __name__, description="Who asks")


@api.get("/v1/me")
@api.response(200, OwnRightsSchema)
def show_own_rights() -> dict[str, Any]:
    """Show the caller and what they may call."""
    who = current_principal()
    needed = {name: access.role for name, access in access_table().items()}
    may = sorted(name for name, role in needed.items() if role and includes(who.role, role))
    return {"name": who.name, "role": who.role, "may": may}
