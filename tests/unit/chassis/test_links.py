"""Links: what they carry, and what is not one."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask, Response

from chassis.identity.links import Link, LinkExpired, LinkInvalid, LinkSigner, LinkVerifier
from chassis.identity.session import SessionSigner, set_session_cookie
from chassis.identity.signing_keys import new_key_pair, read_private_key, read_public_key

PRIVATE, PUBLIC = new_key_pair()
SIGNER = LinkSigner(read_private_key(PRIVATE))


def link(**changes: object) -> Link:
    expires_at = (datetime.now(UTC) + timedelta(hours=1)).replace(microsecond=0)
    values: dict[str, object] = {
        "id": uuid4(),
        "purpose": "sign_in",
        "subject": "somebody",
        "audience": "onboarding",
        "expires_at": expires_at,
    }
    return Link(**{**values, **changes})  # type: ignore[arg-type]


def verifier(audience: str = "onboarding", public: str = PUBLIC) -> LinkVerifier:
    return LinkVerifier(read_public_key(public), audience)


def test_a_link_comes_back_as_it_was() -> None:
    made = link()
    assert verifier().verify(SIGNER.sign(made)) == made
    assert SIGNER.sign(made) == SIGNER.sign(made)


def test_an_expired_link_tells_what_it_was_for() -> None:
    made = link(expires_at=datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(LinkExpired) as caught:
        verifier().verify(SIGNER.sign(made))
    assert caught.value.link == made


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "ä", "\x00", "e30.e30.e30"])
def test_rubbish_is_no_link(token: str) -> None:
    with pytest.raises(LinkInvalid):
        verifier().verify(token)


def test_what_was_not_made_for_us_is_no_link() -> None:
    token = SIGNER.sign(link())
    for wrong in (verifier("notifications"), verifier(public=new_key_pair()[1])):
        with pytest.raises(LinkInvalid):
            wrong.verify(token)
    with pytest.raises(LinkInvalid):
        verifier().verify(SessionSigner(read_private_key(PRIVATE)).sign("somebody").token)
    head, body, signature = token.split(".")
    with pytest.raises(LinkInvalid):
        verifier().verify(f"{head}.{body[:-2]}AA.{signature}")


@pytest.mark.parametrize(("public_url", "is_secure"), [("https://a.example", True), ("http://a", False)])
def test_the_cookie_is_out_of_reach(public_url: str, is_secure: bool) -> None:
    response = Response()
    with Flask(__name__).app_context():
        session = SessionSigner(read_private_key(PRIVATE)).sign("somebody")
        set_session_cookie(response, session, public_url)
    cookie = response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert ("Secure" in cookie) is is_secure
    assert session.token not in repr(session)
