"""Dead letters, parked lanes and sending again from the command line."""

import json
from datetime import UTC, datetime
from uuid import uuid4

from tests.integration.operators.conftest import CommandLine, Services, ops_token
from tests.served import served
from werkzeug.wrappers import Response

from chassis.messaging.consumer.flood import FloodGauges
from chassis.messaging.consumer.poll import Poll
from chassis.messaging.consumer.reading import Reader
from chassis.messaging.envelope import write_headers
from chassis.messaging.kafka_clients import make_producer
from chassis.messaging.records import KeptRecord
from operator_cli.waiting import COMMANDS
from operator_client.operator import Facts

CONTRACT = "access.lifecycle.v1"
LETTERS = ("--service", "notifications")
BECAUSE = ("--reason", "It was mended.")
WHY = ("--reason", "Asked for.")


def record(offset: int, subject: str, value: bytes, sequence: int = 1) -> KeptRecord:
    headers = write_headers(
        event_id=str(uuid4()),
        type="gangway.access.granted.v1",
        source="/gangway/provisioning",
        subject=subject,
        sequence=sequence,
        occurred_at=datetime.now(UTC),
        dataschema=None,
        traceparent=None,
    )
    return KeptRecord(CONTRACT, 0, offset, 1_700_000_000_000, subject.encode(), value, headers)


def consume(services: Services, *records: KeptRecord) -> None:
    """Let notifications handle the records as its consumer would."""
    service = services.notifications.service
    assert service.subscriptions is not None
    group = service.subscriptions.group
    reader = Reader(service.subscriptions, "gangway")
    Poll(service.database, service.work_factory, reader, group, FloodGauges(group)).handle(records)


def unread_record(services: Services) -> int:
    """The offset of one in partition 0 that the consumer of notifications has not read."""
    producer = make_producer(services.notifications.service.settings.kafka, name="test")
    subject = str(uuid4())
    sent = record(0, subject, granted(subject))
    written = producer.send(CONTRACT, sent.value, sent.key, list(sent.headers), partition=0).get(20)
    producer.close()
    return int(written.offset)


def granted(subject: str) -> bytes:
    facts = {"partner_id": subject, "grant_id": str(uuid4()), "product": "crm", "identifiers": {}}
    return json.dumps({**facts, "collectable": False}).encode()


def test_a_dead_letter_is_seen_replayed_in_vain_and_discarded(
    gangway: CommandLine, services: Services
) -> None:
    subject = str(uuid4())
    consume(services, record(1, subject, b'{"nothing": "\x1b[2J of use"'))
    [letter] = gangway.tells("dead-letters", "list")
    assert (letter["service"], letter["subject"], letter["status"]) == ("notifications", subject, "waiting")
    assert gangway.says("dead-letters", "list", "--service", "onboarding") == "No dead letters.\n"
    assert gangway.says("dead-letters", "list", "--code", "other") == "No dead letters.\n"
    assert "of use" not in gangway.says("dead-letters", "show", letter["id"][:20], *LETTERS)
    look = ("--include-personal", "--reason", "What is wrong with it?")
    page = gangway.says("dead-letters", "show", letter["id"][:20], *LETTERS, *look)
    assert "gangway.access.granted.v1" in page
    assert "of use" in page
    assert "\x1b" not in page
    for chosen in ((letter["id"],), ("--all", "--subject", subject)):
        again = gangway("dead-letters", "replay", *chosen, *LETTERS, *WHY)
        assert again.exit_code == 1
        assert "not JSON" in again.stdout
    gangway.says("dead-letters", "discard", letter["id"], *LETTERS, "--reason", "Rubbish.")
    assert gangway.says("dead-letters", "list") == "No dead letters.\n"
    assert gangway.tells("dead-letters", "list", "--status", "discarded")[0]["settled_by"] == "amara"
    twice = gangway.fails("dead-letters", "discard", letter["id"], *LETTERS, "--reason", "Twice.")
    assert "was discarded by amara" in twice
    log = gangway.tells("audit", "list", *LETTERS)
    assert {(entry["actor"], entry["target"]) for entry in log} == {("amara", letter["id"])}


def test_a_parked_lane_is_released_or_its_first_event_set_aside(
    gangway: CommandLine, services: Services
) -> None:
    subject = str(uuid4())
    consume(services, record(1, subject, granted(subject)))
    [lane] = gangway.tells("lanes", "list")
    assert (lane["service"], lane["subject"], lane["waiting_events"]) == ("notifications", subject, 1)
    assert subject in gangway.says("lanes", "list")
    [shown] = gangway.tells("lanes", "show", subject)
    assert (shown["service"], shown["topic"], shown["is_parked"]) == ("notifications", CONTRACT, True)
    assert gangway.tells("lanes", "show", subject, "--service", "onboarding") == []
    assert "tries" in gangway.says("lanes", "release", CONTRACT, subject, *LETTERS, *WHY)
    gangway.says("lanes", "set-aside", CONTRACT, subject, *LETTERS, "--reason", "Nobody knows this partner.")
    [letter] = gangway.tells("dead-letters", "list")
    assert (letter["code"], letter["message"]) == ("set_aside", "Nobody knows this partner.")


def test_a_lane_that_goes_on_is_not_released(gangway: CommandLine, services: Services) -> None:
    assert gangway.says("lanes", "list") == "No lane is parked.\n"
    assert gangway.says("lanes", "holes") == "No holes.\n"
    assert "not parked" in gangway.fails("lanes", "release", CONTRACT, "nobody", *LETTERS, *WHY)


def test_events_are_sent_again(gangway: CommandLine, services: Services) -> None:
    partner_id = services.onboarding.applied()
    with services.onboarding.service.database.begin() as work:
        work.connection.exec_driver_sql("UPDATE outbox SET published_at = now()")
    count = len(services.onboarding.events(partner_id))
    chosen = ("republish", "--service", "onboarding", "--subject", partner_id, *WHY)
    assert gangway.tells(*chosen, "--since", "2020-01-01") == {
        "events": count,
        "left_out": ["partner.state.v1"],
    }
    assert gangway.tells(*chosen) == {"events": 0, "left_out": ["partner.state.v1"]}
    assert "Say which events" in gangway.fails("republish", "--service", "onboarding", *WHY)


def test_a_stopped_consumer_may_go_on(gangway: CommandLine, services: Services) -> None:
    service = services.notifications.service
    assert service.subscriptions is not None
    with service.database.begin() as work:
        gauges = FloodGauges(service.subscriptions.group)
        while not gauges.note_dead((CONTRACT, 0)):
            pass
        gauges.save(work.connection)
    [stopped] = gangway.tells("positions", "list", *LETTERS)
    assert (stopped["topic"], stopped["partition"]) == (CONTRACT, 0)
    assert "dead letters in a row" in stopped["stopped_because"]
    assert "stopped partitions  1" in gangway.says("waiting", *LETTERS)
    viewer = {"GANGWAY_OPS_TOKEN": ops_token("viewer")}
    assert "lacks the role" in gangway.fails("clear-flood", *LETTERS, *BECAUSE, **viewer)
    assert gangway.tells("clear-flood", *LETTERS, *BECAUSE) == {"partitions": 1}
    assert gangway.tells("clear-flood", "--let-through", "700", *LETTERS, *BECAUSE) == {"partitions": 0}
    assert "700 more let through" in gangway.tells("audit", "list", *LETTERS)[0]["outcome"]
    assert gangway.tells("audit", "list", *LETTERS)[0]["action"] == "clear flood"


def test_what_a_relay_has_not_sent_for_a_minute_waits(gangway: CommandLine, services: Services) -> None:
    services.onboarding.applied()
    with services.onboarding.service.database.begin() as work:
        work.connection.exec_driver_sql(
            "UPDATE outbox SET published_at = now(), occurred_at = now() - interval '1 hour'"
        )
    services.onboarding.applied()
    assert waiting(gangway, "unsent_events") == [], "a relay may be about to send it"
    with services.onboarding.service.database.begin() as work:
        unsent = work.connection.exec_driver_sql(
            "UPDATE outbox SET occurred_at = now() - interval '61 s' WHERE published_at IS NULL"
        ).rowcount
    [line] = waiting(gangway, "unsent_events")
    assert (line["service"], line["count"]) == ("onboarding", unsent)
    told = gangway(*COMMANDS["unsent_events"].split(), GANGWAY_NOTIFICATIONS_URL="http://127.0.0.1:9").stderr
    assert told.startswith("onboarding has events since ")
    assert told.count("notifications cannot be reached") == 1
    with served(Response(status=500)) as ill:
        told = gangway("positions", "list", GANGWAY_NOTIFICATIONS_URL=ill).stderr
    assert all(f"GET {path} answered 500" in told for path in ("/v1/waiting", "/v1/positions"))


def test_services_that_answer_are_shown_beside_one_that_does_not(
    gangway: CommandLine, services: Services
) -> None:
    subject = str(uuid4())
    consume(services, record(1, subject, b"{"))
    gangway.says("clear-flood", *LETTERS, *BECAUSE)
    for command, shown in (
        (("waiting",), "dead letters"),
        (("dead-letters", "list"), subject),
        (("audit", "list"), "clear flood"),
    ):
        told = gangway(*command, GANGWAY_PROVISIONING_URL="http://127.0.0.1:9")
        assert told.exit_code == 1
        assert shown in told.stdout
        assert told.stderr.startswith("Error: provisioning cannot be reached")
    nobody = gangway.fails("dead-letters", "list", GANGWAY_OPS_TOKEN="nonsense")
    assert nobody.count("Error") == 1
    assert gangway.fails("dead-letters", "list", "--status", "wating").count("Must be one of") == 1


def waiting(gangway: CommandLine, kind: str) -> list[Facts]:
    return [line for line in gangway.tells("waiting") if line["kind"] == kind]


def test_a_loss_is_accepted(gangway: CommandLine, services: Services) -> None:
    assert gangway.says("positions", "accept-loss", *LETTERS, *BECAUSE) == "Nothing was dropped unread.\n"
    [entry] = gangway.tells("audit", "list", *LETTERS)
    assert (entry["action"], entry["actor"], entry["outcome"]) == ("accept loss", "amara", "done")
    viewer = {"GANGWAY_OPS_TOKEN": ops_token("viewer")}
    assert "lacks the role" in gangway.fails("positions", "accept-loss", *LETTERS, *BECAUSE, **viewer)


def test_many_dead_letters_are_discarded_and_nothing_chosen_is_not_everything(
    gangway: CommandLine, services: Services
) -> None:
    consume(services, *(record(place, str(uuid4()), b"{") for place in range(3)))
    for verb in ("discard", "replay"):
        refused = gangway("dead-letters", verb, *LETTERS, *WHY)
        assert refused.exit_code == 2
        assert "Give one id, or --all" in refused.stderr
    every = ("dead-letters", "discard", "--all", *LETTERS)
    assert gangway.tells(*every, "--code", "other", *WHY) == {"discarded": 0}
    assert gangway.tells(*every, *WHY) == {"discarded": 3}
    assert gangway.tells("audit", "list", *LETTERS)[0]["reason"] == "Asked for."


def test_a_hole_is_closed_and_a_record_skipped(gangway: CommandLine, services: Services) -> None:
    subject = str(uuid4())
    consume(services, record(1, subject, granted(subject), sequence=4))
    [hole] = gangway.tells("lanes", "holes")
    numbers = [str(hole["first_missing"]), str(hole["last_missing"])]
    close = ("lanes", "close-hole", CONTRACT, subject, *numbers, *LETTERS, *WHY)
    assert "1 to 3" in gangway.says(*close)
    assert gangway.says("lanes", "holes") == "No holes.\n"
    assert "no hole" in gangway.fails(*close)
    offset = unread_record(services)
    assert gangway.says("records", "skips", *LETTERS) == "none\n"
    to_come = ("records", "skip", CONTRACT, "0", str(offset + 1_000), *LETTERS, *WHY)
    assert f"there is no record {offset + 1_000} yet" in gangway.fails(*to_come)
    skip = ("records", "skip", CONTRACT, "0", str(offset), *LETTERS, *WHY)
    assert f"{CONTRACT}/0@{offset}" in gangway.says(*skip)
    assert "already" in gangway.fails(*skip)
    [asked] = gangway.tells("records", "skips", *LETTERS)
    assert (asked["partition"], asked["offset"], asked["reason"]) == (0, offset, "Asked for.")
