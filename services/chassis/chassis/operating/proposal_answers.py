"""A proposal as the API shows it."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from marshmallow import fields

from chassis.database.proposals import STATES, WAITING, Proposal, find_proposal
from chassis.database.unit_of_work import UnitOfWork
from chassis.http.access import NOBODY, access_table
from chassis.http.described import described
from chassis.http.paging import PageSchema, page_of
from chassis.http.principals import current_principal
from chassis.http.problems import Problem
from chassis.http.strict_fields import Choice, StrictSchema
from chassis.operating.four_eyes import (
    is_proposer,
)
from chassis.redaction import redacted


class ProposalsPageSchema(PageSchema):
    cursor = fields.UUID()
    state = Choice(STATES, load_default=WAITING)


class ProposalSchema(StrictSchema):
    proposal_id = fields.UUID()
    endpoint = described(fields.String(), "What will be called, as in the table of roles")
    role = described(
        fields.String(allow_none=True),
        "What whoever confirms needs; null if nothing can be called so any more",
    )
    action = described(fields.String(), "As the log of operators' acts calls it")
    target = fields.String()
    body = described(fields.Dict(), "With what it will be called, beside the reason")
    reason = fields.String()
    proposed_by = fields.String()
    proposed_at = fields.AwareDateTime()
    expires_at = fields.AwareDateTime()
    is_own = described(fields.Boolean(), "Whether who asks proposed it, and may take it back")
    state = fields.String()
    settled_by = fields.String(allow_none=True)
    settled_at = fields.AwareDateTime(allow_none=True)
    settled_reason = fields.String(allow_none=True)


ProposalsSchema = page_of("ProposalsSchema", proposals=ProposalSchema)


def found_proposal(work: UnitOfWork, proposal_id: UUID) -> dict[str, Any]:
    proposal = find_proposal(work.connection, proposal_id)
    if proposal is None:
        raise Problem(404, "not_found")
    return shown(proposal)


def shown(proposal: Proposal) -> dict[str, Any]:
    """As the API tells it; whom texts name by an address is hidden from who only looks."""
    who = current_principal()
    hidden = str if who.may_operate else redacted
    return {
        **vars(proposal),
        "proposal_id": proposal.id,
        "role": access_table().get(proposal.endpoint, NOBODY).role,
        "body": _each_text(
            {name: value for name, value in proposal.body.items() if value != proposal.reason}, hidden
        ),
        "reason": hidden(proposal.reason),
        "settled_reason": hidden(proposal.settled_reason) if proposal.settled_reason else None,
        "is_own": is_proposer(proposal, who),
    }


def _each_text(value: Any, hidden: Callable[[str], str]) -> Any:
    """The same with every text in it hidden, however deep it stands."""
    if isinstance(value, str):
        return hidden(value)
    if isinstance(value, Mapping):
        return {name: _each_text(one, hidden) for name, one in value.items()}
    return [_each_text(one, hidden) for one in value] if isinstance(value, list) else value


def proposed(work: UnitOfWork, proposal_id: UUID) -> tuple[Any, int]:
    """The answer to the proposer."""
    return ProposalSchema().dump(found_proposal(work, proposal_id)), 202
