"""Operators settle dead letters and parked lanes, by command and by HTTP; every deed is noted."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient
from tests.integration.chassis.conftest import Rows, Say

from chassis.cli import service_command
from chassis.http.web import create_app
from chassis.identity.ops_tokens import sign_ops_token
from chassis.identity.signing_keys import new_key_pair, read_private_key
from chassis.messaging.compacted_topics import CompactedTopics
from chassis.messaging.consumer.poll import Poll
from chassis.operating.http import operators_api
from chassis.service import Service

Command = Callable[..., Result]

KEYS = new_key_pair()


@pytest.fixture
def tally_environ(tally_environ: dict[str, str]) -> dict[str, str]:
    return tally_environ | {"OPS_TOKEN_PUBLIC_KEY": KEYS[1]}


@pytest.fixture
def command(service: Service, tally_environ: dict[str, str]) -> Command:
    group = service_command("tallies", lambda _: service, tally_environ)

    def run(*words: str) -> Result:
        return CliRunner().invoke(group, words)

    return run


@pytest.fixture
def client(service: Service) -> FlaskClient:
    return create_app(service, __name__, title="Tallies", api=[operators_api()]).test_client()


def token(*roles: str) -> dict[str, str]:
    signed = sign_ops_token(read_private_key(KEYS[0]), "olga", roles, timedelta(minutes=1))
    return {"Authorization": f"Bearer {signed}"}


def lines(result: Result) -> list[dict[str, str]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


WHY = ("--reason", "asked for")
NOTED = "SELECT actor, action, outcome FROM operator_actions ORDER BY at"


def test_a_dead_letter_is_listed_shown_and_replayed_once_its_cause_is_gone(
    command: Command, poll: Poll, say: Say, rows: Rows
) -> None:
    poll.handle([say("z", value=b"\xff")])
    assert [letter["code"] for letter in lines(command("dead-letters", "list"))] == ["data_not_json"]
    poll.handle([say("b", 1, never=True)])
    [letter] = lines(command("dead-letters", "list", "--subject", "b"))
    shown = lines(command("dead-letters", "show", letter["id"], "--reason", "Why?", "--by", "olga"))[0]
    assert json.loads(shown["value"]) == {"number": 1, "never": True}

    failed = command("dead-letters", "replay", letter["id"], "--by", "olga", *WHY)
    assert failed.exit_code == 1
    assert lines(failed) == [{"id": letter["id"], "outcome": "never: It was said so."}]
    healed = rows(
        "UPDATE dead_letters SET record_value = %s WHERE subject = 'b' RETURNING 1", b'{"number": 5}'
    )
    assert healed == [1]
    done = command("dead-letters", "replay", letter["id"], "--by", "olga", *WHY)
    assert (done.exit_code, lines(done)[0]["outcome"]) == (0, "replayed")
    assert rows("SELECT subject, number FROM tally") == [("b", 5)]
    again = command("dead-letters", "replay", letter["id"], *WHY)
    assert again.exit_code == 1
    assert "AlreadySettled" in again.stderr
    assert rows("SELECT number FROM tally") == [5]
    assert rows(NOTED) == [
        ("olga", "see dead letter", "done"),
        ("olga", "replay dead letter", "failed: never"),
        ("olga", "replay dead letter", "done"),
    ]


def test_replaying_all_narrows_by_options_and_tells_each_outcome(
    command: Command, poll: Poll, say: Say, rows: Rows
) -> None:
    poll.handle([say("a", 1, never=True), say("b", value=b"{"), say("c", 3, never=True)])
    rows("UPDATE dead_letters SET record_value = %s WHERE subject = 'c' RETURNING 1", b'{"number": 3}')
    result = command("dead-letters", "replay", "--all", "--code", "never", *WHY)
    assert result.exit_code == 1
    assert [line["outcome"] for line in lines(result)] == ["never: It was said so.", "replayed"]
    assert rows("SELECT status FROM dead_letters ORDER BY id") == ["waiting", "waiting", "replayed"]


def test_discarding_needs_a_reason_and_is_final(command: Command, poll: Poll, say: Say, rows: Rows) -> None:
    poll.handle([say("a", value=b"{")])
    [letter] = lines(command("dead-letters", "list"))
    assert command("dead-letters", "discard", letter["id"]).exit_code == 2
    assert command("dead-letters", "discard", letter["id"], "--reason", "test data").exit_code == 0
    assert command("dead-letters", "discard", letter["id"], "--reason", "again").exit_code == 1
    assert command("dead-letters", "discard", letter["id"][:-4] + "0000", "--reason", "x").exit_code == 1
    assert rows("SELECT status, settled_reason FROM dead_letters") == [("discarded", "test data")]


def test_a_parked_lane_is_released_or_its_first_event_set_aside(
    command: Command, poll: Poll, say: Say, rows: Rows
) -> None:
    record = say("a", 1, needs="x")
    poll.handle([record, say("a", 2)])
    [lane] = lines(command("lanes", "list"))
    assert (lane["subject"], lane["waiting_events"], lane["cause_code"]) == ("a", 2, "fact_missing")
    due = "SELECT scheduled_at > now() FROM procrastinate_jobs WHERE task_name = 'chassis.retry_lane'"
    assert rows(due) == [True]
    assert command("lanes", "release", record.topic, "a", *WHY).exit_code == 0
    assert rows(due) == [False]
    assert command("lanes", "set-aside", record.topic, "a", "--reason", "stuck").exit_code == 0
    assert rows("SELECT code, message FROM dead_letters") == [("set_aside", "stuck")]
    assert rows("SELECT count(*) FROM parked_events") == [1]
    assert command("lanes", "release", record.topic, "nobody", *WHY).exit_code == 1


def test_holes_are_listed(command: Command, poll: Poll, say: Say) -> None:
    poll.handle([say("a", 1), say("a", 2, sequence=9)])
    [hole] = lines(command("lanes", "holes"))
    assert (hole["first_missing"], hole["last_missing"]) == (2, 8)


def test_republish_wants_to_know_what(command: Command) -> None:
    assert command("republish", *WHY).exit_code == 2
    assert command("republish", "--since", "once upon a time", *WHY).exit_code == 2
    assert "0 events" in command("republish", "--subject", "a", *WHY).output


def test_republish_leaves_compacted_topics_out_and_says_so(
    service: Service, tally_environ: dict[str, str]
) -> None:
    compacted = replace(service, compacted=CompactedTopics(names=frozenset({"snapshots"})))
    group = service_command("tallies", lambda _: compacted, tally_environ)
    said = CliRunner().invoke(group, ["republish", "--subject", "a", *WHY])
    assert said.stdout.splitlines() == [
        "0 events will be sent again",
        "left out, since only the newest counts there: snapshots",
    ]
    refused = CliRunner().invoke(group, ["republish", "--topic", "snapshots", *WHY])
    assert refused.exit_code == 2
    assert "snapshots is compacted" in refused.stderr
    client = create_app(compacted, __name__, title="Tallies", api=[operators_api()]).test_client()
    answer = client.post(
        "/v1/republications", json={"subject": "a", "reason": "asked for"}, headers=token("operator")
    )
    assert answer.json["left_out"] == ["snapshots"]
    answer = client.post(
        "/v1/republications", json={"topic": "snapshots", "reason": "asked for"}, headers=token("operator")
    )
    assert (answer.status_code, answer.json["code"]) == (422, "never_sent_again")


def test_http_shows_viewers_and_lets_operators_act(
    client: FlaskClient, poll: Poll, say: Say, rows: Rows
) -> None:
    poll.handle([say("a", value=b"{")])
    assert client.get("/v1/dead-letters").status_code == 401
    found = client.get("/v1/dead-letters", headers=token("viewer"))
    letter_id = found.json["dead_letters"][0]["id"]
    path = f"/v1/dead-letters/{letter_id}"
    assert "value" not in client.get(path, headers=token("operator")).json
    assert client.get(path, headers=token("viewer")).status_code == 200
    look = f"{path}/disclosure"
    assert client.post(look, json={"reason": "x"}, headers=token("viewer")).status_code == 403
    assert client.post(look, json={"reason": "x"}, headers=token("operator")).json["value"] == "{"
    assert client.post(f"{path}/replay", headers=token("viewer")).status_code == 403
    replayed = client.post(f"{path}/replay", json={"reason": "healed"}, headers=token("operator"))
    assert replayed.json["outcome"].startswith("data_not_json")
    reason = {"reason": "rubbish"}
    assert client.post(f"{path}/discard", json=reason, headers=token("operator")).status_code == 200
    assert client.post(f"{path}/discard", json=reason, headers=token("operator")).status_code == 409
    unknown = "/v1/dead-letters/00000000-0000-4000-8000-000000000000"
    assert client.get(unknown, headers=token("operator")).status_code == 404
    assert ("olga", "discard dead letter", "done") in rows(NOTED)


def test_http_releases_lanes_and_republishes(client: FlaskClient, poll: Poll, say: Say) -> None:
    record = say("a", 1, needs="x")
    poll.handle([record])
    lanes = client.get("/v1/lanes/parked", headers=token("viewer")).json["lanes"]
    assert [lane["subject"] for lane in lanes] == ["a"]
    lane = {"topic": record.topic, "subject": "a", "reason": "the fact is there"}
    assert client.post("/v1/lanes/release", json=lane, headers=token("operator")).status_code == 204
    nobody = lane | {"subject": "nobody"}
    assert client.post("/v1/lanes/release", json=nobody, headers=token("operator")).status_code == 409
    aside = lane | {"reason": "stuck"}
    assert client.post("/v1/lanes/set-aside", json=aside, headers=token("operator")).status_code == 204
    assert (
        client.post("/v1/republications", json={"reason": "why not"}, headers=token("operator")).status_code
        == 422
    )
    done = client.post(
        "/v1/republications", json={"subject": "a", "reason": "asked for"}, headers=token("operator")
    )
    assert (done.status_code, done.json) == (202, {"events": 0, "left_out": []})
    actions = client.get("/v1/operator-actions", headers=token("viewer")).json["actions"]
    assert [action["action"] for action in actions] == ["republish", "set event aside", "release lane"]


def test_topics_are_checked_and_refused_without_a_cluster(command: Command, tmp_path: Path) -> None:
    result = command("topics", "apply", "--contracts", str(tmp_path / "nowhere"))
    assert result.exit_code == 2


def test_strangers_learn_nothing_about_the_input(client: FlaskClient) -> None:
    """Who is asked for comes before what is asked."""
    answers = [
        client.post("/v1/dead-letters/replay", json={"nonsense": 1}),
        client.get("/v1/lanes/parked?limit=x"),
    ]
    assert [answer.status_code for answer in answers] == [401, 401]


def test_nothing_chosen_is_not_everything(
    client: FlaskClient, command: Command, poll: Poll, say: Say, rows: Rows
) -> None:
    poll.handle([say("a", 1, never=True), say("b", value=b"{"), say("c", 3, never=True)])
    for verb in ("replay", "discard"):
        path, operator = f"/v1/dead-letters/{verb}", token("operator")
        for body in ({}, {"reason": "x"}, {"all": False, "reason": "x"}, {"all": "yes", "reason": "x"}):
            assert client.post(path, json=body, headers=operator).status_code == 422
        assert client.post(path, headers=operator).status_code in {400, 415, 422}
        assert client.post(path, json={"all": True}, headers=operator).status_code == 422, "without a reason"
        assert command("dead-letters", verb, *WHY).exit_code == 2
        assert command("dead-letters", verb, "--code", "never", *WHY).exit_code == 2
    assert rows("SELECT count(*) FROM operator_actions") == [0]
    assert rows("SELECT count(*) FROM dead_letters WHERE status = 'waiting'") == [3]


def test_dead_letters_are_discarded_in_bulk(
    client: FlaskClient, command: Command, poll: Poll, say: Say, rows: Rows
) -> None:
    poll.handle([say("a", 1, never=True), say("b", value=b"{"), say("c", 3, never=True)])
    body = {"code": "never", "reason": "test data"}
    done = client.post("/v1/dead-letters/discard", json=body, headers=token("operator"))
    assert done.json == {"discarded": 2}
    assert client.post("/v1/dead-letters/discard", json=body, headers=token("viewer")).status_code == 403
    assert "1 dead letters" in command("dead-letters", "discard", "--all", "--by", "vera", *WHY).output
    assert rows("SELECT status, settled_by, settled_reason FROM dead_letters ORDER BY subject") == [
        ("discarded", "olga", "test data"),
        ("discarded", "vera", "asked for"),
        ("discarded", "olga", "test data"),
    ]
    assert rows("SELECT actor, action, target, reason, outcome FROM operator_actions ORDER BY at") == [
        ("olga", "discard dead letters", "code never", "test data", "done: 2"),
        ("vera", "discard dead letters", "all", "asked for", "done: 1"),
    ]


def test_a_bulk_replay_goes_on_page_by_page(client: FlaskClient, poll: Poll, say: Say) -> None:
    poll.handle([say(str(number), never=True) for number in range(5)])
    body: dict[str, object] = {"all": True, "reason": "healed?", "limit": 2}
    sizes = []
    for _ in range(3):
        page = client.post("/v1/dead-letters/replay", json=body, headers=token("operator")).json
        sizes.append(len({outcome["id"] for outcome in page["outcomes"]}))
        body["cursor"] = page["next_cursor"]
    assert (sizes, body["cursor"]) == ([2, 2, 1], None)


def test_a_record_that_stops_the_consumer_is_skipped_and_may_be_replayed(
    command: Command, client: FlaskClient, poll: Poll, say: Say, rows: Rows
) -> None:
    records = [say("a", 1), say("a", 2, crash=True), say("a", 3), say("b", 1)]
    with pytest.raises(ZeroDivisionError):
        poll.handle(records)
    place = (records[1].topic, str(records[1].partition), str(records[1].offset))
    assert command("records", "skip", "other.topic", *place[1:], *WHY).exit_code == 2
    assert command("records", "skip", *place).exit_code == 2
    assert command("records", "skip", *place, "--by", "vera", *WHY).exit_code == 0
    assert command("records", "skip", *place, *WHY).exit_code == 1
    assert json.loads(command("records", "skips").stdout)["record_offset"] == records[1].offset
    assert poll.handle(records) == 4, "also while it runs"
    assert rows("SELECT subject, number FROM tally ORDER BY id") == [("a", 1), ("a", 3), ("b", 1)]
    assert rows("SELECT code, message, subject, sequence FROM dead_letters") == [
        ("skipped_by_operator", "asked for", "a", 2)
    ]
    assert rows("SELECT last_sequence, hole_count FROM lanes WHERE subject = 'a'") == [(3, 0)]
    assert rows("SELECT actor, action, target, reason FROM operator_actions") == [
        ("vera", "skip record", f"{place[0]}/{place[1]}@{place[2]}", "asked for")
    ]
    hurts = {"topic": place[0], "partition": 0, "offset": 999, "reason": "by HTTP"}
    assert client.post("/v1/records/skips", json=hurts, headers=token("viewer")).status_code == 403
    assert client.post("/v1/records/skips", json=hurts, headers=token("operator")).status_code == 204
    assert client.post("/v1/records/skips", json=hurts, headers=token("operator")).status_code == 409
    elsewhere = hurts | {"topic": "other.topic"}
    assert client.post("/v1/records/skips", json=elsewhere, headers=token("operator")).status_code == 422


def test_a_record_that_kills_is_skipped_before_it_is_handled(
    command: Command, poll: Poll, say: Say, rows: Rows
) -> None:
    """As after a start: what was asked for while the consumer was down is known to it."""
    record = say("a", 1)
    place = (record.topic, str(record.partition), str(record.offset))
    assert command("records", "skip", *place, *WHY).exit_code == 0
    poll.load()
    poll.handle([record, say("a", 2)])
    assert rows("SELECT number FROM tally") == [2]
    [letter] = rows("SELECT id FROM dead_letters")
    assert command("dead-letters", "replay", str(letter), *WHY).exit_code == 0
    assert rows("SELECT number FROM tally ORDER BY id") == [2, 1]


def test_a_hole_is_closed_with_a_reason(
    client: FlaskClient, command: Command, poll: Poll, say: Say, rows: Rows
) -> None:
    records = [say("a", number) for number in range(1, 10)]
    poll.handle([records[0], records[3], records[8]])
    topic = records[0].topic
    hole = {"topic": topic, "subject": "a", "first_missing": 2, "last_missing": 3, "reason": "never sent"}
    close = "/v1/lanes/holes/close"
    assert client.post(close, json=hole, headers=token("viewer")).status_code == 403
    assert client.post(close, json=hole | {"last_missing": 4}, headers=token("operator")).status_code == 409
    assert client.post(close, json=hole, headers=token("operator")).status_code == 204
    assert client.post(close, json=hole, headers=token("operator")).status_code == 409
    assert rows("SELECT hole_count FROM lanes") == [1]
    poll.handle(records)
    assert rows("SELECT number FROM tally ORDER BY id") == [1, 4, 9, 5, 6, 7, 8], "2 and 3 were given up"
    poll.handle([say("a", 12, sequence=12)])
    assert command("lanes", "close-hole", topic, "a", "10", "11", *WHY).exit_code == 0
    assert rows("SELECT count(*) FROM lane_holes") == [0]
    assert rows("SELECT action, target, reason FROM operator_actions ORDER BY at") == [
        ("close hole", f"{topic} a 2-3", "never sent"),
        ("close hole", f"{topic} a 10-11", "asked for"),
    ]


@pytest.mark.parametrize(
    ("path", "member"),
    [
        ("/v1/dead-letters", "dead_letters"),
        ("/v1/lanes/parked", "lanes"),
        ("/v1/lanes/holes", "holes"),
        ("/v1/records/skips", "skips"),
    ],
)
def test_lists_are_read_to_their_end_page_by_page(
    client: FlaskClient, poll: Poll, say: Say, command: Command, *, path: str, member: str
) -> None:
    for number in range(5):
        mixed = [say(f"p{number}", needs="x"), say(f"h{number}", sequence=4), say(f"d{number}", value=b"{")]
        poll.handle(mixed)
        record = say("a")
        assert command("records", "skip", record.topic, "0", str(record.offset), *WHY).exit_code == 0
    found, cursor = [], None
    while True:
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = client.get(path, query_string=query, headers=token("viewer")).json
        assert len(page[member]) <= 2
        found += [json.dumps(item, sort_keys=True) for item in page[member]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(found) == len(set(found)) == 5
    for nonsense in ("x", "bnVsbA", "W10", "WyJcdTAwMDAiLCAwLCAwXQ", "\ufffd"):
        answer = client.get(path, query_string={"cursor": nonsense}, headers=token("viewer"))
        assert answer.status_code == 422
    assert client.get(path, query_string={"limit": "501"}, headers=token("viewer")).status_code == 422


def test_dead_letters_of_any_bytes_are_listed_and_shown(
    client: FlaskClient, command: Command, poll: Poll, say: Say
) -> None:
    headers = [("\x1b[2J", b"\xff\x00"), ("ce_id", b"\xc3"), ("\0", b"\x1b"), ("x" * 9_000, b"")]
    poll.handle([say("a")._replace(value=b'{"a": "\\ud800\x1b"}', headers=headers, key=b"\xff\x00")])
    listed = client.get("/v1/dead-letters", headers=token("operator"))
    letter_id = listed.json["dead_letters"][0]["id"]
    path, why = f"/v1/dead-letters/{letter_id}/disclosure", {"reason": "to see"}
    assert client.post(path, json=why, headers=token("operator")).json["key"] == "0xff00"
    for asked in (("list",), ("show", letter_id, *WHY)):
        shown = command("dead-letters", *asked)
        assert shown.exit_code == 0
        assert "\x1b" not in shown.stdout
        assert lines(shown)[0]["id"] == letter_id


def test_an_entry_names_the_role_of_its_request_and_that_of_no_earlier_one(
    client: FlaskClient, command: Command, rows: Rows
) -> None:
    why = {"reason": "asked for"}
    assert client.post("/v1/flood-clearances", json=why, headers=token("operator")).status_code == 200
    assert client.post("/v1/flood-clearances", json=why, headers=token("viewer")).status_code == 403
    assert command("flood", "clear", *WHY).exit_code == 0
    assert rows("SELECT role FROM operator_actions ORDER BY at") == ["operator", "database"]
