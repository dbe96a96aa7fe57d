"""The web process: the API of operators and integrators, and the portal."""

from math import ceil
from uuid import uuid4

from flask import Flask
from marshmallow import fields

from chassis.http.described import described
from chassis.http.error_answers import ProblemMaker
from chassis.http.problems import Problem, wrong_field
from chassis.http.web import create_app
from chassis.operating.http import operators_api
from chassis.translations import Translations
from integrations.bootstrap import WORDS, IntegrationsService
from integrations.domain import refusals
from integrations.entrypoints.web.api import (
    consents,
    deliveries,
    endpoints,
    event_types,
    kafka_user,
    log,
    operating,
    people,
    quotas,
)
from integrations.entrypoints.web.limiting import CountedTokens
from integrations.entrypoints.web.pages import NAVIGATION, PAGES
from integrations.entrypoints.web.pages.shown_values import in_json, in_utc
from integrations.handlers.people import AddressTaken


def create_web_app(service: IntegrationsService) -> Flask:
    """Build the app; opens no connection."""
    app = create_app(
        service,
        __name__,
        title="Gangway integrations",
        description="Events for other vendors and teams: webhooks, deliveries, replays.",
        api=[
            operating.api,
            people.api,
            consents.api,
            endpoints.api,
            deliveries.api,
            event_types.api,
            kafka_user.api,
            log.api,
            quotas.api,
            operators_api,
        ],
        pages=PAGES,
        translations=Translations(WORDS / "pages"),
        problems=_PROBLEMS,
        problem_members={
            "state": described(fields.String(), "Where the endpoint stands"),
            "wanted_state": described(fields.String(), "Where it cannot go from there"),
        },
        session_home=service.sessions,
        guests=service.partners_sessions,
        client_tokens=CountedTokens(service),
    )
    app.jinja_env.globals["navigation"] = NAVIGATION
    app.jinja_env.globals["new_visit"] = uuid4
    app.jinja_env.filters.update(in_utc=in_utc, in_json=in_json)
    return app


def _quota_used_up(error: refusals.QuotaUsedUp) -> Problem:
    seconds = max(1, ceil(error.wait.total_seconds()))
    text = f"{error} Ask again in {seconds} seconds."
    return Problem(429, "too_many_requests", text, headers={"Retry-After": str(seconds)})


def _kafka_not_permitted(error: refusals.KafkaNotPermitted) -> Problem:
    if not error.topics:
        return Problem(403, "kafka_not_permitted", "You may not have a user of Kafka; an operator allows it.")
    why = " ".join(f"{topic}: {reason}" for topic, reason in error.topics.items())
    return Problem(403, "kafka_not_permitted", f"There is no topic that you may read as a whole. {why}")


_PROBLEMS: dict[type[Exception], ProblemMaker] = {
    refusals.MoveNotAllowed: lambda error: Problem(
        409, "move_not_allowed", str(error), state=str(error.current), wanted_state=str(error.target)
    ),
    refusals.NotPermitted: lambda error: wrong_field(
        422,
        "not_permitted",
        "Some of it is not within what you may see.",
        **{error.field: f"Not within what you may see: {', '.join(error.values[:10])}."},
    ),
    refusals.PurposeMissing: lambda _: wrong_field(
        422,
        "purpose_missing",
        "Partners cannot be asked without a purpose.",
        purpose="Needed where partners are asked: they are told what for.",
    ),
    refusals.ConsentOutdated: lambda _: wrong_field(
        409,
        "consent_outdated",
        "The integrator asks for something else by now; look at it again.",
        shown="Not of what is asked for now.",
    ),
    refusals.ConsentNotOpen: lambda _: Problem(
        409, "consent_not_open", "The integrator does not ask, or the partner is leaving."
    ),
    refusals.QuotaReached: lambda _: Problem(
        409, "quota_reached", "There are as many of them as there may be; remove one first."
    ),
    refusals.FiltersTooDear: lambda error: wrong_field(
        422, "filters_too_dear", "All your filters together take too long.", filter=str(error)
    ),
    refusals.QuotaUsedUp: _quota_used_up,
    AddressTaken: lambda error: wrong_field(409, "address_taken", str(error), email=str(error)),
    refusals.KafkaNotOffered: lambda _: Problem(
        409,
        "kafka_users_not_offered",
        "This deployment makes no users of Kafka. Webhooks bring the same events.",
    ),
    refusals.KafkaNotPermitted: _kafka_not_permitted,
}
