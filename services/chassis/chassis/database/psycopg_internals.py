"""What psycopg keeps private and we touch all the same, with its reason.

Written against 3.3.9: `tests/integration/chassis/test_exchange.py` notices what an upgrade changes.
"""

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString, NamedTuple

import psycopg
from psycopg import pq
from psycopg._preparing import Key, Prepare, PrepareManager
from psycopg._queries import PostgresQuery
from psycopg.abc import PQGen
from psycopg.errors import error_from_result
from psycopg.generators import fetch_many, send
from psycopg.pq.abc import PGconn, PGresult

from chassis.database.patient_connections import PatientConnection

Parameters = Mapping[str, Any] | Sequence[Any]
# Without parameters it is never prepared: nothing is gained for a COMMIT.
Sendable = tuple[LiteralString, Parameters | None]

_DONE = frozenset({pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK})


class _Sent(NamedTuple):
    """What an answer will be to: a statement, or what went ahead of it (``is_aside``)."""

    is_aside: bool
    prepare: Prepare = Prepare.NO
    name: bytes = b""
    new: Key | None = None


_ASIDE = _Sent(is_aside=True)


def exchange(
    connection: PatientConnection, statements: Sequence[Sendable]
) -> tuple[list[list[Any]], psycopg.Error | None]:
    """Send statements in one packet; the rows of those that were done, and the error that ended them.

    It opens a transaction where none is open. The library's pipeline makes a cursor for each statement, and
    waits, sends and looks for answers each time: three times the work, and as many hand-overs of the
    interpreter's lock. What is wrong with parameters is raised before anything is sent.
    """
    transformer = connection.transformer
    queries = []
    for text, parameters in statements:
        query = PostgresQuery(transformer)
        query.convert(text, parameters)
        queries.append(query)
    answers: list[tuple[_Sent, PGresult]] = []
    broken = None
    try:
        with connection.lock:
            connection.wait(_conversation(connection, queries, answers))
    except psycopg.Error as error:
        broken = error
    finally:
        if connection.pgconn.pipeline_status:  # left in the middle of it: nobody can go on with that
            connection.pgconn.finish()
    rows: list[list[Any]] = []
    for sent, result in answers:
        if result.status not in _DONE:
            return rows, error_from_result(result)
        if sent.is_aside:
            continue
        found: list[Any] = []
        if result.ntuples:
            transformer.set_pgresult(result)
            found = transformer.load_rows(0, result.ntuples, tuple)
        rows.append(found)
    transformer.set_pgresult(None)
    return rows, broken


def _conversation(
    connection: PatientConnection,
    queries: Sequence[PostgresQuery],
    answers: list[tuple[_Sent, PGresult]],
) -> PQGen[None]:
    """Add each answer as it comes, beside what it is to."""
    wire, known = connection.pgconn, connection._prepared
    is_open = connection.autocommit or wire.transaction_status != pq.TransactionStatus.IDLE
    wire.enter_pipeline_mode()
    expected = [] if is_open else [_ASIDE]
    if not is_open:
        wire.send_query_params(connection._get_tx_start_command(), None)
    for query in queries:
        expected += _send(wire, known, query)
    wire.pipeline_sync()
    yield from send(wire)
    for sent in expected:
        results = yield from fetch_many(wire)
        answers.append((sent, results[0]))
        if sent.new is not None:
            known.validate(sent.new, sent.prepare, sent.name, results)
    last = yield from fetch_many(wire)
    if last[0].status != pq.ExecStatus.PIPELINE_SYNC:  # what follows a COMMIT is committed by the Sync
        answers.append((_ASIDE, last[0]))
        yield from fetch_many(wire)
    wire.exit_pipeline_mode()
    yield from known.maintain_gen(connection)


def _send(wire: PGconn, known: PrepareManager, query: PostgresQuery) -> list[_Sent]:
    """By its name, once it came often enough: the library counts and names, and a rollback forgets them."""
    if query.params is None:
        wire.send_query_params(query.query, None)
        return [_Sent(is_aside=False)]
    prepare, name = known.get(query)
    new = known.maybe_add_to_cache(query, prepare, name)
    # Its name is noted before it is prepared: where the server never came to it, it has to go again.
    sent = _Sent(False, prepare, name, known.key(query) if prepare is Prepare.SHOULD else new)
    if prepare is Prepare.NO:
        wire.send_query_params(query.query, query.params, query.types, query.formats)
        return [sent]
    if prepare is Prepare.SHOULD:
        wire.send_prepare(name, query.query, query.types)
    wire.send_query_prepared(name, query.params, query.formats)
    return [_ASIDE, sent] if prepare is Prepare.SHOULD else [sent]
