"""Mails to people of an integrator: how to sign in, and what is wrong with an endpoint.

In the tables an integrator is a partner with a standing of its own, whose mails no partner event affects.
"""

from collections.abc import Mapping
from typing import Any

from chassis.events import ReceivedEvent
from notifications.domain.messages import Kind, LinkIntent
from notifications.domain.partners import Member, Partner, Standing
from notifications.handlers.event_facts import known_or_new
from notifications.handlers.planning import plan_mail
from notifications.handlers.ports import Work

Data = Mapping[str, Any]


def when_integrator_sign_in_requested(work: Work, event: ReceivedEvent, data: Data) -> None:
    people = {**data, "people": [data["person"]]}
    _write(work, event, people, Kind.PORTAL_SIGN_IN, link=data["link"])


def when_integrator_endpoint_failing(work: Work, event: ReceivedEvent, data: Data) -> None:
    times = {"since": data["failing_since_at"].isoformat(), "until": data["disabled_from_at"].isoformat()}
    _write(work, event, data, Kind.ENDPOINT_FAILING, facts=_endpoint(data) | times)


def when_integrator_endpoint_disabled(work: Work, event: ReceivedEvent, data: Data) -> None:
    facts = _endpoint(data) | {"reason": data["reason"]}
    _write(work, event, data, Kind.ENDPOINT_DISABLED, facts=facts)


def when_integrator_person_removed(work: Work, event: ReceivedEvent, data: Data) -> None:
    """Forget them; planned mails find no recipient and are dropped."""
    person = work.partners.member(data["integrator_id"], data["person_id"])
    if person is not None:
        work.partners.remove_member(person)


def _write(
    work: Work,
    event: ReceivedEvent,
    data: Data,
    kind: Kind,
    *,
    facts: Data | None = None,
    link: LinkIntent | None = None,
) -> None:
    integrator = known_or_new(work, data["integrator_id"], Standing.INTEGRATOR)
    for person in (_member(integrator, one) for one in data["people"]):
        work.partners.put_members([person])
        plan_mail(
            work,
            integrator,
            person,
            kind,
            occasion=event.id,
            facts={**(facts or {}), "integrator": data["integrator_name"]},
            link=link,
        )


def _member(integrator: Partner, data: Data) -> Member:
    return Member(
        id=data["person_id"],
        partner_id=integrator.id,
        given_name=data["name"],
        email=data["email"],
        language=data["language"],
        wants_learning_mail=False,
    )


def _endpoint(data: Data) -> dict[str, str]:
    return {"endpoint_id": str(data["endpoint_id"]), "host": data["host"]}
