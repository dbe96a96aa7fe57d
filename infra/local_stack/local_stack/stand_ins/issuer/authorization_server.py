"""Authlib's authorization server with this provider's people, clients, key and memory."""

from collections.abc import Mapping
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from joserfc.jwk import ECKey, KeySet

from local_stack.stand_ins.issuer.clients import Client
from local_stack.stand_ins.issuer.grants import (
    AccessTokens,
    ByDevice,
    DeviceCodes,
    Identity,
    Refresh,
    Revocation,
    S256Challenge,
    SignIn,
    SignOut,
)
from local_stack.stand_ins.issuer.memory import Memory, RefreshToken
from local_stack.stand_ins.issuer.people import Person


class Provider(AuthorizationServer):  # type: ignore[misc]
    """What the grants and endpoints know as their ``server``; ``url`` is the issuer."""

    def __init__(
        self, url: str, key: ECKey, people: Mapping[str, Person], clients: Mapping[str, Client]
    ) -> None:
        super().__init__()
        self.url, self.people, self.clients = url, people, clients
        self.keys = KeySet([key])  # of a set, a token names its key
        self.memory = Memory()
        self.register_token_generator("default", AccessTokens(url, self.keys))
        identity = Identity(url, self.keys, self.memory.codes)
        self.register_grant(SignIn, [S256Challenge(required=True), identity])
        self.register_grant(Refresh)
        self.register_grant(ByDevice)
        for endpoint in (DeviceCodes, Revocation, SignOut):
            self.register_endpoint(endpoint)

    def query_client(self, client_id: str) -> Client | None:
        return self.clients.get(client_id)

    def save_token(self, token: Mapping[str, Any], request: Any) -> None:
        """Keep the refresh token; an access token is checked by its signature alone."""
        if refresh := token.get("refresh_token"):
            kept = RefreshToken(refresh, request.client.id, token.get("scope", ""), request.user)
            self.memory.refresh_tokens[refresh] = kept
