"""Links in mails: the id of a row, signed by the one service that writes mails.

    LINKS = LinkUse("onboarding", "links")
    LinkSigner(settings.link_private_key).sign(LINKS, link_id)         # when the mail is rendered
    LinkVerifier(settings.link_public_key).verify(LINKS, token)        # -> the id, when the link is opened

A genuine token proves that a mail was written with this link. Whom it is for, what it opens, until when and
whether it was used stands in the row, which the service that acts looks at and burns in the transaction of
the effect. A link is never stored, logged or sent in an event; its id is.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from chassis.identity.signed_tokens import TokenExpired, TokenInvalid, verify

_ID_BYTES = 16
# An id and an Ed25519 signature, 80 bytes, in base64url without padding.
TOKEN_LENGTH = 107


@dataclass(frozen=True)
class LinkUse:
    """One kind of link: the service and its ``page``. A token for one use is invalid for another.

    ``old_purposes`` are the names of such links in the long tokens of mails before version 1.1.
    """

    audience: str
    page: str
    old_purposes: frozenset[str] = frozenset()

    def statement(self, link_id: UUID) -> bytes:
        """The signed text."""
        return f"gangway link\n{self.audience}/{self.page}\n".encode() + link_id.bytes


class LinkInvalid(Exception):
    """Not one of our links, or damaged."""


class LinkSigner:
    """Turns ids into tokens; needs the private key, which one service has."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    def sign(self, use: LinkUse, link_id: UUID) -> str:
        """The same link gives the same token, so a mail that is sent again is the same mail."""
        signature = self._key.sign(use.statement(link_id))
        return urlsafe_b64encode(link_id.bytes + signature).decode().rstrip("=")


class LinkVerifier:
    """Checks links with the public key, before anything is looked up."""

    def __init__(self, key: Ed25519PublicKey) -> None:
        self._key = key

    def verify(self, use: LinkUse, token: str) -> UUID:
        """The id of a genuine link; raises `LinkInvalid`."""
        if len(token) != TOKEN_LENGTH:
            return self._verify_old(use, token)
        try:
            raw = urlsafe_b64decode(f"{token}=".encode("ascii"))
            link_id = UUID(bytes=raw[:_ID_BYTES])
            self._key.verify(raw[_ID_BYTES:], use.statement(link_id))
        except (ValueError, InvalidSignature) as error:
            raise LinkInvalid("The link was not signed by us for this page.") from error
        return link_id

    def _verify_old(self, use: LinkUse, token: str) -> UUID:
        claims: Mapping[str, Any]
        try:
            claims = verify(self._key, "link", token, required=("jti", "purpose"), audience=use.audience)
        except TokenExpired as error:
            claims = error.claims
        except TokenInvalid as error:
            raise LinkInvalid(str(error)) from None
        try:
            if claims["purpose"] in use.old_purposes:
                return UUID(claims["jti"])
        except (ValueError, TypeError, AttributeError) as error:
            raise LinkInvalid("The link is incomplete.") from error
        raise LinkInvalid("The link is meant for another page.")
