"""The OpenID Connect provider that signs people in: authorization code with PKCE, refresh, logout."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Flask, Response
from joserfc.errors import JoseError
from requests import RequestException

from chassis import clock

TIMEOUT_SECONDS = 5.0
SHARED_FOR = timedelta(seconds=20)


class SignInFailed(Exception):
    """The provider refused, cannot be reached, or answered what cannot be trusted; the message says which."""


class ProviderAway(SignInFailed):
    """It does not answer now; who is signed in may still be."""


@dataclass
class _Renewal:
    """What becomes of one refresh token, for all pages that bring it."""

    begun_at: datetime
    lock: threading.Lock = field(default_factory=threading.Lock)
    tokens: "Tokens | None" = None


@dataclass(frozen=True)
class Tokens:
    """What the provider handed out; none of it ever reaches the browser readable."""

    access_token: str = field(repr=False)
    expires_at: int
    refresh_token: str | None = field(repr=False)
    id_token: str | None = field(repr=False)
    claims: Mapping[str, Any] = field(repr=False)


class SignInProvider:
    """May be used by several threads, below a request of its app.

    ``public_url`` is where the console is; without a secret it is a public client.
    """

    def __init__(
        self, *, issuer_url: str, client_id: str, client_secret: str | None, scopes: str, public_url: str
    ) -> None:
        self._issuer_url, self._client_id, self._public_url = issuer_url, client_id, public_url
        self._noting = threading.Lock()
        self._renewals: dict[str, _Renewal] = {}
        self._oauth = OAuth()
        self._oauth.register(
            "provider",
            client_id=client_id,
            client_secret=client_secret,
            server_metadata_url=f"{issuer_url.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": scopes,
                "code_challenge_method": "S256",
                "default_timeout": TIMEOUT_SECONDS,
                "token_endpoint_auth_method": "client_secret_basic" if client_secret else "none",
            },
        )

    def serve(self, app: Flask) -> None:
        """Keep what a sign-in begins with in the sessions of this app."""
        self._oauth.init_app(app)

    def begin(self) -> Response:
        """To the provider. Raises SignInFailed."""
        with _failures():
            redirect: Response = self._client.authorize_redirect(f"{self._public_url}/sign-in/return")
            return redirect

    def finish(self) -> Tokens:
        """What this request, coming back from the provider, signs in. Raises SignInFailed."""
        with _failures():
            token = self._client.authorize_access_token(
                claims_options={"iss": {"essential": True, "values": [self._issuer_url]}}
            )
        if not token.get("userinfo"):
            raise SignInFailed("The provider's answer lacks an ID token.")
        return _tokens(token, token["userinfo"], token.get("id_token"), None)

    def refreshed(self, tokens: Tokens) -> Tokens:
        """Fresh tokens of the same person. Raises SignInFailed.

        Pages that load side by side bring the same refresh token, which a provider takes once: each of them
        gets what came of it. Nobody waits for the renewal of somebody else's.
        """
        used, now = str(tokens.refresh_token), clock.now()
        with self._noting:
            self._renewals = {
                old: one for old, one in self._renewals.items() if now - one.begun_at < SHARED_FOR
            }
            renewal = self._renewals.setdefault(used, _Renewal(now))
        with renewal.lock:
            if renewal.tokens is None:
                with _failures():
                    token = self._client.fetch_access_token(grant_type="refresh_token", refresh_token=used)
                renewal.tokens = _tokens(token, tokens.claims, tokens.id_token, used)
            return renewal.tokens

    def end_url(self, id_token: str | None) -> str:
        """Where the provider ends its own session; our start page where it has no such place."""
        home = f"{self._public_url}/"
        try:
            with _failures():
                url: str = self._client.create_logout_url(home, id_token, client_id=self._client_id)["url"]
        except SignInFailed:
            return home
        return url

    @property
    def _client(self) -> Any:
        return self._oauth.create_client("provider")


def _tokens(
    token: Mapping[str, Any], claims: Mapping[str, Any], id_token: str | None, refresh_token: str | None
) -> Tokens:
    try:
        return Tokens(
            access_token=token["access_token"],
            expires_at=int(token["expires_at"]),
            refresh_token=token.get("refresh_token") or refresh_token,
            id_token=id_token,
            claims=claims,
        )
    except (KeyError, TypeError, ValueError):
        raise SignInFailed("The provider's answer lacks an access token, or when it ends.") from None


@contextmanager
def _failures() -> Iterator[None]:
    """Authlib's, requests' and joserfc's failures, and those of answers of another shape, as one of ours."""
    try:
        yield
    except RequestException as error:
        raise ProviderAway(f"The provider cannot be reached: {type(error).__name__}.") from error
    except (AuthlibBaseError, JoseError) as error:
        raise SignInFailed(f"The provider refused: {error.error}.") from error
    except (ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
        raise SignInFailed("The provider answered what cannot be understood.") from error
