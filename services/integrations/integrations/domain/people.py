"""The people of an integrator, and the links by which they come in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from chassis.frozen import Frozen
from chassis.identity.single_use import SingleUse
from integrations.domain.integrator_log import Actor

Language = Literal["de", "en"]

LINK_LIFETIME = timedelta(hours=1)
# Mails with links that a person gets within the lifetime of one, whoever asks for them.
MOST_LINKS = 3
MOST_PEOPLE = 50
# How many integrators one mailbox may get links to by one request.
MOST_REACHED = 3


class Person(Frozen):
    """Somebody who signs in for an integrator, and whom its mails go to."""

    id: UUID
    integrator_id: UUID
    name: str
    email: str
    language: Language
    added_by: Actor
    added_at: datetime


@dataclass(kw_only=True)
class SignInLink(SingleUse):
    """A link of a mail; its signed form exists in the mail only."""

    id: UUID
    person_id: UUID
