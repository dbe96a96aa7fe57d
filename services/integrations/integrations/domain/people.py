"""The people of an integrator, and the links with which they sign in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from chassis.frozen import Frozen
from chassis.identity.single_use import SingleUse
from integrations.domain.integrator_log import Actor

Language = Literal["de", "en"]

LINK_LIFETIME = timedelta(hours=1)
# Mails with links to one person within the lifetime of a link, whoever requests them.
MOST_LINKS = 3
MOST_PEOPLE = 50
# The number of integrators that one request sends links for.
MOST_REACHED = 3


class Person(Frozen):
    """Somebody who signs in for an integrator and receives its mails."""

    id: UUID
    integrator_id: UUID
    name: str
    email: str
    language: Language
    added_by: Actor
    added_at: datetime


@dataclass(kw_only=True)
class SignInLink(SingleUse):
    """A link in a mail; its signed form exists only there."""

    id: UUID
    person_id: UUID
