"""What waits for a second person, over HTTP: the list, confirm, decline."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from chassis.database.proposals import list_proposals
from chassis.database.unit_of_work import UnitOfWork
from chassis.http.current_service import current_service
from chassis.http.idempotency import idempotent
from chassis.operating.api import api
from chassis.operating.four_eyes import confirm, decline, refuse_acts_that_cannot_wait
from chassis.operating.http_schemas import ReasonSchema
from chassis.operating.proposal_answers import (
    ProposalSchema,
    ProposalsPageSchema,
    ProposalsSchema,
    found_proposal,
    shown,
)


@api.get("/v1/proposals")
@api.arguments(ProposalsPageSchema, location="query")
@api.response(200, ProposalsSchema)
def list_all_proposals(query: dict[str, Any]) -> dict[str, Any]:
    """List proposals for a second person, open and closed, the oldest first."""
    with current_service().database.begin() as work:
        found = list_proposals(work.connection, **query)
    is_full = len(found) == query["limit"]
    return {"proposals": map(shown, found), "next_cursor": str(found[-1].id) if is_full else None}


@api.get("/v1/proposals/<uuid:proposal_id>")
@api.response(200, ProposalSchema)
@api.alt_response(404)
def show_proposal(proposal_id: UUID) -> dict[str, Any]:
    """Show one."""
    with current_service().database.begin() as work:
        return found_proposal(work, proposal_id)


def _settling(verb: str, settle: Callable[[UnitOfWork, UUID, str], None], what: str) -> None:
    def view(work: UnitOfWork, body: Mapping[str, Any], proposal_id: UUID) -> dict[str, Any]:
        settle(work, proposal_id, body["reason"])
        return found_proposal(work, proposal_id)

    view.__name__, view.__doc__ = f"{settle.__name__}_proposal", what
    answering = idempotent(api.response(200, ProposalSchema)(api.alt_response(404)(view)))
    api.post(f"/v1/proposals/<uuid:proposal_id>/{verb}")(api.arguments(ReasonSchema)(answering))


api.record_once(lambda state: refuse_acts_that_cannot_wait(state.app))
_settling("confirmation", confirm, "Confirm and carry out a proposal; 403 for the proposer, 409 if closed.")
_settling("refusal", decline, "Decline a proposal; the proposer withdraws it. 409 if it is closed.")
