"""Repeated POSTs against a real database: one effect, one answer."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from tests.common_settings import read_common_settings
from werkzeug.test import TestResponse

from chassis.database.migrations import upgrade_chassis
from chassis.database.pool import Database
from chassis.database.unit_of_work import UnitOfWork
from chassis.http.idempotency import Admission, admit_by, idempotent
from chassis.http.openapi import ApiBlueprint
from chassis.http.problems import Problem
from chassis.http.strict_fields import Name, StrictSchema
from chassis.http.web import create_app
from chassis.identity.ops_tokens import sign_ops_token
from chassis.identity.signing_keys import new_key_pair, read_private_key
from chassis.messaging.outbox import Outbox
from chassis.service import Checks, Service


class NoteSchema(StrictSchema):
    words = Name(required=True)


@dataclass(frozen=True)
class Migration:
    """The part of Alembic's operations that the chassis needs."""

    connection: Connection

    def get_bind(self) -> Connection:
        return self.connection


@dataclass
class World:
    """A service that writes notes, and what a test may do in the middle of it."""

    database: Database
    token: str
    app: Flask | None = None
    in_the_middle: Callable[[], None] = field(default=lambda: None)
    refused_at_once: frozenset[str] = frozenset()
    status: int = 201

    def post(
        self, key: str | None, words: str = "hello", path: str = "/v1/notes", **headers: str
    ) -> TestResponse:
        given = {"Idempotency-Key": key} if key is not None else {}
        return self.client().post(path, json={"words": words}, headers={**given, **headers})

    def client(self) -> FlaskClient:
        assert self.app is not None
        return self.app.test_client()

    def count(self, table: str) -> int:
        with self.database.engine.begin() as connection:
            found: int = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608
            return found


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    database = Database(database_url, events=Outbox(type_prefix="test", source="/test"))
    with database.engine.begin() as connection:
        upgrade_chassis(Migration(connection))
        connection.execute(text("CREATE TABLE notes (words text)"))
    session, link, ops = new_key_pair(), new_key_pair(), new_key_pair()
    environ = {
        "DATABASE_URL": database_url,
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
        "PUBLIC_URL": "http://127.0.0.1:8000",
        "SESSION_PUBLIC_KEY": session[1],
        "LINK_PUBLIC_KEY": link[1],
        "OPS_TOKEN_PUBLIC_KEY": ops[1],
    }
    service = Service(name="notes", settings=read_common_settings(environ, "notes"), database=database)
    token = sign_ops_token(read_private_key(ops[0]), "olga", ("operator",), timedelta(hours=1))
    world = World(database, token)
    access = {f"POST /v1/{name}": "anybody" for name in ("notes", "other-notes", "no-body", "of/{name}")}
    api = [notes_api(world)]
    world.app = create_app(service, __name__, title="Notes", api=api, checks=Checks(), access=access)
    yield world
    database.dispose()


def notes_api(world: World) -> ApiBlueprint:
    api = ApiBlueprint("notes", __name__)

    def write(work: UnitOfWork, words: str) -> dict[str, Any]:
        if words in world.refused_at_once:
            raise Problem(409, "refused_at_once")
        work.connection.execute(text("INSERT INTO notes VALUES (:words)"), {"words": words})
        world.in_the_middle()
        if words == "refused":
            raise Problem(409, "refused")
        return {"length": len(words)}

    @api.post("/v1/notes")
    @api.arguments(NoteSchema)
    @idempotent
    @api.response(201)
    def response_below(work: UnitOfWork, note: dict[str, str]) -> dict[str, Any]:
        """Write a note."""
        return write(work, note["words"])

    @api.post("/v1/other-notes")
    @api.arguments(NoteSchema)
    @api.response(202)
    @idempotent
    def response_above(work: UnitOfWork, note: dict[str, str]) -> tuple[dict[str, Any], int]:
        """Write a note, too."""
        return write(work, note["words"]), world.status

    @api.post("/v1/no-body")
    @idempotent
    @api.response(201)
    def without_arguments(work: UnitOfWork) -> dict[str, Any]:
        """Write a note that is always the same."""
        return write(work, "same")

    @api.post("/v1/of/<name>")
    @idempotent
    @api.response(201)
    def of_something(work: UnitOfWork, name: str) -> dict[str, Any]:
        """Write a note about something."""
        return write(work, name)

    return api


@pytest.mark.parametrize("path", ["/v1/notes", "/v1/other-notes"])
def test_the_first_answer_comes_again(world: World, path: str) -> None:
    first, second = world.post("key-1", path=path), world.post("key-1", path=path)
    assert (first.status_code, first.json) == (201, {"length": 5})
    assert (second.status_code, second.json) == (201, {"length": 5})
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert world.count("notes") == 1


def test_the_first_answer_comes_again_where_the_view_would_refuse_by_now(world: World) -> None:
    assert world.post("key-1").status_code == 201
    world.refused_at_once = frozenset({"hello"})
    again, other = world.post("key-1"), world.post("key-2")
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")
    assert (other.status_code, other.json["code"]) == (409, "refused_at_once")
    assert world.post("key-1", words="other").status_code == 422


def test_another_key_route_or_principal_is_another_intent(world: World) -> None:
    answers = [
        world.post("key-1"),
        world.post("key-2"),
        world.post("key-1", path="/v1/other-notes"),
        world.post("key-1", Authorization=f"Bearer {world.token}"),
    ]
    assert [answer.status_code for answer in answers] == [201] * 4
    assert world.count("notes") == 4


def test_a_key_is_required(world: World) -> None:
    answer = world.post(None)
    assert (answer.status_code, answer.json["code"]) == (400, "idempotency_key_missing")
    assert answer.json["errors"][0]["header"] == "Idempotency-Key"
    assert world.post("x" * 256).json["code"] == "idempotency_key_invalid"
    assert world.count("notes") == 0


def test_a_key_with_another_body_is_refused(world: World) -> None:
    world.post("key-1")
    answer = world.post("key-1", words="other")
    assert (answer.status_code, answer.json["code"]) == (422, "idempotency_key_reused")
    assert world.count("notes") == 1


def test_a_key_for_one_thing_is_none_for_another(world: World) -> None:
    statuses = [
        world.post("key-1", path=f"/v1/of/{name}").status_code for name in ("ada", "ada", "eve", "ada?a=b")
    ]
    assert statuses == [201, 201, 422, 422]
    assert world.count("notes") == 1


def test_an_answer_that_is_no_success_is_not_kept(world: World) -> None:
    world.status = 503
    assert world.post("key-1", path="/v1/other-notes").status_code == 503
    world.status = 201
    again = world.post("key-1", path="/v1/other-notes")
    assert (again.status_code, "Idempotency-Replayed" in again.headers) == (201, False)


def test_spacing_does_not_make_another_body(world: World) -> None:
    world.post("key-1")
    answer = world.client().post(
        "/v1/notes",
        data=b'{ "words" :\n"hello" }',
        headers={"Idempotency-Key": "key-1", "Content-Type": "application/json"},
    )
    assert answer.status_code == 201
    assert world.count("notes") == 1


def test_a_body_that_nobody_reads_may_be_nonsense(world: World) -> None:
    """Also one that no parser gets to the end of; another one under the same key is another request."""
    headers = {"Idempotency-Key": "key-1", "Content-Type": "application/json"}
    nested = "[" * 50_000 + "]" * 50_000
    for body, status in ((nested, 201), (nested, 201), ("{", 422), ("", 422)):
        answer = world.client().post("/v1/no-body", data=body, headers=headers)
        assert answer.status_code == status, body[:1]
    assert world.count("notes") == 1


def test_refusals_are_not_kept_and_leave_nothing(world: World) -> None:
    assert world.post("key-1", words="refused").status_code == 409
    assert world.count("notes") == world.count("idempotency_answers") == 0
    assert world.post("key-1").status_code == 201


def test_while_the_first_runs_the_second_is_told(world: World) -> None:
    inside, may_go_on = threading.Event(), threading.Event()

    def wait() -> None:
        inside.set()
        assert may_go_on.wait(30)

    world.in_the_middle = wait
    answers: list[TestResponse] = []
    first = threading.Thread(target=lambda: answers.append(world.post("key-1")))
    first.start()
    assert inside.wait(30)
    second = world.post("key-1")
    may_go_on.set()
    first.join(30)
    assert (second.status_code, second.json["code"]) == (409, "request_in_progress")
    assert answers[0].status_code == 201
    assert world.count("notes") == 1


def test_keys_and_names_are_kept_as_digests_and_forgotten_after_a_day(world: World) -> None:
    world.post("ada@example.com", Authorization=f"Bearer {world.token}")
    with world.database.engine.begin() as connection:
        row = str(connection.execute(text("SELECT * FROM idempotency_answers")).one())
        assert "ada" not in row
        assert "olga" not in row
        connection.execute(text("UPDATE idempotency_answers SET expires_at = now()"))
    again = world.post("ada@example.com", Authorization=f"Bearer {world.token}")
    assert "Idempotency-Replayed" not in again.headers
    assert world.count("notes") == 2


@pytest.mark.parametrize(
    ("key", "words", "status", "is_taken_back"),
    [
        ("new", "hello", 201, False),
        ("new", "hello", 503, True),  # returned, not raised
        ("new", "refused", 201, True),
        ("used", "hello", 201, True),
    ],
)
def test_what_came_to_nothing_does_not_count_as_asked(
    world: World, key: str, words: str, status: int, *, is_taken_back: bool
) -> None:
    world.post("used", path="/v1/other-notes")
    taken_back: list[list[Any]] = []
    admission = Admission(("SELECT 7", {}), lambda _: None, taken_back.append)
    assert world.app is not None
    world.app.before_request_funcs.setdefault(None, []).append(lambda: admit_by(admission))
    world.status = status
    world.post(key, words, path="/v1/other-notes")
    assert [[tuple(row) for row in rows] for rows in taken_back] == ([[(7,)]] if is_taken_back else [])
