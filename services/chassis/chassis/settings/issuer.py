"""The OpenID provider that signs operators in: none, or one whose access tokens this service accepts."""

from urllib.parse import urlsplit

from chassis.identity.access_tokens import Issuer
from chassis.identity.issuer_keys import is_protected
from chassis.settings.reader import SettingsReader

_MORE = ("OIDC_AUDIENCE", "OIDC_ROLES_CLAIM", "OIDC_NAME_CLAIM", "OIDC_REQUIRED_ACR", "OIDC_REQUIRED_AMR")
_LONGEST_WORD = 200


def read_issuer(reader: SettingsReader) -> Issuer | None:
    """None without OIDC_ISSUER: then only tokens signed by Gangway itself are accepted."""
    if not reader.is_given("OIDC_ISSUER"):
        for name in _MORE:
            if reader.is_given(name):
                reader.refuse(name, "is set, but OIDC_ISSUER is not")
        return None
    return Issuer(
        url=reader.parsed("OIDC_ISSUER", _issuer_url),
        audience=reader.parsed("OIDC_AUDIENCE", _word),
        roles_claim=reader.parsed("OIDC_ROLES_CLAIM", _word, "roles"),
        name_claim=reader.parsed("OIDC_NAME_CLAIM", _word, "sub"),
        acr=reader.parsed("OIDC_REQUIRED_ACR", _levels, ()),
        amr=reader.parsed("OIDC_REQUIRED_AMR", _words, ()),
    )


def _issuer_url(text: str) -> str:
    """Compared exactly with the claim in tokens, so it must not be normalized."""
    parts = urlsplit(text)
    if not parts.hostname or not is_protected(text):
        raise ValueError("must be a URL with https:// (http:// for 127.0.0.1 and localhost only)")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("must hold neither user name nor query nor fragment")
    return text


def _word(text: str) -> str:
    if not text.isprintable() or " " in text or len(text) > _LONGEST_WORD:
        raise ValueError(f"must be at most {_LONGEST_WORD} printable characters without spaces")
    return text


def _words(text: str) -> tuple[str, ...]:
    return tuple(_word(word.strip()) for word in text.split(",") if word.strip())


def _levels(text: str) -> tuple[str, ...]:
    """They are put into a challenge, between quotes (RFC 9470, 3)."""
    if not text.isascii() or '"' in text or "\\" in text:
        raise ValueError('must be of ASCII characters other than " and \\')
    return _words(text)
