"""Changes as events, for the service that writes the mails."""

from typing import Any
from urllib.parse import urlsplit

from uuid_utils.compat import uuid7

from integrations.domain import events
from integrations.domain.endpoints import Endpoint
from integrations.domain.integrators import Integrator
from integrations.domain.people import LINK_LIFETIME, Person, SignInLink
from integrations.handlers.ports import Work


def emit_sign_in_requested(work: Work, integrator: Integrator, person: Person) -> None:
    """Make a link, and have it sent."""
    now = work.now()
    link = SignInLink(id=uuid7(), person_id=person.id, created_at=now, expires_at=now + LINK_LIFETIME)
    work.sign_in_links.add(link)
    work.emit(
        events.IntegratorSignInRequested(
            integrator_id=integrator.id,
            integrator_name=integrator.name,
            person=events.IntegratorPerson.of(person),
            link=events.PortalLink.of(link),
        )
    )


def emit_failing(work: Work, endpoint: Endpoint) -> None:
    """For an active endpoint that fails."""
    if endpoint.failing_since is not None and (told := _endpoint(work, endpoint)):
        disabled_from_at = endpoint.failing_since + work.policies.retries.disable_after
        work.emit(
            events.IntegratorEndpointFailing(
                **told, failing_since_at=endpoint.failing_since, disabled_from_at=disabled_from_at
            )
        )


def emit_disabled(work: Work, endpoint: Endpoint) -> None:
    if told := _endpoint(work, endpoint):
        is_gone = endpoint.state_reason == "gone"
        work.emit(events.IntegratorEndpointDisabled(**told, reason="gone" if is_gone else "failing"))


def _endpoint(work: Work, endpoint: Endpoint) -> dict[str, Any] | None:
    """The fields of every event of an endpoint; None if there is nobody to notify.

    People are locked until the event is written: after the event of a removal it would bring the person back.
    """
    integrator = work.integrators.get(endpoint.integrator_id)
    people = work.people.hold(endpoint.integrator_id)
    if integrator is None or integrator.is_shut_off or not people:
        return None
    return {
        "integrator_id": integrator.id,
        "integrator_name": integrator.name,
        "people": tuple(events.IntegratorPerson.of(person) for person in people),
        "endpoint_id": endpoint.id,
        "host": urlsplit(endpoint.url).hostname or "",
    }
