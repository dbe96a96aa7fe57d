"""Who can sign in at the stand-in: one person per role."""

import hashlib
import hmac
from dataclasses import dataclass, field

from chassis.identity.roles import ADMIN, OPERATOR, REVIEWER, VIEWER

# Whom the provider's tokens are for.
AUDIENCE = "gangway"
_NAMES = {VIEWER: "vera", REVIEWER: "rudi", OPERATOR: "olga", ADMIN: "ada"}


@dataclass(frozen=True)
class Person:
    """A user of the provider."""

    name: str
    role: str
    password: str = field(repr=False)

    @property
    def claims(self) -> dict[str, object]:
        """What the provider tells of the person."""
        return {
            "sub": self.name,
            "name": self.name.title(),
            "preferred_username": self.name,
            "email": f"{self.name}@vendor.example",
            "email_verified": True,
            "roles": [self.role],
        }

    def get_user_id(self) -> str:
        """Asked by Authlib."""
        return self.name


def people_of(secret: str) -> dict[str, Person]:
    """By name. Each password follows from the stack's secret and tells nothing of another."""
    found = (Person(name, role, _password(secret, name)) for role, name in _NAMES.items())
    return {person.name: person for person in found}


def _password(secret: str, name: str) -> str:
    return hmac.new(secret.encode(), f"sign in as {name}".encode(), hashlib.sha256).hexdigest()[:24]
