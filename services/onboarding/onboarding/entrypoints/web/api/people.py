"""The partner changes its people; operators let somebody go or change the contact, for a reason."""

from typing import Any
from uuid import UUID

from chassis.http.idempotency import idempotent
from chassis.http.openapi import ApiBlueprint
from chassis.operating.audited import audited
from onboarding.adapters.unit_of_work import OnboardingUnitOfWork
from onboarding.domain.limits import Act
from onboarding.entrypoints.web.api.answers import MovedSchema, NamedPersonSchema
from onboarding.entrypoints.web.api.descriptions import described_person, moved
from onboarding.entrypoints.web.api.operators import current_actor
from onboarding.entrypoints.web.api.questions import HandOverSchema, PeopleReasonSchema
from onboarding.entrypoints.web.application_schemas import PersonSchema, member_from
from onboarding.entrypoints.web.limiting import limited
from onboarding.handlers.commands import HandOver, NamePerson, RemovePerson
from onboarding.handlers.people import hand_over, name_person, remove_person

api = ApiBlueprint("members", __name__, description="A partner's people: add, remove, hand over the role")


@api.post("/v1/partners/<uuid:partner_id>/members")
@limited(Act.NAME_PERSON, api.arguments(PersonSchema), lambda body: str(body["email"]), is_idempotent=True)
@idempotent
@api.response(201, NamedPersonSchema)
@api.alt_response(404, 409)
def post_member(work: OnboardingUnitOfWork, body: dict[str, Any], partner_id: UUID) -> dict[str, Any]:
    """Add a person, who is asked by email and becomes a member by confirming.

    409 where the partner takes no people, or has as many as it may have.
    """
    language = work.partners.get(partner_id).profile.language
    command = NamePerson(partner_id=partner_id, person=member_from(body, language))
    return described_person(*name_person(work, command))


@api.post("/v1/partners/<uuid:partner_id>/members/<uuid:member_id>/removal")
@api.arguments(PeopleReasonSchema)
@idempotent
@audited("remove person", "member_id")
@api.response(200, MovedSchema)
@api.alt_response(404, 409)
def post_removal(
    work: OnboardingUnitOfWork, body: dict[str, Any], partner_id: UUID, member_id: UUID
) -> dict[str, Any]:
    """Remove a person, confirmed or not: their access ends everywhere. Operators give a reason.

    409 for the contact, who hands the role over first.
    """
    command = RemovePerson(partner_id=partner_id, member_id=member_id, by=current_actor())
    return moved(remove_person(work, command))


@api.post("/v1/partners/<uuid:partner_id>/contact")
@api.arguments(HandOverSchema)
@idempotent
@audited("change contact", "partner_id")
@api.response(200, MovedSchema)
@api.alt_response(404, 409)
def post_contact(work: OnboardingUnitOfWork, body: dict[str, Any], partner_id: UUID) -> dict[str, Any]:
    """Make a confirmed member the contact, who gets a link; the former one is signed out and stays a member.

    Operators say why.
    """
    command = HandOver(partner_id=partner_id, member_id=body["member_id"], by=current_actor())
    return moved(hand_over(work, command))
