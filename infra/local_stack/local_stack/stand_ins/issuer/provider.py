"""The provider's web application: discovery, keys, the sign-in pages, and Authlib's endpoints."""

import hmac
import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from authlib.oauth2 import OAuth2Error
from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    jsonify,
    redirect,
    render_template,
    request,
    session,
)
from joserfc.jwk import ECKey, KeyParameters

from local_stack.stand_ins.issuer.authorization_server import Provider
from local_stack.stand_ins.issuer.clients import SCOPES, Client
from local_stack.stand_ins.issuer.grants import ALGORITHM
from local_stack.stand_ins.issuer.people import Person
from local_stack.stand_ins.serving import serve
from operator_cli.private_files import read_json, write_private_json

_PATHS = {
    "authorization_endpoint": "/authorize",
    "token_endpoint": "/token",
    "jwks_uri": "/jwks",
    "end_session_endpoint": "/sign-out",
    "revocation_endpoint": "/revoke",
    "device_authorization_endpoint": "/device-codes",
}
_PROVIDER = "provider"
pages = Blueprint("issuer", __name__)


def serve_issuer(
    host: str, port: int, folder: Path, people: Mapping[str, Person], clients: Mapping[str, Client]
) -> None:
    """Serve until SIGTERM; the signing key stays the same over restarts."""
    serve(create_provider(f"http://{host}:{port}", kept_key(folder), people, clients), host, port)


def kept_key(folder: Path) -> ECKey:
    """The key of this stack; drawn when there is none yet."""
    file = folder / "signing_key.json"
    found = read_json(file)
    if found is None:
        names: KeyParameters = {"use": "sig", "alg": ALGORITHM, "kid": secrets.token_hex(8)}
        found = ECKey.generate_key("P-256", names).as_dict(private=True)
        write_private_json(file, found)
    return ECKey.import_key(found)


def create_provider(
    url: str, key: ECKey, people: Mapping[str, Person], clients: Mapping[str, Client]
) -> Flask:
    """Build the application; ``url`` is the issuer, whatever a request says in its Host header."""
    app = Flask(__name__)
    # Another name than other cookies of this machine have: they know no ports.
    app.config.update(SESSION_COOKIE_NAME="issuer_session", SESSION_COOKIE_SAMESITE="Lax")
    app.secret_key = secrets.token_bytes(32)
    app.extensions[_PROVIDER] = Provider(url, key, people, clients)
    app.register_blueprint(pages)
    return app


def _provider() -> Provider:
    found: Provider = current_app.extensions[_PROVIDER]
    return found


@pages.get("/.well-known/openid-configuration")
def discovery() -> Response:
    provider = _provider()
    endpoints = {name: f"{provider.url}{path}" for name, path in _PATHS.items()}
    return jsonify(
        issuer=provider.url,
        response_types_supported=["code"],
        grant_types_supported=["authorization_code", "refresh_token", *device_grants(provider.clients)],
        subject_types_supported=["public"],
        id_token_signing_alg_values_supported=[ALGORITHM],
        token_endpoint_auth_methods_supported=["none"],
        code_challenge_methods_supported=["S256"],
        scopes_supported=list(SCOPES),
        **endpoints,
    )


@pages.get("/jwks")
def jwks() -> Response:
    return jsonify(json.loads(json.dumps(_provider().keys.as_dict(private=False))))


@pages.route("/authorize", methods=["GET", "POST"])
def authorize() -> Any:
    provider = _provider()
    is_sent = request.method == "POST"
    person = _person_of_form() if is_sent else provider.people.get(session.get("person", ""))
    try:
        grant = provider.get_consent_grant(end_user=person)
    except OAuth2Error as error:
        return provider.handle_error_response(provider.create_oauth2_request(request), error)
    if person is None or (not is_sent and getattr(grant, "prompt", None) == "login"):
        return _sign_in_page(is_wrong=is_sent)
    session["person"] = person.name
    return provider.create_authorization_response(grant_user=person, grant=grant)


@pages.post("/token")
def token() -> Any:
    return _provider().create_token_response()


@pages.post("/revoke")
def revoke() -> Any:
    return _provider().create_endpoint_response("revocation")


@pages.post("/device-codes")
def device_codes() -> Any:
    return _provider().create_endpoint_response("device_authorization")


@pages.route("/device", methods=["GET", "POST"])
def device() -> Any:
    """Where a person lets a program on another screen act for them."""
    memory = _provider().memory
    code = request.values.get("user_code", "").strip().upper()
    if request.method == "GET":
        return _sign_in_page(code=code)
    person = _person_of_form()
    if person is None or code not in {one["user_code"] for one in memory.devices.values()}:
        return _sign_in_page(code=code, is_wrong=True)
    memory.answers[code] = person, request.form.get("answer") != "no"
    return render_template("done.html", what="You can go back to the program that sent you here.")


@pages.route("/sign-out", methods=["GET", "POST"])
def sign_out() -> Any:
    session.clear()
    answer = _provider().create_endpoint_response("end_session")
    return answer or render_template("done.html", what="You are signed out.")


@pages.get("/")
def home() -> Any:
    return redirect("/.well-known/openid-configuration")


def _person_of_form() -> Person | None:
    person = _provider().people.get(request.form.get("username", ""))
    given = request.form.get("password", "").encode()
    return person if person and hmac.compare_digest(person.password.encode(), given) else None


def _sign_in_page(*, code: str | None = None, is_wrong: bool = False) -> tuple[str, int]:
    people = _provider().people.values()
    page = render_template("sign_in.html", people=people, is_wrong=is_wrong, code=code)
    return page, 401 if is_wrong else 200


def device_grants(clients: Mapping[str, Client]) -> list[str]:
    """The grants of programs that have no browser."""
    return sorted({grant for one in clients.values() for grant in one.grants if ":" in grant})
