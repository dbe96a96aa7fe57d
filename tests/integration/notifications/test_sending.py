"""What becomes of one mail: sent once, tried again, given up, asked for again; and what is told about it."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.exc import DataError

from chassis.database.round_trips import write_later
from chassis.failures import NeverPossible, NotNow
from chassis.identity.links import LinkVerifier
from notifications.adapters.mail_links import PARTNER_PAGE
from notifications.domain.messages import MoveNotAllowed
from notifications.handlers import jobs
from notifications.handlers.commands import RetryMessage
from notifications.handlers.delivery import MailsOfPartner, Outcome, retry
from notifications.handlers.ports import InDoubt, Receipt


def the_message(world):
    (row,) = world.rows("SELECT * FROM messages")
    return row


def make_due(world) -> None:
    world.change("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE task_name = 'send_mails'")
    world.change("UPDATE messages SET retry_at = now() WHERE retry_at IS NOT NULL")


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

    (job,) = world.waiting("send_mails")
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
        retry(work, RetryMessage(the_message(world)["id"]))
    assert world.deliver() == [Outcome.SENT]
    with world.service.open_work() as work, pytest.raises(MoveNotAllowed):
        retry(work, RetryMessage(the_message(world)["id"]))


def test_a_sender_that_died_in_doubt_is_counted_and_the_mail_is_the_same(world):
    world.tell("partner.email_verification_requested")

    class Killed(BaseException):
        pass

    take = world.transport.send

    def take_and_die(mail) -> Receipt:
        take(mail)
        raise Killed

    world.transport.send = take_and_die
    message_id = the_message(world)["id"]
    with pytest.raises(Killed):
        world.send()
    assert the_message(world)["state"] == "sending"

    world.transport.send = take
    assert world.send() == [Outcome.SENT]
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


def test_a_partner_has_one_job_however_often_it_is_asked_for(world):
    """Two would each defer their next attempt, and use up the attempts in half the time."""
    world.tell("partner.email_verification_requested")
    world.transport.refusals = [NotNow("mail_server_busy", "later", timedelta(minutes=7))]
    world.deliver()
    for _ in range(2):
        with world.service.open_work() as work:
            work.defer(jobs.send_mails(UUID(world.partner_id)))

    assert len(world.waiting("send_mails")) == 1
    make_due(world)
    assert world.deliver() == [Outcome.SENT]


def refuse(mail) -> Receipt:
    raise NotNow("mail_server_busy", "later")


def handing_over(world, take: Callable[[Any], Receipt]) -> tuple[list[Outcome], Callable[[], None]]:
    """A worker in the middle of handing over a mail: its outcomes, and what lets it come to an end."""
    is_handing, may_end = threading.Event(), threading.Event()

    def take_slowly(mail) -> Receipt:
        is_handing.set()
        may_end.wait(20)
        return take(mail)

    def end() -> None:
        may_end.set()
        sender.join(20)

    world.transport.send = take_slowly
    outcomes: list[Outcome] = []
    sender = threading.Thread(target=lambda: outcomes.extend(world.send()))
    sender.start()
    assert is_handing.wait(20)
    return outcomes, end


def test_two_workers_never_send_one_mail_at_a_time(world):
    world.tell("partner.email_verification_requested")
    outcomes, end = handing_over(world, world.transport.send)
    world.change("DELETE FROM procrastinate_jobs")
    assert world.send() == []
    assert len(world.waiting("send_mails")) == 1, "who comes second looks again shortly"
    end()

    assert outcomes == [Outcome.SENT]
    assert world.send() == []
    assert len(world.transport.mails) == 1


def three_mails(world) -> list[str]:
    """Three people are asked by one event each; their addresses, in the order of the mails."""
    world.tell("partner.email_verification_requested")
    world.tell("partner.approved", members=[person(1, is_contact=True)])
    world.deliver()
    world.transport.mails.clear()
    for number in (2, 3, 4):
        link = {"id": str(uuid4()), "purpose": "membership_confirmation"}
        world.tell("partner.member_confirmation_requested", member=person(number), link=link)
    return [person(number)["email"] for number in (2, 3, 4)]


def person(number: int, *, is_contact: bool = False) -> dict[str, object]:
    return {
        "member_id": f"0193f0a2-7c20-7b93-8e17-a1c5d2f60b0{number}",
        "given_name": "Zoe",
        "family_name": "Weiss",
        "email": f"person{number}@maschinenbau-weiss.example",
        "language": "en",
        "is_contact": is_contact,
    }


def recipients(world) -> list[str]:
    return [mail.recipient for mail in world.transport.mails]


def test_mails_of_a_partner_that_are_due_together_go_in_one_job_and_one_session(world):
    people = three_mails(world)
    before = world.transport.sessions
    assert len(world.waiting("send_mails")) == 1
    assert world.deliver() == [Outcome.SENT] * 3
    assert recipients(world) == people
    assert world.transport.sessions == before + 1


@pytest.mark.parametrize(
    ("failure", "outcome"),
    [
        (NeverPossible("mail_refused", "no"), Outcome.FAILED),
        (NotNow("mail_server_busy", "later"), Outcome.POSTPONED),
        (InDoubt("mail_server_unreachable", "hung up"), Outcome.POSTPONED),
        (RuntimeError("a bug"), Outcome.POSTPONED),
    ],
)
def test_a_mail_that_fails_keeps_no_other_and_doubles_none(world, failure, outcome):
    _, *others = three_mails(world)
    world.transport.refusals = [failure]
    assert world.deliver() == [outcome, Outcome.SENT, Outcome.SENT]
    assert recipients(world) == others
    doubts = [row["doubts"] for row in world.rows("SELECT doubts FROM messages ORDER BY id")][-3:]
    assert doubts == [0 if type(failure) in (NeverPossible, NotNow) else 1, 0, 0]


def test_a_mail_that_cannot_be_written_keeps_no_other(world, monkeypatch):
    first, *others = three_mails(world)
    writer = world.service.delivery.writer
    write = type(writer).write

    def write_or_fail(self, letter):
        if letter.member.email == first:
            raise RuntimeError("a bug")
        return write(self, letter)

    monkeypatch.setattr(type(writer), "write", write_or_fail)
    assert world.deliver() == [Outcome.POSTPONED, Outcome.SENT, Outcome.SENT]
    assert recipients(world) == others


def break_statement(work, message) -> None:
    work.connection.exec_driver_sql("SELECT 1 / 0")


def break_code(work, message) -> None:
    raise KeyError(message.id)


def break_commit(work, message) -> None:
    write_later(work.connection, "SELECT 1 / 0", ())


@pytest.mark.parametrize(
    ("breaking", "places"),
    [
        (break_statement, {0}),
        (break_statement, {1}),
        (break_code, {2}),
        (break_statement, {0, 1, 2}),
        (break_commit, {1}),
        (break_commit, {0, 2}),
    ],
)
def test_mails_that_cannot_be_begun_keep_no_other(world, monkeypatch, breaking, places):
    people = three_mails(world)
    ill = [people[place] for place in places]
    healthy = [person for person in people if person not in ill]
    letter_of = MailsOfPartner._letter

    def letter_or_break(self, work, partner, message):
        letter = letter_of(self, work, partner, message)
        if letter.member.email in ill:
            breaking(work, message)
        return letter

    monkeypatch.setattr(MailsOfPartner, "_letter", letter_or_break)
    for attempt in range(1, 4):
        make_due(world)
        outcomes = world.deliver()
        ended = [Outcome.POSTPONED if attempt < 3 else Outcome.FAILED] * len(ill)
        sent = [Outcome.SENT] * len(healthy) if attempt == 1 else []
        assert Counter(outcomes) == Counter(ended + sent)
    assert recipients(world) == healthy
    told = world.events("message.failed")
    assert [(event["code"], event["attempt"]) for event in told] == [
        ("unexpected_error", attempt) for attempt in (1, 2, 3) for _ in ill
    ]


def test_whatever_the_mail_system_says_is_noted(world):
    """What cannot be noted would be sent again, and again."""
    world.tell("partner.email_verification_requested")
    world.transport.says = "250\0 ok \ud800"
    assert world.deliver() == [Outcome.SENT]
    assert the_message(world)["transport_id"] == r"250\0 ok \ud800 1"


def test_a_mail_whose_outcome_is_never_noted_is_given_up(world):
    """Each attempt ends with its process, and may have sent it."""
    world.tell("partner.email_verification_requested")
    world.change("UPDATE messages SET state = 'sending', attempts = 3, doubts = 2")
    assert world.deliver() == [Outcome.FAILED]
    assert (the_message(world)["code"], the_message(world)["doubts"]) == ("outcome_unknown", 3)
    assert recipients(world) == []


def test_a_mail_that_this_version_cannot_read_keeps_no_other(world):
    """Planned by a newer one that was taken back; left as it is, for when that comes again."""
    people = three_mails(world)
    world.change(
        "UPDATE messages SET kind = 'of_tomorrow' WHERE id ="
        " (SELECT id FROM messages ORDER BY planned_at DESC, id DESC LIMIT 1)"
    )
    assert world.deliver() == [Outcome.SENT] * 2
    assert recipients(world) == people[:2]
    [partner] = world.rows("SELECT DISTINCT partner_id FROM messages")
    url = f"/v1/partners/{partner['partner_id']}/messages"
    shown = world.client().get(url, headers={"Authorization": f"Bearer {world.ops_token}"}).json["messages"]
    assert [message["state"] for message in shown if message["kind"] == "of_tomorrow"] == ["planned"]
    (job,) = world.waiting("send_mails")
    assert job["scheduled_at"] > datetime.now(UTC), "it is looked at again, but not at once"
    world.change("UPDATE messages SET kind = 'confirm_membership' WHERE kind = 'of_tomorrow'")
    make_due(world)
    assert world.deliver() == [Outcome.SENT]
    assert recipients(world) == people


def test_a_clock_that_is_behind_makes_no_job_come_again_at_once(world, monkeypatch):
    """Jobs are given out by the database's clock, so a job that came is due."""
    world.tell("partner.email_verification_requested")
    make_due(world)
    world.change("UPDATE messages SET retry_at = now()")
    monkeypatch.setattr("chassis.clock.now", lambda: datetime.now(UTC) - timedelta(hours=1))
    world.transport.refusals = [NotNow("smtp_away", "not now", timedelta(minutes=9))]
    assert world.deliver() == [Outcome.POSTPONED]
    [message] = world.rows("SELECT retry_at > now() + interval '8 minutes' AS waits FROM messages")
    [job] = world.waiting("send_mails")
    assert message["waits"]
    assert job["scheduled_at"] > datetime.now(UTC) + timedelta(minutes=8)
    make_due(world)
    world.change("UPDATE messages SET retry_at = now()")
    assert world.deliver() == [Outcome.SENT]
    assert world.waiting("send_mails") == []


def test_a_kill_in_the_middle_leaves_one_mail_in_doubt(world):
    people = three_mails(world)

    class Killed(BaseException):
        pass

    take = world.transport.send

    def take_and_die_at_the_second(mail) -> Receipt:
        receipt = take(mail)
        if mail.recipient == people[1]:
            raise Killed
        return receipt

    world.transport.send = take_and_die_at_the_second
    with pytest.raises(Killed):
        world.deliver()
    world.transport.send = take
    assert world.send() == [Outcome.SENT, Outcome.SENT]
    assert recipients(world) == [people[0], people[1], people[1], people[2]]
    assert [row["doubts"] for row in world.rows("SELECT doubts FROM messages ORDER BY id")][-3:] == [0, 1, 0]


def test_the_note_of_a_mail_stands_though_the_next_one_cannot_begin(world, monkeypatch):
    people = three_mails(world)
    begin = MailsOfPartner.begin

    def begin_the_first_only(self, work, hold, known):
        if world.transport.mails:
            work.connection.exec_driver_sql("SELECT 1 / 0")
        return begin(self, work, hold, known)

    monkeypatch.setattr(MailsOfPartner, "begin", begin_the_first_only)
    with pytest.raises(DataError):
        world.deliver()
    monkeypatch.undo()
    assert [row["state"] for row in world.rows("SELECT state FROM messages ORDER BY id")][-3] == "sent"
    assert world.send() == [Outcome.SENT, Outcome.SENT]
    assert recipients(world) == people


def cut_locks(world) -> int:
    """End every session that holds a lock by name, as a server that restarts does."""
    [row] = world.rows(
        "SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_locks JOIN pg_stat_activity USING (pid)"
        " WHERE locktype = 'advisory' AND datname = current_database() AND pid <> pg_backend_pid()"
    )
    return int(row["count"])


@pytest.mark.parametrize("ending", ["taken", "refused"])
@pytest.mark.parametrize("is_first_to_end", [True, False])
def test_a_lock_whose_connection_breaks_during_the_call_costs_a_doubt_and_nothing_more(
    world, ending, is_first_to_end
):
    """Another worker gets the lock while the first one's mail is still being handed over."""
    world.tell("partner.email_verification_requested")
    take = world.transport.send

    def take_after_the_first(mail) -> Receipt:
        end()
        return take(mail)

    first, end = handing_over(world, refuse if ending == "refused" else take)
    assert cut_locks(world) == 1
    world.transport.send = take_after_the_first if is_first_to_end else take
    second = world.send()
    end()

    if ending == "taken" and is_first_to_end:
        assert (first, second) == ([Outcome.SENT], [])
    else:
        assert (first, second) == ([], [Outcome.SENT]), "an attempt that was overtaken is not noted"
    message = the_message(world)
    assert (message["state"], message["attempts"], message["doubts"]) == ("sent", 2, 1)
    assert len(world.events("message.sent")) == 1
    assert world.events("message.failed") == []
    assert len({mail["Message-ID"] for mail in world.transport.parsed()}) == 1
    make_due(world)
    assert world.deliver() == []


def test_what_went_out_counts_though_another_attempt_has_failed_meanwhile(world):
    world.tell("partner.email_verification_requested")
    take = world.transport.send
    first, end = handing_over(world, take)
    assert cut_locks(world) == 1
    world.transport.send = refuse
    assert world.send() == [Outcome.POSTPONED]
    end()

    assert first == [Outcome.SENT]
    world.transport.send = take
    make_due(world)
    assert world.deliver() == []
    assert len(world.transport.parsed()) == 1
    assert the_message(world)["state"] == "sent"


def test_who_lost_the_lock_notes_the_mail_and_leaves_the_others_to_a_job(world):
    people = three_mails(world)
    take = world.transport.send

    def take_and_cut(mail) -> Receipt:
        receipt = take(mail)
        assert cut_locks(world) == 1
        return receipt

    world.transport.send = take_and_cut
    assert world.deliver() == [Outcome.SENT]
    world.transport.send = take
    assert world.deliver() == [Outcome.SENT, Outcome.SENT]
    assert recipients(world) == people


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
    world.service.jobs_app.tasks["send_mails"](partner_id=world.partner_id)
    assert len(world.transport.mails) == 1

    world.tell("partner.approved")
    approved = world.rows("SELECT id FROM messages WHERE state = 'planned'")[0]["id"]
    world.service.jobs_app.tasks["send_message"](message_id=str(approved))
    assert len(world.transport.mails) == 2, "a job of the version before names one message"
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
