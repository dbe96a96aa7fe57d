"""Tokens between machines whose clocks are a little apart."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chassis.identity.session import TOKEN_LIFETIME, SessionSigner, SessionVerifier
from chassis.identity.signed_tokens import LEEWAY, TokenExpired, TokenInvalid

KEY = Ed25519PrivateKey.generate()
A_MOMENT = timedelta(seconds=10)


def verify_one_made(apart: timedelta) -> str:
    """By a machine whose clock is so far ahead of ours."""
    session = SessionSigner(KEY).sign("a", now=datetime.now(UTC) + apart)
    return SessionVerifier(KEY.public_key()).verify(session.token).subject


def test_clocks_may_be_a_little_apart() -> None:
    assert verify_one_made(LEEWAY - A_MOMENT) == "a"
    assert verify_one_made(-TOKEN_LIFETIME - LEEWAY + A_MOMENT) == "a"


def test_clocks_may_not_be_far_apart() -> None:
    with pytest.raises(TokenInvalid, match="cannot be used"):
        verify_one_made(LEEWAY + A_MOMENT)
    with pytest.raises(TokenExpired):
        verify_one_made(-TOKEN_LIFETIME - LEEWAY - A_MOMENT)
