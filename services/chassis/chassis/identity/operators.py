"""An operator, as named by a genuine token: a person of the identity provider, or a machine."""

import unicodedata
from dataclasses import dataclass

from chassis.identity.signed_tokens import TokenInvalid
from chassis.text.characters import has_letter_or_digit, without_ignorable

# It is part of decisions in events, whose contracts allow no more.
LONGEST_NAME = 200


@dataclass(frozen=True)
class Operator:
    """Who acts. ``name`` goes into logs of acts; ``subject`` is unique within ``issuer`` (None: ourselves).

    ``email`` is the person's address if the issuer calls it verified, ``token_id`` that of a machine's token.
    Unknown roles are left out.
    """

    name: str
    roles: frozenset[str]
    subject: str
    issuer: str | None = None
    email: str | None = None
    token_id: str | None = None


def is_operators_name(name: str) -> bool:
    """Whether an operator may have this name: visible, on one line, and short enough for events."""
    is_visible = name.isprintable() and without_ignorable(name) == name and has_letter_or_digit(name)
    return is_visible and len(name) <= LONGEST_NAME


def operators_name(claim: object) -> str:
    """A claim as a name: composed letters, single spaces. Raises TokenInvalid if it is unfit for logs."""
    if not isinstance(claim, str) or not claim.isprintable():
        raise TokenInvalid("The name is none.")
    name = " ".join(unicodedata.normalize("NFC", claim).split())
    if not is_operators_name(name):
        raise TokenInvalid("The name is none.")
    return name
