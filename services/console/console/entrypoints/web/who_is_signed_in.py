"""Who is signed in: everything but the sign-in itself wants somebody, whose token the services then check."""

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from chassis import clock
from chassis.http.current_service import current_service
from chassis.http.principals import Kind, Principal
from chassis.http.queries import own_path
from chassis.identity.roles import highest_role
from console.adapters.sealed_sessions import BEGUN_AT
from console.adapters.sign_in_provider import ProviderAway, SignInFailed, Tokens
from console.bootstrap import ConsoleService
from console.settings import ConsoleSettings

KEY = "signed_in"
REFRESHED_BEFORE_END = timedelta(seconds=30)
LONGEST_PATH = 1_500
# Where nobody needs to be signed in.
OPEN = ("sign_in.", "look.", "health.")
ENDPOINT_OF_FILES = "static"


@dataclass(frozen=True)
class SignedIn:
    """Who it is, for the page, and the tokens."""

    name: str
    role: str | None
    tokens: Tokens


def sign_in(tokens: Tokens) -> None:
    """Begin a session of its own; nothing of the one before is kept."""
    session.clear()
    session[BEGUN_AT] = clock.now().timestamp()
    _keep(tokens)


def signed_in() -> SignedIn:
    """Who sends this request."""
    found: SignedIn = g.signed_in
    return found


def safe_path(wanted: str | None) -> str:
    """A path of ours to go on at, whatever was asked for."""
    home = url_for("home.show")
    if not wanted or len(wanted) > LONGEST_PATH or not wanted.isprintable():
        return home
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return home
    is_ours = wanted.startswith(home) and not wanted.startswith("//") and "\\" not in wanted
    return home if parts.scheme or parts.netloc or not is_ours else wanted


def to_sign_in(*, is_over: bool = False) -> AnyResponse | tuple[str, int]:
    """Redirect to the sign-in, which leads back here; a form is answered with it, and its reason to copy."""
    if request.headers.get("HX-Request"):
        # A part of a page is no place to sign in at: the page loads anew, and leads there.
        return Response(status=204, headers={"HX-Refresh": "true"})
    query = request.query_string.decode("ascii", "ignore")
    back = safe_path(f"{own_path()}?{query}" if query else own_path())
    if KEY in session:  # else a sign-in may have begun in another tab
        session.clear()
    if request.method == "POST":
        # Nothing was done, and no browser keeps what was typed on a page that is not to be stored.
        g.pop("signed_in", None)
        typed = request.form.get("reason", "").strip()
        return render_template("sign_in.html", next=back, why="unsent", typed=typed), HTTPStatus.UNAUTHORIZED
    return redirect(url_for("sign_in.show", next=back, why="over" if is_over else None), 303)


def require_sign_in(app: Flask) -> None:
    """Redirect to the sign-in where nobody is signed in, and renew the token where somebody is."""

    @app.before_request
    def check() -> AnyResponse | tuple[str, int] | None:
        endpoint = request.endpoint or ""
        if endpoint.startswith(OPEN) or endpoint == ENDPOINT_OF_FILES:
            return None
        kept = session.get(KEY)
        if kept is None:
            return to_sign_in()
        try:
            tokens = _fresh(Tokens(**kept))
        except ProviderAway:
            raise  # The session stays: once it answers, the page loads anew, or the form is sent again.
        except (SignInFailed, TypeError):
            return to_sign_in(is_over=True)
        g.signed_in = found = _described(tokens)
        g.principal = Principal(Kind.OPERATOR, found.name)
        return None

    @app.context_processor
    def who() -> dict[str, Any]:
        return {"who": g.get("signed_in")}


def _fresh(tokens: Tokens) -> Tokens:
    """The same, or those that the provider gives in their place. Raises SignInFailed.

    A provider that is away for a moment ends nobody's session, while the token is good.
    """
    left = tokens.expires_at - clock.now().timestamp()
    if left > REFRESHED_BEFORE_END.total_seconds():
        return tokens
    if tokens.refresh_token is None:
        if left > 0:
            return tokens
        raise SignInFailed("The token has ended.")
    try:
        fresh = current_service(ConsoleService).provider.refreshed(tokens)
    except ProviderAway:
        if left > 0:
            return tokens
        raise
    _keep(fresh)
    return fresh


def _keep(tokens: Tokens) -> None:
    session[KEY] = asdict(tokens)


def _described(tokens: Tokens) -> SignedIn:
    settings = current_service(ConsoleService).settings
    claims = {**tokens.claims, **_claims_of(tokens.access_token)}
    return SignedIn(_name(claims, settings), highest_role(_roles(claims, settings)), tokens)


def _claims_of(token: str) -> Mapping[str, Any]:
    """What the access token says, unchecked: it decides what is shown, and the services what is done."""
    try:
        part = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (IndexError, ValueError):
        return {}
    return claims if isinstance(claims, dict) else {}


def _name(claims: Mapping[str, Any], settings: ConsoleSettings) -> str:
    for claim in ("name", "preferred_username", settings.issuer.name_claim):
        if isinstance(claims.get(claim), str):
            return str(claims[claim])
    return "?"


def _roles(claims: Mapping[str, Any], settings: ConsoleSettings) -> tuple[str, ...]:
    found: Any = claims
    for part in settings.issuer.roles_claim.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return tuple(role for role in found if isinstance(role, str)) if isinstance(found, list) else ()
