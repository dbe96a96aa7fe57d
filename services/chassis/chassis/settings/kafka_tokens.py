"""Tokens for SASL/OAUTHBEARER: from AWS (MSK with IAM), from an OAuth server, or from a function of yours."""

import threading
import time
from collections.abc import Callable
from importlib import import_module
from pkgutil import resolve_name
from urllib.parse import urlsplit

import httpx
from kafka.net.sasl.oauth import AbstractTokenProvider

from chassis.settings.reader import SettingsReader

# A token, or a token and when it ends, in milliseconds since 1970 as AWS's signer says it.
Source = Callable[[], "str | tuple[str, float]"]

_RENEW_BEFORE_SECONDS = 60.0
_PATIENCE_SECONDS = 5.0


class TokenProvider(AbstractTokenProvider):  # type: ignore[misc]
    """Asks its source for a token, and keeps one whose end is known until shortly before it.

    kafka-python asks on its own loop, for every connection: a source must not block for long.
    """

    def __init__(self, source: Source) -> None:
        super().__init__()
        self._source = source
        self._lock = threading.Lock()
        self._kept = ""
        self._renew_at = 0.0

    def token(self) -> str:
        """Raises whatever the source raises."""
        with self._lock:
            if time.time() < self._renew_at:
                return self._kept
            found = self._source()
            self._kept, ends_at_ms = (found, 0.0) if isinstance(found, str) else found
            self._renew_at = ends_at_ms / 1000 - _RENEW_BEFORE_SECONDS
            return self._kept


def token_provider(name: str, reader: SettingsReader) -> TokenProvider:
    """The provider that KAFKA_SASL_TOKEN_PROVIDER names. Raises ValueError, ImportError, AttributeError."""
    if name == "aws-msk-iam":
        return TokenProvider(_aws_msk_iam(reader.text("AWS_DEFAULT_REGION")))
    if name == "oauth-client-credentials":
        return TokenProvider(_client_credentials(reader))
    if ":" not in name:
        raise ValueError("must be aws-msk-iam, oauth-client-credentials, or module:function")
    source = resolve_name(name)
    if not callable(source):
        raise ValueError(f"{name} is not a function")
    return TokenProvider(source)


def _aws_msk_iam(region: str) -> Source:
    try:
        signer = import_module("aws_msk_iam_sasl_signer.MSKAuthTokenProvider")
    except ImportError as error:
        raise ImportError("needs the package aws-msk-iam-sasl-signer-python") from error
    # It answers (token, end in ms since 1970), with the credentials that boto3 would find.
    return lambda: signer.generate_auth_token(region)


def _client_credentials(reader: SettingsReader) -> Source:
    """RFC 6749, section 4.4. The client proves itself by HTTP Basic, as section 2.3.1 wants of servers."""
    url = reader.parsed("KAFKA_OAUTH_TOKEN_URL", _token_url)
    client = reader.text("KAFKA_OAUTH_CLIENT_ID")
    secret = reader.text("KAFKA_OAUTH_CLIENT_SECRET")
    scope = reader.optional_text("KAFKA_OAUTH_SCOPE")
    form = {"grant_type": "client_credentials"} | ({"scope": scope} if scope else {})

    def ask() -> tuple[str, float]:
        answer = httpx.post(url, data=form, auth=(client, secret), timeout=_PATIENCE_SECONDS)
        answer.raise_for_status()
        found = answer.json()
        return str(found["access_token"]), (time.time() + float(found.get("expires_in", 0))) * 1000

    return ask


def _token_url(text: str) -> str:
    parts = urlsplit(text)
    is_here = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost")
    if parts.scheme != "https" and not is_here:
        raise ValueError("must be a URL with https://, since the client's secret goes there")
    return text
