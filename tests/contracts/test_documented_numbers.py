"""The documents tell the numbers that the code has."""

from datetime import timedelta
from pathlib import Path

import pytest

from chassis.http.body_limit import LARGEST_BODY
from chassis.http.gunicorn_settings import CONNECTIONS_OF_A_WORKER
from chassis.http.web_worker import ANSWER_SECONDS, BODY_SECONDS, HEAD_SECONDS, MOST_UNSENT
from chassis.http.whole_requests import LARGEST_HEAD
from chassis.identity import issuer_keys, revoked_tokens
from chassis.identity.access_tokens import LONGEST_SUBJECT
from chassis.identity.operators import LONGEST_NAME
from chassis.identity.ops_tokens import LONGEST_LIFETIME
from chassis.identity.session import LIFETIME, TOKEN_LIFETIME
from chassis.identity.signed_tokens import LEEWAY
from chassis.messaging.dead_letters.foreign import MOST_WAITING
from chassis.settings.database_timeouts import TIMEOUTS_OF, DatabaseTimeouts
from chassis.settings.reader import LARGEST_FILE
from chassis.telemetry.heartbeat import LONGEST_SILENCE_SECONDS
from integrations.adapters import event_filters
from integrations.adapters.sending.checked_resolver import MOST_ADDRESSES
from integrations.adapters.sending.claims import MOST_ATTEMPTS
from integrations.adapters.sending.endpoint_share import LONGEST_PATIENCE_SECONDS, PATIENT_AFTER
from integrations.adapters.sending.guarded_connections import MOST_READ
from integrations.domain.consents import LONGEST_PURPOSE
from integrations.domain.deliveries import LONGEST_ANSWER
from integrations.domain.integrator_log import KEPT_FOR as LOG_KEPT_FOR
from integrations.domain.people import LINK_LIFETIME, MOST_LINKS
from onboarding.domain.links import MOST_REACHED
from onboarding.domain.passkeys import CHALLENGE_LIFETIME, FRESH_SIGN_IN, MOST_PASSKEYS
from onboarding.domain.requests import MOST_A_DAY
from onboarding.domain.states import FAREWELL
from provisioning.domain.patience import BY_KIND

DOCS = Path(__file__).parents[2] / "docs"
KIB, MIB = 1024, 1024 * 1024
HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
DAY = timedelta(days=1)
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
WORDS = {**dict(enumerate(NUMBERS)), 20: "twenty"}

PROCESSES = (
    f"has run within the last {LONGEST_SILENCE_SECONDS:.0f} s",
    f"| head of a request | {HEAD_SECONDS:.0f} s, {LARGEST_HEAD // KIB} KiB,",
    f"| body | {BODY_SECONDS:.0f} s, {LARGEST_BODY // KIB} KiB |",
    f"| reading an answer | {ANSWER_SECONDS:.0f} s; {MOST_UNSENT // MIB} MiB of unread",
    f"| connections of a worker | {CONNECTIONS_OF_A_WORKER} |",
    f"a regular file of at most {LARGEST_FILE // KIB} KiB",
    f"A session lasts {LIFETIME // HOUR} h; its token,",
    f"in the cookie or as Bearer, {TOKEN_LIFETIME // MINUTE} min",
    f"everywhere else after {TOKEN_LIFETIME // MINUTE} min and {LEEWAY // SECOND} s",
    f"can still read its data for {FAREWELL // MINUTE} min",
)


SIGNING_IN = (
    f"name, role, at most {LONGEST_LIFETIME // DAY} days, key id",
    "within a second of being revoked",
    f"after {LIFETIME // HOUR} hours, or at sign-out |",
    f"at most {LONGEST_NAME} visible characters, else the token is refused",
    f"`sub` ({LONGEST_SUBJECT} characters at most)",
    f"RS or PS (keys of {issuer_keys.SMALLEST_RSA_KEY:,} bits at least)",
    f"Clocks may differ by {LEEWAY // SECOND} s.",
    f"after {issuer_keys.FRESH_SECONDS / 60:.0f} minutes, and for an unknown key id"
    f" ({issuer_keys.FETCHES_PER_MINUTE} times a minute at most),"
    f" within {issuer_keys.FETCH_SECONDS:.0f} s and {issuer_keys.LARGEST_ANSWER // KIB} KiB.",
    f"`/passkeys` ({WORDS[MOST_PASSKEYS]} at most",
    f"requires a sign-in within the last {FRESH_SIGN_IN // MINUTE} minutes",
    f"valid for {WORDS[CHALLENGE_LIFETIME // MINUTE]} minutes and for one answer",
)
WEBHOOKS = (
    f"works once, within {'an hour' if LINK_LIFETIME == HOUR else LINK_LIFETIME}; the session lasts"
    f" {LIFETIME // HOUR} hours",
    f"**Log** says who did what for {LOG_KEPT_FOR // DAY} days",
    f"At most {event_filters.LONGEST_FILTER:,} characters and {event_filters.MOST_STEPS} steps",
    f"or {event_filters.LONGEST_WITH_MACRO} and {event_filters.MOST_STEPS_WITH_MACRO} with a macro",
    f"Of what you answer, {LONGEST_ANSWER // KIB} KiB is kept.",
    f"No more than {MOST_READ // KIB} KiB are read, head included.",
    f"(the first {WORDS[MOST_ADDRESSES]} of IPv4 and of IPv6, where there are more)",
    f"{WORDS[PATIENT_AFTER].capitalize()} events in a row that you do not take, and we ask by one,"
    f" each half a second to {'a minute' if LONGEST_PATIENCE_SECONDS == 60 else LONGEST_PATIENCE_SECONDS}",
    f"The log keeps the newest {MOST_ATTEMPTS} attempts of each delivery.",
    f"(`de` and `en`, {LONGEST_PURPOSE} characters at most each)",
    f"a person is sent {WORDS[MOST_LINKS]} links an hour at most",
)
OTHERS = (
    f"{MOST_WAITING} wait per topic and code",
    f"there are {WORDS[MOST_A_DAY]} a day at most",
    f"(`unavailable` a day, `throttled` {BY_KIND['throttled'] // HOUR} hours,"
    f" `denied` and `eventual_consistency` {BY_KIND['denied'] // MINUTE} minutes, `conflict` an hour,"
    f" `quota` {BY_KIND['quota'] // DAY} days; else half an hour)",
)


@pytest.mark.parametrize(
    ("sentence", "document"),
    [
        *((sentence, "processes") for sentence in PROCESSES),
        *((sentence, "signing-in") for sentence in SIGNING_IN),
        *((sentence, "webhooks") for sentence in WEBHOOKS),
        *zip(OTHERS, ("operations", "partner-pages", "products"), strict=True),
    ],
)
def test_limits_and_lifetimes(sentence: str, document: str) -> None:
    assert sentence in " ".join((DOCS / f"{document}.md").read_text().split())


def test_what_is_told_in_words() -> None:
    assert revoked_tokens.LOOK_SECONDS <= 1, "within a second of being revoked"
    assert issuer_keys.USABLE_SECONDS == 3_600, "known keys are used for an hour"
    assert (BY_KIND["unavailable"], BY_KIND["conflict"]) == (DAY, HOUR)
    assert BY_KIND["denied"] == BY_KIND["eventual_consistency"]


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
    assert f"at most {WORDS[MOST_REACHED]} unconfirmed applications" in text
