"""Which language a request is answered in: ``?lang=``, else the cookie, else the one that we know of the
person (`prefer_language`), else Accept-Language.

A page with a form names it in ``language_form``; its language switch then sends the form along, and the
view shows it again when `is_language_switch` says so, so that nothing that was typed is lost.

In templates: ``{{ t("status-title", name=...) }}``, ``language`` and ``languages`` (code -> own name).
In views: ``current_language()`` and ``translate("status-title")``.
"""

from typing import Any

from babel import negotiate_locale
from flask import Flask, Response, current_app, g, has_request_context, request

from chassis.http.session_cookie import cookie_flags, own_cookie
from chassis.translations import DEFAULT_LANGUAGE, LANGUAGES, Translations

COOKIE = "gangway_language"
SWITCH_FIELD = "language_switch"
_EXTENSION = "chassis.translations"
_COOKIE_HERE = "chassis.language_cookie"
_YEAR_SECONDS = 365 * 24 * 3600


def current_language() -> str:
    """The language of this request; always an available one."""
    if not has_request_context():
        return DEFAULT_LANGUAGE
    if "language" not in g:
        asked = [code for code in (request.args.get("lang"), _remembered()) if code in LANGUAGES]
        g.language = asked[0] if asked else _negotiated() or DEFAULT_LANGUAGE
    language: str = g.language
    return language


def prefer_language(language: str | None) -> None:
    """Answer this request in a known language of the person, unless they chose another here."""
    chosen = {request.args.get("lang"), _remembered()}
    if language in LANGUAGES and not chosen & LANGUAGES.keys():
        g.language = language


def is_language_switch() -> bool:
    """Whether a form was sent only to be shown again in another language."""
    return SWITCH_FIELD in request.form


def is_sent_form() -> bool:
    """Whether a form was submitted, not only to be shown again in another language."""
    return request.method == "POST" and not is_language_switch()


def translate(name: str, /, **arguments: Any) -> str:
    """A message in the language of this request."""
    translations: Translations = current_app.extensions[_EXTENSION]
    return translations.text(current_language(), name, **arguments)


def register_languages(app: Flask, translations: Translations, public_url: str) -> None:
    """Make translations available to templates, and store a choice made by ``?lang=`` in a cookie."""
    app.extensions[_EXTENSION] = translations
    cookie = app.extensions[_COOKIE_HERE] = own_cookie(COOKIE, public_url)

    @app.context_processor
    def words() -> dict[str, Any]:
        return {"t": translate, "language": current_language(), "languages": LANGUAGES}

    @app.after_request
    def remember(response: Response) -> Response:
        wanted = request.args.get("lang")
        if wanted in LANGUAGES and _remembered() != wanted:
            response.set_cookie(
                cookie,
                wanted,
                max_age=_YEAR_SECONDS,
                **cookie_flags(public_url),
            )
        return response


def _remembered() -> str | None:
    return request.cookies.get(current_app.extensions[_COOKIE_HERE])


def _negotiated() -> str | None:
    """The best of ours by lookup (RFC 4647, 3.4): ``de-AT, en;q=0.5`` is answered in ``de``."""
    # Some programs write their locale: de_DE.
    accepted = [(tag.lower().replace("_", "-"), quality) for tag, quality in request.accept_languages]
    refused = {tag for tag, quality in accepted if not quality}
    wanted = [tag for tag, quality in accepted if quality]
    return negotiate_locale(wanted, [code for code in LANGUAGES if code not in refused], sep="-")
