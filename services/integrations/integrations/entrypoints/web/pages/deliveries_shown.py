"""What became of each event: a list with filters in its address, and one with request and answers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, make_response, redirect, request, url_for
from marshmallow import ValidationError

from chassis.operating.cursors import next_cursor
from integrations.adapters.sending.webhook_requests import request_of
from integrations.adapters.signing_secrets import SecretUnreadable
from integrations.domain.deliveries import Delivery, State
from integrations.domain.endpoints import Endpoint, Secret
from integrations.entrypoints.web.api.deliveries import DeliveriesPage
from integrations.entrypoints.web.api.own import expect_found
from integrations.entrypoints.web.pages.form_errors import errors_of
from integrations.entrypoints.web.pages.signed_in import Visitor, portal_page, service, signed_in, watched
from integrations.handlers.commands import RetryDelivery
from integrations.handlers.deliveries import retry
from integrations.handlers.ports import WantedDeliveries

pages = Blueprint("deliveries_shown", __name__, template_folder="templates")
FILTERS = ("endpoint_id", "state", "type", "partner_id", "webhook_id", "from", "to")


@pages.get("/deliveries")
@signed_in
def show_all(visitor: Visitor) -> Response:
    """The newest first, page by page; a wrong filter is told beside it, and finds nothing."""
    query, errors = _wanted()
    with service().open_work() as work:
        endpoints = work.endpoints.of_integrator(visitor.integrator_id)
        wanted = WantedDeliveries(integrator_id=visitor.integrator_id, **query)
        found = [] if errors else work.deliveries.find(wanted)
    return portal_page(
        "deliveries.html",
        visitor,
        422 if errors else 200,
        deliveries=found,
        next_cursor=next_cursor(found, wanted.limit, "position", "endpoint_id"),
        endpoints={one.id: one for one in endpoints},
        states=[str(state) for state in State],
        kinds=list(service().settings.catalogue),
        errors=errors,
    )


@pages.get("/deliveries/<uuid:delivery_id>")
@signed_in
def show(visitor: Visitor, delivery_id: UUID) -> Response:
    """One with its attempts, and the request that goes out."""
    with service().open_work() as work:
        delivery = expect_found(work.deliveries.get(visitor.integrator_id, delivery_id))
        endpoint = expect_found(work.endpoints.get(visitor.integrator_id, delivery.endpoint_id))
        log = work.deliveries.attempts(delivery)
        sent = work.events.sent(delivery)
        secrets = work.endpoints.secrets(endpoint.id, work.now())
    at = log[-1].at if log else delivery.created_at
    page = portal_page(
        "delivery.html",
        visitor,
        delivery=delivery,
        endpoint=endpoint,
        log=log,
        request_sent=sent and _request_again(delivery, endpoint, sent, secrets, at),
        is_waiting=delivery.state is State.WAITING,
    )
    return watched(page, goes_on=delivery.state is State.WAITING)


@pages.post("/deliveries/<uuid:delivery_id>/retries")
@signed_in
def send_again(visitor: Visitor, delivery_id: UUID) -> Response:
    """Send it again now, with all its tries."""
    command = RetryDelivery(integrator_id=visitor.integrator_id, delivery_id=delivery_id)
    with service().open_work() as work:
        expect_found(retry(work, command))
    return make_response(redirect(url_for(".show", delivery_id=delivery_id, watch=1), 303))


def _request_again(
    delivery: Delivery, endpoint: Endpoint, sent: tuple[str, str], secrets: Sequence[Secret], at: datetime
) -> tuple[dict[str, str], str] | None:
    """The request of that time, signed with the secrets that count now; None while one cannot be read."""
    keys = [(str(secret.kind), secret.key) for secret in secrets]
    try:
        headers, body = request_of(
            delivery.event_id, sent, endpoint.body, signing=service().signing, keys=keys, at=at.timestamp()
        )
    except SecretUnreadable:
        return None
    return headers, body.decode()


def _wanted() -> tuple[dict[str, Any], dict[str, str]]:
    """What the address asks for, as the API reads it; and what is wrong with it."""
    given = {name: request.args[name].strip() for name in (*FILTERS, "cursor") if request.args.get(name)}
    for name in ("from", "to"):
        # What a form's field for a moment gives has no zone; the page says that it is UTC.
        if name in given and len(given[name]) <= len("2026-11-26T15:00:00"):
            given[name] += "Z"
    try:
        read: dict[str, Any] = DeliveriesPage().load(given)
    except ValidationError as wrong:
        return {}, errors_of(wrong)
    return read, {}
