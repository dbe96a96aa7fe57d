"""Errors as RFC 9457 problem details: what went wrong, a stable code, and each wrong field by JSON pointer.

    raise Problem(409, "move_not_allowed", "From active there is no way to approved.", state="active")

Stable ``code`` and ``type`` (``urn:problem-type:<code>``) are for programs, ``detail`` is for people.
Keyword arguments become members of their own. A problem never tells about our insides: an unforeseen
error is a 500 without detail, found in the log by its ``request_id``.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from marshmallow import INCLUDE, Schema, fields
from werkzeug.exceptions import HTTPException

from chassis.http.described import described
from chassis.validation_messages import leaves

PROBLEM_MEDIA_TYPE = "application/problem+json"
MOST_ERRORS = 50
# Of a name that somebody made up, for it comes back in the answer; none of ours is as long.
_LONGEST_NAME = 100

# Members of an error that say where it is, by the place that was read.
_PLACES = {"json": "pointer", "form": "pointer", "files": "pointer", "json_or_form": "pointer"}


@dataclass(frozen=True)
class WrongValue:
    """One wrong value: a JSON pointer into the body, or the name of a query parameter or header."""

    place: str
    name: str
    detail: str

    def as_member(self) -> dict[str, str]:
        return {self.place: self.name, "detail": self.detail}


class Problem(HTTPException):
    """A refusal with a stable code; raise it anywhere below a view."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str | None = None,
        *,
        title: str | None = None,
        errors: Iterable[WrongValue] = (),
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(description=detail)
        self.code = status
        self.problem_code = code
        self.title = title or HTTPStatus(status).phrase
        self.errors = list(errors)
        self.headers = dict(headers or {})
        self.members = members

    def get_headers(self, environ: Any = None, scope: Any = None) -> list[tuple[str, str]]:
        return list(self.headers.items())

    def as_members(self, request_id: str | None = None) -> dict[str, Any]:
        """The body of the answer; at most `MOST_ERRORS` errors are listed."""
        body: dict[str, Any] = {
            "type": f"urn:problem-type:{self.problem_code}",
            "title": self.title,
            "status": self.code,
            "code": self.problem_code,
        }
        if self.description:
            body["detail"] = self.description
        if self.errors:
            body["errors"] = [error.as_member() for error in self.errors[:MOST_ERRORS]]
        if request_id:
            body["request_id"] = request_id
        return body | self.members


def wrong_field(status: int, code: str, detail: str, **wrong: str) -> Problem:
    """A refusal of a body for some of its fields, with what is wrong with each."""
    errors = [WrongValue("pointer", f"/{name}", what) for name, what in wrong.items()]
    return Problem(status, code, detail, errors=errors)


class WrongValueSchema(Schema):
    """Where a value is wrong and why; exactly one of the places is given."""

    pointer = described(fields.String(), "JSON pointer (RFC 6901) into the request body")
    parameter = described(fields.String(), "Name of the query or path parameter")
    header = described(fields.String(), "Name of the header")
    detail = fields.String(required=True)


class ProblemSchema(Schema):
    """Problem details, RFC 9457; a service adds the members that its problems carry beside these."""

    class Meta:
        unknown = INCLUDE

    type = fields.String(
        required=True, metadata={"format": "uri", "example": "urn:problem-type:invalid_input"}
    )
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = described(fields.String(required=True), "Stable, for programs")
    detail = described(fields.String(), "For people")
    errors = fields.List(fields.Nested(WrongValueSchema))
    request_id = described(fields.String(), "Name it when you ask us")


def problem_from(error: HTTPException) -> Problem:
    """Any HTTP error as a problem, validation errors of webargs included; headers such as Allow stay."""
    if isinstance(error, Problem):
        return error
    status = error.code or 500
    messages = (getattr(error, "data", None) or {}).get("messages")
    if isinstance(messages, Mapping):
        return invalid_input(messages, status=status)
    detail = None if status >= 500 else error.description
    headers = {
        name: value
        for name, value in error.get_headers()
        if name.lower() not in {"content-type", "content-length", "server"}
    }
    return Problem(status, HTTPStatus(status).name.lower(), detail, headers=headers)


def invalid_input(messages: Mapping[str, Any], *, status: int = 422) -> Problem:
    """marshmallow's messages, by place (``{"json": {"company": {"country": ["…"]}}}``), as one problem."""
    errors = [wrong for place, tree in messages.items() for wrong in _wrong_values(place, tree)]
    more = len(errors) - MOST_ERRORS
    detail = f"{len(errors)} value{'s are' if len(errors) != 1 else ' is'} wrong."
    if more > 0:
        detail += f" The first {MOST_ERRORS} are listed."
    return Problem(status, "invalid_input", detail, title="Invalid input", errors=errors)


def _wrong_values(place: str, tree: Any) -> Iterator[WrongValue]:
    member = _PLACES.get(place) or ("header" if place == "headers" else "parameter")
    for path, detail in leaves(tree):
        names = [_shortened(part) for part in path]
        if member == "pointer":
            escaped = [name.replace("~", "~0").replace("/", "~1") for name in names]
            yield WrongValue(member, "".join(f"/{name}" for name in escaped), detail)
        else:
            yield WrongValue(member, ".".join(names), detail)


def _shortened(part: object) -> str:
    name = str(part)
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}\N{HORIZONTAL ELLIPSIS}"
