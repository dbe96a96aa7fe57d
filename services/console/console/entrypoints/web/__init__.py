"""The web process: the ops team's pages, behind a sign-in."""

from urllib.parse import urlsplit

from flask import Flask, Response

from chassis.http.security_headers import CONTENT_SECURITY_POLICY
from chassis.http.web import create_pages_app
from chassis.translations import Translations
from console.bootstrap import WORDS, ConsoleService
from console.entrypoints.web.acts import act_url, may, may_call
from console.entrypoints.web.failure_pages import register_failure_pages
from console.entrypoints.web.moving import OURS_ALONE, register_moving
from console.entrypoints.web.navigation import navigation
from console.entrypoints.web.pages import PAGES
from console.entrypoints.web.who_is_signed_in import require_sign_in
from console.entrypoints.web.words import register_words


def create_web_app(service: ConsoleService) -> Flask:
    """Build the app; opens no connection."""
    app = create_pages_app(service, __name__, pages=PAGES, translations=Translations(WORDS / "pages"))
    app.session_interface = service.sessions
    service.provider.serve(app)
    require_sign_in(app)
    register_failure_pages(app)
    register_words(app)
    app.jinja_env.globals.update(act_url=act_url, may=may, may_call=may_call, navigation=navigation)
    register_moving(app)
    _allow_what_pages_need(app, service.settings.issuer.url)
    return app


def _allow_what_pages_need(app: Flask, issuer: str) -> None:
    """Allow our scripts, and forms that end at the provider: form-action applies to redirects too."""
    parts = urlsplit(issuer)
    policy = CONTENT_SECURITY_POLICY.replace(
        "form-action 'self'", f"form-action 'self' {parts.scheme}://{parts.netloc}"
    )
    policy = f"{policy}; {OURS_ALONE}"

    @app.after_request
    def add(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", policy)
        return response
