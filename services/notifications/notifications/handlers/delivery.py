"""Send a partner's mails: each attempt is noted, rendered, handed over outside any transaction, concluded."""

import logging
import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from chassis.database.outages import is_unavailable
from chassis.database.outside_calls import Hold, OutsideCalls
from chassis.failures import LONGEST_MESSAGE, Failure, NeverPossible, NotNow, storable
from chassis.frozen import Frozen
from chassis.redaction import redacted_cause
from notifications.domain import events, invitations
from notifications.domain.invitations import Invitation
from notifications.domain.learning_paths import LearningPath
from notifications.domain.letters import Letter, Mail, Offer
from notifications.domain.messages import (
    CARRIES_OFFERS,
    NEEDS_LIVE_LINK,
    UNTOLD,
    Kind,
    Message,
    RetryPlan,
    State,
    Verdict,
    is_for,
    verdict,
)
from notifications.domain.partners import Member, Partner, Standing
from notifications.handlers import jobs
from notifications.handlers.commands import RetryMessage
from notifications.handlers.emit import of_invitation, of_mail
from notifications.handlers.ports import (
    InDoubt,
    MailSession,
    MailTransport,
    MailWriter,
    Receipt,
    Work,
)

_log = logging.getLogger(__name__)

OPEN_INVITATION = frozenset({invitations.State.PLANNED, invitations.State.SENT})
# By then a worker of the version that planned it may take the job.
UNREADABLE_AGAIN_AFTER = timedelta(minutes=1)


class Outcome(StrEnum):
    """What came of one attempt."""

    SENT = "sent"
    POSTPONED = "postponed"
    FAILED = "failed"


# By message and number of the attempt.
Outcomes = dict[tuple[UUID, int], Outcome]


class MailAttempt(Frozen):
    """A mail that was noted as being sent, by the number of the attempt."""

    message_id: UUID
    number: int
    mail: Mail


class Delivery(Frozen):
    """Sends messages; any number of runs per partner, one mail per intent.

    Only two things send a mail twice, with one `Message-ID`, and are counted as doubts: a process that dies
    between the mail system's yes and our note, and a lock that was lost while a mail was handed over.
    """

    outside: OutsideCalls[Work]
    writer: MailWriter
    transport: MailTransport
    retries: RetryPlan

    def send_due(self, partner_id: UUID) -> Outcomes:
        """Send what is due to the partner's people, in one session. Blocks.

        A message that cannot be begun breaks the transaction in which that was tried: the next one notes it
        as failed, and begins the others. Where the commit fails, all is tried again with writes that do not
        wait for it, which tells the message.
        """
        with self.transport.session() as session:
            mails = MailsOfPartner(partner_id, self, session)
            while True:
                begun_in_vain = len(mails.broken)
                try:
                    self.outside.make(mails)
                except Exception as error:
                    if len(mails.broken) > begun_in_vain:
                        continue
                    if mails.writes_at_once or is_unavailable(error):
                        raise
                    mails = replace(mails, writes_at_once=True)
                else:
                    return mails.outcomes


@dataclass(frozen=True)
class MailsOfPartner:
    """The calls that send one partner's mails, the oldest first.

    Each outcome is noted before the next mail goes, so a cut leaves one in doubt, not all. A mail is tried
    once in a run, and what became of it keeps no other from being sent. A failure counts for the attempt in
    flight only; that a mail went out counts even if another run has taken it over.
    """

    partner_id: UUID
    delivery: Delivery
    session: MailSession
    writes_at_once: bool = False
    outcomes: Outcomes = field(default_factory=dict)
    broken: dict[UUID, NotNow] = field(default_factory=dict)

    @property
    def lock_name(self) -> str:
        return f"mails:{self.partner_id}"

    def come_back(self, work: Work, after: timedelta) -> None:
        work.defer(jobs.send_mails(self.partner_id, work.database_now() + after))

    def begin(self, work: Work, hold: Hold, known: Partner | None) -> MailAttempt | None:
        """The partner's row is held first, so that nobody waits in a ring with a handler of its events."""
        noted = dict(self.outcomes)
        partner = known or work.partners.lock(self.partner_id)
        try:
            return self._begin_first(work, partner)
        except Exception:
            # The transaction is undone, and with it the failures that it noted.
            self.outcomes.clear()
            self.outcomes.update(noted)
            raise

    def call(self, attempt: MailAttempt) -> Receipt | Failure:
        """Hand it over; where nobody knows how that ended, it may have gone out."""
        try:
            return self.session.send(attempt.mail)
        except (NotNow, NeverPossible) as failure:
            return failure
        except Exception as error:
            _log.exception("mail failed unexpectedly", extra={"message_id": str(attempt.message_id)})
            return InDoubt("unexpected_error", f"Sending ended in an unexpected {type(error).__name__}.")

    def note(self, work: Work, attempt: MailAttempt, outcome: Receipt | Failure) -> Partner | None:
        partner = work.partners.lock(self.partner_id)
        message = work.messages.lock(attempt.message_id)
        if message is None:
            return partner
        if isinstance(outcome, Receipt):
            if message.state in {State.SENDING, State.PLANNED}:
                self._note_sent(work, message, outcome)
        elif message.state is State.SENDING and message.attempts == attempt.number:
            self._note_failure(work, message, outcome, attempt.mail.recipient)
        return partner

    def _begin_first(self, work: Work, partner: Partner | None) -> MailAttempt | None:
        """The first message that is due and can be begun; without one, a job for what has to wait."""
        tried = {message_id for message_id, _ in self.outcomes}
        unsent = work.messages.lock_unsent(self.partner_id)
        has_times = any(message is None or message.retry_at for message in unsent)
        now = work.database_now() if has_times else work.now()
        later: list[datetime] = []
        for message in unsent:
            if message is None:
                later.append(now + UNREADABLE_AGAIN_AFTER)
            elif message.id in tried or (message.retry_at or now) > now:
                later.append(message.retry_at or now)
            elif failure := self.broken.get(message.id):
                self._note_failure(work, message.begun(), failure)
            elif attempt := self._begin(work, partner, message):
                return attempt
        if later:
            work.defer(jobs.send_mails(self.partner_id, min(later)))
        return None

    def _begin(self, work: Work, partner: Partner | None, message: Message) -> MailAttempt | None:
        """The message now noted as being sent, unless it has to wait, is moot, or has just failed.

        An error that is of this message, not of the database, is remembered: nothing more can be done in
        its transaction.
        """
        try:
            attempt = self._noted_as_begun(work, partner, message)
            if self.writes_at_once:
                work.write_now()
        except Exception as error:
            if not is_unavailable(error):
                _log.exception("mail cannot be begun", extra={"message_id": str(message.id)})
                text = f"Beginning it ended in an unexpected {type(error).__name__}."
                self.broken[message.id] = NotNow("unexpected_error", text)
            raise
        return attempt

    def _noted_as_begun(self, work: Work, partner: Partner | None, message: Message) -> MailAttempt | None:
        letter = self._letter(work, partner, message)
        if letter is None:
            return None
        if message.state is State.SENDING and self.delivery.retries.pause_after(message.attempts) is None:
            lost = InDoubt("outcome_unknown", "Every attempt was cut off before its outcome was noted.")
            self._note_failure(work, message, lost)
            return None
        message = message.begun()
        try:
            mail = self.delivery.writer.write(letter)
        except NeverPossible as failure:
            self._note_failure(work, message, failure, letter.member.email)
            return None
        except Exception as error:
            _log.exception("mail cannot be written", extra={"message_id": str(message.id)})
            text = f"Writing it ended in an unexpected {type(error).__name__}."
            self._note_failure(work, message, NotNow("unexpected_error", text), letter.member.email)
            return None
        work.messages.save(message)
        return MailAttempt(message_id=message.id, number=message.attempts, mail=mail)

    def _letter(self, work: Work, partner: Partner | None, message: Message) -> Letter | None:
        """What to say; None when it has to wait, or was cancelled because it is moot."""
        member = work.partners.member(message.partner_id, message.member_id)
        if partner is None or member is None or not member.email:
            return self._drop(work, message, "recipient_gone", "The person is no longer with the partner.")
        if moot := _why_moot(message, partner, member, work.now()):
            return self._drop(work, message, *moot)
        if verdict(message.kind, partner.standing) is Verdict.HOLD:
            return None
        company = partner.profile.legal_name if partner.profile else None
        letter = Letter(message=message, member=member, company=company)
        return self._with_offers(work, letter) if message.kind in CARRIES_OFFERS else letter

    def _drop(self, work: Work, message: Message, code: str, cause: str) -> Letter | None:
        """Cancel what is moot; what it was to tell besides is left to the next mail."""
        work.messages.save(message.cancelled(code, cause))
        work.invitations.release(message.id)
        return None

    def _with_offers(self, work: Work, letter: Letter) -> Letter | None:
        """The letter with all open invitations; every attempt carries what the first one did.

        Who wants no more offers gets none that waited, but still the link that was asked for.
        """
        message = letter.message
        if message.attempts == 0 and letter.member.wants_learning_mail:
            work.invitations.attach(message)
        offers = [
            Offer(invitation=invitation, path=path)
            for invitation in work.invitations.lock_of_message(message.id)
            if (path := self._path_of(work, invitation)) is not None
        ]
        if message.kind is Kind.INVITATION and not offers:
            return self._drop(work, message, "no_longer_needed", "No invitation is left to tell.")
        return replace(letter, offers=offers)

    def _path_of(self, work: Work, invitation: Invitation) -> LearningPath | None:
        """The path of an open invitation; one that is not offered any more cancels it.

        What the mail does not tell, it does not carry: nobody shall hear that it was sent. An accepted
        one was told, by an attempt that ended in doubt.
        """
        is_open = invitation.state in OPEN_INVITATION
        path = work.policies.learning_paths.by_name.get(invitation.path) if is_open else None
        if path is None and invitation.state is not invitations.State.ACCEPTED:
            closed = invitation.cancelled() if is_open else invitation
            work.invitations.save(replace(closed, message_id=None))
        return path

    def _note_sent(self, work: Work, message: Message, receipt: Receipt) -> None:
        now = work.now()
        transport_id = receipt.transport_id and storable(receipt.transport_id[:LONGEST_MESSAGE])
        sent = message.delivered(self.delivery.transport.name, transport_id, now)
        work.messages.save(sent)
        if message.kind not in UNTOLD:
            work.emit(events.MessageSent(**of_mail(sent), transport=self.delivery.transport.name))
        self.outcomes[message.id, message.attempts] = Outcome.SENT
        _forget_after(work, message)
        if message.kind not in CARRIES_OFFERS:
            return
        for invitation in work.invitations.lock_of_message(sent.id):
            work.invitations.save(invitation.delivered(now))
            told = of_invitation(invitation, work.policies.learning_paths)
            work.emit(
                events.LearningInvitationSent(
                    **told, language=invitation.language, expires_at=invitation.expires_at
                )
            )

    def _note_failure(self, work: Work, message: Message, failure: Failure, address: str = "") -> None:
        if isinstance(failure, InDoubt):
            message = message.doubted()
        cause = without_address(failure.message, address) if address else failure.message
        pause = self._pause_after(failure, message.attempts)
        if pause is None:
            noted = message.failed(failure.code, cause)
        else:
            noted = message.postponed(failure.code, cause, work.database_now() + pause)
            work.defer(jobs.send_mails(self.partner_id, noted.retry_at))
        work.messages.save(noted)
        if pause is None:
            _forget_after(work, message)
        if message.kind not in UNTOLD:
            work.emit(
                events.MessageFailed(
                    **of_mail(noted),
                    code=failure.code,
                    message=noted.cause or failure.message,
                    attempt=noted.attempts,
                    will_retry=noted.retry_at is not None,
                    retry_at=noted.retry_at,
                )
            )
        self.outcomes[message.id, message.attempts] = Outcome.FAILED if pause is None else Outcome.POSTPONED

    def _pause_after(self, failure: Failure, attempt: int) -> timedelta | None:
        if not isinstance(failure, NotNow):
            return None
        usual = self.delivery.retries.pause_after(attempt)
        return failure.retry_after if usual is not None and failure.retry_after is not None else usual


def retry(work: Work, command: RetryMessage) -> Message | None:
    """Try a failed message again; None if there is none. Raises MoveNotAllowed if it has not failed."""
    message = work.messages.lock(command.message_id)
    if message is None:
        return None
    planned = message.asked_again()
    work.messages.save(planned)
    work.defer(jobs.send_mails(message.partner_id))
    return planned


def without_address(text: str, address: str) -> str:
    """A mail server's words, without the address that they like to repeat, nor any other."""
    known = re.sub(re.escape(address), "(the address)", text, flags=re.IGNORECASE)
    return redacted_cause(known)


def _why_moot(message: Message, partner: Partner, member: Member, now: datetime) -> tuple[str, str] | None:
    """Code and cause where the mail makes no sense any more: only who confirmed gets any but the question."""
    if not is_for(message.kind, member.membership):
        return "no_longer_needed", f"The person is {member.membership}."
    if verdict(message.kind, partner.standing) is Verdict.CANCEL:
        return "no_longer_needed", f"The partner is {partner.standing} now."
    if partner.standing is Standing.APPROVED and message.facts.get("waits_for", "agreement") != "agreement":
        return "no_longer_needed", "What it reminds of is done: the partner is approved."
    link = message.link
    if message.kind in NEEDS_LIVE_LINK and link is not None and link.expires_at <= now:
        return "link_expired", "The link ran out before the mail could go."
    return None


def _forget_after(work: Work, message: Message) -> None:
    """This was the last mail to somebody who was removed."""
    if message.kind is not Kind.MEMBER_REMOVED:
        return
    member = work.partners.member(message.partner_id, message.member_id)
    if member is not None:
        work.partners.save_member(member.forgotten())
