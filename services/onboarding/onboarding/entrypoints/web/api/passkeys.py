"""Passkeys of the partner's contact: add, list, remove; sign in by one."""

from typing import Any
from uuid import UUID

from chassis.http.current_service import current_service
from chassis.http.openapi import ApiBlueprint
from onboarding.bootstrap import OnboardingService
from onboarding.domain.limits import Act
from onboarding.entrypoints.web.api.answers import SessionSchema
from onboarding.entrypoints.web.api.descriptions import moved
from onboarding.entrypoints.web.api.own_answers import (
    CeremonySchema,
    PasskeyLineSchema,
    PasskeysSchema,
)
from onboarding.entrypoints.web.api.sessions import present_session, session_answer
from onboarding.entrypoints.web.limiting import pass_limits
from onboarding.entrypoints.web.passkey_schemas import NewPasskeySchema, UsedPasskeySchema
from onboarding.entrypoints.web.using_passkeys import add_checked, sign_in_checked
from onboarding.handlers.commands import BeginAddingPasskey, RemovePasskey
from onboarding.handlers.passkeys import begin_adding, begin_sign_in, remove_passkey

api = ApiBlueprint("passkeys", __name__, description="Sign in by a passkey instead of a mail link")


@api.post("/v1/passkey-challenges")
@api.response(201, CeremonySchema)
@api.alt_response(429)
def post_challenge() -> dict[str, Any]:
    """Begin a sign-in; the options are the same for everybody, valid once, for five minutes."""
    pass_limits(Act.USE_PASSKEY)
    with current_service(OnboardingService).open_work() as work:
        return {"public_key": begin_sign_in(work)}


@api.post("/v1/passkey-sessions")
@api.arguments(UsedPasskeySchema)
@api.response(201, SessionSchema)
@api.alt_response(403, 429)
def post_passkey_session(body: dict[str, Any]) -> dict[str, Any]:
    """Sign in by a passkey; the session is the same as by a mailed link.

    403 `passkey_refused` whatever is wrong; 429 where that came too often from one network.
    """
    partner, session = sign_in_checked(body["credential"])
    return {**moved(partner), **session_answer(session)}


@api.post("/v1/partners/<uuid:partner_id>/passkey-challenges")
@api.response(201, CeremonySchema)
@api.alt_response(403, 409, 429)
def post_own_challenge(partner_id: UUID) -> dict[str, Any]:
    """Begin adding a passkey; 403 `sign_in_too_old` for a session that began more than 30 minutes ago."""
    pass_limits(Act.CHANGE_OWN, application_id=partner_id)
    command = BeginAddingPasskey(partner_id=partner_id, signed_in_at=present_session().begun_at)
    with current_service(OnboardingService).open_work() as work:
        return {"public_key": begin_adding(work, command)}


@api.post("/v1/partners/<uuid:partner_id>/passkeys")
@api.arguments(NewPasskeySchema)
@api.response(201, PasskeyLineSchema)
@api.alt_response(403, 409, 429)
def post_passkey(body: dict[str, Any], partner_id: UUID) -> dict[str, Any]:
    """Add a passkey made by the browser; the contact is told by email. 409 for an eleventh."""
    return vars(add_checked(partner_id, body))


@api.get("/v1/partners/<uuid:partner_id>/passkeys")
@api.response(200, PasskeysSchema)
@api.alt_response(404)
def get_passkeys(partner_id: UUID) -> dict[str, Any]:
    """The contact's passkeys, the newest first."""
    with current_service(OnboardingService).open_work() as work:
        contact = work.partners.get(partner_id).contact
        return {"passkeys": [vars(one) for one in work.passkeys.of_member(contact.id)]}


@api.delete("/v1/partners/<uuid:partner_id>/passkeys/<uuid:passkey_id>")
@api.response(204)
@api.alt_response(404)
def delete_passkey(partner_id: UUID, passkey_id: UUID) -> None:
    """Remove a passkey; sessions started with it continue until they are ended."""
    with current_service(OnboardingService).open_work() as work:
        remove_passkey(work, RemovePasskey(partner_id=partner_id, passkey_id=passkey_id))
