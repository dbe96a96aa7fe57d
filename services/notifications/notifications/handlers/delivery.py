"""Send one mail: note the attempt, render and hand over outside any transaction, note what became of it."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from uuid import UUID

from chassis.failures import Failure, NeverPossible, NotNow
from chassis.redaction import redacted_cause
from notifications.domain import invitations
from notifications.domain.invitations import Invitation
from notifications.domain.learning_paths import LearningPath, LearningPaths
from notifications.domain.letters import Letter, Mail, Offer
from notifications.domain.messages import CARRIES_OFFERS, Kind, Message, RetryPlan, State, Verdict, verdict
from notifications.domain.partners import Member, Membership, Partner
from notifications.handlers import tell
from notifications.handlers.planning import defer_sending
from notifications.handlers.ports import (
    InDoubt,
    MailTransport,
    MailWriter,
    OpenWork,
    Receipt,
    SendLocks,
    Work,
)

SENDER_PAUSE = timedelta(seconds=5)
NEEDS_LIVE_LINK = frozenset({Kind.VERIFY_EMAIL, Kind.CONFIRM_MEMBERSHIP, Kind.SIGN_IN_LINK})
OPEN_INVITATION = frozenset({invitations.State.PLANNED, invitations.State.SENT})


class Outcome(Enum):
    """What one run of the job came to."""

    SENT = auto()
    POSTPONED = auto()
    FAILED = auto()
    NOTHING_TO_DO = auto()


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Sends messages; one run per job, any number of runs per message, one mail per intent.

    Only a cut between the mail system's yes and our note sends twice, with one `Message-ID`, and is
    counted as a doubt: by the next run, which finds the note of the attempt left as ``sending``, or at
    once where the transport says InDoubt.
    """

    open_work: OpenWork
    locks: SendLocks
    writer: MailWriter
    transport: MailTransport
    retries: RetryPlan
    paths: LearningPaths

    def send(self, message_id: UUID) -> Outcome:
        """Send if it is due. Raises NotNow when another worker is at it; blocks for the mail system."""
        with self.locks.hold(message_id) as is_ours:
            if not is_ours:
                raise NotNow("being_sent", f"Message {message_id} is being sent.", SENDER_PAUSE)
            with self.open_work() as work:
                message, mail = self._begin(work, message_id)
            if message is None:
                return Outcome.NOTHING_TO_DO
            if mail is None:
                return Outcome.FAILED
            try:
                receipt = self.transport.send(mail)
            except (NotNow, NeverPossible) as failure:
                with self.open_work() as work:
                    return self._note_failure(work, message_id, failure, mail.recipient)
            with self.open_work() as work:
                return self._note_sent(work, message_id, receipt)

    def _begin(self, work: Work, message_id: UUID) -> tuple[Message | None, Mail | None]:
        """The message now noted as being sent, with its mail; without a mail if it has just failed."""
        message = work.messages.lock(message_id)
        if message is None or message.state not in {State.PLANNED, State.SENDING}:
            return None, None
        letter = self._letter(work, message)
        if letter is None:
            return None, None
        message = message.begun()
        work.messages.save(message)
        try:
            return message, self.writer.write(letter)
        except NeverPossible as failure:
            self._note_failure(work, message.id, failure, letter.member.email)
            return message, None

    def _letter(self, work: Work, message: Message) -> Letter | None:
        """What to say; None when it has to wait, or was cancelled because it is moot."""
        partner = work.partners.get(message.partner_id)
        member = work.partners.member(message.partner_id, message.member_id)
        if partner is None or member is None or member.membership is Membership.DECLINED:
            return self._drop(work, message, "recipient_gone", "The person is no longer with the partner.")
        if moot := _why_moot(message, partner, member):
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
        path = self.paths.by_name.get(invitation.path) if is_open else None
        if path is None and invitation.state is not invitations.State.ACCEPTED:
            closed = invitation.cancelled() if is_open else invitation
            work.invitations.save(replace(closed, message_id=None))
        return path

    def _note_sent(self, work: Work, message_id: UUID, receipt: Receipt) -> Outcome:
        message = work.messages.lock(message_id)
        if message is None or message.state is not State.SENDING:
            return Outcome.NOTHING_TO_DO
        now = datetime.now(UTC)
        sent = message.delivered(self.transport.name, receipt.transport_id, now)
        work.messages.save(sent)
        work.emit(tell.message_sent(sent, self.transport.name))
        for invitation in work.invitations.lock_of_message(sent.id):
            work.invitations.save(invitation.delivered(now))
            work.emit(tell.invitation_sent(invitation, self.paths))
        return Outcome.SENT

    def _note_failure(self, work: Work, message_id: UUID, failure: Failure, address: str) -> Outcome:
        message = work.messages.lock(message_id)
        if message is None or message.state is not State.SENDING:
            return Outcome.NOTHING_TO_DO
        if isinstance(failure, InDoubt):
            message = message.doubted()
        cause = without_address(failure.message, address)
        pause = self._pause_after(failure, message.attempts)
        if pause is None:
            noted = message.failed(failure.code, cause)
        else:
            noted = message.postponed(failure.code, cause, datetime.now(UTC) + pause)
            defer_sending(work, message.id, noted.retry_at)
        work.messages.save(noted)
        work.emit(tell.message_failed(noted, failure))
        return Outcome.POSTPONED if pause is not None else Outcome.FAILED

    def _pause_after(self, failure: Failure, attempt: int) -> timedelta | None:
        if not isinstance(failure, NotNow):
            return None
        usual = self.retries.pause_after(attempt)
        return failure.retry_after if usual is not None and failure.retry_after is not None else usual


def retry(work: Work, message_id: UUID) -> Message | None:
    """Try a failed message again; None if there is none. Raises MoveNotAllowed if it has not failed."""
    message = work.messages.lock(message_id)
    if message is None:
        return None
    planned = message.asked_again()
    work.messages.save(planned)
    defer_sending(work, message_id)
    return planned


def without_address(text: str, address: str) -> str:
    """A mail server's words, without the address that they like to repeat, nor any other."""
    known = re.sub(re.escape(address), "(the address)", text, flags=re.IGNORECASE)
    return redacted_cause(known)


def _why_moot(message: Message, partner: Partner, member: Member) -> tuple[str, str] | None:
    """Code and cause where the mail makes no sense any more: only who confirmed gets any but the question."""
    if member.is_confirmed is (message.kind is Kind.CONFIRM_MEMBERSHIP):
        return "no_longer_needed", f"The person is {member.membership}."
    if verdict(message.kind, partner.standing) is Verdict.CANCEL:
        return "no_longer_needed", f"The partner is {partner.standing} now."
    if message.kind in NEEDS_LIVE_LINK and _is_dead(message):
        return "link_expired", "The link ran out before the mail could go."
    return None


def _is_dead(message: Message) -> bool:
    return message.link is not None and message.link.expires_at <= datetime.now(UTC)
