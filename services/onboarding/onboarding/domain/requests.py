"""Requests of an active partner for what it cannot simply change: more time, a product, another name.

Time is decided by rules of the catalogue, everything else by operators; provisioning then carries it out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from onboarding.domain.finding import Finding
from onboarding.domain.partners import Actor, Decision
from onboarding.domain.refusals import RequestRefused

# More in a day are a mistake or abuse, and each is kept forever.
MOST_A_DAY = 20
DAY = timedelta(days=1)


class Kind(StrEnum):
    """What is asked for."""

    MORE_TIME = "more_time"
    PRODUCT = "product"
    COMPETENCE = "competence"
    COMPANY = "company"


class Outcome(StrEnum):
    """The decisions of operators."""

    APPROVAL = "approval"
    REFUSAL = "refusal"


class Standing(StrEnum):
    """How far a request is: asked (rules look at it), waiting (for an operator), approved (being done)."""

    ASKED = "asked"
    WAITING = "waiting"
    APPROVED = "approved"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


OPEN = frozenset({Standing.ASKED, Standing.WAITING, Standing.APPROVED})
UNDECIDED = frozenset({Standing.ASKED, Standing.WAITING})
# By then a missing answer of provisioning is lost, not late.
ANSWERED_WITHIN = DAY


@dataclass(kw_only=True)
class Request:
    """One wish of one partner. ``about`` names the grant, product or competence; empty for the company.

    ``details`` is what exactly: ``product``, ``days`` and ``ends_at`` of more time, the fields of the company
    before and after. ``findings`` are what screening says about the company as it would be.
    """

    id: UUID
    partner_id: UUID
    kind: Kind
    about: str
    reason: str
    asked_at: datetime
    standing: Standing = Standing.WAITING
    details: Mapping[str, Any] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    decision: Decision | None = None
    closed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.standing in OPEN

    def decisions(self, at: datetime) -> tuple[Outcome, ...]:
        """The decisions that operators can make then.

        Provisioning may be granting already what it has not answered yet: a refusal meanwhile would not hold.
        """
        if self.standing is Standing.WAITING:
            return tuple(Outcome)
        told_at = self.decision.at if self.decision else self.asked_at
        return (Outcome.REFUSAL,) if self.is_open and at - told_at >= ANSWERED_WITHIN else ()

    def leave_to_operators(self) -> None:
        """No rule decided; harmless when repeated, and once somebody has decided."""
        if self.standing is Standing.ASKED:
            self.standing = Standing.WAITING

    def approve(self, decision: Decision) -> None:
        """Leave it to be carried out. Raises RequestRefused before it waits, and once it is decided."""
        self._decide(Outcome.APPROVAL, Standing.APPROVED, decision)

    def refuse(self, decision: Decision) -> None:
        """As `approve`; also for one that provisioning does not answer."""
        self._decide(Outcome.REFUSAL, Standing.REFUSED, decision)
        self.closed_at = decision.at

    def carried_out(self, at: datetime) -> None:
        """It was observed to be done, whatever was decided here; decided by rules if by nobody else."""
        self.decision = self.decision or Decision("", Actor("rules"), at)
        self.standing, self.closed_at = Standing.DONE, at

    def fail(self, message: str, at: datetime) -> None:
        """It turned out to be impossible, for the reason in the message."""
        self.decision = Decision(message, Actor("rules"), at)
        self.standing, self.closed_at = Standing.REFUSED, at

    def withdraw(self, at: datetime) -> None:
        """The partner withdraws it. Raises RequestRefused as `approve` does."""
        if self.standing is not Standing.WAITING:
            raise self._refused()
        self.drop(at)

    def drop(self, at: datetime) -> None:
        """The partner leaves: no decision is needed any more."""
        self.standing, self.closed_at = Standing.WITHDRAWN, at

    def _decide(self, outcome: Outcome, standing: Standing, decision: Decision) -> None:
        if outcome not in self.decisions(decision.at):
            raise self._refused()
        self.standing, self.decision = standing, decision

    def _refused(self) -> RequestRefused:
        if self.standing is Standing.ASKED:
            return RequestRefused("request_unanswered", "The catalogue answers this first, within seconds.")
        return RequestRefused("request_decided", f"This request is {self.standing} already.")


def check_new(request: Request, known: Iterable[Request]) -> None:
    """Raise RequestRefused for a request that is already open, and for too many in a day."""
    earlier = list(known)
    if any(one.is_open and (one.kind, one.about) == (request.kind, request.about) for one in earlier):
        raise RequestRefused("request_open", "This was asked for already, and is being looked at.")
    if sum(one.asked_at > request.asked_at - DAY for one in earlier) >= MOST_A_DAY:
        raise RequestRefused("too_many_requests", f"At most {MOST_A_DAY} requests a day.")
