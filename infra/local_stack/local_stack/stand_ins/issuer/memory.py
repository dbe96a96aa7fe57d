"""What the provider remembers until it ends: codes, device codes and refresh tokens."""

import time
from dataclasses import dataclass, field

from authlib.oauth2.rfc6749 import TokenMixin
from authlib.oauth2.rfc8628 import DeviceCredentialDict
from authlib.oidc.core import AuthorizationCodeMixin

from local_stack.stand_ins.issuer.people import Person

CODE_SECONDS = 60
REFRESH_SECONDS = 12 * 3_600


@dataclass(frozen=True)
class Code(AuthorizationCodeMixin):  # type: ignore[misc]
    """An authorization code; its attributes are those that Authlib reads."""

    code: str
    client_id: str
    redirect_uri: str
    scope: str
    nonce: str | None
    code_challenge: str
    code_challenge_method: str
    person: Person
    auth_time: int = field(default_factory=lambda: int(time.time()))

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return self.auth_time

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


@dataclass(frozen=True)
class RefreshToken(TokenMixin):  # type: ignore[misc]
    """Good for one refresh."""

    token: str
    client_id: str
    scope: str
    person: Person
    expires_at: float = field(default_factory=lambda: time.time() + REFRESH_SECONDS)

    def check_client(self, client: object) -> bool:
        return getattr(client, "id", None) == self.client_id

    def get_scope(self) -> str:
        return self.scope

    def get_expires_in(self) -> int:
        return REFRESH_SECONDS

    def is_expired(self) -> bool:
        return time.time() > self.expires_at

    def is_revoked(self) -> bool:
        return False


@dataclass
class Memory:
    """All of it; a restart forgets it, as it may."""

    codes: dict[str, Code] = field(default_factory=dict)
    devices: dict[str, DeviceCredentialDict] = field(default_factory=dict)
    # By user code: who answered, and whether the program may act for them.
    answers: dict[str, tuple[Person, bool]] = field(default_factory=dict)
    refresh_tokens: dict[str, RefreshToken] = field(default_factory=dict)

    def forget(self, person: Person) -> None:
        """End what goes on without the person."""
        self.refresh_tokens = {
            token: kept for token, kept in self.refresh_tokens.items() if kept.person != person
        }
