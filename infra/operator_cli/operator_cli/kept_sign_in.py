"""A person's sign-in, kept between commands in a file that only its owner can read."""

import contextlib
import json
import os
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from operator_cli.device_sign_in import Answer, Provider, SignInFailed, bounded
from operator_cli.locked import locked
from operator_cli.private_files import write_private
from operator_client.access import NoAccess

FILE_VARIABLE = "GANGWAY_SIGN_IN_FILE"
_SOON_SECONDS = 30.0
_USUAL_SECONDS, _MOST_SECONDS = 300.0, 30 * 86_400.0


@dataclass(frozen=True, kw_only=True)
class SignIn:
    """Tokens, their provider, and the services they may be sent to."""

    issuer: str
    client_id: str
    urls: Mapping[str, str]
    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_at: float

    @property
    def provider(self) -> Provider:
        return Provider(self.issuer, self.client_id)

    def fits(self, urls: Mapping[str, str]) -> bool:
        """Whether all these are services that the person signed in for."""
        return all(self.urls.get(name) == url.rstrip("/") for name, url in urls.items())

    def with_tokens(self, told: Answer) -> "SignIn":
        """The same with new tokens; a provider may keep the refresh token."""
        return replace(
            self,
            access_token=told["access_token"],
            refresh_token=told.get("refresh_token") or self.refresh_token,
            expires_at=time.time() + bounded(told.get("expires_in"), _USUAL_SECONDS, _MOST_SECONDS),
        )


class KeptSignIn:
    """The file."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        given = environ.get(FILE_VARIABLE)
        config = environ.get("XDG_CONFIG_HOME") or os.path.join(environ.get("HOME") or "/", ".config")
        self.path = Path(given) if given else Path(config) / "gangway" / "sign_in.json"

    def read(self) -> SignIn | None:
        """The sign-in; None if nobody is signed in.

        Raises NoAccess for a file that others can read, or a damaged one.
        """
        try:
            with self.path.open(encoding="utf-8") as file:
                if os.fstat(file.fileno()).st_mode & 0o077:
                    raise NoAccess(f"{self.path} can be read by others: chmod 600 it, or `gangway logout`.")
                return _sign_in(json.load(file))
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (ValueError, TypeError, OSError, RecursionError) as error:
            raise NoAccess(f"{self.path} cannot be used: {error}. `gangway logout` removes it.") from error

    def keep(self, sign_in: SignIn) -> None:
        """Replace the file atomically; nobody else can ever read a byte of it."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(self.path, json.dumps(asdict(sign_in)))

    def forget(self) -> SignIn | None:
        """Remove the file, whatever it contains; returns its content, if somebody must be told.

        A command that refreshes at the moment finishes before, or finds no sign-in.
        """
        if not self.path.exists():
            return None
        with self._locked():
            found = None
            with contextlib.suppress(NoAccess):
                found = self.read()
            self.path.unlink(missing_ok=True)
            return found

    def fresh(self) -> SignIn | None:
        """The sign-in with a token valid for at least some seconds, refreshed if necessary. Raises NoAccess.

        Two commands at once refresh once, because a refresh token may be valid for one use only.
        """
        found = self.read()
        if found is None or found.expires_at > time.time() + _SOON_SECONDS:
            return found
        with self._locked():
            found = self.read()
            if found is None or found.expires_at > time.time() + _SOON_SECONDS:
                return found
            if found.refresh_token is None:
                raise NoAccess("The sign-in has ended: `gangway login`.")
            try:
                found = found.with_tokens(found.provider.refresh(found.refresh_token))
            except SignInFailed as failed:
                raise NoAccess(f"The sign-in cannot be continued, `gangway login`: {failed}") from failed
            self.keep(found)
            return found

    def _locked(self) -> AbstractContextManager[None]:
        return locked(self.path.with_name(f".{self.path.name}.lock"))


def _sign_in(kept: Any) -> SignIn:
    """Raises ValueError or TypeError unless `keep` wrote it."""
    found = SignIn(**kept)
    if not isinstance(found.urls, dict):
        raise TypeError("the services are none")
    texts = (
        found.issuer,
        found.client_id,
        found.access_token,
        found.refresh_token or "",
        *found.urls.values(),
    )
    if not all(isinstance(text, str) for text in texts) or not isinstance(found.expires_at, float):
        raise TypeError("a value is none that was kept")
    return found
