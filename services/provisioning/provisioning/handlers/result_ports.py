"""What handlers of results need from outside."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from provisioning.domain.kept_results import ResultsOfGrant


class ResultStore(Protocol):
    """Where people's results stand."""

    def delete_some(self, location: str, made_before: datetime) -> bool:
        """Delete some of what was made below the location before then; return whether anything is left.

        Harmless when repeated. Blocks. Raises `NotNow` and `NeverPossible`.
        """


class KeptResults(Protocol):
    """Results whose grant has ended."""

    def add(self, results: ResultsOfGrant) -> None:
        """Keep them from now on; in the place of what is known of the same location."""

    def due(self, now: datetime, limit: int) -> list[UUID]:
        """Return grants whose results are to be deleted and nobody has again, the longest overdue first."""

    def lock_due(self, grant_id: UUID, now: datetime) -> ResultsOfGrant | None:
        """Return one of them and hold its row; None when it is not due, or somebody has it again."""

    def save(self, results: ResultsOfGrant) -> None: ...
