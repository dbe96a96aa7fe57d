"""Links in mails: a signed statement "who holds this may do PURPOSE for SUBJECT once".

    LinkSigner(settings.link_private_key).sign(link)                       # when the mail is rendered
    LinkVerifier(settings.link_public_key, "onboarding").verify(token)     # -> Link, when it is opened

The signature says that the link is ours; the service that acts burns ``link.id`` in the transaction of
the effect. A link is never stored, logged or sent in an event; its id is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from chassis.identity.signed_tokens import TokenExpired, TokenInvalid, expiry_of, sign, verify

USE = "link"


@dataclass(frozen=True, kw_only=True)
class Link:
    """What a link allows; ``audience`` is the service whose page it opens."""

    id: UUID
    purpose: str
    subject: str
    audience: str
    expires_at: datetime


class LinkInvalid(Exception):
    """Not one of our links, or damaged on its way."""


class LinkExpired(Exception):
    """Genuine, but too old; ``link`` tells what it was for, so that a new one can be offered."""

    def __init__(self, link: Link) -> None:
        super().__init__("The link has expired.")
        self.link = link


class LinkSigner:
    """Turns links into tokens; needs the private key, which one service has."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    def sign(self, link: Link) -> str:
        """The same link gives the same token, so a mail that is sent again is the same mail."""
        claims = {
            "jti": str(link.id),
            "purpose": link.purpose,
            "sub": link.subject,
            "aud": link.audience,
            "exp": link.expires_at,
        }
        return sign(self._key, USE, claims)


class LinkVerifier:
    """Checks the links of one service with the public key."""

    def __init__(self, key: Ed25519PublicKey, audience: str) -> None:
        self._key = key
        self._audience = audience

    def verify(self, token: str) -> Link:
        """Raises `LinkInvalid` for what is not ours, `LinkExpired` for what is too old."""
        try:
            claims = verify(
                self._key,
                USE,
                token,
                required=("jti", "purpose", "sub", "aud"),
                audience=self._audience,
                leeway=timedelta(0),
            )
        except TokenExpired as error:
            raise LinkExpired(self._link(error.claims)) from None
        except TokenInvalid as error:
            raise LinkInvalid(str(error)) from None
        return self._link(claims)

    def _link(self, claims: Mapping[str, Any]) -> Link:
        try:
            return Link(
                id=UUID(claims["jti"]),
                purpose=str(claims["purpose"]),
                subject=str(claims["sub"]),
                audience=self._audience,
                expires_at=expiry_of(claims),
            )
        except (ValueError, TypeError, AttributeError, OverflowError) as error:
            raise LinkInvalid("The link is incomplete.") from error
