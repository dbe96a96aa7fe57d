"""The documents tell the numbers that the code has."""

from datetime import timedelta
from pathlib import Path

import pytest

from chassis.http.body_limit import LARGEST_BODY
from chassis.http.gunicorn_settings import CONNECTIONS_OF_A_WORKER
from chassis.http.web_worker import ANSWER_SECONDS, BODY_SECONDS, HEAD_SECONDS, MOST_UNSENT
from chassis.http.whole_requests import LARGEST_HEAD
from chassis.identity.session import LIFETIME, TOKEN_LIFETIME
from chassis.identity.signed_tokens import LEEWAY
from chassis.settings.database_timeouts import TIMEOUTS_OF, DatabaseTimeouts
from chassis.settings.reader import LARGEST_FILE
from chassis.telemetry.heartbeat import LONGEST_SILENCE_SECONDS
from onboarding.domain.links import MOST_REACHED
from onboarding.domain.states import FAREWELL

DOCS = Path(__file__).parents[2] / "docs"
KIB, MIB = 1024, 1024 * 1024
HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
WORDS = ("no", "one", "two", "three", "four")

PROCESSES = (
    f"came round within {LONGEST_SILENCE_SECONDS:.0f} s",
    f"| head of a request | {HEAD_SECONDS:.0f} s, {LARGEST_HEAD // KIB} KiB,",
    f"| body | {BODY_SECONDS:.0f} s, {LARGEST_BODY // KIB} KiB |",
    f"| reading an answer | {ANSWER_SECONDS:.0f} s; {MOST_UNSENT // MIB} MiB of unread",
    f"| connections of a worker | {CONNECTIONS_OF_A_WORKER} |",
    f"a regular file of at most {LARGEST_FILE // KIB} KiB",
    f"A session lasts {LIFETIME // HOUR} h; its token,",
    f"in the cookie or as Bearer, {TOKEN_LIFETIME // MINUTE} min",
    f"everywhere else after {TOKEN_LIFETIME // MINUTE} min and {LEEWAY // SECOND} s",
    f"can still read so for {FAREWELL // MINUTE} min",
)


@pytest.mark.parametrize("sentence", PROCESSES)
def test_limits_and_lifetimes_of_processes_and_sessions(sentence: str) -> None:
    assert sentence in (DOCS / "processes.md").read_text()


@pytest.mark.parametrize(
    ("variable", "field"),
    [
        ("`DATABASE_STATEMENT_TIMEOUT_SECONDS`", "statement_seconds"),
        ("`DATABASE_LOCK_TIMEOUT_SECONDS`", "lock_seconds"),
        ("`DATABASE_IDLE_TIMEOUT_SECONDS` (in a transaction)", "idle_in_transaction_seconds"),
        ("`DATABASE_CONNECT_SECONDS`", "connect_seconds"),
        ("`DATABASE_POOL_TIMEOUT_SECONDS`", "pool_seconds"),
    ],
)
def test_deadlines_of_the_database(variable: str, field: str) -> None:
    def told(timeouts: DatabaseTimeouts) -> str:
        return f"{getattr(timeouts, field):g}"

    assert told(TIMEOUTS_OF["consumer"]) == told(TIMEOUTS_OF["worker"]), "one column for both"
    columns = [told(TIMEOUTS_OF[process]) for process in ("web", "relay", "consumer", "command")]
    assert f"| {variable} | {' | '.join(columns)} |" in (DOCS / "processes.md").read_text()


def test_how_many_partnerships_a_request_for_a_link_reaches() -> None:
    text = " ".join((DOCS / "limits.md").read_text().split())
    assert f"a request reaches at most {WORDS[MOST_REACHED]} partnerships of one person" in text
