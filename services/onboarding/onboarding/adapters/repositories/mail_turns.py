"""When each mailbox may be written to, in PostgreSQL; mailboxes are stored as digests."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, delete, select, tuple_

from chassis.database.repository import Repository
from chassis.database.round_trips import ask_together, ask_with_opening, write_later
from chassis.identity.keyed_digests import KeyedDigests
from chassis.text.mail_addresses import canonical_address, counted_mailbox
from onboarding.adapters.tables import mail_turns, waiting_mails
from onboarding.domain.limits import MailGaps, Mailing, WaitingMail
from onboarding.handlers.ports import MailTurns

# Waits for another transaction that takes the turn of the same mailbox.
_TAKE = """
INSERT INTO mail_turns AS turn (mailbox, sent, next_at, holder)
VALUES (%(mailbox)s, 1, %(now)s + LEAST(%(first)s, %(longest)s), %(holder)s)
ON CONFLICT (mailbox) DO UPDATE SET sent = turn.sent + 1,
    holder = CASE WHEN turn.holder = EXCLUDED.holder THEN turn.holder END,
    next_at = %(now)s + LEAST(%(first)s * power(2, LEAST(turn.sent, 20)), %(longest)s)
WHERE turn.next_at <= %(now)s
RETURNING sent
"""
_NEXT = "SELECT next_at FROM mail_turns WHERE mailbox = %(mailbox)s"
_RELEASE = "DELETE FROM mail_turns WHERE mailbox = %s AND holder = %s"
_HURRY = "UPDATE waiting_mails SET due_at = %s WHERE mailbox = %s AND due_at > %s"
_KEEP = """
INSERT INTO waiting_mails (partner_id, member_id, mailbox, reason, due_at) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (partner_id, member_id) DO UPDATE SET
    mailbox = EXCLUDED.mailbox, reason = EXCLUDED.reason, due_at = EXCLUDED.due_at
"""
_DROP = "DELETE FROM waiting_mails WHERE partner_id = %s AND member_id = %s"
_MAILS = select(*(column for column in waiting_mails.c if column is not waiting_mails.c.mailbox))


class SqlMailTurns(Repository, MailTurns):
    """The turns as one transaction sees them."""

    def __init__(self, connection: Connection, digests: KeyedDigests) -> None:
        super().__init__(connection)
        self._digests = digests

    def take(self, mailing: Mailing, email: str, gaps: MailGaps, at: datetime) -> datetime | None:
        values = {
            "mailbox": self._digest(mailing, email),
            "holder": self._holder(email),
            "now": at,
            "first": gaps.first,
            "longest": gaps.longest,
        }
        if ask_with_opening(self._connection, (_TAKE, values)):
            return None
        [[(next_at,)]] = ask_together(self._connection, [(_NEXT, values)])
        found: datetime = next_at
        return found

    def release(self, mailing: Mailing, email: str, at: datetime) -> None:
        mailbox = self._digest(mailing, email)
        # In the order in which senders take them.
        write_later(self._connection, _RELEASE, (mailbox, self._holder(email)))
        write_later(self._connection, _HURRY, (at, mailbox, at))

    def keep_waiting(self, mail: WaitingMail, email: str) -> None:
        mailbox = self._digest(Mailing.TO_UNCONFIRMED, email)
        write_later(
            self._connection, _KEEP, (mail.partner_id, mail.member_id, mailbox, mail.reason, mail.due_at)
        )

    def drop_waiting(self, partner_id: UUID, member_id: UUID) -> None:
        write_later(self._connection, _DROP, (partner_id, member_id))

    def waiting(self, partner_id: UUID, member_id: UUID) -> WaitingMail | None:
        query = _MAILS.where(waiting_mails.c.partner_id == partner_id, waiting_mails.c.member_id == member_id)
        return self._read_one(query, WaitingMail)

    def due(self, at: datetime, most: int, after: WaitingMail | None) -> Sequence[WaitingMail]:
        place = (waiting_mails.c.due_at, waiting_mails.c.partner_id, waiting_mails.c.member_id)
        newest_first = [column.desc() for column in place]
        query = _MAILS.where(waiting_mails.c.due_at <= at).order_by(*newest_first).limit(most)
        if after is not None:
            query = query.where(tuple_(*place) < (after.due_at, after.partner_id, after.member_id))
        return self._read_all(query, WaitingMail)

    def forget(self, before: datetime) -> int:
        # An approval holds many turns, in another order: they are left for the next run.
        old = select(mail_turns.c.mailbox).where(mail_turns.c.next_at < before)
        free = delete(mail_turns).where(mail_turns.c.mailbox.in_(old.with_for_update(skip_locked=True)))
        return self._connection.execute(free).rowcount

    def _digest(self, mailing: Mailing, email: str) -> bytes:
        """Addresses used to sign in are confirmed, so others' mails must not delay theirs."""
        form = canonical_address if mailing is Mailing.SIGN_IN else counted_mailbox
        return self._digests.of(mailing, form(email))

    def _holder(self, email: str) -> bytes:
        return self._digests.of("holder", canonical_address(email))
