"""Operators see a partner's people only when they say why, and the operators' log keeps it.

No Idempotency-Key here: a stored answer would be stored personal data, and every look is a look.
"""

from typing import Any
from uuid import UUID

from chassis.http.current_service import current_service
from chassis.http.openapi import ApiBlueprint
from chassis.operating.audited import note_own_act
from onboarding.bootstrap import OnboardingService
from onboarding.entrypoints.web.api.answers import PeopleSchema
from onboarding.entrypoints.web.api.descriptions import people_of
from onboarding.entrypoints.web.api.questions import OperatorsReasonSchema

api = ApiBlueprint("disclosing", __name__, description="For operators: a partner's people, by their names")


@api.post("/v1/partners/<uuid:partner_id>/disclosure")
@api.arguments(OperatorsReasonSchema)
@api.response(200, PeopleSchema, headers={"Cache-Control": {"schema": {"type": "string"}}})
@api.alt_response(404)
def post_disclosure(body: dict[str, Any], partner_id: UUID) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Show names and addresses of a partner's people; the disclosure is logged with its reason."""
    with current_service(OnboardingService).open_work() as work:
        people = people_of(work.partners.get(partner_id))
        note_own_act(work, "see people", partner_id, body["reason"])
    return people, 200, {"Cache-Control": "no-store"}
