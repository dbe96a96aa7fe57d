"""What operators do to one grant has one form: its path and body, and the grant as the answer."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from chassis.http.openapi import AnySchema, ApiBlueprint
from chassis.operating.audited import operators_act
from chassis.operating.http_schemas import StatedReason
from provisioning.adapters.unit_of_work import ProvisioningUnitOfWork
from provisioning.domain.grants import Grant
from provisioning.entrypoints.web.api.schemas import GrantSeen
from provisioning.entrypoints.web.api.views_of_grants import grant_of_operator

Body = dict[str, Any]
View = Callable[[ProvisioningUnitOfWork, Body, UUID], Grant]


def act_on_grant(
    api: ApiBlueprint, path: str, action: str, body: AnySchema = StatedReason, *, status: int = 202
) -> Callable[[View], View]:
    """Register ``view(work, body, grant_id)``, which returns the grant, as `operators_act` does."""
    register = operators_act(
        api, f"/v1/grants/<uuid:grant_id>/{path}", action, body, GrantSeen, status=status
    )

    def decorate(view: View) -> View:
        @wraps(view)
        def seen(work: ProvisioningUnitOfWork, body: Body, grant_id: UUID) -> Body:
            return grant_of_operator(view(work, body, grant_id))

        register(seen)
        return view

    return decorate
