"""The API of a service and its OpenAPI 3.1 document, from the same decorators.

api = ApiBlueprint("partners", __name__, description="Partners and their life")

@api.post("/v1/applications")
@api.arguments(ApplicationSchema)           # JSON body, checked; unknown fields are refused
@idempotent                                 # opens the transaction (see chassis.http.idempotency)
@api.response(202, AppliedSchema)
def apply(work, application): return apply_for_partnership(work, application)

@api.get("/v1/partners")                    # who may stands in contracts/roles.yaml
@api.arguments(SearchSchema, location="query")
@api.response(200, PartnersSchema)
def search(query): ...
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Flask
from flask_smorest import Api, Blueprint
from flask_smorest.utils import prepare_response
from marshmallow import Schema, fields

from chassis.http.access import NOBODY, access_table, endpoint_name
from chassis.http.problems import PROBLEM_MEDIA_TYPE, ProblemSchema
from chassis.http.strict_parser import PARSER

View = TypeVar("View", bound=Callable[..., Any])
Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]
AnySchema = Schema | type[Schema]

SECURITY_SCHEMES = {
    "session": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "Session of a person who opened a link from a mail",
    },
    "sessionCookie": {
        "type": "apiKey",
        "in": "cookie",
        "description": "The same session as a browser carries it",
    },
    "guestCookie": {
        "type": "apiKey",
        "in": "cookie",
        "description": "The session of a person whom another service signed in, as a browser carries it",
    },
    "clientToken": {
        "type": "http",
        "scheme": "bearer",
        "description": "API token of a program, made by an operator and shown once",
    },
    "opsToken": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A machine's token with a role, signed by Gangway",
    },
    "accessToken": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A person's access token (RFC 9068) of the OpenID provider; x-role says what it needs",
    },
}

IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": True,
    "description": "New for each intent; repeating it within 24 h gives the first answer again",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}


class ServiceApi(Api):  # type: ignore[misc]
    """flask-smorest's Api whose errors are problem details, with the members of this service's problems."""

    def __init__(
        self, app: Flask, *, document: Mapping[str, Any], problem_members: Mapping[str, fields.Field[Any]]
    ) -> None:
        self.ERROR_SCHEMA = ProblemSchema.from_dict(dict(problem_members), name="ProblemSchema")
        super().__init__(app, spec_kwargs=document)

    def finish(self, cookies: Mapping[str, str]) -> None:
        """Add the security schemes in use; call it when all blueprints are registered."""
        for schema in self.spec.components.schemas.values():
            for part in schema.get("properties", {}).values():
                _prefer_one_of(part)
        paths = self.spec.to_dict().get("paths", {})
        operations = [one for path in paths.values() for one in path.values() if isinstance(one, dict)]
        used = {scheme for one in operations for entry in one.get("security", []) for scheme in entry}
        for name in sorted(used):
            scheme = SECURITY_SCHEMES[name]
            if scheme.get("in") == "cookie":
                scheme = {**scheme, "name": cookies[name]}
            self.spec.components.security_scheme(name, scheme)

    def _register_pagination_header(self) -> None:
        """Lists have cursors in their bodies, no header."""

    def _register_error_handlers(self) -> None:
        """Errors are answered by chassis.http.error_answers."""

    def _register_responses(self) -> None:
        for name, description in [("DEFAULT_ERROR", "Refused"), *_phrases()]:
            response: dict[str, Any] = {"description": description, "schema": self.ERROR_SCHEMA}
            prepare_response(response, self.spec, PROBLEM_MEDIA_TYPE)
            self.spec.components.response(name, response, lazy=True)


class ApiBlueprint(Blueprint):  # type: ignore[misc]
    """A part of the API; its decorators both act and document. Strict about input."""

    ARGUMENTS_PARSER = PARSER

    # flask-smorest's own, which has no types. `response` dumps what the view returns; its status wins.
    get: Callable[..., Decorator]
    post: Callable[..., Decorator]
    put: Callable[..., Decorator]
    patch: Callable[..., Decorator]
    delete: Callable[..., Decorator]
    doc: Callable[..., Decorator]
    response: Callable[..., Decorator]

    def __init__(self, name: str, import_name: str, *, description: str = "", **options: Any) -> None:
        super().__init__(name, import_name, description=description, **options)
        self._prepare_doc_cbks.append(_document_access)

    def route(self, rule: str, **options: Any) -> Decorator:
        decorator: Decorator = super().route(rule, **options)

        def named(view: Callable[..., Any]) -> Callable[..., Any]:
            """The view's name is the operation id, so it has to be unique within the service."""
            noted = {"operation_id": view.__name__, "rule": rule}
            view._apidoc = {**getattr(view, "_apidoc", {}), **noted}  # type: ignore[attr-defined]
            return decorator(view)

        return named

    def arguments(self, schema: AnySchema, *, location: str = "json", **options: Any) -> Decorator:
        """Pass what ``schema`` loads as the next positional argument; refuse with the place of each error."""
        # One instance for all requests: creating one, with its nested ones, costs more than loading.
        instance = schema() if isinstance(schema, type) else schema
        decorator: Decorator = super().arguments(instance, location=location, **options)
        return decorator

    def alt_response(self, *status_codes: int, schema: AnySchema | None = None, **options: Any) -> Decorator:
        """Document other answers; problems need no schema."""
        document = super().alt_response

        def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
            for status_code in status_codes:
                if schema is not None:
                    view = document(status_code, schema=schema, **options)(view)
                elif status_code >= 400 and "response" not in options:
                    view = document(status_code, response=HTTPStatus(status_code).name, **options)(view)
                else:
                    view = document(status_code, **options)(view)
            return view

        return decorate


def _prefer_one_of(part: dict[str, Any]) -> None:
    """ "This or null" as ``oneOf``: a generator of Python clients fails on apispec's ``anyOf``."""
    if {"type": "null"} in part.get("anyOf", ()):
        part["oneOf"] = part.pop("anyOf")


def _document_access(
    documented: dict[str, Any], noted: Mapping[str, Any], *, app: Flask, method: str, **_: Any
) -> dict[str, Any]:
    """Add who may call, and what decorators of http.idempotency recorded on the view."""
    access = access_table(app).get(endpoint_name(method.upper(), noted["rule"]), NOBODY)
    responses = documented.setdefault("responses", {})
    documented["operationId"] = noted["operation_id"]
    documented["security"] = [{scheme: []} for scheme in access.schemes]
    if access.role:
        documented["x-role"] = access.role
    responses.setdefault(414, HTTPStatus(414).name)
    if access.schemes:
        responses.setdefault(401, "UNAUTHORIZED")
        responses.setdefault(403, "FORBIDDEN")
    if "requestBody" in documented:
        for status in ("BAD_REQUEST", "REQUEST_ENTITY_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"):
            responses.setdefault(HTTPStatus[status].value, status)
    if noted.get("is_limited"):
        responses.setdefault(429, "TOO_MANY_REQUESTS")
    if noted.get("is_idempotent"):
        documented.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
        responses.setdefault(400, "BAD_REQUEST")
        responses.setdefault(409, "CONFLICT")
        responses.setdefault(422, "UNPROCESSABLE_ENTITY")
    return documented


def _phrases() -> list[tuple[str, str]]:
    """Python 3.13 renamed two statuses; both names are registered, unused ones leave no trace."""
    return [(name, status.phrase) for name, status in HTTPStatus.__members__.items() if status >= 400]
