"""Which programs people may sign in to: the console with a browser, the command line by a device code."""

from collections.abc import Sequence
from dataclasses import dataclass

from authlib.oauth2.rfc6749 import ClientMixin
from authlib.oauth2.rfc8628 import DEVICE_CODE_GRANT_TYPE

CONSOLE = "gangway-console"
COMMAND_LINE = "gangway-cli"
SCOPES = ("openid", "profile", "email")


@dataclass(frozen=True)
class Client(ClientMixin):  # type: ignore[misc]
    """A public client: it has no secret, so it proves with PKCE or a device code that it asked."""

    id: str
    grants: Sequence[str]
    redirect_uris: Sequence[str] = ()
    post_logout_redirect_uris: Sequence[str] = ()

    @property
    def client_metadata(self) -> dict[str, Sequence[str]]:
        """What Authlib reads of the registration."""
        return {"post_logout_redirect_uris": self.post_logout_redirect_uris}

    def get_client_id(self) -> str:
        """Asked by Authlib, as all below."""
        return self.id

    def get_default_redirect_uri(self) -> str | None:
        return self.redirect_uris[0] if self.redirect_uris else None

    def get_allowed_scope(self, scope: str | None) -> str:
        return " ".join(one for one in (scope or "").split() if one in SCOPES)

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.redirect_uris

    def check_client_secret(self, _secret: str) -> bool:
        return False

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        return method == "none"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code" and bool(self.redirect_uris)

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in self.grants


def clients_of(console_url: str) -> dict[str, Client]:
    """By their ids."""
    console = Client(
        CONSOLE,
        ("authorization_code", "refresh_token"),
        (f"{console_url}/sign-in/return",),
        (f"{console_url}/",),
    )
    return {one.id: one for one in (console, Client(COMMAND_LINE, (DEVICE_CODE_GRANT_TYPE, "refresh_token")))}
