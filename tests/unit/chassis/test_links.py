"""Links: what they carry, and what is not one."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask, Response
from hypothesis import given
from hypothesis import strategies as st

from chassis.http.session_cookie import set_session_cookie
from chassis.identity.links import TOKEN_LENGTH, LinkInvalid, LinkSigner, LinkUse, LinkVerifier
from chassis.identity.session import SessionSigner
from chassis.identity.signed_tokens import sign
from chassis.identity.signing_keys import new_key_pair, read_private_key, read_public_key

PRIVATE, PUBLIC = new_key_pair()
SIGNER, VERIFIER = LinkSigner(read_private_key(PRIVATE)), LinkVerifier(read_public_key(PUBLIC))
LINKS = LinkUse("onboarding", "links", old_purposes=frozenset({"sign_in"}))
OTHERS = (
    LinkUse("onboarding", "invitations"),
    LinkUse("notifications", "links"),
    LinkUse("onboarding/links", ""),
)


def old_token(link_id: UUID, **changes: object) -> str:
    """A link as mails carried it before the short form."""
    until = datetime.now(UTC) - timedelta(days=1)
    claims = {"jti": str(link_id), "purpose": "sign_in", "sub": "x", "aud": "onboarding", "exp": until}
    return sign(read_private_key(PRIVATE), "link", {**claims, **changes})


@given(st.uuids())
def test_a_link_comes_back_as_it_was_and_is_short(link_id: UUID) -> None:
    token = SIGNER.sign(LINKS, link_id)
    assert VERIFIER.verify(LINKS, token) == link_id
    assert SIGNER.sign(LINKS, link_id) == token
    assert len(token) == TOKEN_LENGTH <= 110
    assert token.isascii()
    assert not set(token) & set("./=+ ")


@pytest.mark.parametrize(
    "token", ["", "x", "a.b.c", "ä" * 107, "\x00" * 107, "A" * 107, "!" * 107, "e30.e30.e30"]
)
def test_rubbish_is_no_link(token: str) -> None:
    with pytest.raises(LinkInvalid):
        VERIFIER.verify(LINKS, token)


@given(st.uuids(), st.integers(0, TOKEN_LENGTH - 1), st.sampled_from("AbZ9-_"))
def test_no_letter_of_a_link_may_be_changed(link_id: UUID, place: int, letter: str) -> None:
    token = SIGNER.sign(LINKS, link_id)
    changed = token[:place] + letter + token[place + 1 :]
    if changed != token:
        try:
            found = VERIFIER.verify(LINKS, changed)
        except LinkInvalid:
            return
        # The last letter of base64 has bits that nobody reads.
        assert (found, place) == (link_id, TOKEN_LENGTH - 1)


def test_what_was_not_made_for_us_is_no_link() -> None:
    token = SIGNER.sign(LINKS, uuid4())
    for use in OTHERS:
        with pytest.raises(LinkInvalid):
            VERIFIER.verify(use, token)
    with pytest.raises(LinkInvalid):
        LinkVerifier(read_public_key(new_key_pair()[1])).verify(LINKS, token)
    with pytest.raises(LinkInvalid):
        VERIFIER.verify(LINKS, SessionSigner(read_private_key(PRIVATE)).sign("somebody").token)


def test_mails_that_are_out_already_keep_their_links() -> None:
    link_id = uuid4()
    assert VERIFIER.verify(LINKS, old_token(link_id)) == link_id
    for wrong in ({"purpose": "invitation"}, {"aud": "notifications"}, {"jti": "nobody"}, {"purpose": 7}):
        with pytest.raises(LinkInvalid):
            VERIFIER.verify(LINKS, old_token(link_id, **wrong))


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
