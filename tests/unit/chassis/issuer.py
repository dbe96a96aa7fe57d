"""An OpenID provider on a real port: its documents, and tokens signed by a library that the services lack."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, jsonify
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey
from tests.served import served

AUDIENCE = "gangway"
SigningKey = ECKey | RSAKey


def new_key(key_id: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": key_id, "use": "sig", "alg": "ES256"})


@dataclass
class Issuer:
    """What it answers may be changed while it runs."""

    url: str = ""
    keys: list[SigningKey] = field(default_factory=lambda: [new_key("first")])
    claimed_url: str | None = None
    jwks_uri: Any = None
    answer: Any = None
    fetches: int = 0

    def token(
        self,
        *roles: str,
        key: SigningKey | None = None,
        header: dict[str, Any] | None = None,
        without: str | None = None,
        **claims: Any,
    ) -> str:
        """An access token as RFC 9068 has it, with changes."""
        now = int(time.time())
        told = {
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": "vera",
            "client_id": "console",
            "iat": now,
            "exp": now + 600,
            "roles": list(roles),
        } | claims
        told.pop(without or "", None)
        signer = key or self.keys[0]
        named = {"typ": "at+jwt", "alg": "ES256", "kid": signer.kid} | (header or {})
        kept = {name: value for name, value in named.items() if value is not None}
        algorithm = kept["alg"]
        return jwt.encode(kept, told, signer, algorithms=[algorithm])

    def app(self) -> Flask:
        app = Flask(__name__)

        @app.get("/.well-known/openid-configuration")
        def about() -> Any:
            return jsonify(issuer=self.claimed_url or self.url, jwks_uri=self.jwks_uri or f"{self.url}/jwks")

        @app.get("/jwks")
        def jwks() -> Any:
            self.fetches += 1
            return self.answer() if self.answer else jsonify(KeySet(self.keys).as_dict())

        return app


@contextmanager
def serving(issuer: Issuer) -> Iterator[Issuer]:
    with served(issuer.app()) as issuer.url:
        yield issuer
