"""One sweep: all external resources with our mark are listed, kind by kind, page by page."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from chassis.frozen import Frozen
from provisioning.domain.findings import ThingKind
from provisioning.domain.steps import Cause

PAGES_MOST = 10_000
_FAILURES_MOST = 5
_FIRST_WAIT = timedelta(seconds=5)
_ENDLESS = Cause("listing_endless", f"The list does not end after {PAGES_MOST} pages.")


class SweepTerms(Frozen):
    """How often to sweep (0: only when asked), how many pages a minute, how far apart two sightings are."""

    every_hours: float = 24
    pages_per_minute: int = 60
    apart: timedelta = timedelta(minutes=30)


@dataclass(frozen=True)
class Part:
    """One product of a kind that has several, each listed separately; ``behind`` is where the next begins."""

    name: str
    behind: str | None


@dataclass(kw_only=True)
class Sweep:
    """Where one sweep is: what of ``kinds`` is ``done``, and the place in the next of them, ``pages`` on.

    ``is_listed``: all of the kind was listed; what was known and not seen is looked for. ``left_out`` are
    kinds that could not be listed, or parts of one (``kind:part``), with the cause: nothing of them counts as
    gone.
    """

    sweep_id: UUID
    kinds: tuple[ThingKind, ...]
    started_at: datetime
    started_by: str | None = None
    reason: str | None = None
    done: int = 0
    cursor: str | None = None
    is_listed: bool = False
    failures: int = 0
    pages: int = 0
    next_at: datetime | None = None
    things_seen: int = 0
    left_out: dict[str, Cause] = field(default_factory=dict)
    ended_at: datetime | None = None

    @property
    def kind(self) -> ThingKind | None:
        """The kind that is being listed; None when all are done."""
        return self.kinds[self.done] if self.done < len(self.kinds) else None

    @property
    def place(self) -> tuple[int, str | None, bool]:
        """What a page has to begin at to count."""
        return self.done, self.cursor, self.is_listed

    def turn_page(self, seen: int, cursor: str | None, now: datetime, terms: SweepTerms) -> None:
        """Continue after a page; a kind whose list does not end is left out."""
        self.things_seen += seen
        self.pages += 1
        self.failures, self.cursor, self.is_listed = 0, cursor, cursor is None
        self.next_at = now + timedelta(minutes=1) / terms.pages_per_minute
        if cursor is not None and self.pages >= PAGES_MOST:
            self.put_off(_ENDLESS, now, is_final=True)

    def finish_kind(self) -> None:
        self.done, self.cursor, self.is_listed, self.failures = self.done + 1, None, False, 0
        self.pages = 0

    def put_off(self, cause: Cause, now: datetime, *, is_final: bool, part: Part | None = None) -> None:
        """Retry the page after growing delays, or leave the kind or its part out of this sweep."""
        self.failures += 1
        if self.kind is None or not (is_final or self.failures >= _FAILURES_MOST):
            self.next_at = now + _FIRST_WAIT * 2.0 ** (self.failures - 1)
        elif part is None:
            self.left_out[self.kind] = cause
            self.finish_kind()
        else:
            self.left_out[f"{self.kind}:{part.name}"] = cause
            self.failures = 0
            if not self.is_listed:
                self.cursor, self.is_listed = part.behind, part.behind is None

    @property
    def parts_left_out(self) -> list[str]:
        """Of the kind that is being listed."""
        return [name.partition(":")[2] for name in self.left_out if name.startswith(f"{self.kind}:")]

    def end(self, now: datetime) -> None:
        self.ended_at = now


def is_due(last: Sweep | None, terms: SweepTerms, now: datetime) -> bool:
    """Whether it is time for another one by the schedule."""
    if not terms.every_hours or (last is not None and last.ended_at is None):
        return False
    return last is None or now - last.started_at >= timedelta(hours=terms.every_hours)
