"""What a partner's pages have in common: a visitor whom we know, and the ways back."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from flask import redirect, request
from werkzeug.wrappers import Response

from chassis.http.current_service import current_service
from chassis.http.languages import is_sent_form
from chassis.http.principals import Kind, current_principal, has_renewable_cookie
from provisioning.bootstrap import ProvisioningService


def home_url() -> str:
    return current_service(ProvisioningService).settings.onboarding_public_url


def signed_in(view: Callable[..., Response]) -> Callable[..., Response]:
    """Send visitors whom we do not know to ask for a link, as onboarding's pages do."""

    @wraps(view)
    def guard(**ids: UUID) -> Response:
        if current_principal().kind is not Kind.SUBJECT:
            # Tokens are short: onboarding knows whether the session goes on, and sends the visitor back.
            is_renewable = has_renewable_cookie()
            no_longer = "/new-link?why=unsent" if is_sent_form() else "/new-link"
            path = f"/session?next={request.path}" if is_renewable else no_longer
            return redirect(f"{home_url()}{path}", 303)
        return view(**ids)

    return guard
