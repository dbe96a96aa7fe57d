"""What the services refuse, or do not answer, as a page that says so in words."""

from typing import Any

from flask import Flask, render_template, session
from werkzeug.wrappers import Response as AnyResponse

from console.adapters.sealed_sessions import SessionTooLarge
from console.adapters.sign_in_provider import ProviderAway, SignInFailed
from console.entrypoints.web.who_is_signed_in import KEY, to_sign_in
from operator_client.http import OperatorsFailure, Refused

UNAUTHORIZED, BAD_GATEWAY, UNAVAILABLE = 401, 502, 503
# Told as they are; any other status of a service is no status of this page.
OWN_STATUS = frozenset({403, 404, 409, 410, 422})

Answer = tuple[str, int] | AnyResponse


def register_failure_pages(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(OperatorsFailure, _service_failed)
    app.register_error_handler(SignInFailed, _sign_in_failed)
    app.register_error_handler(SessionTooLarge, _sign_in_failed)


def status_of(failure: OperatorsFailure) -> int:
    """The status of a page that shows this failure."""
    status = failure.status if isinstance(failure, Refused) else BAD_GATEWAY
    return status if status in OWN_STATUS else BAD_GATEWAY


def _service_failed(failure: Any) -> Answer:
    if isinstance(failure, Refused) and failure.status == UNAUTHORIZED:
        return to_sign_in(is_over=True)
    status = status_of(failure)
    return render_template("failed.html", failure=failure, status=status), status


def _sign_in_failed(failure: Exception) -> Answer:
    told = (
        "The provider's tokens do not fit into a cookie."
        if isinstance(failure, SessionTooLarge)
        else str(failure)
    )
    # Who is signed in stays so: the same request, sent again, is done once the provider answers.
    is_kept = isinstance(failure, ProviderAway) and KEY in session
    page = render_template("sign_in_failed.html", failure=told, is_kept=is_kept)
    return page, UNAVAILABLE if is_kept else BAD_GATEWAY
