"""Sign-up, relay and consumer with many partners already there, beside themselves on an empty database."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg
from tests.benchmarks import consumer_rate, relay_rate
from tests.benchmarks.applications import application_requests
from tests.benchmarks.backlog import fill_outbox, new_subjects
from tests.benchmarks.figures import Comparison, Result
from tests.benchmarks.http_load import http_load
from tests.benchmarks.many_partners import ManyPartners
from tests.benchmarks.onboarding_service import onboarding_database
from tests.benchmarks.options import Options
from tests.benchmarks.progress import say
from tests.benchmarks.servers import Servers
from tests.benchmarks.sign_up import REQUESTS, TURNS, WARM_UP, WebServer, sign_up_server
from tests.benchmarks.turns import Turns

from local_stack.kafka_cluster import apache

RELAYED = 20_000
GOAL = 0.9

Measure = Callable[[], dict[str, float]]


@dataclass(frozen=True)
class Database:
    """One of the two, with the web process that serves it."""

    url: str
    web: WebServer


def run(servers: Servers, options: Options) -> list[Result]:
    """All three at each size."""
    results: list[Result] = []
    with database(servers) as empty, database(servers) as full:
        empty.web.load(WARM_UP)
        http_load(full.web.port, application_requests(1), connections=1, status=202)
        many = ManyPartners(servers, full.url)
        full.web.load(WARM_UP)
        for count in sorted(options.rows):
            say(f"filling up to {count:,} partners")
            many.grow(count)
            fill_gaps(servers, full.url, count)
            results += at_size(servers, options, count, empty, full)
    return results


@contextmanager
def database(servers: Servers) -> Iterator[Database]:
    """A migrated database that knows effects too."""
    with onboarding_database(servers) as url, sign_up_server(servers, url) as web:
        consumer_rate.create_effects(url)
        yield Database(url, web)


def fill_gaps(servers: Servers, url: str, count: int) -> None:
    """Give the history events of the size that is sent, one for each partner.

    Pages of larger events alone have room for one of these: each would go to a page of its own, and after a
    checkpoint PostgreSQL logs a page whole the first time that it changes.
    """
    with psycopg.connect(servers.postgres.url(url.rpartition("/")[2]), autocommit=True) as connection:
        fill_outbox(connection, "earlier", new_subjects(count), count, datetime.now(UTC))
        connection.execute("VACUUM outbox")
        connection.execute("CHECKPOINT")


def at_size(servers: Servers, options: Options, count: int, empty: Database, full: Database) -> list[Result]:
    """One comparison each."""

    def compare(what: str, turns: int, on_empty: Measure, on_full: Measure) -> Comparison:
        ours, beside = Turns(f"with {count:,} partners"), Turns("empty")
        say(f" {what}, {count:,} partners there")
        for _ in range(turns):
            beside.add(on_empty())
            ours.add(on_full())
        name = f"{what}, {count:,} partners there"
        return Comparison(what=name, ours=ours.side(), beside=beside.side(), goal=GOAL)

    def sign_up(side: Database) -> Measure:
        return lambda: side.web.load(REQUESTS)

    results: list[Result] = [
        compare("sign-up requests/s", options.repetitions * TURNS, sign_up(empty), sign_up(full))
    ]
    with ExitStack() as stack:
        topic = servers.topic()
        for side in (empty, full):
            stack.enter_context(relay_rate.running_relays(servers, side.url, 1))
            # Also publishes what the sign-ups told.
            relay_rate.drain(side.url, topic, relay_rate.WARM_UP)

        def drain_empty() -> dict[str, float]:
            relay_rate.empty_outbox(empty.url)
            return relay_rate.drain(empty.url, topic, RELAYED)

        def drain_full() -> dict[str, float]:
            return relay_rate.drain(full.url, topic, RELAYED)

        results.append(compare("relay events/s", options.repetitions, drain_empty, drain_full))
    if servers.kafka.kind == apache.KIND:
        filled = consumer_rate.filled_topic(servers)

        def consume(side: Database) -> Measure:
            return lambda: {
                "events/s": consumer_rate.consume(servers, side.url, filled, "lane_consumer", "gathered")[0]
            }

        results.append(compare("consumer events/s", options.repetitions, consume(empty), consume(full)))
    return results
