"""The secrets of one stack, drawn on its first start and kept in a file that only its owner reads."""

import secrets
from dataclasses import asdict, dataclass, field, fields
from datetime import timedelta
from pathlib import Path

from chassis.identity.ops_tokens import ROLES, sign_ops_token
from chassis.identity.signing_keys import new_key_pair, read_private_key
from gangway.stack.locked import locked
from gangway.stack.private_files import read_json, write_private_json

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
    database_password: str = field(repr=False)


def keep_keys(home: Path) -> Keys:
    """Return the stack's secrets, drawing them if there are none; who asks at the same time gets the same."""
    path = home / "keys.json"
    with locked(home / "keys.lock"):
        kept = read_json(path)
        if kept is not None and set(kept) == {item.name for item in fields(Keys)}:
            return Keys(**kept)
        keys = _draw()
        write_private_json(path, asdict(keys))
        return keys


def _draw() -> Keys:
    session, link, ops = new_key_pair(), new_key_pair(), new_key_pair()
    token = sign_ops_token(read_private_key(ops[0]), "local-operator", ROLES, OPS_TOKEN_LIFETIME)
    return Keys(*session, *link, *ops, token, secrets.token_urlsafe(32), secrets.token_urlsafe(32))
