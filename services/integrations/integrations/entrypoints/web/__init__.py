"""The web process: the API of operators and integrators, and the portal."""

from math import ceil
from uuid import uuid4

from flask import Flask
from marshmallow import fields

from chassis.http.problems import Problem, WrongValue
from chassis.http.web import create_app
from chassis.operating.http import operators_api
from chassis.translations import Translations
from integrations.bootstrap import WORDS, IntegrationsService
from integrations.domain.refusals import (
    ConsentNotOpen,
    ConsentOutdated,
    FiltersTooDear,
    KafkaNotOffered,
    KafkaNotPermitted,
    MoveNotAllowed,
    NotPermitted,
    PurposeMissing,
    QuotaReached,
    QuotaUsedUp,
)
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
            operators_api(),
        ],
        pages=PAGES,
        translations=Translations(WORDS / "pages"),
        problems={
            MoveNotAllowed: _move_not_allowed,
            NotPermitted: _not_permitted,
            PurposeMissing: _purpose_missing,
            ConsentOutdated: _consent_outdated,
            ConsentNotOpen: lambda _: Problem(
                409, "consent_not_open", "The integrator does not ask, or the partner is leaving."
            ),
            QuotaReached: lambda _: Problem(
                409, "quota_reached", "There are as many of them as there may be; remove one first."
            ),
            FiltersTooDear: _filters_too_dear,
            QuotaUsedUp: _quota_used_up,
            AddressTaken: _address_taken,
            KafkaNotOffered: _kafka_not_offered,
            KafkaNotPermitted: _kafka_not_permitted,
        },
        problem_members={
            "state": fields.String(metadata={"description": "Where the endpoint stands"}),
            "wanted_state": fields.String(metadata={"description": "Where it cannot go from there"}),
        },
        session_home=service.sessions,
        guests=service.partners_sessions,
        client_tokens=CountedTokens(service),
    )
    app.jinja_env.globals["navigation"] = NAVIGATION
    app.jinja_env.globals["new_visit"] = uuid4
    app.jinja_env.filters.update(in_utc=in_utc, in_json=in_json)
    return app


def _move_not_allowed(error: MoveNotAllowed) -> Problem:
    return Problem(
        409, "move_not_allowed", str(error), state=str(error.current), wanted_state=str(error.target)
    )


def _not_permitted(error: NotPermitted) -> Problem:
    text = f"Not within what you may see: {', '.join(error.values[:10])}."
    wrong = WrongValue("pointer", f"/{error.field}", text)
    return Problem(422, "not_permitted", "Some of it is not within what you may see.", errors=[wrong])


def _purpose_missing(_: PurposeMissing) -> Problem:
    wrong = WrongValue("pointer", "/purpose", "Needed where partners are asked: they are told what for.")
    return Problem(422, "purpose_missing", "Partners cannot be asked without a purpose.", errors=[wrong])


def _consent_outdated(_: ConsentOutdated) -> Problem:
    wrong = WrongValue("pointer", "/shown", "Not of what is asked for now.")
    text = "The integrator asks for something else by now; look at it again."
    return Problem(409, "consent_outdated", text, errors=[wrong])


def _filters_too_dear(error: FiltersTooDear) -> Problem:
    wrong = WrongValue("pointer", "/filter", str(error))
    return Problem(422, "filters_too_dear", "All your filters together take too long.", errors=[wrong])


def _quota_used_up(error: QuotaUsedUp) -> Problem:
    seconds = max(1, ceil(error.wait.total_seconds()))
    text = f"{error} Ask again in {seconds} seconds."
    return Problem(429, "too_many_requests", text, headers={"Retry-After": str(seconds)})


def _address_taken(_: AddressTaken) -> Problem:
    text = "The integrator has somebody with this address."
    return Problem(409, "address_taken", text, errors=[WrongValue("pointer", "/email", text)])


def _kafka_not_offered(_: KafkaNotOffered) -> Problem:
    text = "This deployment makes no users of Kafka. Webhooks bring the same events."
    return Problem(409, "kafka_users_not_offered", text)


def _kafka_not_permitted(error: KafkaNotPermitted) -> Problem:
    if not error.topics:
        return Problem(403, "kafka_not_permitted", "You may not have a user of Kafka; an operator allows it.")
    why = " ".join(f"{topic}: {reason}" for topic, reason in error.topics.items())
    return Problem(403, "kafka_not_permitted", f"There is no topic that you may read as a whole. {why}")
