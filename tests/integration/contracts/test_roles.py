"""Who may call what: every endpoint of every service, tried as everybody, against the one table."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib import import_module
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from tests.contracts.services import SERVICES, environ, outside
from tests.integration.chassis.test_access_tokens import unsigned
from tests.unit.chassis.issuer import AUDIENCE, Issuer, serving

from chassis.http.access import (
    ANYBODY,
    CLIENT,
    GUEST,
    PAGE,
    SESSION,
    SUBJECT,
    AccessTableWrong,
    access_of,
    access_table,
)
from chassis.http.access import endpoints as endpoints_of
from chassis.http.openapi import ApiBlueprint
from chassis.http.web import create_app
from chassis.identity.ops_tokens import sign_ops_token
from chassis.identity.roles import (
    ADMIN,
    LEARNING_RECORDS,
    OPERATOR,
    REVIEWER,
    ROLES,
    ROLES_OF_MACHINES,
    VIEWER,
)
from chassis.identity.session import SessionSigner
from chassis.identity.signing_keys import new_key_pair, read_private_key

OWN = "11111111-2222-3333-4444-555555555555"
ARGUMENT = re.compile(r"\{([^}]+)\}")
REACHED = 299
# What the API gives to people of whom nothing is known; whoever adds to it has thought about it.
OPEN_API = {
    "POST /v1/applications",
    "POST /v1/link-requests",
    "GET /v1/agreements/current",
    "POST /v1/sessions",  # the token of a link is the proof
    "POST /v1/drafts",
    "PUT /v1/drafts",  # the token of its link is the proof
    "POST /v1/draft-openings",  # the same
    "POST /v1/passkey-challenges",
    "POST /v1/passkey-sessions",  # the passkey is the proof
    "POST /v1/memberships",
    "POST /v1/invitation-acceptances",
    "POST /v1/device-claims/redemptions",  # the secret of the claim is the proof
}
# Acts of a role that is not the operator's.
OTHERS_ACTS = {
    "POST /v1/partners/{partner_id}/approval": REVIEWER,
    "POST /v1/partners/{partner_id}/rejection": REVIEWER,
    "POST /v1/partners/{partner_id}/correction-request": REVIEWER,
    "POST /v1/partners/{partner_id}/disclosure": REVIEWER,
    # Who approves with a tier may give another one.
    "POST /v1/partners/{partner_id}/tier": REVIEWER,
    # Of other facts of a company; of access only operators decide, which the view checks.
    "POST /v1/requests/{request_id}/approval": REVIEWER,
    "POST /v1/requests/{request_id}/refusal": REVIEWER,
    # As the act that was proposed asks for, which the view checks.
    "POST /v1/proposals/{proposal_id}/confirmation": REVIEWER,
    "POST /v1/proposals/{proposal_id}/refusal": REVIEWER,
    # Names and addresses: whoever may only look does not see them.
    "GET /v1/integrators/{integrator_id}/people": OPERATOR,
}


@dataclass
class World:
    """One service's web app, and a token for everybody who might call it."""

    app: Flask
    tokens: dict[str, str]

    def answer(self, client: FlaskClient, endpoint: str, who: str) -> int:
        method, path = endpoint.split(" ")
        headers = {"Authorization": f"Bearer {self.tokens[who]}"} if who != "nobody" else {}
        return client.open(ARGUMENT.sub(OWN, path), method=method, headers=headers).status_code


class KnownClients:
    """Stands for the tokens that a service gave out, which are in its database."""

    prefix = "gwi_"

    def owner_of(self, token: str) -> tuple[str, str] | None:
        return (OWN, OWN) if token.endswith("_known") else None


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with serving(Issuer()) as issuer:
        yield issuer


@pytest.fixture(scope="module", params=SERVICES)
def world(request: pytest.FixtureRequest, issuer: Issuer) -> World:
    name, session, guests, ops = request.param, new_key_pair(), new_key_pair(), new_key_pair()
    given = {
        "SESSION_PRIVATE_KEY": session[0],
        "SESSION_PUBLIC_KEY": session[1],
        "PARTNER_SESSION_PUBLIC_KEY": guests[1],
        "OPS_TOKEN_PUBLIC_KEY": ops[1],
        "OIDC_ISSUER": issuer.url,
        "OIDC_AUDIENCE": AUDIENCE,
    }
    service = import_module(f"{name}.bootstrap").build_service(environ(name) | given, **outside(name))
    keys = [read_private_key(private) for private, _ in (session, guests, ops)]
    return World(service.create_web_app(), tokens(issuer, *keys))


def tokens(issuer: Issuer, session_key: Any, guests_key: Any, ops_key: Any) -> dict[str, str]:
    signer, guests, hour = SessionSigner(session_key), SessionSigner(guests_key), timedelta(hours=1)
    admin = issuer.token(ADMIN)
    with serving(Issuer()) as elsewhere:
        foreign = elsewhere.token(ADMIN)
    return {
        **{role: issuer.token(role) for role in ROLES},
        **{
            f"machine {role}": sign_ops_token(ops_key, "machine", (role,), hour) for role in ROLES_OF_MACHINES
        },
        "client": f"{KnownClients.prefix}known",
        "unknown client": f"{KnownClients.prefix}unknown",
        "own session": signer.sign(OWN).token,
        "another's session": signer.sign(str(uuid4())).token,
        "guest's own session": guests.sign(OWN).token,
        "another guest's session": guests.sign(str(uuid4())).token,
        "person without a role": issuer.token(),
        "person with a machine's role": issuer.token(LEARNING_RECORDS),
        "person with another company's role": issuer.token("superuser"),
        "expired": issuer.token(ADMIN, exp=1_000_000_000, iat=999_999_000),
        "expired machine": sign_ops_token(ops_key, "machine", (ADMIN,), -hour),
        "foreign": foreign,
        "foreign claiming to be ours": Issuer(url=issuer.url).token(ADMIN),
        "wrong audience": issuer.token(ADMIN, aud="another"),
        "alg none": unsigned(admin, typ="at+jwt", alg="none", kid="first"),
        "ID token": issuer.token(ADMIN, header={"typ": "JWT"}),
    }


INVALID = (
    "nobody",
    "unknown client",
    "expired",
    "expired machine",
    "foreign",
    "foreign claiming to be ours",
    "wrong audience",
    "alg none",
    "ID token",
)
KNOWN = ("own session", "another's session", "person without a role", "person with another company's role")


def expected(words: frozenset[str], who: str) -> int:
    if ANYBODY in words:
        return REACHED
    if who in INVALID:
        return 401
    if who == CLIENT or "session" in who:
        return expected_of_others(words, who)
    role = who.removeprefix("machine ")
    if who == f"machine {LEARNING_RECORDS}":
        return REACHED if LEARNING_RECORDS in words else 403
    needed = next((one for one in ROLES if one in words), None)
    if role in ROLES:
        is_enough = needed is not None and ROLES.index(role) >= ROLES.index(needed)
        return REACHED if is_enough else 403
    return 403


def expected_of_others(words: frozenset[str], who: str) -> int:
    """A session of the kind that an endpoint is not for is none."""
    if ("guest" in who) != (GUEST in words) and who != CLIENT:
        return 401
    if "guest" in who:
        return REACHED if who == "guest's own session" else 404
    if who == CLIENT:
        return REACHED if CLIENT in words else 403
    if SUBJECT in words:
        return REACHED if who == "own session" else 404
    return REACHED if SESSION in words else 403


def test_everybody_at_every_endpoint(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind the guard an answer of our own tells that it was passed; what views do, other tests say."""
    # Which sessions were ended stands in a database, which is not here.
    reader = world.app.extensions["chassis.http.principals"]
    guests = reader.guests and replace(reader.guests, is_over=lambda _: False)
    stand_ins = {"home": None, "_is_over": None, "client_tokens": KnownClients(), "guests": guests}
    for name, stand_in in stand_ins.items():
        monkeypatch.setattr(reader, name, stand_in)
    for name in world.app.view_functions:
        monkeypatch.setitem(world.app.view_functions, name, lambda **_: ("", REACHED))
    client, wrong, tried = world.app.test_client(), [], 0
    for endpoint, access in access_table(world.app).items():
        if PAGE in access.words:
            continue
        for who in ("nobody", *world.tokens):
            found, wanted = world.answer(client, endpoint, who), expected(access.words, who)
            tried += 1
            # Whoever reads no token does not refuse a wrong one.
            if found != wanted and not (ANYBODY in access.words and found == 401):
                wrong.append((endpoint, who, found, wanted))
    assert wrong == []
    assert tried > 500


def test_pages_of_partners_show_nothing_to_others(world: World) -> None:
    client = world.app.test_client()
    for endpoint, access in access_table(world.app).items():
        if PAGE in access.words:
            for who in ("nobody", "foreign", ADMIN, "machine admin"):
                assert world.answer(client, endpoint, who) in {303, 401, 403}, (endpoint, who)


def test_the_table_opens_no_more_than_was_thought_about(world: World) -> None:
    for endpoint, access in access_table(world.app).items():
        method, path = endpoint.split(" ")
        if not path.startswith("/v1/"):
            assert access.role is None, endpoint
            continue
        assert (access.is_open) == (endpoint in OPEN_API), endpoint
        if access.role:
            usual = VIEWER if method == "GET" else OPERATOR
            assert access.role == OTHERS_ACTS.get(endpoint, usual), endpoint


def test_the_table_has_no_rows_for_what_is_gone(world: World) -> None:
    there = {name for rule in world.app.url_map.iter_rules() for name in endpoints_of(rule)}
    assert access_table(world.app).keys() - there == set()


def test_an_endpoint_that_the_table_lacks_stops_the_start(world: World) -> None:
    service = world.app.extensions["chassis.service"]
    api = ApiBlueprint("forgotten", __name__)

    @api.get("/v1/forgotten")
    def forgotten() -> None:
        """Be without a row."""

    with pytest.raises(AccessTableWrong, match=r"does not say who may call GET /v1/forgotten$"):
        create_app(service, __name__, title="Half", api=[api])
    with pytest.raises(AccessTableWrong, match="operators"):
        access_of({"GET /v1/me": "operators"})


def test_who_asks_is_told_what_is_open_to_them(world: World) -> None:
    client = world.app.test_client()
    told = {}
    for role in ROLES:
        headers = {"Authorization": f"Bearer {world.tokens[role]}"}
        answer: Any = client.get("/v1/me", headers=headers).json
        assert (answer["name"], answer["role"]) == ("vera", role)
        told[role] = set(answer["may"])
    assert told[VIEWER] <= told[REVIEWER] <= told[OPERATOR] <= told[ADMIN]
    assert "POST /v1/flood-clearances" in told[OPERATOR] - told[REVIEWER]
