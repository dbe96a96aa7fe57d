"""How attempts end, and when a failed one is repeated."""

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import datetime, timedelta
from uuid import UUID

from chassis.failures import Failure, Kind, NotNow
from chassis.frozen import Frozen
from chassis.redaction import redacted_cause
from provisioning.domain.attempts import Attempt
from provisioning.domain.grant_states import Intent
from provisioning.domain.orders import GrantOrder
from provisioning.domain.patience import Patience
from provisioning.domain.standings import Observation
from provisioning.domain.steps import Cause
from provisioning.handlers.bringing import bring, look, reaches, step_for
from provisioning.handlers.ports import NotYet, Outputs, RefusedFor, RefusedNoting, Step

_log = logging.getLogger(__name__)


class Outcome(Frozen):
    """How an attempt ended: with what was observed, or with a cause that is final, counts, or asks to wait.

    What was refused for good may come with both: what stands all the same. ``kind`` is the kind of the
    failure, which decides how long patience lasts; progress begins it anew. ``is_at_work``: the outside is,
    so nothing failed that anybody should hear of. ``is_counted`` False: it only asks to wait. ``seated`` are
    the people of the order who have what the attempt is about. ``facts`` are noted whatever the end.
    """

    observation: Observation | None = None
    cause: Cause | None = None
    kind: str = ""
    made_progress: bool = False
    is_final: bool = False
    retry_after: timedelta | None = None
    is_at_work: bool = False
    is_counted: bool = True
    seated: frozenset[UUID] = frozenset()
    facts: Outputs = field(default_factory=dict)

    def reaches(self, target: Intent) -> bool:
        """Whether it ended well, or what could not be removed is seen gone all the same."""
        return self.cause is None or (target is not Intent.ON and reaches(target, self.observation))

    def retry_at(
        self, attempt: Attempt, patience: Patience, now: datetime, random: Callable[[], float]
    ) -> datetime | None:
        """Return when to retry, not before the requested time; None for never."""
        if self.is_final:
            return None
        # The requested wait is over: the first failure after it starts its own patience.
        is_first = self.is_counted and attempt.number == 1
        begun_at = now if self.made_progress or is_first else attempt.begun_at
        if not self.is_counted and self.retry_after is not None:
            return patience.look_again_at(begun_at, self.kind, now, self.retry_after)
        number = 1 if self.made_progress else attempt.number
        backed_off = patience.next_attempt_at(number, begun_at, self.kind, now, random)
        return backed_off and max(backed_off, now + (self.retry_after or timedelta()))


def attempted(steps: Mapping[str, Step], attempt: Attempt, order: GrantOrder, outputs: Outputs) -> Outcome:
    """Make the attempt and classify its failure; an unclassified one is retried and stays visible. Blocks."""
    step, order = step_for(steps, attempt.step_name, order)
    people = frozenset(member.member_id for member in order.members)
    try:
        observation = bring(step, attempt.target, attempt.known, order, outputs)
        return Outcome(observation=observation, seated=people)
    except NotNow as failure:
        return _put_off(failure, order)
    except Failure as failure:
        return Outcome(
            cause=_cause(failure.code, failure.message, order),
            observation=look(step, order, outputs),
            is_final=True,
            seated=people - failure.member_ids if isinstance(failure, RefusedFor) else frozenset(),
            facts=failure.facts if isinstance(failure, RefusedNoting) else {},
        )
    except Exception as error:
        _log.exception("step failed unexpectedly", extra={"step": attempt.step_name})
        message = f"The step ended in an unexpected {type(error).__name__}."
        return Outcome(cause=_cause("unexpected_error", message, order))


def _put_off(failure: NotNow, order: GrantOrder) -> Outcome:
    asks_to_wait = failure.retry_after is not None and failure.kind in {Kind.UNDER_WAY, Kind.QUOTA}
    return Outcome(
        cause=_cause(failure.code, failure.message, order),
        kind=failure.kind,
        made_progress=failure.made_progress,
        retry_after=failure.retry_after,
        is_at_work=asks_to_wait and failure.kind is Kind.UNDER_WAY,
        is_counted=not asks_to_wait,
        facts=failure.facts if isinstance(failure, NotYet) else {},
    )


def _cause(code: str, message: str, order: GrantOrder) -> Cause:
    """Return a cause within the bounds of the contract of `access.failed`, without personal data."""
    is_stable = re.fullmatch(r"[a-z][a-z0-9_]{0,63}", code) is not None
    people = [word for one in order.members for word in (one.email, one.given_name, one.family_name)]
    words = redacted_cause(message, people)
    return Cause(code if is_stable else "unknown", words or "No reason was given.")
