"""Consents: which integrator may see which events of a partner, and for what purpose."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Self
from uuid import UUID

from chassis.frozen import Frozen
from integrations.domain.integrator_log import Actor

# A sentence or two: partners read it beside what they agree to.
LONGEST_PURPOSE = 500


class Purpose(Frozen):
    """What an integrator does with partners' data, in these words; another text is another purpose."""

    de: str
    en: str
    version: int = 1

    def after(self, former: Self | None) -> Self:
        """The next version, or the former one if its text is the same."""
        if former is None:
            return self
        if (former.de, former.en) == (self.de, self.en):
            return former
        return type(self)(de=self.de, en=self.en, version=former.version + 1)


class ConsentRequest(Frozen):
    """What an integrator asks of each partner now. All event types are listed; later ones are excluded."""

    integrator_id: UUID
    integrator_name: str
    event_types: tuple[str, ...]
    sees_personal: bool
    purpose: Purpose

    @property
    def digest(self) -> str:
        """Differs from that of anything else that a partner may have been shown."""
        purpose = (self.purpose.version, self.purpose.de, self.purpose.en)
        shown = (str(self.integrator_id), sorted(self.event_types), self.sees_personal, *purpose)
        return sha256(json.dumps(shown).encode()).hexdigest()[:32]

    def given(self, consent_id: UUID, partner_id: UUID, at: datetime, by: Actor) -> "Consent":
        """The partner's consent to exactly this."""
        return Consent(id=consent_id, partner_id=partner_id, given_at=at, given_by=by, **vars(self))


class Consent(Frozen):
    """One consent to what was shown; applies to events that arrive between ``given_at`` and its withdrawal.

    A consent to more is stored beside the previous one, so that nothing that waits is lost.
    """

    id: UUID
    integrator_id: UUID
    integrator_name: str
    partner_id: UUID
    event_types: tuple[str, ...]
    sees_personal: bool
    purpose: Purpose
    given_at: datetime
    given_by: Actor
    withdrawn_at: datetime | None = None
    withdrawn_by: Actor | None = None

    @property
    def is_in_force(self) -> bool:
        return self.withdrawn_at is None


class Standing(StrEnum):
    """The state between a partner and an integrator.

    Asked again: for more than was agreed to, or for another purpose. Unasked: the partner agreed, but the
    integrator takes nothing by consent at present.
    """

    ASKED = "asked"
    AGREED = "agreed"
    ASKED_AGAIN = "asked_again"
    WITHDRAWN = "withdrawn"
    UNASKED = "unasked"


class Sharing(Frozen):
    """One integrator and one partner: what it asks, and the consents, the newest first."""

    integrator_id: UUID
    integrator_name: str
    request: ConsentRequest | None
    consents: Sequence[Consent]

    @property
    def in_force(self) -> Sequence[Consent]:
        return [one for one in self.consents if one.is_in_force]

    @property
    def agreed_at(self) -> datetime | None:
        """Since when there is a consent."""
        return min((one.given_at for one in self.in_force), default=None)

    @property
    def withdrawn_at(self) -> datetime | None:
        """When it was withdrawn, unless there is a consent since."""
        ends = [one.withdrawn_at for one in self.consents if one.withdrawn_at is not None]
        return None if self.in_force else max(ends, default=None)

    @property
    def standing(self) -> Standing:
        if self.request is None:
            return Standing.UNASKED if self.in_force else Standing.WITHDRAWN
        if not self.in_force:
            return Standing.WITHDRAWN if self.consents else Standing.ASKED
        return Standing.AGREED if covers(self.in_force, self.request) else Standing.ASKED_AGAIN

    @property
    def is_open(self) -> bool:
        """Whether there is something to agree to."""
        return self.request is not None and self.standing is not Standing.AGREED


def covers(consents: Iterable[Consent], request: ConsentRequest) -> bool:
    """Whether these consents together cover everything that is asked."""
    agreed: dict[str, bool] = {}
    for one in consents:
        if one.is_in_force and one.purpose.version == request.purpose.version:
            for event_type in one.event_types:
                agreed[event_type] = agreed.get(event_type, False) or one.sees_personal
    return all(
        event_type in agreed and (agreed[event_type] or not request.sees_personal)
        for event_type in request.event_types
    )
