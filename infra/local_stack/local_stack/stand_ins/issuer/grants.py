"""Authlib's grants and endpoints as this provider has them.

Authlib hands each of them the `Provider` as ``server``; extensions and the generator of tokens get none.
"""

import time
from typing import Any

from authlib.common.security import generate_token
from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc8628 import DeviceAuthorizationEndpoint, DeviceCodeGrant, DeviceCredentialDict
from authlib.oauth2.rfc9068 import JWTBearerTokenGenerator
from authlib.oidc.core import OpenIDCode
from authlib.oidc.rpinitiated import EndSessionEndpoint
from joserfc.jwk import KeySet

from local_stack.stand_ins.issuer.clients import Client
from local_stack.stand_ins.issuer.memory import CODE_SECONDS, Code, RefreshToken
from local_stack.stand_ins.issuer.people import AUDIENCE, Person

ALGORITHM = "ES256"
TOKEN_SECONDS = 600
LEVEL, METHODS = "password", ["pwd"]


class AccessTokens(JWTBearerTokenGenerator):  # type: ignore[misc]
    """JWTs that name the person and the role (RFC 9068)."""

    def __init__(self, issuer: str, keys: KeySet) -> None:
        super().__init__(issuer, ALGORITHM, lambda **_: generate_token(48), lambda *_: TOKEN_SECONDS)
        self._keys = keys

    def get_jwks(self) -> KeySet:
        return self._keys

    def get_audiences(self, _client: Client, _user: Person, _scope: str) -> str:
        return AUDIENCE

    def get_acr(self, _user: Person) -> str:
        return LEVEL

    def get_amr(self, _user: Person) -> list[str]:
        return METHODS

    def get_extra_claims(
        self, _client: Client, _grant_type: str, user: Person, _scope: str
    ) -> dict[str, object]:
        return user.claims


class Identity(OpenIDCode):  # type: ignore[misc]
    """The ID token of the authorization code grant."""

    def __init__(self, issuer: str, keys: KeySet, codes: dict[str, Code]) -> None:
        super().__init__()
        self._issuer, self._keys, self._codes = issuer, keys, codes

    def exists_nonce(self, nonce: str, _request: Any) -> bool:
        return any(code.nonce == nonce for code in self._codes.values())

    def get_client_algorithm(self, _client: Client) -> str:
        return ALGORITHM

    def resolve_client_private_key(self, _client: Client) -> KeySet:
        return self._keys

    def get_client_claims(self, client: Client) -> dict[str, object]:
        return {"iss": self._issuer, "aud": client.id}

    def generate_user_info(self, user: Person, _scope: str) -> dict[str, object]:
        return user.claims


class S256Challenge(CodeChallenge):  # type: ignore[misc]
    """PKCE without its method "plain", which proves nothing."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)
    DEFAULT_CODE_CHALLENGE_METHOD = "S256"


class SignIn(grants.AuthorizationCodeGrant):  # type: ignore[misc]
    """The authorization code grant of public clients."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("none",)

    def save_authorization_code(self, code: str, request: Any) -> None:
        said = request.payload.data
        self.server.memory.codes[code] = Code(
            code,
            request.client.id,
            request.payload.redirect_uri,
            request.payload.scope or "",
            said.get("nonce"),
            said.get("code_challenge", ""),
            said.get("code_challenge_method", ""),
            request.user,
        )

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        found: Code | None = self.server.memory.codes.get(code)
        is_good = found and found.client_id == client.id and time.time() < found.auth_time + CODE_SECONDS
        return found if is_good else None

    def delete_authorization_code(self, authorization_code: Code) -> None:
        self.server.memory.codes.pop(authorization_code.code, None)

    def authenticate_user(self, authorization_code: Code) -> Person:
        return authorization_code.person


class Refresh(grants.RefreshTokenGrant):  # type: ignore[misc]
    """Each refresh token is good for one use, and brings the next."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("none",)
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> RefreshToken | None:
        found: RefreshToken | None = self.server.memory.refresh_tokens.get(refresh_token)
        return None if found is None or found.is_expired() else found

    def authenticate_user(self, credential: RefreshToken) -> Person:
        return credential.person

    def revoke_old_credential(self, refresh_token: RefreshToken) -> None:
        self.server.memory.refresh_tokens.pop(refresh_token.token, None)


class ByDevice(DeviceCodeGrant):  # type: ignore[misc]
    """The polls of a program whose person signs in on another screen."""

    def query_device_credential(self, device_code: str) -> DeviceCredentialDict | None:
        return self.server.memory.devices.get(device_code)

    def query_user_grant(self, user_code: str) -> tuple[Person, bool] | None:
        answer: tuple[Person, bool] | None = self.server.memory.answers.pop(user_code, None)
        if answer is not None:  # a device code opens once
            self.server.memory.devices.pop(self.request.payload.data["device_code"], None)
        return answer

    def should_slow_down(self, credential: DeviceCredentialDict) -> bool:
        before, credential["asked_at"] = credential.get("asked_at", 0.0), time.monotonic()
        return bool(credential["asked_at"] - before < credential["interval"] * 0.8)


class DeviceCodes(DeviceAuthorizationEndpoint):  # type: ignore[misc]
    """Where such a program begins."""

    EXPIRES_IN, INTERVAL = 600, 1

    def get_verification_uri(self) -> str:
        return f"{self.server.url}/device"

    def save_device_credential(self, client_id: str, scope: str, data: dict[str, Any]) -> None:
        expires_at = time.time() + self.EXPIRES_IN
        told = {"client_id": client_id, "scope": scope, "expires_at": expires_at}
        self.server.memory.devices[data["device_code"]] = DeviceCredentialDict(data, **told)


class Revocation(RevocationEndpoint):  # type: ignore[misc]
    """Refresh tokens can be revoked; access tokens just expire."""

    CLIENT_AUTH_METHODS = ("none",)

    def query_token(self, token_string: str, _hint: str | None) -> RefreshToken | None:
        found: RefreshToken | None = self.server.memory.refresh_tokens.get(token_string)
        return found

    def revoke_token(self, token: RefreshToken, _request: Any) -> None:
        self.server.memory.refresh_tokens.pop(token.token, None)


class SignOut(EndSessionEndpoint):  # type: ignore[misc]
    """Signing out, as the program asks for it."""

    def get_server_jwks(self) -> KeySet:
        keys: KeySet = self.server.keys
        return keys

    def end_session(self, request: Any) -> None:
        person = self.server.people.get((request.id_token_claims or {}).get("sub", ""))
        if person:
            self.server.memory.forget(person)
