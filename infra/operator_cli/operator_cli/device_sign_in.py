"""Signing in without a browser on this machine: the device authorization grant (RFC 8628), and refreshing."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import NoneType
from typing import Any
from urllib.parse import urlsplit

import httpx

from operator_client.access import NoAccess

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
TIMEOUT_SECONDS = 10.0
LARGEST_ANSWER = 256 * 1024
LEAST_INTERVAL, USUAL_INTERVAL, MOST_INTERVAL = 1.0, 5.0, 60.0  # RFC 8628, 3.2
MOST_SECONDS = 1_800.0
_BEGINNING = ("device_code", "user_code", "verification_uri")
_LOOPBACK = ("127.0.0.1", "::1", "localhost")

Answer = Mapping[str, Any]


class SignInFailed(NoAccess):
    """The message is one sentence for people."""


class ProviderAway(SignInFailed):
    """There was no answer; a retry may succeed."""


@dataclass(frozen=True)
class Provider:
    """An OpenID provider and the client registered there."""

    issuer: str
    client_id: str

    def endpoints(self) -> Answer:
        """The metadata of the provider. Raises SignInFailed."""
        found = self._ask("GET", f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        name = found.get("issuer")
        if not isinstance(name, str):
            raise SignInFailed(f"{self.issuer} is no OpenID provider.")
        if name != self.issuer:
            raise SignInFailed(f"{self.issuer} calls itself {name}: name it by that.")
        return found

    def begin(self, scope: str) -> Answer:
        """Request the code that the person enters. Raises SignInFailed."""
        url = self.endpoints().get("device_authorization_endpoint")
        if not isinstance(url, str):
            raise SignInFailed(f"{self.issuer} offers no sign-in by device code.")
        told = self._ask("POST", url, {"client_id": self.client_id, "scope": scope})
        if not all(isinstance(told.get(name), str) for name in _BEGINNING):
            raise SignInFailed(f"{self.issuer} begins no sign-in: {_error_in(told)}.")
        return told

    def wait(self, begun: Answer, sleep: Callable[[float], None] = time.sleep) -> Answer:
        """The tokens, when the person has agreed. Raises SignInFailed for a refusal, and when too late."""
        url = self._token_endpoint()
        deadline = time.monotonic() + bounded(begun.get("expires_in"), MOST_SECONDS, MOST_SECONDS)
        interval = max(bounded(begun.get("interval"), USUAL_INTERVAL, MOST_INTERVAL), LEAST_INTERVAL)
        while time.monotonic() < deadline:
            sleep(interval)
            try:
                told = self._token(url, grant_type=DEVICE_GRANT, device_code=begun["device_code"])
            except ProviderAway:  # RFC 8628, 3.5: ask less often
                told = {"error": "slow_down"}
            error = told.get("error")
            if error == "slow_down":
                interval = min(interval + 5, MOST_INTERVAL)
            elif error == "access_denied":
                raise SignInFailed("The sign-in was refused at the provider.")
            elif error == "expired_token":
                break
            elif error != "authorization_pending":
                return _tokens(told)
        raise SignInFailed("Nobody entered the code in time: `gangway login` gives a new one.")

    def refresh(self, refresh_token: str) -> Answer:
        """New tokens. Raises SignInFailed if the sign-in has ended."""
        url = self._token_endpoint()
        return _tokens(self._token(url, grant_type="refresh_token", refresh_token=refresh_token))

    def revoke(self, refresh_token: str) -> None:
        """Tell the provider that the sign-in is over, if it offers that. Raises SignInFailed."""
        url = self.endpoints().get("revocation_endpoint")
        if isinstance(url, str):
            form = {"client_id": self.client_id, "token": refresh_token}
            self._ask("POST", url, form, is_error_told=False)

    def _token_endpoint(self) -> str:
        url = self.endpoints().get("token_endpoint")
        if not isinstance(url, str):
            raise SignInFailed(f"{self.issuer} names no token endpoint.")
        return url

    def _token(self, url: str, **said: str) -> Answer:
        return self._ask("POST", url, {"client_id": self.client_id} | said)

    def _ask(
        self, method: str, url: str, form: Mapping[str, str] | None = None, *, is_error_told: bool = True
    ) -> Answer:
        """A JSON object, even for an error (RFC 6749, 5.2), or nothing if nobody reads it."""
        _refuse_unprotected(url)
        try:
            with httpx.stream(method, url, data=form, timeout=TIMEOUT_SECONDS) as response:
                content = bytearray()
                for part in response.iter_bytes():
                    content += part
                    if len(content) > LARGEST_ANSWER:
                        raise SignInFailed(f"{url} answers too much.")
            if not (is_error_told or response.is_success):
                raise SignInFailed(f"{url} answered {response.status_code}.")
            found = httpx.Response(response.status_code, content=bytes(content)).json() if content else {}
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            is_away = isinstance(error, (httpx.NetworkError, httpx.TimeoutException))
            failure = ProviderAway if is_away else SignInFailed
            raise failure(f"{url} cannot be reached: {error}") from error
        except (ValueError, RecursionError) as error:
            raise SignInFailed(f"{url} did not answer in JSON. Is that an OpenID provider?") from error
        if not isinstance(found, dict):
            raise SignInFailed(f"{url} did not answer with a JSON object. Is that an OpenID provider?")
        return found


def _refuse_unprotected(url: str) -> None:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise SignInFailed(f"{url} is no address: {error}.") from error
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise SignInFailed(f"{url} is not protected: a provider's address begins with https://.")


def _tokens(told: Answer) -> Answer:
    if not isinstance(told.get("access_token"), str):
        raise SignInFailed(f"The sign-in failed: {_error_in(told)}.")
    if not isinstance(told.get("refresh_token"), (str, NoneType)):
        raise SignInFailed("The sign-in failed: the refresh token is none.")
    return told


def _error_in(told: Answer) -> str:
    return str(told.get("error_description") or told.get("error") or "no reason was given").rstrip(".")[:300]


def bounded(seconds: object, usual: float, most: float) -> float:
    """A duration from the provider, or ``usual`` if it is none; JSON has numbers that float cannot hold."""
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not seconds > 0:
        return usual
    return float(min(seconds, most))
