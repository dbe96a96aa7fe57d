"""Each row of the table of errors, on each way by which an event comes to be applied."""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection
from sqlalchemy.exc import TimeoutError as PoolEmpty
from tests.integration.chassis.conftest import Rows, Say

from chassis.database.unit_of_work import UnitOfWork
from chassis.events import ReceivedEvent
from chassis.failures import NeverPossible, NotNow
from chassis.http.web import create_app
from chassis.identity.ops_tokens import sign_ops_token
from chassis.identity.signing_keys import new_key_pair, read_private_key
from chassis.messaging.consumer import retrying
from chassis.messaging.consumer.error_table import TABLE, Meaning, OurFault, Row, verdict_on
from chassis.messaging.consumer.flood import FloodGauges
from chassis.messaging.consumer.operating import set_first_aside
from chassis.messaging.consumer.parking import first_parked
from chassis.messaging.consumer.poll import Poll
from chassis.messaging.consumer.reading import Reader
from chassis.messaging.consumer.retrying import LaneRetry, _FirstOfLane
from chassis.messaging.records import KeptRecord
from chassis.operating.http import operators_api
from chassis.operating.settling import Settling
from chassis.service import Service

KEYS = new_key_pair()
TALLY = "SELECT subject FROM tally ORDER BY id"
DONE = "SELECT number FROM tally WHERE subject = %s"
LANE = "SELECT is_parked, attempts, cause_code FROM lanes WHERE subject = %s"
LETTER = "SELECT status, replay_attempts, code FROM dead_letters WHERE subject = %s"
NOTED = "SELECT actor, outcome FROM operator_actions WHERE target = %s ORDER BY at"

Fault = Callable[[UnitOfWork], None]


def raising(error: BaseException) -> Fault:
    def fail(work: UnitOfWork) -> None:
        raise error

    return fail


def server_says(state: str) -> Fault:
    """PostgreSQL itself raises an error of this code."""
    statement = f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{state}', MESSAGE = 'as asked'; END $$"
    return lambda work: _execute(work, statement)


def too_slow(work: UnitOfWork) -> None:
    _execute(work, "SET LOCAL statement_timeout = '20ms'")
    _execute(work, "SELECT pg_sleep(2)")


def hung_up_on(work: UnitOfWork) -> None:
    _execute(work, "SELECT pg_terminate_backend(pg_backend_pid())")


def in_read_only(work: UnitOfWork) -> None:
    _execute(work, "SET TRANSACTION READ ONLY")
    _execute(work, "INSERT INTO facts VALUES ('x')")


def same_key(work: UnitOfWork) -> None:
    _execute(work, "INSERT INTO facts VALUES ('x'), ('x')")


def swallowing(work: UnitOfWork) -> None:
    """A handler that goes on in a transaction that is void already."""
    with pytest.raises(Exception, match="division by zero"):
        _execute(work, "SELECT 1 / 0")


def _execute(work: UnitOfWork, statement: str) -> None:
    work.connection.exec_driver_sql(statement)


def _remark(work: UnitOfWork, text: str) -> None:
    work.connection.exec_driver_sql("UPDATE tally SET remark = %s", (text,))


CASES: Mapping[str, tuple[str, Fault]] = {
    "not now": (
        "raised by a handler: not now",
        raising(NotNow("fact_missing", "not yet", timedelta(seconds=9))),
    ),
    "never": ("raised by reader or handler: never", raising(NeverPossible("never", "as asked"))),
    "deadlock": ("deadlock, serialization failure", server_says("40P01")),
    "serialization failure": ("deadlock, serialization failure", server_says("40001")),
    "statement timeout": ("too long, too much, cancelled", too_slow),
    "idle too long": ("too long, too much, cancelled", server_says("25P03")),
    "lock timeout": ("lock not available", server_says("55P03")),
    "same key": ("the same key, perhaps a race", same_key),
    "no such parent": ("values no database holds", server_says("23503")),
    "number out of range": ("values no database holds", server_says("22003")),
    "too long for its index": ("values no database holds", server_says("54000")),
    "NUL": ("values psycopg refuses", lambda work: _remark(work, "a\0b")),
    "full disk": ("closed, full, unreachable, read-only", server_says("53100")),
    "too many connections": ("closed, full, unreachable, read-only", server_says("53300")),
    "broken disk": ("closed, full, unreachable, read-only", server_says("58030")),
    "closed connection": ("closed, full, unreachable, read-only", hung_up_on),
    "read-only": ("closed, full, unreachable, read-only", in_read_only),
    "no connection free": ("closed, full, unreachable, read-only", raising(PoolEmpty())),
    "surrogate": ("values no program holds", lambda work: _remark(work, "\ud800")),
    "TypeError": ("anything else", raising(TypeError("unsupported operand"))),
    "no such table": ("anything else", lambda work: _execute(work, "SELECT * FROM nowhere")),
    "forbidden": ("anything else", server_says("42501")),
    "broken index": ("anything else", server_says("XX002")),
    "void transaction": ("anything else", swallowing),
}


@dataclass
class Stage:
    """The example's consumer, retry and replay, with faults that come when a subject is handled."""

    service: Service
    faults: dict[str, Fault] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        heard = self.service.subscriptions
        assert heard is not None
        self.group = heard.group
        [(self.topic, handlers)] = heard.topics.items()
        handlers = {name: replace(handler, handle=self._handle) for name, handler in handlers.items()}
        subscriptions = replace(heard, topics={self.topic: handlers})
        vars(self.service)["subscriptions"] = subscriptions
        self.reader = Reader(subscriptions, "gangway")
        database = self.service.database
        self.poll = Poll(database, UnitOfWork, self.reader, self.group, FloodGauges(self.group))
        self.retry = LaneRetry(database, UnitOfWork, self.reader, self.group)
        self.settling = Settling(database, UnitOfWork, self.reader, self.group)

    def _handle(self, work: UnitOfWork, event: ReceivedEvent, data: Mapping[str, Any]) -> None:
        self.calls.append(event.subject)
        statement = "INSERT INTO tally (subject, number, event_id) VALUES (%s, %s, %s)"
        work.connection.exec_driver_sql(statement, (event.subject, data["number"], event.id))
        if event.subject in self.faults:
            self.faults[event.subject](work)

    def park(self, say: Say, subject: str = "a") -> None:
        """An event waits in its lane, and then what it waits for is there."""
        self.faults[subject] = raising(NotNow("fact_missing", "not yet"))
        self.poll.handle([say(subject, 1)])
        del self.faults[subject]
        self.calls.clear()

    def bury(self, say: Say, rows: Rows, subject: str = "a") -> UUID:
        """An event is a dead letter, and then what was wrong with it is mended."""
        self.faults[subject] = raising(NeverPossible("never", "as asked"))
        self.poll.handle([say(subject, 1)])
        del self.faults[subject]
        self.calls.clear()
        found: UUID = rows("SELECT id FROM dead_letters ORDER BY id DESC LIMIT 1")[0]
        return found


@pytest.fixture
def tally_environ(tally_environ: dict[str, str]) -> dict[str, str]:
    return tally_environ | {"OPS_TOKEN_PUBLIC_KEY": KEYS[1]}


@pytest.fixture
def stage(service: Service) -> Stage:
    return Stage(service)


@pytest.fixture
def client(stage: Stage) -> FlaskClient:
    return create_app(stage.service, __name__, title="Tallies", api=[operators_api]).test_client()


def test_each_row_of_the_table_is_tried(service: Service) -> None:
    for name, (what, fault) in CASES.items():
        with pytest.raises(Exception) as caught, service.database.begin() as work:  # noqa: PT011
            fault(work)
        assert verdict_on(caught.value).row.what == what, name
    assert {what for what, _ in CASES.values()} == {row.what for row in TABLE}


def test_polled(stage: Stage, say: Say, rows: Rows) -> None:
    for name, (what, fault) in CASES.items():
        [row] = [row for row in TABLE if row.what == what]
        stage.faults = {name: fault}
        records = [say(f"before {name}", 1), say(name, 1), say(f"beside {name}", 1)]
        if row.meaning in {Meaning.UNAVAILABLE, Meaning.STOP}:
            with pytest.raises(Exception) as caught:  # noqa: PT011
                stage.poll.handle(records)
            assert verdict_on(caught.value).row is row, name
            assert stage.poll.done == row.is_of_one, f"{name}: each is tried alone, or none at all"
            seen = [rows(query, name) for query in (LANE, LETTER, DONE)]
            assert seen == [[], [], []], f"{name}: nothing is kept, and all can be given again"
            stage.faults = {}
            assert stage.poll.handle(records) == 3
            assert rows(DONE, name) == [1]
            continue
        assert stage.poll.handle(records) == 3
        assert (rows(DONE, name), rows(DONE, f"beside {name}")) == ([], [1]), name
        if row.meaning is Meaning.LATER:
            assert rows(LANE, name) == [(True, 1, code_of(row))], name
        else:
            assert rows(LANE, name) == [(False, 0, None)], name
            assert rows(LETTER, name) == [("waiting", 0, code_of(row))], name


def test_retried(stage: Stage, say: Say, rows: Rows) -> None:
    for name, (what, fault) in CASES.items():
        [row] = [row for row in TABLE if row.what == what]
        stage.park(say, name)
        stage.faults = {name: fault}
        if row.meaning in {Meaning.UNAVAILABLE, Meaning.STOP}:
            with pytest.raises(Exception) as caught:  # noqa: PT011
                stage.retry.run(stage.topic, name)
            assert verdict_on(caught.value).row is row, name
        else:
            assert stage.retry.run(stage.topic, name) == (row.meaning is Meaning.DEAD), name
        assert rows(DONE, name) == [], name
        if row.meaning is Meaning.DEAD:
            assert rows(LETTER, name) == [("waiting", 0, code_of(row))], name
            assert rows(LANE, name) == [(False, 0, None)], name
            continue
        told = (True, 1, "fact_missing") if row.meaning is Meaning.UNAVAILABLE else (True, 2, code_of(row))
        assert rows(LANE, name) == [told], name
        stage.faults = {}
        assert stage.retry.run(stage.topic, name) == 1, name
        assert rows(DONE, name) == [1], name


def test_replayed(stage: Stage, say: Say, rows: Rows) -> None:
    for name, (what, fault) in CASES.items():
        [row] = [row for row in TABLE if row.what == what]
        letter_id = stage.bury(say, rows, name)
        stage.faults = {name: fault}
        if row.meaning is Meaning.UNAVAILABLE:
            with pytest.raises(Exception) as caught:  # noqa: PT011
                stage.settling.replay(letter_id, "olga", "mended")
            assert verdict_on(caught.value).row is row, name
            told = []
        else:
            failure = stage.settling.replay(letter_id, "olga", "mended")
            assert isinstance(failure, OurFault) == (row.meaning is Meaning.STOP), name
            told = [("olga", f"failed: {code_of(row)}")]
        assert rows(LETTER, name) == [("waiting", len(told), "never")], name
        assert rows(NOTED, str(letter_id)) == told, name
        assert rows(DONE, name) == [], name
        stage.faults = {}
        assert stage.settling.replay(letter_id, "olga", "mended") is None, name
        assert rows(DONE, name) == [1], name
        assert rows(NOTED, str(letter_id)) == [*told, ("olga", "done")], name


def code_of(row: Row) -> str:
    """As what a failure of this row is noted."""
    own = {"raised by a handler: not now": "fact_missing", "raised by reader or handler: never": "never"}
    return own.get(row.what) or row.code or "our_fault"


@pytest.mark.parametrize("name", ["deadlock", "same key"])
def test_what_another_transaction_caused_is_tried_again_at_once(
    stage: Stage, say: Say, rows: Rows, name: str
) -> None:
    _, fault = CASES[name]

    def once(work: UnitOfWork) -> None:
        if stage.calls.count("a") == 1:
            fault(work)

    stage.park(say)
    stage.faults["a"] = once
    assert stage.retry.run(stage.topic, "a") == 1
    del stage.faults["a"]
    letter_id = stage.bury(say, rows)
    stage.faults["a"] = once
    assert stage.settling.replay(letter_id, "olga", "mended") is None
    stage.calls.clear()
    assert stage.poll.handle([say("a", 1)]) == 1
    assert rows(TALLY) == ["a"] * 3


def test_a_lane_that_cannot_be_looked_at_now_is_retried_with_backoff(
    stage: Stage, say: Say, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look itself takes too long, so nobody knows yet which event is the first."""
    looks = itertools.count()

    def first_parked_slowly(connection: Connection, *lane: Any) -> tuple[int, KeptRecord] | None:
        if next(looks) == 0:
            connection.exec_driver_sql("SET LOCAL statement_timeout = '20ms'")
            connection.exec_driver_sql("SELECT pg_sleep(2)")
        return first_parked(connection, *lane)

    stage.park(say)
    monkeypatch.setattr(retrying, "first_parked", first_parked_slowly)
    assert stage.retry.run(stage.topic, "a") == 0
    assert rows(LANE, "a") == [(True, 2, "too_long")]


def test_a_handler_may_say_when_its_lane_is_tried_again(stage: Stage, say: Say, rows: Rows) -> None:
    stage.faults["a"] = raising(NotNow("fact_missing", "not yet", timedelta(seconds=90)))
    stage.poll.handle([say("a", 1)])
    asked_for = "SELECT next_attempt_at - parked_at BETWEEN interval '90 s' AND interval '2 min' FROM lanes"
    assert rows(asked_for) == [True]


def test_a_failure_of_one_parked_event_is_not_the_next_ones(stage: Stage, say: Say, rows: Rows) -> None:
    """An operator sets the event aside between its failure and the note of it."""
    stage.park(say)
    stage.poll.handle([say("a", 2)])
    first = _FirstOfLane(stage.retry, (stage.group, stage.topic, "a"))
    stage.faults["a"] = raising(NeverPossible("never", "as asked"))
    with pytest.raises(NeverPossible) as caught:
        first.attempt(None)
    del stage.faults["a"]
    with stage.service.database.begin() as work:
        set_first_aside(work, stage.reader, stage.group, stage.topic, "a", actor="olga", reason="stuck")
    assert first.attempt(caught.value)
    assert stage.retry.run(stage.topic, "a") == 1
    assert rows("SELECT number FROM tally") == [2]
    assert rows("SELECT code FROM dead_letters") == ["set_aside"]


def test_a_contract_that_fits_no_more_is_a_dead_letter_in_a_retry(stage: Stage, say: Say, rows: Rows) -> None:
    stage.park(say)
    stage.poll.handle([say("a", 2)])
    [first] = rows("SELECT min(position) FROM parked_events")
    ill = b'{"number": "one"}'
    rows("UPDATE parked_events SET record_value = %s WHERE position = %s RETURNING 1", ill, first)
    assert stage.retry.run(stage.topic, "a") == 2
    assert rows("SELECT code FROM dead_letters") == ["data_refused_by_schema"]
    assert rows("SELECT number FROM tally") == [2]


def test_what_nobody_handles_is_not_replayed(stage: Stage, say: Say, rows: Rows) -> None:
    letter_id = stage.bury(say, rows)
    headers = "SELECT record_headers::text FROM dead_letters"
    [told] = rows(headers)
    rows("UPDATE dead_letters SET record_headers = %s RETURNING 1", told.replace("thing.said", "thing.sung"))
    failure = stage.settling.replay(letter_id, "olga", "mended")
    assert failure is not None
    assert failure.code == "type_not_handled"
    assert rows(LETTER, "a") == [("waiting", 1, "never")]
    assert stage.calls == []


def test_a_replay_of_another_source_touches_nothing(stage: Stage, say: Say, rows: Rows) -> None:
    stage.poll.handle([say("a", 1, source="/elsewhere")])
    [letter_id] = rows("SELECT id FROM dead_letters")
    failure = stage.settling.replay(letter_id, "olga", "is it ours?")
    assert failure is not None
    assert failure.code == "source_not_the_owner"
    assert (rows(LANE, "a"), rows(TALLY)) == ([], [])


def test_a_replay_comes_late_once_and_moves_no_number(stage: Stage, say: Say, rows: Rows) -> None:
    letter_id = stage.bury(say, rows)
    late = say("a", 2)
    stage.poll.handle([say("a", 3), late])
    numbers = "SELECT last_sequence, hole_count FROM lanes"
    assert rows(numbers) == [(3, 0)]
    assert stage.settling.replay(letter_id, "olga", "mended") is None
    assert rows("SELECT number FROM tally ORDER BY id") == [3, 2, 1]
    assert rows(numbers) == [(3, 0)]
    stage.poll.handle([late])
    assert len(rows(TALLY)) == 3


def test_a_database_that_goes_away_in_a_bulk_replay_loses_no_outcome(
    stage: Stage, client: FlaskClient, say: Say, rows: Rows
) -> None:
    for subject in ("a", "b", "c"):
        stage.faults[subject] = raising(NeverPossible("never", "as asked"))
        stage.poll.handle([say(subject, 1)])
    letters = [str(letter) for letter in rows("SELECT id FROM dead_letters ORDER BY id")]
    stage.faults = {"b": hung_up_on}
    operator = sign_ops_token(read_private_key(KEYS[0]), "olga", ("operator",), timedelta(minutes=1))
    headers = {"Authorization": f"Bearer {operator}"}
    body: dict[str, Any] = {"all": True, "reason": "mended", "limit": 10}
    page = client.post("/v1/dead-letters/replay", json=body, headers=headers)
    assert page.json == {"outcomes": [{"id": letters[0], "outcome": "replayed"}], "next_cursor": letters[0]}
    body["cursor"] = letters[0]
    answers = [
        client.post("/v1/dead-letters/replay", json=body, headers=headers),
        client.post(f"/v1/dead-letters/{letters[1]}/replay", json={"reason": "mended"}, headers=headers),
    ]
    assert [(answer.status_code, answer.json["code"]) for answer in answers] == [(503, "unavailable")] * 2
    assert all(answer.json["detail"].startswith("The database does not answer") for answer in answers)
    stage.faults = {"b": raising(TypeError("unsupported operand"))}
    page = client.post("/v1/dead-letters/replay", json=body, headers=headers)
    assert [outcome["outcome"].split(":")[0] for outcome in page.json["outcomes"]] == [
        "our_fault",
        "replayed",
    ]
    assert page.json["next_cursor"] is None
    assert rows("SELECT status FROM dead_letters ORDER BY id") == ["replayed", "waiting", "replayed"]
    assert rows(TALLY) == ["a", "c"]
