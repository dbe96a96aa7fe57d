"""How the refusals of the domain are told over HTTP."""

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import fields

from chassis.http.problems import Problem, WrongValue
from onboarding.domain.refusals import (
    AgreementOutdated,
    AskedTooOften,
    CorrectionRefused,
    DraftGone,
    LinkRefused,
    MoveNotAllowed,
    NotActive,
    NotErasable,
    OwnCompany,
    PasskeyRefused,
    PersonRefused,
    RegistrationTaken,
    RequestRefused,
    SignInTooOld,
    TierNotChanged,
    TooManyPasskeys,
    Unknown,
)
from onboarding.entrypoints.web.application_schemas import place_of

# What the problems below carry, for the API's document.
PROBLEM_MEMBERS: Mapping[str, fields.Field[Any]] = {
    "state": fields.String(metadata={"description": "Where the partner stands"}),
    "target_state": fields.String(metadata={"description": "Where the move would have led"}),
    "move": fields.String(metadata={"description": "The move that is not allowed from here"}),
    "conflicting_partner_id": fields.UUID(metadata={"description": "The partner with this registration"}),
    "current_version": fields.String(metadata={"description": "The agreement in force"}),
    "new_link": fields.String(metadata={"format": "uri", "description": "Page that sends a new link"}),
}


def refusal_problems(public_url: str) -> Mapping[type[Exception], Callable[[Any], Problem]]:
    """The table for `chassis.http.web.create_app`."""
    return {
        # The same answer as for a partner of someone else: nobody learns which ids exist.
        Unknown: lambda _refusal: Problem(404, "not_found"),
        PersonRefused: _of_field,
        PasskeyRefused: lambda refusal: Problem(403, refusal.code, refusal.message),
        DraftGone: lambda refusal: Problem(410, refusal.code, refusal.message),
        SignInTooOld: lambda refusal: Problem(403, refusal.code, refusal.message),
        TooManyPasskeys: lambda refusal: Problem(409, refusal.code, refusal.message),
        RequestRefused: _of_field,
        NotActive: _of_state,
        NotErasable: _of_state,
        TierNotChanged: _of_state,
        AskedTooOften: lambda refusal: Problem(409, refusal.code, refusal.message),
        MoveNotAllowed: _move_not_allowed,
        RegistrationTaken: lambda refusal: Problem(
            409,
            refusal.code,
            refusal.message,
            conflicting_partner_id=str(refusal.conflicting_partner_id),
        ),
        OwnCompany: lambda refusal: Problem(403, refusal.code, refusal.message),
        AgreementOutdated: lambda refusal: Problem(
            409, refusal.code, refusal.message, current_version=refusal.current_version
        ),
        CorrectionRefused: _correction_refused,
        LinkRefused: lambda refusal: Problem(
            410, refusal.code, refusal.message, new_link=f"{public_url}/new-link"
        ),
    }


def _of_state(refusal: NotActive | NotErasable | TierNotChanged) -> Problem:
    return Problem(409, refusal.code, refusal.message, state=refusal.state.value)


def _move_not_allowed(refusal: MoveNotAllowed) -> Problem:
    return Problem(
        409,
        refusal.code,
        refusal.message,
        state=refusal.state.value,
        target_state=refusal.target.value,
        move=refusal.move.value,
    )


def _correction_refused(refusal: CorrectionRefused) -> Problem:
    errors = [WrongValue("pointer", place_of(name), refusal.message) for name in refusal.fields]
    return Problem(422, refusal.code, refusal.message, errors=errors)


def _of_field(refusal: PersonRefused | RequestRefused) -> Problem:
    """A refused value is named by its field; a refusal without one is a conflict with the present state."""
    if refusal.field is None:
        return Problem(409, refusal.code, refusal.message)
    errors = [WrongValue("pointer", f"/{refusal.field}", refusal.message)]
    return Problem(422, refusal.code, refusal.message, errors=errors)
