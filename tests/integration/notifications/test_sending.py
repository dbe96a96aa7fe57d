"""What becomes of one mail: sent once, tried again, given up, asked for again; and what is told about it."""

import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from chassis.failures import NeverPossible, NotNow
from chassis.identity.links import LinkVerifier
from notifications.adapters.mail_links import PARTNER_PAGE
from notifications.domain.messages import MoveNotAllowed
from notifications.handlers.delivery import Outcome, retry
from notifications.handlers.planning import defer_sending
from notifications.handlers.ports import InDoubt, Receipt


def the_message(world):
    (row,) = world.rows("SELECT * FROM messages")
    return row


def make_due(world) -> None:
    world.change("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE task_name = 'send_message'")


def test_a_sent_mail_is_told(world):
    world.tell("partner.email_verification_requested")
    world.deliver()

    row = the_message(world)
    assert (row["state"], row["attempts"], row["doubts"]) == ("sent", 1, 0)
    assert (row["transport"], row["transport_id"]) == ("smtp", "taken 1")
    (event,) = world.events()
    assert event["type"] == "message.sent.v1"
    assert event["message_id"] == str(row["id"])


def test_an_ill_mail_system_is_tried_again_and_then_given_up(world):
    world.tell("partner.email_verification_requested")
    world.transport.refusals = [NotNow("mail_server_busy", "try later") for _ in range(3)]

    outcomes = []
    for _ in range(3):
        outcomes += world.deliver()
        make_due(world)

    assert outcomes == [Outcome.POSTPONED, Outcome.POSTPONED, Outcome.FAILED]
    events = world.events("message.failed")
    assert [(event["attempt"], event["will_retry"]) for event in events] == [(1, True), (2, True), (3, False)]
    assert events[0]["retry_at"] is not None
    assert events[2]["retry_at"] is None
    assert the_message(world)["state"] == "failed"


def test_the_retry_is_due_when_the_event_says(world):
    world.tell("partner.email_verification_requested")
    world.transport.refusals = [NotNow("mail_server_busy", "later", timedelta(minutes=7))]
    before = datetime.now(UTC)
    world.deliver()

    (job,) = world.waiting("send_message")
    assert job["scheduled_at"] >= before + timedelta(minutes=7)
    assert job["scheduled_at"] == the_message(world)["retry_at"]


def test_a_refused_mail_fails_at_once_in_the_servers_words_without_the_address(world):
    world.tell("partner.email_verification_requested")
    words = "The mail server said: 550 <Juergen.Weiss@maschinenbau-weiss.example> does not live here"
    world.transport.refusals = [NeverPossible("mail_refused", words)]

    assert world.deliver() == [Outcome.FAILED]
    (event,) = world.events("message.failed")
    assert event["message"] == "The mail server said: 550 <(the address)> does not live here"
    assert the_message(world)["cause"] == event["message"]


def test_a_failed_mail_goes_out_when_an_operator_asks_for_it(world):
    world.tell("partner.email_verification_requested")
    world.transport.refusals = [NeverPossible("mail_refused", "no")]
    world.deliver()

    with world.service.open_work() as work:
        retry(work, the_message(world)["id"])
    assert world.deliver() == [Outcome.SENT]
    with world.service.open_work() as work, pytest.raises(MoveNotAllowed):
        retry(work, the_message(world)["id"])


def test_a_sender_that_died_in_doubt_is_counted_and_the_mail_is_the_same(world):
    world.tell("partner.email_verification_requested")

    class Cut(Exception):
        pass

    take = world.transport.send

    def take_and_die(mail) -> Receipt:
        take(mail)
        raise Cut

    world.transport.send = take_and_die
    message_id = the_message(world)["id"]
    with pytest.raises(Cut):
        world.service.delivery.send(message_id)
    assert the_message(world)["state"] == "sending"

    world.transport.send = take
    assert world.service.delivery.send(message_id) is Outcome.SENT
    assert (the_message(world)["doubts"], the_message(world)["attempts"]) == (1, 2)
    first, second = world.transport.parsed()
    assert first["Message-ID"] == second["Message-ID"] == f"<{message_id}@gangway.example>"
    assert first.get_body(("html",)).get_content() == second.get_body(("html",)).get_content()


def test_an_answer_that_got_lost_is_counted_as_a_doubt(world):
    world.tell("partner.email_verification_requested")
    world.transport.refusals = [InDoubt("mail_server_unreachable", "hung up")]
    world.deliver()
    make_due(world)

    assert world.deliver() == [Outcome.SENT]
    assert (the_message(world)["doubts"], the_message(world)["attempts"]) == (1, 2)


def test_a_message_has_one_job_however_often_it_is_asked_for(world):
    """Two would each defer their next attempt, and use up the attempts in half the time."""
    world.tell("partner.email_verification_requested")
    world.transport.refusals = [NotNow("mail_server_busy", "later", timedelta(minutes=7))]
    world.deliver()
    for _ in range(2):
        with world.service.open_work() as work:
            defer_sending(work, the_message(world)["id"])

    assert len(world.waiting("send_message")) == 1
    assert world.deliver() == [Outcome.SENT]


def test_two_workers_never_send_one_mail_at_a_time(world):
    world.tell("partner.email_verification_requested")
    message_id = the_message(world)["id"]
    is_taking, may_end = threading.Event(), threading.Event()
    take = world.transport.send

    def take_slowly(mail) -> Receipt:
        is_taking.set()
        may_end.wait(20)
        return take(mail)

    world.transport.send = take_slowly
    outcomes = []
    sender = threading.Thread(target=lambda: outcomes.append(world.service.delivery.send(message_id)))
    sender.start()
    assert is_taking.wait(20)
    with pytest.raises(NotNow, match="being sent"):
        world.service.delivery.send(message_id)
    may_end.set()
    sender.join(20)

    assert outcomes == [Outcome.SENT]
    assert world.service.delivery.send(message_id) is Outcome.NOTHING_TO_DO
    assert len(world.transport.mails) == 1


def test_no_transaction_is_open_while_the_mail_system_is_called(world):
    world.tell("partner.email_verification_requested")
    open_transactions = []
    take = world.transport.send

    def look_and_take(mail) -> Receipt:
        query = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND state LIKE 'idle in transaction%'"
        )
        open_transactions.append(world.rows(query)[0]["count"])
        return take(mail)

    world.transport.send = look_and_take
    world.deliver()
    assert open_transactions == [0]


def test_a_link_that_ran_out_before_the_mail_could_go_is_not_mailed(world):
    world.tell("partner.email_verification_requested")
    world.change("UPDATE messages SET link_expires_at = now() - interval '1 minute'")

    world.deliver()
    assert world.transport.mails == []
    assert (the_message(world)["state"], the_message(world)["code"]) == ("cancelled", "link_expired")


def test_an_address_that_no_mail_can_carry_fails_by_name(world):
    contact = {"given_name": "A", "family_name": "B", "language": "de", "is_contact": True}
    contact["member_id"] = "0193f0a2-7c20-7b93-8e17-a1c5d2f60b01"
    world.tell("partner.email_verification_requested", contact=contact | {"email": "jürgen@weiß.example"})

    assert world.deliver() == [Outcome.FAILED]
    assert the_message(world)["code"] == "address_not_supported"


def test_the_workers_tasks_send_and_come_by_the_names_that_handlers_use(world):
    world.tell("partner.email_verification_requested")
    world.service.jobs_app.tasks["send_message"](message_id=str(the_message(world)["id"]))

    assert len(world.transport.mails) == 1
    assert "expire_invitations" in world.service.jobs_app.tasks


def test_nothing_rendered_is_stored(world):
    world.tell("partner.email_verification_requested")
    world.deliver()
    url = next(line for line in body(world).splitlines() if "/links/" in line)
    token = url.rpartition("/")[2]
    for table in ("messages", "outbox", "procrastinate_jobs", "links", "members"):
        assert not world.rows(f"SELECT 1 FROM {table} t WHERE t::text LIKE :token", token=f"%{token[-40:]}%")  # noqa: S608


def test_the_link_opens_onboardings_page_for_this_partner(world):
    event = world.tell("partner.email_verification_requested")
    world.deliver()
    url = next(line for line in body(world).splitlines() if "/links/" in line)
    page, _, token = url.rpartition("/")
    link_id = LinkVerifier(world.service.settings.link_public_key).verify(PARTNER_PAGE, token)
    assert page == "http://127.0.0.1:18400/links"
    assert link_id == UUID(event.data["link"]["id"])
    assert len(token) <= 110


def body(world) -> str:
    return world.transport.parsed()[-1].get_body(("plain",)).get_content()
