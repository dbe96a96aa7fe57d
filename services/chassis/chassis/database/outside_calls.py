"""The one way to call outside: lock, note the attempt, call, note the outcome, and with it the next attempt.

    outside = OutsideCalls(open_work=open_work, locks=SessionLocks(engine), should_leave=leaving.is_set)
    outside.make(MovesOfGrant(...))                 # in a job, which may be repeated, doubled, late or early

An attempt is committed before its call, its outcome after it, and no transaction is open in between. Who is
killed leaves an attempt without an outcome, which the repeated job finds.

The lock keeps two workers from calling for the same thing at a time. It belongs to a session of the
database: it ends with its process, so that others go on at once after a kill, but also with a connection
that breaks, while the call goes on. Then another worker may begin, and the notes are what guards: each
attempt has a number or an id of its own, an outcome counts only for the attempt in flight, and who finds
an attempt without an outcome looks outside before it acts, or counts a doubt where nobody can look. Who
lost the lock notes its outcome, begins nothing more and leaves the rest to a job.
"""

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Generic, Protocol, TypeVar

from chassis.frozen import Frozen

HELD_BY_ANOTHER = timedelta(seconds=1)

Work = TypeVar("Work")
WorkIn_contra = TypeVar("WorkIn_contra", contravariant=True)
Attempt = TypeVar("Attempt")
Outcome = TypeVar("Outcome")
Known = TypeVar("Known")


class Hold(Protocol):
    """Locks that are held."""

    @property
    def is_lost(self) -> bool:
        """Whether the session is known to have ended, and its locks with it; no round trip."""

    def try_also(self, names: Collection[str]) -> bool:
        """Hold these, too; False when another holds one of them. Never waits."""


class Locks(Protocol):
    """Locks by name, one holder each."""

    def try_hold(self, name: str) -> AbstractContextManager[Hold | None]:
        """Yield the hold, or None when another has it. Never waits; freed when the process dies."""


class Calls(Protocol[WorkIn_contra, Attempt, Outcome, Known]):
    """What is called outside for one thing, attempt by attempt."""

    @property
    def lock_name(self) -> str: ...

    def begin(self, work: WorkIn_contra, hold: Hold, known: Known | None) -> Attempt | None:
        """Note the next attempt that is due; None if none is, with a job for what is due later.

        ``known`` is what `note` returned, if it went before in the same transaction.
        """

    def call(self, attempt: Attempt) -> Outcome:
        """Call outside. Blocks. A failure is an outcome, not an exception."""

    def note(self, work: WorkIn_contra, attempt: Attempt, outcome: Outcome) -> Known:
        """Note what became of the attempt; harmless if another one is in flight, or when repeated."""

    def come_back(self, work: WorkIn_contra, after: timedelta) -> None:
        """Leave what is due to a job."""


class OutsideCalls(Frozen, Generic[Work]):
    """Makes calls one after another, as long as one is due."""

    open_work: Callable[[], AbstractContextManager[Work]]
    locks: Locks
    should_leave: Callable[[], bool] = lambda: False

    def make(self, calls: Calls[Work, Attempt, Outcome, Known]) -> None:
        """Make all calls that are due, and return; leaves them to a job while another worker is at it."""
        with self.locks.try_hold(calls.lock_name) as hold:
            if hold is None:
                with self.open_work() as work:
                    calls.come_back(work, HELD_BY_ANOTHER)
                return
            with self.open_work() as work:
                attempt = calls.begin(work, hold, None)
            while attempt is not None:
                attempt = self._conclude(calls, attempt, calls.call(attempt), hold)

    def _conclude(
        self, calls: Calls[Work, Attempt, Outcome, Known], attempt: Attempt, outcome: Outcome, hold: Hold
    ) -> Attempt | None:
        """Note the outcome and begin what follows, in one transaction.

        Whatever keeps the next attempt from beginning does not undo the note.
        """
        may_go_on = not (hold.is_lost or self.should_leave())
        try:
            with self.open_work() as work:
                known = calls.note(work, attempt, outcome)
                if may_go_on:
                    return calls.begin(work, hold, known)
                calls.come_back(work, timedelta())
                return None
        except Exception:
            with self.open_work() as work:
                calls.note(work, attempt, outcome)
                calls.come_back(work, HELD_BY_ANOTHER)
            raise
