"""The web process of a service: one Flask app with everything that every service needs.

    def create_web_app(service: BillingService) -> Flask:          # in billing/entrypoints/web/__init__.py
        return create_app(
            service,
            __name__,                                               # templates/ and static/ beside it
            title="Billing",
            api=[invoices.api],                                     # chassis.http.openapi.ApiBlueprint
            pages=[pages.blueprint],                                # plain Flask blueprints
            translations=Translations(FOLDER),
            problems={MoveNotAllowed: lambda e: Problem(409, "move_not_allowed", str(e), state=e.state)},
        )

It serves ``/openapi.json``, ``/docs``, ``/schemas/…``, ``/health/live`` and ``/health/ready``, answers
every error as problem details (or as a page), limits bodies, refuses forms of other sites, sets strict
headers.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, Flask
from marshmallow import fields

from chassis.database.recorded_sessions import RecordedSessions
from chassis.http import own_rights
from chassis.http.access import (
    access_of,
    close_the_rest,
    is_for_guests,
    read_access,
    register_access,
)
from chassis.http.api_docs import docs_blueprint
from chassis.http.below_prefix import serve_below
from chassis.http.body_limit import limit_bodies
from chassis.http.cross_origin import refuse_cross_origin
from chassis.http.current_service import register_service
from chassis.http.error_answers import ProblemMaker, answer_errors
from chassis.http.event_schemas import event_schemas_blueprint
from chassis.http.health import health_blueprint
from chassis.http.languages import register_languages
from chassis.http.openapi import ApiBlueprint, ServiceApi
from chassis.http.pages import register_look
from chassis.http.principals import (
    ClientTokens,
    PrincipalReader,
    register_principals,
    session_cookies_of,
)
from chassis.http.readiness import Readiness
from chassis.http.request_context import register_request_context, route_of_request
from chassis.http.security_headers import add_security_headers
from chassis.identity.session import Guests, IsOver
from chassis.messaging.published_schemas import published_schemas
from chassis.service import Checks, Service, WebService
from chassis.translations import Translations

API_VERSION = "1.0.0"
LICENSE = {"name": "Apache-2.0", "identifier": "Apache-2.0"}


class ServiceApp(Flask):
    """Flask that logs errors by route: a path may hold the token of a link."""

    def log_exception(self, exc_info: Any) -> None:
        self.logger.error("unhandled error on %s", route_of_request(), exc_info=exc_info)


def create_app(
    service: Service,
    import_name: str,
    *,
    title: str,
    description: str = "",
    api: Sequence[ApiBlueprint] = (),
    pages: Sequence[Blueprint] = (),
    translations: Translations | None = None,
    problems: Mapping[type[Exception], ProblemMaker] | None = None,
    problem_members: Mapping[str, fields.Field[Any]] | None = None,
    checks: Checks | None = None,
    session_home: RecordedSessions | None = None,
    client_tokens: ClientTokens | None = None,
    is_session_over: IsOver | None = None,
    guests: Guests | None = None,
    access: Mapping[str, str] | None = None,
) -> Flask:
    """Build the app; opens no connection. ``checks`` are what readiness asks.

    Who may call what is read from the contracts' table; ``access`` adds rows for a service that it lacks.

    ``problem_members`` describes what ``problems`` carry beside the members of every problem. The service
    that signs people in gives its ``session_home``, one that only hears of ended sessions
    ``is_session_over``, one with people of its own and those of another service the ``guests``, one with API
    tokens of its own the ``client_tokens``.
    """
    settings = service.settings
    app = _new_app(service, import_name)
    reader = PrincipalReader(
        settings,
        home=session_home,
        client_tokens=client_tokens,
        is_session_over=is_session_over,
        guests=guests and replace(guests, are_asked=is_for_guests),
    )
    register_principals(app, reader)
    table = read_access(settings.contracts_folder, service.name)
    register_access(app, table | access_of(access or {}))
    _furnish(app, service, pages, translations=translations, problems=problems, checks=checks)
    app.register_blueprint(docs_blueprint(title))
    schemas = published_schemas(settings.contracts_folder, settings.schemas_url, owner=service.name)
    app.register_blueprint(event_schemas_blueprint(dict(schemas)))
    document = {
        "title": title,
        "version": API_VERSION,
        "openapi_version": "3.1.0",
        "info": {"description": description or title, "license": LICENSE},
        "servers": [{"url": settings.public_url}],
    }
    _register_api(app, [*api, own_rights.api], document, problem_members or {})
    close_the_rest(app)
    serve_below(app, settings.public_url)
    return app


def create_pages_app(
    service: WebService,
    import_name: str,
    *,
    pages: Sequence[Blueprint],
    translations: Translations,
) -> Flask:
    """Build the app of a front: pages and health, no API of its own, and no tokens."""
    app = _new_app(service, import_name)
    _furnish(app, service, pages, translations=translations)
    serve_below(app, service.settings.public_url)
    return app


def _new_app(service: WebService, import_name: str) -> Flask:
    app = ServiceApp(import_name)
    app.logger.setLevel(logging.NOTSET)
    register_service(app, service)
    return app


def _furnish(
    app: Flask,
    service: WebService,
    pages: Sequence[Blueprint],
    *,
    translations: Translations | None,
    problems: Mapping[type[Exception], ProblemMaker] | None = None,
    checks: Checks | None = None,
) -> None:
    """What every app has, whatever it serves."""
    public_url = service.settings.public_url
    register_request_context(app)
    register_languages(app, translations or Translations(), public_url)
    answer_errors(app, problems or {})
    limit_bodies(app)
    refuse_cross_origin(app, public_url)
    add_security_headers(app, public_url)
    register_look(app, service.settings.site_links)
    readiness = Readiness(service.checks("web") if checks is None else checks)
    app.register_blueprint(health_blueprint(readiness))
    for blueprint in pages:
        app.register_blueprint(blueprint)


def _register_api(
    app: Flask,
    blueprints: Sequence[ApiBlueprint],
    document: Mapping[str, Any],
    problem_members: Mapping[str, fields.Field[Any]],
) -> None:
    app.config.update(OPENAPI_URL_PREFIX="/", OPENAPI_JSON_PATH="openapi.json")
    api = ServiceApi(app, document=document, problem_members=problem_members)
    for blueprint in blueprints:
        api.register_blueprint(blueprint)
    api.finish(session_cookies_of(app))
