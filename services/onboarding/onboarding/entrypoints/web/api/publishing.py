"""Operators have the full snapshots of partners sent once more."""

from typing import Any
from uuid import UUID

from chassis.http.current_service import current_service
from chassis.http.openapi import ApiBlueprint
from chassis.operating.audited import note_own_act
from onboarding.bootstrap import OnboardingService
from onboarding.entrypoints.sweeps.publishing_states import ACTION
from onboarding.entrypoints.web.api.answers import StatesPublishedSchema
from onboarding.entrypoints.web.api.questions import StatePublicationSchema
from onboarding.handlers import jobs
from onboarding.handlers.commands import PublishState
from onboarding.handlers.emit import publish_state

api = ApiBlueprint("publishing", __name__, description="For operators: what is true now, told once more")


@api.post("/v1/state-publications")
@api.arguments(StatePublicationSchema)
@api.response(202, StatesPublishedSchema)
@api.alt_response(404)
def post_state_publication(body: dict[str, Any]) -> dict[str, Any]:
    """Publish the current snapshot of one partner, or gradually of all, to `partner.state.v1`."""
    partner_id: UUID | None = body.get("partner_id")
    with current_service(OnboardingService).open_work() as work:
        if partner_id is None:
            work.defer(jobs.publish_states())
        else:
            publish_state(work, PublishState(partner_id))
        note_own_act(work, ACTION, partner_id or "all partners", body["reason"])
        return {"partners": 1 if partner_id else work.lists.count()}
