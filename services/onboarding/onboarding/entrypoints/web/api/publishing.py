"""Operators have the full snapshots of partners sent once more."""

from typing import Any
from uuid import UUID

from chassis.database.operators_log import note_action
from chassis.http.current_service import current_service
from chassis.http.openapi import ApiBlueprint
from chassis.http.principals import current_principal
from onboarding.bootstrap import OnboardingService
from onboarding.entrypoints.sweeps.publishing_states import ACTION
from onboarding.entrypoints.web.api.answers import StatesPublishedSchema
from onboarding.entrypoints.web.api.questions import StatePublicationSchema
from onboarding.handlers import jobs
from onboarding.handlers.commands import PublishState
from onboarding.handlers.publish_state import publish_state

api = ApiBlueprint("publishing", __name__, description="For operators: what is true now, told once more")


@api.post("/v1/state-publications")
@api.arguments(StatePublicationSchema)
@api.response(202, StatesPublishedSchema)
@api.alt_response(404)
def post_state_publication(body: dict[str, Any]) -> dict[str, Any]:
    """Send the present snapshot of one partner, or by and by of all, to `partner.state.v1`."""
    partner_id: UUID | None = body.get("partner_id")
    with current_service(OnboardingService).open_work() as work:
        if partner_id is None:
            work.defer(jobs.publish_states())
        else:
            publish_state(work, PublishState(partner_id))
        target = "all partners" if partner_id is None else str(partner_id)
        actor = current_principal().name
        note_action(work.connection, actor=actor, action=ACTION, target=target, reason=body["reason"])
        return {"partners": 1 if partner_id else work.lists.count()}
