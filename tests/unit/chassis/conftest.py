"""A tiny service with every kind of route, as an example of how a service uses the chassis."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Blueprint, Flask, render_template_string
from flask.testing import FlaskClient
from marshmallow import fields
from tests.common_settings import read_common_settings
from tests.unit.chassis.issuer import Issuer, serving

from chassis.database.pool import Database
from chassis.http.current_service import current_service
from chassis.http.openapi import ApiBlueprint
from chassis.http.principals import (
    current_principal,
)
from chassis.http.problems import Problem
from chassis.http.strict_fields import (
    CountryCode,
    EmailAddress,
    Flag,
    HttpsUrl,
    Name,
    StrictSchema,
    Text,
    Whole,
)
from chassis.http.web import create_app
from chassis.identity.ops_tokens import sign_ops_token
from chassis.identity.session import SessionSigner
from chassis.identity.signing_keys import new_key_pair, read_private_key
from chassis.messaging.outbox import Outbox
from chassis.service import Checks, Service
from chassis.settings import CommonSettings


class CompanySchema(StrictSchema):
    legal_name = Name(required=True)
    country = CountryCode(required=True)
    website = HttpsUrl()


class MemberSchema(StrictSchema):
    email = EmailAddress(required=True)
    is_contact = Flag(load_default=False)
    age = Whole(least=0, most=150)


class ApplicationSchema(StrictSchema):
    company = fields.Nested(CompanySchema, required=True)
    members = fields.List(fields.Nested(MemberSchema), load_default=list)
    goals = Text(most=100)


class SearchSchema(StrictSchema):
    limit = Whole(least=1, most=200, from_text=True, load_default=50)


class AnswerSchema(StrictSchema):
    id = fields.UUID(required=True)
    who = fields.String()


class MoveNotAllowed(Exception):
    """A domain's own exception."""


@dataclass(frozen=True)
class Keys:
    """Private and public keys of a test run, as PEM."""

    session: tuple[str, str]
    link: tuple[str, str]
    ops: tuple[str, str]


class ExampleService(Service):
    """A service with one thing of its own."""

    greeting: str = "hello"


api = ApiBlueprint("examples", __name__, description="Examples")
pages = Blueprint("pages", __name__)


@api.post("/v1/applications")
@api.arguments(ApplicationSchema)
@api.response(202)
def apply(application: dict[str, Any]) -> dict[str, Any]:
    """Send in an application."""
    return application


@api.get("/v1/things")
@api.arguments(SearchSchema, location="query")
@api.response(200)
def search(query: dict[str, Any]) -> dict[str, Any]:
    """Look for things."""
    return {**query, "greeting": current_service(ExampleService).greeting}


@api.get("/v1/things/<uuid:thing_id>")
@api.response(200, AnswerSchema)
def show(thing_id: UUID) -> dict[str, Any]:
    """Show one thing."""
    return {"id": thing_id, "who": current_principal().kind.value}


@api.post("/v1/things/<uuid:thing_id>/approval")
@api.response(200, AnswerSchema)
def approve(thing_id: UUID) -> dict[str, Any]:
    """Approve it."""
    return {"id": thing_id, "who": current_principal().name}


@api.post("/v1/things/<uuid:thing_id>/acceptance")
@api.response(200, AnswerSchema)
def accept(thing_id: UUID) -> dict[str, Any]:
    """Accept it."""
    return {"id": thing_id}


@api.post("/v1/failures/<kind>")
def fail(kind: str) -> None:
    """Fail in several ways."""
    if kind == "domain":
        raise MoveNotAllowed("From active there is no way to approved.")
    if kind == "problem":
        raise Problem(410, "link_used", "It was used.", new_link="/new-link")
    raise RuntimeError("a secret of ours")


@api.get("/v1/rows")
@api.response(200)
def rows() -> dict[str, Any]:
    """Ask the database, which is away."""
    with current_service().database.begin():
        return {}


@pages.get("/")
def start() -> str:
    return render_template_string(
        "{% extends 'page.html' %}{% block content %}{{ t('error-home') }}{% endblock %}"
    )


@pages.post("/links/<token>")
def open_link(token: str) -> str:
    return f"opened {len(token)}"


@pages.get("/status")
def status() -> str:
    return current_principal().name


ACCESS = {
    "POST /v1/applications": "anybody",
    "GET /v1/things": "viewer",
    "GET /v1/things/{thing_id}": "subject, viewer",
    "POST /v1/things/{thing_id}/approval": "operator",
    "POST /v1/things/{thing_id}/acceptance": "subject",
    "POST /v1/failures/{kind}": "anybody",
    "GET /v1/rows": "anybody",
    "GET /": "anybody",
    "POST /links/{token}": "anybody",
    "GET /status": "session",
}


def create_example_app(service: Service) -> Flask:
    return create_app(
        service,
        __name__,
        access=ACCESS,
        title="Examples",
        api=[api],
        pages=[pages],
        problems={MoveNotAllowed: lambda error: Problem(409, "move_not_allowed", str(error), state="active")},
        problem_members={"state": fields.String(), "new_link": fields.String()},
        checks=Checks({"database": lambda: None}),
    )


@pytest.fixture(scope="session")
def keys() -> Keys:
    return Keys(new_key_pair(), new_key_pair(), new_key_pair())


@pytest.fixture
def environ(keys: Keys) -> dict[str, str]:
    """All that a service needs, and nothing that has a default."""
    return {
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
        "PUBLIC_URL": "http://127.0.0.1:8000",
        "SESSION_PUBLIC_KEY": keys.session[1],
        "LINK_PUBLIC_KEY": keys.link[1],
        "OPS_TOKEN_PUBLIC_KEY": keys.ops[1].replace("\n", "\\n"),
    }


@pytest.fixture
def settings(environ: dict[str, str]) -> CommonSettings:
    return read_common_settings(environ, "example")


@pytest.fixture
def service(settings: CommonSettings) -> ExampleService:
    database = Database(settings.database_url, events=Outbox(type_prefix="gangway", source="/example"))
    return ExampleService(name="example", settings=settings, database=database)


@pytest.fixture(scope="session")
def apps() -> dict[frozenset[tuple[str, str]], Flask]:
    """The apps so far by their environment: none is changed once it is made."""
    return {}


@pytest.fixture
def app(
    environ: dict[str, str], service: ExampleService, apps: dict[frozenset[tuple[str, str]], Flask]
) -> Flask:
    environment = frozenset(environ.items())
    if environment not in apps:
        apps[environment] = create_example_app(service)
    return apps[environment]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def session_signer(keys: Keys) -> SessionSigner:
    return SessionSigner(read_private_key(keys.session[0]))


@pytest.fixture
def ops_token(keys: Keys) -> str:
    return sign_ops_token(read_private_key(keys.ops[0]), "olga", ("operator",), timedelta(hours=1))


@pytest.fixture
def viewer_token(keys: Keys) -> str:
    return sign_ops_token(read_private_key(keys.ops[0]), "victor", ("viewer",), timedelta(hours=1))


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with serving(Issuer()) as issuer:
        yield issuer
