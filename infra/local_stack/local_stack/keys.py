"""The secrets of one stack, drawn on its first start and kept in a file that only its owner reads."""

import hashlib
import secrets
from dataclasses import asdict, dataclass, field, fields
from datetime import timedelta
from pathlib import Path

from cryptography.fernet import Fernet

from chassis.identity.ops_tokens import sign_ops_token
from chassis.identity.roles import ROLES
from chassis.identity.signing_keys import new_key_pair, read_private_key
from local_stack.machine.locked import locked
from local_stack.machine.private_files import read_json, write_private_json

OPS_TOKEN_LIFETIME = timedelta(days=365)


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

    def role_password(self, role: str) -> str:
        """Each role has a password of its own; none of them tells another's or the superuser's."""
        return hashlib.sha256(f"{self.database_password} {role}".encode()).hexdigest()


def keep_keys(home: Path) -> Keys:
    """Return the stack's secrets; what is missing is drawn, what was drawn stays: data depends on it.

    Who asks at the same time gets the same. Raises ValueError for a file that holds something else.
    """
    path = home / "keys.json"
    names = {item.name for item in fields(Keys)}
    with locked(home / "keys.lock"):
        found = read_json(path)
        if found is not None and not isinstance(found, dict):
            raise ValueError("not an object")
        kept = {name: value for name, value in (found or {}).items() if name in names}
        keys = Keys(**(kept if kept.keys() == names else {**asdict(_draw()), **kept}))
        if kept.keys() != names:
            write_private_json(path, asdict(keys))
        return keys


def _draw() -> Keys:
    session, link, ops = new_key_pair(), new_key_pair(), new_key_pair()
    token = sign_ops_token(read_private_key(ops[0]), "local-operator", ROLES, OPS_TOKEN_LIFETIME)
    return Keys(
        *session,
        *link,
        *ops,
        ops_token=token,
        scim_token=secrets.token_urlsafe(32),
        issuer_secret=secrets.token_urlsafe(32),
        database_password=secrets.token_urlsafe(32),
        webhook_secret_key=Fernet.generate_key().decode(),
    )
