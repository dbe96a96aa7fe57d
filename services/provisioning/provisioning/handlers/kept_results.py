"""Results are deleted after the end of their grant, once the retention in its catalogue entry is over.

Nothing waits for it: a partner is offboarded while its results are still kept.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from chassis.database.outside_calls import Hold
from provisioning.domain.grants import Grant
from provisioning.domain.kept_results import ResultsOfGrant
from provisioning.handlers import jobs
from provisioning.handlers.ports import Work
from provisioning.handlers.result_ports import ResultStore
from provisioning.handlers.sorted_answers import Answer, asked

_FOLDERS_PER_MINUTE = 20
_PAGES_PER_ROUND = 20

_log = logging.getLogger(__name__)


def keep_results(work: Work, grant: Grant) -> None:
    """Begin the retention: the grant has ended. Of two with one folder the last one counts."""
    results = grant.product.results
    if results is None or (folder := grant.outputs.get(results.folder)) is None:
        return
    location = grant.outputs.get(results.location) or f"{work.policies.results_location}/{folder}/"
    days = grant.parameters.get(results.days, results.days_unless_said)
    delete_at = work.now() + timedelta(days=days)
    work.kept_results.add(
        ResultsOfGrant(grant_id=grant.grant_id, location=location, delete_at=delete_at, try_at=delete_at)
    )


def delete_due_results(work: Work) -> None:
    """Have due ones deleted, some in each minute."""
    for grant_id in work.kept_results.due(work.now(), _FOLDERS_PER_MINUTE):
        work.defer(jobs.delete_results(grant_id))


@dataclass(frozen=True)
class Page:
    """One call outside, by its number in this round."""

    number: int
    location: str
    at: datetime


@dataclass(frozen=True)
class DeletionsOfResults:
    """A bounded part of what one grant left; the next minute continues with the rest."""

    store: ResultStore
    grant_id: UUID

    @property
    def lock_name(self) -> str:
        return f"results:{self.grant_id}"

    def come_back(self, work: Work, after: timedelta) -> None:
        """The next minute continues."""

    def begin(self, work: Work, hold: Hold, known: int | None) -> Page | None:
        """Check again for each page whether the partner has the product again."""
        number = known or 0
        if number >= _PAGES_PER_ROUND:
            return None
        results = work.kept_results.lock_due(self.grant_id, work.now())
        return None if results is None else Page(number, results.location, work.now())

    def call(self, attempt: Page) -> Answer[bool]:
        """Whoever gets the product again in this moment makes results after it, and keeps them."""
        return asked(lambda: self.store.delete_some(attempt.location, attempt.at))

    def note(self, work: Work, attempt: Page, outcome: Answer[bool]) -> int:
        results = work.kept_results.lock_due(self.grant_id, work.now())
        if results is None:
            return _PAGES_PER_ROUND
        if outcome.found is None:
            results.put_off(outcome.because, work.now(), outcome.retry_after)
            fields = {"grant_id": str(self.grant_id), "code": outcome.because.code}
            _log.warning("results of a grant that ended are still there", extra=fields)
        else:
            results.note(is_left=outcome.found, now=work.now())
        work.kept_results.save(results)
        return attempt.number + 1
