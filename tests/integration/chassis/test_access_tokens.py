"""Access tokens of an OpenID provider: real signatures, and keys fetched over real HTTP."""

import contextlib
import gzip
import hmac
import json
import socket
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Response
from joserfc.jwk import KeySet, RSAKey
from jwt.algorithms import RSAAlgorithm
from tests.unit.chassis.issuer import AUDIENCE, Issuer, new_key, serving

from chassis.identity import access_tokens, issuer_keys
from chassis.identity.access_tokens import AccessTokenVerifier, SignInTooWeak
from chassis.identity.issuer_keys import IssuerKeys, IssuerUnavailable
from chassis.identity.signed_tokens import TokenExpired, TokenInvalid


class Clock:
    """A time that a test moves."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with serving(Issuer()) as issuer:
        yield issuer


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def verifier(issuer: Issuer, clock: Clock) -> AccessTokenVerifier:
    return verifier_of(issuer, clock)


def verifier_of(issuer: Issuer, clock: Clock, **more: Any) -> AccessTokenVerifier:
    named = access_tokens.Issuer(url=issuer.url, audience=AUDIENCE, **more)
    return AccessTokenVerifier(named, IssuerKeys(issuer.url, clock))


def text_of(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


def unsigned(token: str, **header: str) -> str:
    """The same claims below another header, without a signature."""
    return f"{text_of(json.dumps(header).encode())}.{token.split('.')[1]}."


def signed_with_the_public_key(issuer: Issuer) -> str:
    """As if it were a secret that both sides share; libraries for honest people do not do that."""
    said = unsigned(issuer.token("admin"), typ="at+jwt", alg="HS256", kid="first").rstrip(".")
    secret = issuer.keys[0].as_pem(private=False)
    return f"{said}.{text_of(hmac.digest(secret, said.encode(), 'sha256'))}"


def test_a_genuine_token_names_its_person(issuer: Issuer, verifier: AccessTokenVerifier) -> None:
    token = issuer.token(
        "reviewer", "astronaut", email="vera@vendor.example", email_verified=True, aud=["other", AUDIENCE]
    )
    who = verifier.verify(token)
    assert (who.name, who.subject, who.issuer) == ("vera", "vera", issuer.url)
    assert (who.roles, who.email) == ({"reviewer"}, "vera@vendor.example")
    for verified in ({}, {"email_verified": False}, {"email_verified": "true"}):
        assert verifier.verify(issuer.token("viewer", email="v@vendor.example", **verified)).email is None
    assert verifier.verify(issuer.token(roles="viewer")).roles == {"viewer"}
    assert verifier.verify(issuer.token(header={"typ": "application/AT+JWT"})).roles == set()
    assert verifier.verify(issuer.token(header={"kid": None})).name == "vera", "there is one key only"


def with_an_extension(issuer: Issuer) -> str:
    claims = jwt.decode(issuer.token("admin"), options={"verify_signature": False})
    header = {"typ": "at+jwt", "kid": "first", "crit": ["b64"], "b64": True}
    return jwt.encode(claims, issuer.keys[0].as_pem(private=True), "ES256", headers=header)


def by_another_algorithm(issuer: Issuer) -> str:
    """The issuer publishes its key for one alone."""
    key = RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig", "alg": "RS256"})
    issuer.keys.append(key)
    claims = jwt.decode(issuer.token("admin"), options={"verify_signature": False})
    return jwt.encode(claims, key.as_pem(private=True), "PS256", headers={"typ": "at+jwt", "kid": "rsa"})


Forge = Callable[[Issuer], str]
NOW = int(time.time())
FORGERIES: dict[str, Forge] = {
    "alg none": lambda issuer: unsigned(issuer.token("admin"), typ="at+jwt", alg="none", kid="first"),
    "alg None": lambda issuer: unsigned(issuer.token("admin"), typ="at+jwt", alg="None", kid="first"),
    "no alg": lambda issuer: unsigned(issuer.token("admin"), typ="at+jwt", kid="first"),
    "the public key as a shared secret": signed_with_the_public_key,
    "another's key under our key id": lambda issuer: issuer.token("admin", key=new_key("first")),
    "another's key": lambda issuer: issuer.token("admin", key=new_key("unknown")),
    "a key of another kind": lambda issuer: issuer.token(
        "admin", key=RSAKey.generate_key(2048), header={"alg": "RS256", "kid": "first"}
    ),
    "an ID token": lambda issuer: issuer.token("admin", header={"typ": "JWT"}),
    "no type": lambda issuer: issuer.token("admin", header={"typ": None}),
    "one of our own uses": lambda issuer: issuer.token("admin", header={"typ": "ops+jwt"}),
    "another issuer": lambda issuer: issuer.token("admin", iss="https://elsewhere.example"),
    "an issuer that begins alike": lambda issuer: issuer.token("admin", iss=f"{issuer.url}/"),
    "another audience": lambda issuer: issuer.token("admin", aud="another"),
    "several other audiences": lambda issuer: issuer.token("admin", aud=["another", "gangway2"]),
    "issued tomorrow": lambda issuer: issuer.token("admin", iat=NOW + 86_400),
    "not valid yet": lambda issuer: issuer.token("admin", nbf=NOW + 86_400),
    "an expiry that is no number": lambda issuer: issuer.token("admin", exp="never"),
    "an infinite expiry": lambda issuer: issuer.token("admin", exp=float("inf")),
    "a subject that is no text": lambda issuer: issuer.token("admin", sub=7),
    "an empty subject": lambda issuer: issuer.token("admin", sub=""),
    "a name of two lines": lambda issuer: issuer.token("admin", sub="vera\nadmin"),
    "a name that turns the line around": lambda issuer: issuer.token("admin", sub="vera\u202eadmin"),
    "a name with letters that nobody sees": lambda issuer: issuer.token("admin", sub="ve\u034fra\ufe0f"),
    "a name that nobody sees": lambda issuer: issuer.token("admin", sub="\u2800"),
    "a name that no entry holds": lambda issuer: issuer.token("admin", sub="v" * 201),
    "a client that is none": lambda issuer: issuer.token("admin", client_id=["console"]),
    "an algorithm that the key is not for": by_another_algorithm,
    "an extension that we do not know": with_an_extension,
    "a token of 8 kB": lambda issuer: issuer.token("admin", padding="x" * 8_000),
    "no signature": lambda issuer: issuer.token("admin").rpartition(".")[0] + ".",
    "rubbish": lambda _: "e30.e30.e30",
} | {
    f"no {claim}": lambda issuer, claim=claim: issuer.token("admin", without=claim)  # type: ignore[misc]
    for claim in access_tokens.REQUIRED
}


@pytest.mark.parametrize("name", FORGERIES)
def test_forged_tokens_are_refused(issuer: Issuer, verifier: AccessTokenVerifier, name: str) -> None:
    with pytest.raises(TokenInvalid) as caught:
        verifier.verify(FORGERIES[name](issuer))
    assert not isinstance(caught.value, TokenExpired)


def test_clocks_may_differ_by_half_a_minute(issuer: Issuer, verifier: AccessTokenVerifier) -> None:
    now = int(time.time())
    assert verifier.verify(issuer.token(exp=now - 20, iat=now - 600)).name == "vera"
    assert verifier.verify(issuer.token(iat=now + 20, nbf=now + 20)).name == "vera"
    with pytest.raises(TokenExpired):
        verifier.verify(issuer.token("admin", exp=now - 40, iat=now - 600))


def test_roles_and_names_stand_where_the_settings_say(issuer: Issuer, clock: Clock) -> None:
    nested = verifier_of(issuer, clock, roles_claim="realm_access.roles", name_claim="preferred_username")
    token = issuer.token(realm_access={"roles": ["viewer"]}, preferred_username=" Ve\u0301ra  Ops ")
    assert (nested.verify(token).name, nested.verify(token).roles) == ("V\u00e9ra Ops", {"viewer"})
    with pytest.raises(TokenInvalid):
        nested.verify(issuer.token(realm_access=["viewer"]))
    dotted = verifier_of(issuer, clock, roles_claim="https://vendor.example/roles")
    assert dotted.verify(issuer.token(**{"https://vendor.example/roles": ["admin"]})).roles == {"admin"}
    for wrong in (None, 7, {"admin": True}, [["admin"]], "administrator", [{"admin": 1}]):
        assert dotted.verify(issuer.token("admin", **{"https://vendor.example/roles": wrong})).roles == set()


def test_a_subject_that_is_not_the_name_is_bounded_too(issuer: Issuer, clock: Clock) -> None:
    named = verifier_of(issuer, clock, name_claim="preferred_username")
    said = jwt.decode(issuer.token("viewer", preferred_username="vera"), options={"verify_signature": False})
    for subject in ("\ud800", "a\nb", "x" * 256):  # joserfc writes no half of a pair; PyJWT does
        header = {"typ": "at+jwt", "kid": "first"}
        token = jwt.encode(said | {"sub": subject}, issuer.keys[0].as_pem(private=True), "ES256", header)
        with pytest.raises(TokenInvalid):
            named.verify(token)
    assert named.verify(issuer.token("viewer", sub="x" * 255, preferred_username="vera")).name == "vera"


def test_a_weak_sign_in_is_told_what_is_missing(issuer: Issuer, clock: Clock) -> None:
    strict = verifier_of(issuer, clock, acr=("gold", "silver"), amr=("otp", "pwd"))
    assert strict.verify(issuer.token(acr="silver", amr=["pwd", "otp", "geo"])).name == "vera"
    for claims in (
        {},
        {"acr": "gold"},
        {"acr": "gold", "amr": ["pwd"]},
        {"acr": "gold", "amr": "pwd otp"},
        {"acr": "bronze", "amr": ["pwd", "otp"]},
        {"acr": ["gold"], "amr": ["pwd", "otp"]},
    ):
        with pytest.raises(SignInTooWeak) as caught:
            strict.verify(issuer.token("admin", **claims))
        assert caught.value.acr_values == ("gold", "silver")


def test_keys_are_kept_and_fetched_again_for_a_new_one(
    issuer: Issuer, verifier: AccessTokenVerifier, clock: Clock
) -> None:
    old = issuer.token("viewer")
    for _ in range(5):
        verifier.verify(old)
    assert issuer.fetches == 1
    issuer.keys.insert(0, new_key("second"))
    assert verifier.verify(issuer.token("viewer")).name == "vera"
    assert verifier.verify(old).name == "vera", "both are good while both are published"
    assert issuer.fetches == 2
    with pytest.raises(TokenInvalid):
        verifier.verify(issuer.token("viewer", header={"kid": None}))  # which of the two?
    del issuer.keys[1]
    clock.now += issuer_keys.FRESH_SECONDS
    with pytest.raises(TokenInvalid):
        verifier.verify(old)


def test_made_up_key_ids_cause_few_fetches(
    issuer: Issuer, verifier: AccessTokenVerifier, clock: Clock
) -> None:
    for number in range(50):
        with pytest.raises(TokenInvalid):
            verifier.verify(issuer.token(header={"kid": f"made-up-{number}"}))
    assert issuer.fetches == issuer_keys.FETCHES_PER_MINUTE
    assert verifier.verify(issuer.token()).name == "vera", "known keys go on"
    clock.now += 60
    issuer.keys.insert(0, new_key("second"))
    assert verifier.verify(issuer.token()).name == "vera"


def short_key() -> dict[str, Any]:
    """As joserfc makes none."""
    key = rsa.generate_private_key(65_537, 1_024).public_key()  # noqa: S505 - that is the point
    return {**RSAAlgorithm.to_jwk(key, as_dict=True), "kid": "first"}


def endless() -> Response:
    return Response(("[" * 65_536 for _ in range(64)), mimetype="application/json")


def dripping() -> Response:
    def drops() -> Iterator[str]:
        for _ in range(100):
            time.sleep(0.05)
            yield " "

    return Response(drops(), mimetype="application/json")


@pytest.mark.parametrize(
    "answer",
    [
        endless,
        dripping,
        lambda: ("ill", 500),
        lambda: ("", 302, {"Location": "/elsewhere"}),
        lambda: "<html>",
        lambda: "[]",
        lambda: {"keys": "none"},
        lambda: {"keys": []},
        lambda: {"keys": [{"kty": "oct", "kid": "first", "k": "c2VjcmV0"}, {"kty": "EC"}, 7, {"kty": "XYZ"}]},
        lambda: {"keys": [short_key()]},
        lambda: Response(gzip.compress(b" " * 100_000), headers={"Content-Encoding": "gzip"}),
    ],
)
def test_an_issuer_that_answers_nonsense_is_unavailable_for_a_moment(
    issuer: Issuer,
    verifier: AccessTokenVerifier,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    *,
    answer: Callable[[], Any],
) -> None:
    monkeypatch.setattr(issuer_keys, "FETCH_SECONDS", 0.5)
    issuer.answer = answer
    began = time.monotonic()
    for _ in range(5):
        with pytest.raises(IssuerUnavailable):
            verifier.verify(issuer.token("admin"))
    assert time.monotonic() - began < 2
    assert issuer.fetches == 1, "who asks soon after is told at once"
    issuer.answer = None
    clock.now += issuer_keys.PAUSE_SECONDS
    assert verifier.verify(issuer.token("admin")).name == "vera"


@pytest.mark.parametrize(
    "odd",
    [
        {"kid": ["first"]},
        {"kid": 7},
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": {}},
        {"crv": "P-257"},
        {"x": 7},
    ],
)
def test_a_key_that_is_none_spoils_no_other(
    issuer: Issuer, verifier: AccessTokenVerifier, odd: dict[str, Any]
) -> None:
    good = issuer.keys[0].as_dict(private=False)
    issuer.answer = lambda: {"keys": [good | {"kid": "odd"} | odd, good]}
    assert verifier.verify(issuer.token("viewer")).name == "vera"


@pytest.mark.parametrize(
    ("place", "cause"),
    [
        ("https://[bad", "protected place"),
        ("http://keys.vendor.example/", "protected place"),
        ("https://xn--/", "reached"),
        (f"https://{'a' * 300}/", "reached"),
        ("https://a\0b/", "reached"),
        (7, "protected place"),
    ],
)
def test_a_place_of_the_keys_that_is_none_makes_the_issuer_unavailable(
    issuer: Issuer, verifier: AccessTokenVerifier, *, place: Any, cause: str
) -> None:
    issuer.jwks_uri = place
    with pytest.raises(IssuerUnavailable, match=cause):
        verifier.verify(issuer.token("admin"))


def test_an_answer_whose_headers_do_not_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issuer_keys, "FETCH_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            connection, _ = listening.accept()
            with connection, contextlib.suppress(OSError):
                connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                for _ in range(40):
                    time.sleep(0.1)
                    connection.sendall(b"x")

        dripping = threading.Thread(target=drip)
        dripping.start()
        began = time.monotonic()
        with pytest.raises(IssuerUnavailable, match="too slowly"):
            IssuerKeys(f"http://127.0.0.1:{listening.getsockname()[1]}").key("first")
        assert time.monotonic() - began < 2
        dripping.join()


def test_keys_in_an_answer_that_is_too_large_are_not_read(
    issuer: Issuer, verifier: AccessTokenVerifier
) -> None:
    known = KeySet(issuer.keys).as_dict()
    issuer.answer = lambda: known | {"more": "x" * issuer_keys.LARGEST_ANSWER}
    with pytest.raises(IssuerUnavailable, match="too large"):
        verifier.verify(issuer.token("admin"))


def test_another_issuers_documents_are_not_taken(issuer: Issuer, verifier: AccessTokenVerifier) -> None:
    issuer.claimed_url = "https://elsewhere.example"
    with pytest.raises(IssuerUnavailable, match="another issuer"):
        verifier.verify(issuer.token("admin"))


def test_known_keys_outlast_an_absence_but_not_forever(clock: Clock) -> None:
    with serving(Issuer()) as issuer:
        verifier = verifier_of(issuer, clock)
        token = issuer.token("viewer")
        verifier.verify(token)
    clock.now += issuer_keys.FRESH_SECONDS
    assert verifier.verify(token).name == "vera"
    clock.now += issuer_keys.USABLE_SECONDS
    with pytest.raises(IssuerUnavailable, match="cannot be reached"):
        verifier.verify(token)
