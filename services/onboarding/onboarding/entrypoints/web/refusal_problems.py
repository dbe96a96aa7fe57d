"""How the refusals of the domain are told over HTTP."""

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import fields

from chassis.events import as_json
from chassis.http.described import described
from chassis.http.problems import Problem, WrongValue
from onboarding.domain import refusals
from onboarding.entrypoints.web.application_schemas import place_of

# What the problems below carry, for the API's document.
PROBLEM_MEMBERS: Mapping[str, fields.Field[Any]] = {
    "state": described(fields.String(), "Where the partner stands"),
    "target_state": described(fields.String(), "Where the move would have led"),
    "move": described(fields.String(), "The move that is not allowed from here"),
    "conflicting_partner_id": described(fields.UUID(), "The partner with this registration"),
    "current_version": described(fields.String(), "The agreement in force"),
    "new_link": fields.String(metadata={"format": "uri", "description": "Page that sends a new link"}),
}


_STATUS: Mapping[type[refusals.Refusal], int] = {
    refusals.CorrectionRefused: 422,
    refusals.OwnCompany: 403,
    refusals.PasskeyRefused: 403,
    refusals.SignInTooOld: 403,
    refusals.DraftGone: 410,
    refusals.LinkRefused: 410,
}


def refusal_problems(public_url: str) -> Mapping[type[Exception], Callable[[Any], Problem]]:
    """The table for `chassis.http.web.create_app`."""

    def problem(refusal: refusals.Refusal) -> Problem:
        """A wrong field is named; a refusal without one is a conflict with the present state."""
        usual = 422 if refusal.fields else 409
        status = next((_STATUS[kind] for kind in type(refusal).__mro__ if kind in _STATUS), usual)
        errors = [WrongValue("pointer", place_of(name), refusal.message) for name in refusal.fields]
        more = {"new_link": f"{public_url}/new-link"} if isinstance(refusal, refusals.LinkRefused) else {}
        facts = as_json(refusal.facts) | more
        return Problem(status, refusal.code, refusal.message, errors=errors, **facts)

    # The same answer as for a partner of someone else: nobody learns which ids exist.
    return {refusals.Unknown: lambda _: Problem(404, "not_found"), refusals.Refusal: problem}
