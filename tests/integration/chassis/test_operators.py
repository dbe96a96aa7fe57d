"""Operators settle dead letters and parked lanes, by command and by HTTP; every deed is noted."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from tests.integration.chassis.conftest import Command, Rows, Say

from chassis.http.web import create_app
from chassis.identity.ops_tokens import sign_ops_token
from chassis.identity.signing_keys import new_key_pair, read_private_key
from chassis.messaging.compacted_topics import CompactedTopics
from chassis.messaging.consumer.poll import Poll
from chassis.messaging.consumer.skips import ask_to_skip
from chassis.operating.http import operators_api
from chassis.service import Service

KEYS = new_key_pair()


@pytest.fixture
def tally_environ(tally_environ: dict[str, str]) -> dict[str, str]:
    return tally_environ | {"OPS_TOKEN_PUBLIC_KEY": KEYS[1]}


def token(*roles: str) -> dict[str, str]:
    signed = sign_ops_token(read_private_key(KEYS[0]), "olga", roles, timedelta(minutes=1))
    return {"Authorization": f"Bearer {signed}"}


WHY = ("--reason", "asked for")
NOTED = "SELECT actor, action, outcome FROM operator_actions ORDER BY at"


def ask(client: FlaskClient, path: str, **query: Any) -> Any:
    """The answer to a viewer's GET that has to succeed."""
    answer = client.get(path, query_string=query, headers=token("viewer"))
    assert answer.status_code == 200, answer.json
    return answer.json


def act(client: FlaskClient, path: str, role: str = "operator", **body: Any) -> Any:
    """The answer to a POST."""
    return client.post(path, json={"reason": "asked for", **body}, headers=token(role))


def test_a_dead_letter_is_listed_shown_and_replayed_once_its_cause_is_gone(
    client: FlaskClient, poll: Poll, say: Say, rows: Rows
) -> None:
    poll.handle([say("z", value=b"\xff")])
    assert [letter["code"] for letter in ask(client, "/v1/dead-letters")["dead_letters"]] == ["data_not_json"]
    poll.handle([say("b", 1, never=True)])
    [letter] = ask(client, "/v1/dead-letters", subject="b")["dead_letters"]
    path = f"/v1/dead-letters/{letter['id']}"
    shown = act(client, f"{path}/disclosure").json
    assert json.loads(shown["value"]) == {"number": 1, "never": True}

    failed = act(client, f"{path}/replay")
    assert failed.json == {"id": letter["id"], "outcome": "never: It was said so."}
    healed = rows(
        "UPDATE dead_letters SET record_value = %s WHERE subject = 'b' RETURNING 1", b'{"number": 5}'
    )
    assert healed == [1]
    assert act(client, f"{path}/replay").json["outcome"] == "replayed"
    assert rows("SELECT subject, number FROM tally") == [("b", 5)]
    again = act(client, f"{path}/replay")
    assert (again.status_code, again.json["code"]) == (409, "already_settled")
    assert rows("SELECT number FROM tally") == [5]
    assert rows(NOTED) == [
        ("olga", "see dead letter", "done"),
        ("olga", "replay dead letter", "failed: never"),
        ("olga", "replay dead letter", "done"),
    ]


def test_replaying_all_narrows_by_options_and_tells_each_outcome(
    client: FlaskClient, poll: Poll, say: Say, rows: Rows
) -> None:
    poll.handle([say("a", 1, never=True), say("b", value=b"{"), say("c", 3, never=True)])
    rows("UPDATE dead_letters SET record_value = %s WHERE subject = 'c' RETURNING 1", b'{"number": 3}')
    outcomes = act(client, "/v1/dead-letters/replay", code="never").json["outcomes"]
    assert [line["outcome"] for line in outcomes] == ["never: It was said so.", "replayed"]
    assert rows("SELECT status FROM dead_letters ORDER BY id") == ["waiting", "waiting", "replayed"]


def test_discarding_needs_a_reason_and_is_final(
    client: FlaskClient, poll: Poll, say: Say, rows: Rows
) -> None:
    poll.handle([say("a", value=b"{")])
    [letter] = ask(client, "/v1/dead-letters")["dead_letters"]
    path = f"/v1/dead-letters/{letter['id']}/discard"
    assert client.post(path, json={}, headers=token("operator")).status_code == 422
    statuses = [act(client, path, reason=reason).status_code for reason in ("test data", "again")]
    assert statuses == [200, 409]
    assert rows("SELECT status, settled_reason FROM dead_letters") == [("discarded", "test data")]


def test_a_parked_lane_is_released_or_its_first_event_set_aside(
    client: FlaskClient, poll: Poll, say: Say, rows: Rows
) -> None:
    record = say("a", 1, needs="x")
    poll.handle([record, say("a", 2)])
    [lane] = ask(client, "/v1/lanes/parked")["lanes"]
    assert (lane["subject"], lane["waiting_events"], lane["cause_code"]) == ("a", 2, "fact_missing")
    due = "SELECT scheduled_at > now() FROM procrastinate_jobs WHERE task_name = 'chassis.retry_lane'"
    assert rows(due) == [True]
    place = {"topic": record.topic, "subject": "a"}
    assert act(client, "/v1/lanes/release", **place).status_code == 204
    assert rows(due) == [False]
    assert act(client, "/v1/lanes/set-aside", **place, reason="stuck").status_code == 204
    assert rows("SELECT code, message FROM dead_letters") == [("set_aside", "stuck")]
    assert rows("SELECT count(*) FROM parked_events") == [1]
    nobody = act(client, "/v1/lanes/release", topic=record.topic, subject="nobody")
    assert (nobody.status_code, nobody.json["code"]) == (409, "lane_not_parked")


def test_what_stood_behind_what_is_set_aside_is_tried_at_once(
    client: FlaskClient, poll: Poll, say: Say, rows: Rows
) -> None:
    record = say("a", 1, needs="x")
    poll.handle([record, say("a", 2)])
    assert act(client, "/v1/lanes/set-aside", topic=record.topic, subject="a").status_code == 204
    assert rows("SELECT scheduled_at > now() FROM procrastinate_jobs") == [False]


def test_nothing_is_done_to_an_open_lane(client: FlaskClient, poll: Poll, say: Say, rows: Rows) -> None:
    record = say("a", 1)
    poll.handle([record])
    for path in ("/v1/lanes/release", "/v1/lanes/set-aside"):
        answer = act(client, path, topic=record.topic, subject="a")
        assert (answer.status_code, answer.json["code"]) == (409, "lane_not_parked")
    assert rows("SELECT count(*) FROM operator_actions") == [0]


def test_a_parked_lane_without_events_is_opened_and_that_is_noted(
    client: FlaskClient, poll: Poll, say: Say, rows: Rows
) -> None:
    record = say("a", 1, needs="x")
    poll.handle([record])
    rows("DELETE FROM parked_events RETURNING 1")
    assert act(client, "/v1/lanes/set-aside", topic=record.topic, subject="a").status_code == 204
    assert rows("SELECT is_parked FROM lanes") == [False]
    assert rows(NOTED) == [("olga", "set event aside", "done")]


def test_holes_and_the_lanes_of_one_partner_are_listed(client: FlaskClient, poll: Poll, say: Say) -> None:
    poll.handle([say("a", 1), say("a", 2, sequence=9), say("b", 1, needs="x")])
    [hole] = ask(client, "/v1/lanes/holes")["holes"]
    assert (hole["first_missing"], hole["last_missing"]) == (2, 8)
    [lane] = ask(client, "/v1/lanes", subject="a")["lanes"]
    assert (lane["is_parked"], lane["last_sequence"], lane["hole_count"]) == (False, 9, 1)
    [lane] = ask(client, "/v1/lanes", subject="b")["lanes"]
    assert (lane["is_parked"], lane["cause_code"]) == (True, "fact_missing")
    assert ask(client, "/v1/lanes", subject="nobody") == {"lanes": [], "next_cursor": None}
    assert client.get("/v1/lanes", headers=token("viewer")).status_code == 422


def test_republish_leaves_compacted_topics_out_and_says_so(service: Service) -> None:
    compacted = replace(service, compacted=CompactedTopics(names=frozenset({"snapshots"})))
    client = create_app(compacted, __name__, title="Tallies", api=[operators_api]).test_client()
    assert act(client, "/v1/republications", subject="a").json["left_out"] == ["snapshots"]
    answer = act(client, "/v1/republications", topic="snapshots")
    assert (answer.status_code, answer.json["code"]) == (422, "never_sent_again")
    assert answer.json["errors"][0]["pointer"] == "/topic"


def test_republish_refuses_a_topic_of_nobody_and_times_that_run_backwards(client: FlaskClient) -> None:
    for wrong, place in (
        ({"topic": "no.such.topic"}, "/topic"),
        ({"since": "2026-03-02T00:00:00Z", "until": "2026-03-01T00:00:00Z"}, "/until"),
    ):
        answer = act(client, "/v1/republications", **wrong)
        assert answer.status_code == 422, answer.json
        assert [error["pointer"] for error in answer.json["errors"]] == [place]


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


def test_nothing_chosen_is_not_everything(client: FlaskClient, poll: Poll, say: Say, rows: Rows) -> None:
    poll.handle([say("a", 1, never=True), say("b", value=b"{"), say("c", 3, never=True)])
    for verb in ("replay", "discard"):
        path, operator = f"/v1/dead-letters/{verb}", token("operator")
        for body in ({}, {"reason": "x"}, {"all": False, "reason": "x"}, {"all": "yes", "reason": "x"}):
            assert client.post(path, json=body, headers=operator).status_code == 422
        assert client.post(path, headers=operator).status_code in {400, 415, 422}
        assert client.post(path, json={"all": True}, headers=operator).status_code == 422, "without a reason"
    assert rows("SELECT count(*) FROM operator_actions") == [0]
    assert rows("SELECT count(*) FROM dead_letters WHERE status = 'waiting'") == [3]


def test_dead_letters_are_discarded_in_bulk(client: FlaskClient, poll: Poll, say: Say, rows: Rows) -> None:
    poll.handle([say("a", 1, never=True), say("b", value=b"{"), say("c", 3, never=True)])
    body = {"code": "never", "reason": "test data"}
    done = client.post("/v1/dead-letters/discard", json=body, headers=token("operator"))
    assert done.json == {"discarded": 2}
    assert client.post("/v1/dead-letters/discard", json=body, headers=token("viewer")).status_code == 403
    assert act(client, "/v1/dead-letters/discard", all=True).json == {"discarded": 1}
    assert rows("SELECT status, settled_by, settled_reason FROM dead_letters ORDER BY subject") == [
        ("discarded", "olga", "test data"),
        ("discarded", "olga", "asked for"),
        ("discarded", "olga", "test data"),
    ]
    assert rows("SELECT actor, action, target, reason, outcome FROM operator_actions ORDER BY at") == [
        ("olga", "discard dead letters", "code never", "test data", "done: 2"),
        ("olga", "discard dead letters", "all", "asked for", "done: 1"),
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


def test_a_hole_is_closed_with_a_reason(client: FlaskClient, poll: Poll, say: Say, rows: Rows) -> None:
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
    last = {"first_missing": 10, "last_missing": 11}
    assert act(client, close, topic=topic, subject="a", **last).status_code == 204
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
    service: Service, client: FlaskClient, poll: Poll, say: Say, *, path: str, member: str
) -> None:
    for number in range(5):
        mixed = [say(f"p{number}", needs="x"), say(f"h{number}", sequence=4), say(f"d{number}", value=b"{")]
        poll.handle(mixed)
        with service.database.begin() as work:
            place = (say("a").topic, 0, number)
            ask_to_skip(work.connection, poll._group, place, actor="vera", reason="asked for")
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


def test_dead_letters_of_any_bytes_are_listed_and_shown(client: FlaskClient, poll: Poll, say: Say) -> None:
    headers = [("\x1b[2J", b"\xff\x00"), ("ce_id", b"\xc3"), ("\0", b"\x1b"), ("x" * 9_000, b"")]
    poll.handle([say("a")._replace(value=b'{"a": "\\ud800\x1b"}', headers=headers, key=b"\xff\x00")])
    listed = client.get("/v1/dead-letters", headers=token("operator"))
    letter_id = listed.json["dead_letters"][0]["id"]
    path, why = f"/v1/dead-letters/{letter_id}/disclosure", {"reason": "to see"}
    assert client.post(path, json=why, headers=token("operator")).json["key"] == "0xff00"


def test_an_entry_names_the_role_of_its_request_and_that_of_no_earlier_one(
    client: FlaskClient, command: Command, rows: Rows
) -> None:
    why = {"reason": "asked for"}
    assert client.post("/v1/flood-clearances", json=why, headers=token("operator")).status_code == 200
    assert client.post("/v1/flood-clearances", json=why, headers=token("viewer")).status_code == 403
    assert command("clear-flood", *WHY).exit_code == 0
    assert rows("SELECT role FROM operator_actions ORDER BY at") == ["operator", "database"]


def test_the_command_line_has_only_what_works_without_the_web_process_and_says_so(command: Command) -> None:
    told = command("--help").stdout
    assert "while its web process is down" in " ".join(told.split())
    assert "`gangway --help`" in told
    listed = {line.split()[0] for line in told.partition("Commands:")[2].splitlines() if line.strip()}
    processes = {"web", "relay", "consumer", "worker"}
    assert listed == processes | {
        "migrate",
        "check-settings",
        "clear-flood",
        "numbers",
        "positions",
        "records",
        "topics",
    }
    for verb in ("clear-flood", "numbers restore", "positions accept-loss", "records skip t 0 0"):
        without_reason = command(*verb.split())
        assert (without_reason.exit_code, "--reason" in without_reason.stderr) == (2, True)
        assert command(*verb.split(), "--reason", " ").exit_code == 2
        assert command(*verb.split(), "--by", "", *WHY).exit_code == 2


def test_a_service_without_subscriptions_says_so(
    service: Service, client: FlaskClient, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(service), "subscriptions", None)
    for path in ("/v1/lanes?subject=a", "/v1/lanes/parked", "/v1/lanes/holes", "/v1/records/skips"):
        answer = client.get(path, headers=token("viewer"))
        assert (answer.status_code, answer.json["detail"]) == (404, "tallies subscribes to no topic.")
    place = {"topic": "t", "subject": "a"}
    for path, body in (
        ("/v1/lanes/release", place),
        ("/v1/lanes/set-aside", place),
        ("/v1/records/skips", {"topic": "t", "partition": 0, "offset": 0}),
        ("/v1/dead-letters/replay", {"all": True}),
        ("/v1/dead-letters/discard", {"all": True}),
        ("/v1/flood-clearances", {}),
        ("/v1/loss-acceptances", {}),
    ):
        assert act(client, path, **body).status_code == 404, path
    refused = command("clear-flood", *WHY)
    assert (refused.exit_code, refused.stderr) == (1, "Error: tallies subscribes to no topic.\n")


@pytest.fixture
def without_kafka(tally_environ: dict[str, str]) -> Iterator[Service]:
    """The same service beside a cluster whose name nobody knows."""
    from tallies.bootstrap import build_service  # noqa: PLC0415 - found only once its folder is on the path

    service = build_service(tally_environ | {"KAFKA_BOOTSTRAP_SERVERS": "kafka.invalid:9092"})
    yield service
    service.database.dispose()


def test_a_loss_cannot_be_accepted_while_no_broker_answers_and_the_try_is_noted(
    without_kafka: Service, rows: Rows
) -> None:
    client = create_app(without_kafka, __name__, title="Tallies", api=[operators_api]).test_client()
    answer = act(client, "/v1/loss-acceptances")
    assert (answer.status_code, answer.json["code"]) == (503, "kafka_unavailable")
    assert answer.headers["Retry-After"] == "5"
    assert "no broker answers at kafka.invalid:9092" in answer.json["detail"]
    assert rows(NOTED) == [("olga", "accept loss", "failed: KafkaTimeoutError")]
