"""The secrets of one stack, generated at its first start and kept in a file that only its owner can read."""

import base64
import hashlib
import secrets
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.fernet import Fernet

from chassis.identity.ops_tokens import USE, sign_ops_token
from chassis.identity.roles import ROLES
from chassis.identity.signed_tokens import TokenExpired, TokenInvalid, expiry_of, verify
from chassis.identity.signing_keys import new_key_pair, read_private_key, read_public_key
from operator_cli.locked import locked
from operator_cli.private_files import read_json, write_private_json

OPS_TOKEN_LIFETIME = timedelta(days=90)


@dataclass(frozen=True)
class Keys:
    """Key pairs as PEM, passwords and tokens."""

    session_private: str = field(repr=False)
    session_public: str
    link_private: str = field(repr=False)
    link_public: str
    ops_private: str = field(repr=False)
    ops_public: str
    ops_token: str = field(repr=False)
    scim_token: str = field(repr=False)
    issuer_secret: str = field(repr=False)
    database_password: str = field(repr=False)
    webhook_secret_key: str = field(repr=False)
    portal_session_private: str = field(repr=False)
    portal_session_public: str

    @property
    def console_session_key(self) -> str:
        """Encrypts the console's sessions; reveals nothing about the secret it is derived from."""
        drawn = hashlib.sha256(f"{self.issuer_secret} console".encode()).digest()
        return base64.urlsafe_b64encode(drawn).decode()

    def role_password(self, role: str) -> str:
        """Each role has a password of its own, which reveals nothing about the others or the superuser's."""
        return hashlib.sha256(f"{self.database_password} {role}".encode()).hexdigest()


def keep_keys(home: Path) -> Keys:
    """Return the stack's secrets. Missing ones are generated; existing ones stay: data depends on them.

    Concurrent callers get the same ones. Raises ValueError if the file contains something else.
    """
    path = home / "keys.json"
    names = {item.name for item in fields(Keys)}
    with locked(home / "keys.lock"):
        found = read_json(path)
        if found is not None and not isinstance(found, dict):
            raise ValueError("not an object")
        kept = {name: value for name, value in (found or {}).items() if name in names}
        keys = Keys(**(kept if kept.keys() == names else {**asdict(_draw()), **kept}))
        if not _lasts(keys):
            keys = replace(keys, ops_token=_ops_token(keys.ops_private))
        if asdict(keys) != kept:
            write_private_json(path, asdict(keys))
        return keys


def _lasts(keys: Keys) -> bool:
    """Whether the stack's own token is still valid for a while."""
    try:
        claims = verify(read_public_key(keys.ops_public), USE, keys.ops_token, required=("sub",))
    except TokenExpired:
        return False
    except (ValueError, TokenInvalid):
        return True  # not ours to repair: whoever needs it reports what is wrong
    return expiry_of(claims) > datetime.now(UTC) + OPS_TOKEN_LIFETIME / 3


def _ops_token(private_key: str) -> str:
    return sign_ops_token(read_private_key(private_key), "local-operator", ROLES, OPS_TOKEN_LIFETIME)


def _draw() -> Keys:
    session, link, ops, portal = new_key_pair(), new_key_pair(), new_key_pair(), new_key_pair()
    return Keys(
        *session,
        *link,
        *ops,
        ops_token=_ops_token(ops[0]),
        scim_token=secrets.token_urlsafe(32),
        issuer_secret=secrets.token_urlsafe(32),
        database_password=secrets.token_urlsafe(32),
        webhook_secret_key=Fernet.generate_key().decode(),
        portal_session_private=portal[0],
        portal_session_public=portal[1],
    )
