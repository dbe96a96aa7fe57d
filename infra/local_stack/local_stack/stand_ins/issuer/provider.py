"""The provider's web application: discovery, keys, the sign-in pages, and Authlib's endpoints."""

import hmac
import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2 import OAuth2Error
from flask import Flask, Response, jsonify, redirect, render_template, request, session
from joserfc.jwk import ECKey, KeyParameters, KeySet
from werkzeug.wrappers import Response as AnyResponse

from local_stack.stand_ins.issuer.clients import SCOPES, Client
from local_stack.stand_ins.issuer.grants import ALGORITHM, register
from local_stack.stand_ins.issuer.memory import Memory, RefreshToken
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
Answer = str | tuple[str, int] | AnyResponse


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
    memory = Memory()

    def save_token(token: Mapping[str, Any], asked: Any) -> None:
        if refresh := token.get("refresh_token"):
            kept = RefreshToken(refresh, asked.client.id, token.get("scope", ""), asked.user)
            memory.refresh_tokens[refresh] = kept

    server = AuthorizationServer(app, query_client=clients.get, save_token=save_token)
    register(server, issuer=url, key=key, memory=memory, people=people)

    def person_of_form() -> Person | None:
        person = people.get(request.form.get("username", ""))
        given = request.form.get("password", "").encode()
        return person if person and hmac.compare_digest(person.password.encode(), given) else None

    @app.get("/.well-known/openid-configuration")
    def discovery() -> Response:
        endpoints = {name: f"{url}{path}" for name, path in _PATHS.items()}
        return jsonify(
            issuer=url,
            response_types_supported=["code"],
            grant_types_supported=["authorization_code", "refresh_token", *device_grants(clients)],
            subject_types_supported=["public"],
            id_token_signing_alg_values_supported=[ALGORITHM],
            token_endpoint_auth_methods_supported=["none"],
            code_challenge_methods_supported=["S256"],
            scopes_supported=list(SCOPES),
            **endpoints,
        )

    @app.get("/jwks")
    def jwks() -> Response:
        return jsonify(json.loads(json.dumps(KeySet([key]).as_dict(private=False))))

    @app.route("/authorize", methods=["GET", "POST"])
    def authorize() -> Answer:
        person = person_of_form() if request.method == "POST" else people.get(session.get("person", ""))
        try:
            grant = server.get_consent_grant(end_user=person)
        except OAuth2Error as error:
            refused: Response = server.handle_error_response(server.create_oauth2_request(request), error)
            return refused
        if person is None or (request.method == "GET" and getattr(grant, "prompt", None) == "login"):
            is_wrong = request.method == "POST"
            page = render_template("sign_in.html", people=people.values(), is_wrong=is_wrong, code=None)
            return page, 401 if is_wrong else 200
        session["person"] = person.name
        answer: Response = server.create_authorization_response(grant_user=person, grant=grant)
        return answer

    @app.post("/token")
    def token() -> Response:
        answer: Response = server.create_token_response()
        return answer

    @app.post("/revoke")
    def revoke() -> Response:
        answer: Response = server.create_endpoint_response("revocation")
        return answer

    @app.post("/device-codes")
    def device_codes() -> Response:
        answer: Response = server.create_endpoint_response("device_authorization")
        return answer

    @app.route("/device", methods=["GET", "POST"])
    def device() -> Answer:
        """Where a person lets a program on another screen act for them."""
        code = request.values.get("user_code", "").strip().upper()
        if request.method == "GET":
            return render_template("sign_in.html", people=people.values(), is_wrong=False, code=code)
        person = person_of_form()
        if person is None or code not in {one["user_code"] for one in memory.devices.values()}:
            page = render_template("sign_in.html", people=people.values(), is_wrong=True, code=code)
            return page, 401
        memory.answers[code] = person, request.form.get("answer") != "no"
        return render_template("done.html", what="You can go back to the program that sent you here.")

    @app.route("/sign-out", methods=["GET", "POST"])
    def sign_out() -> Answer:
        session.clear()
        answer: Response | None = server.create_endpoint_response("end_session")
        return answer or render_template("done.html", what="You are signed out.")

    @app.get("/")
    def home() -> Answer:
        return redirect("/.well-known/openid-configuration")

    return app


def device_grants(clients: Mapping[str, Client]) -> list[str]:
    """The grants of programs that have no browser."""
    return sorted({grant for one in clients.values() for grant in one.grants if ":" in grant})
