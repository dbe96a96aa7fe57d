"""Try things out: send an example to an endpoint, and check a signature that was pasted."""

from hmac import compare_digest
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request

from chassis import clock
from integrations.adapters.signing_secrets import SecretUnreadable
from integrations.domain.endpoints import Secret
from integrations.entrypoints.web.api.own import expect_found
from integrations.entrypoints.web.pages.endpoint_acts import send_example
from integrations.entrypoints.web.pages.signed_in import Visitor, portal_page, service, signed_in

pages = Blueprint("test_console", __name__, template_folder="templates")
# As receivers are told to do.
OLDEST_SECONDS = 300
NEEDED = ("webhook-id", "webhook-timestamp", "webhook-signature")


@pages.get("/console")
@signed_in
def show(visitor: Visitor) -> Response:
    """Two forms."""
    return _page(visitor)


@pages.post("/console/examples")
@signed_in
def send(visitor: Visitor) -> Response:
    """Send an example, and lead to what came back."""
    return send_example(visitor, _endpoint_id(), request.form.get("type", ""))


@pages.post("/console/signatures")
@signed_in
def check(visitor: Visitor) -> Response:
    """Say whether the signature is that of one of the endpoint's secrets, which nobody has to type."""
    given = {name: request.form.get(name, "").strip() for name in NEEDED}
    endpoint_id = _endpoint_id()
    with service().open_work() as work:
        endpoint = expect_found(work.endpoints.get(visitor.integrator_id, endpoint_id))
        secrets = work.endpoints.secrets(endpoint.id, work.now())
    stamp = given["webhook-timestamp"]
    if not all(given.values()) or not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= 10):
        return _page(visitor, result="incomplete", status=422)
    # A form's field turns the ends of lines into CR LF; ours have none, so what has some was reformatted.
    body = request.form.get("body", "").replace("\r\n", "\n").encode()
    found = [secret for secret in secrets if _fits(secret, given, body)]
    age = abs(clock.now().timestamp() - int(stamp))
    result = "wrong" if not found else "stale" if age > OLDEST_SECONDS else "right"
    return _page(visitor, result=result, secret=found[0] if found else None)


def _fits(secret: Secret, given: dict[str, str], body: bytes) -> bool:
    """Compared in constant time with each signature that was pasted."""
    key = [(str(secret.kind), secret.key)]
    try:
        ours = service().signing.signatures(key, given["webhook-id"], int(given["webhook-timestamp"]), body)
    except SecretUnreadable:
        return False
    pasted = given["webhook-signature"].split()[:20]
    fitting = [compare_digest(ours.encode(), one.encode()) for one in pasted]
    return True in fitting


def _endpoint_id() -> UUID:
    """The one that was chosen; one that there cannot be is answered as another's."""
    try:
        return UUID(request.form.get("endpoint_id", ""))
    except ValueError:
        return UUID(int=0)


def _page(visitor: Visitor, status: int = 200, **result: Any) -> Response:
    with service().open_work() as work:
        endpoints = work.endpoints.of_integrator(visitor.integrator_id)
    return portal_page(
        "test_console.html", visitor, status, endpoints=endpoints, kinds=visitor.kinds, **result
    )
