"""Signing in at the provider, and signing out of both."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, session

from chassis.http.current_service import current_service
from console.adapters.sealed_sessions import SessionTooLarge
from console.adapters.sign_in_provider import SignInProvider
from console.bootstrap import ConsoleService
from console.entrypoints.web.who_is_signed_in import KEY, safe_path, sign_in

pages = Blueprint("sign_in", __name__, template_folder="templates")
NEXT = "next"


def _provider() -> SignInProvider:
    return current_service(ConsoleService).provider


@pages.get("/sign-in")
def show() -> Any:
    """The start page; it never redirects automatically, so that people stay signed out."""
    if KEY in session:
        return redirect(safe_path(request.args.get(NEXT)), 303)
    why = "over" if request.args.get("why") == "over" else None
    return render_template("sign_in.html", next=safe_path(request.args.get(NEXT)), why=why)


@pages.get("/sign-in/start")
def start() -> Response:
    """To the provider; a browser has one sign-in at a time."""
    session.clear()
    session[NEXT] = safe_path(request.args.get(NEXT))
    return _provider().begin()


@pages.get("/sign-in/return")
def finish() -> Any:
    """Back from the provider."""
    back = safe_path(session.get(NEXT))
    tokens = _provider().finish()
    sign_in(tokens)
    sessions = current_service(ConsoleService).sessions
    try:
        sessions.sealed(dict(session))
    except SessionTooLarge:
        # It only saves people a question of the provider at sign-out.
        session[KEY]["id_token"] = None
        sessions.sealed(dict(session))
    return redirect(back, 303)


@pages.post("/sign-out")
def end() -> Any:
    """Out of the console, and of the provider."""
    kept = session.get(KEY) or {}
    session.clear()
    return redirect(_provider().end_url(kept.get("id_token")), 303)
