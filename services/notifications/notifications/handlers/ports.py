"""What handlers need from the outside."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from chassis.database.unit_of_work import Transaction
from chassis.failures import NotNow
from chassis.frozen import Frozen
from notifications.domain.invitations import Invitation
from notifications.domain.learning_paths import LearningPaths
from notifications.domain.letters import Letter, Mail
from notifications.domain.messages import Kind, Message, Transport
from notifications.domain.partners import Member, Partner


class Policies(Frozen):
    """What the owners of the service configure in files and settings."""

    learning_paths: LearningPaths
    mail_gathering: timedelta


class Partners(Protocol):
    """Partners and their people."""

    def get(self, partner_id: UUID) -> Partner | None: ...

    def lock(self, partner_id: UUID) -> Partner | None:
        """Like `get`, and nobody else can change it until our transaction ends."""

    def sign_out(self, partner_id: UUID, at: datetime) -> None:
        """Sessions that began before then are over; harmless if repeated or late."""

    def end_sessions(self, session_ids: Sequence[UUID]) -> None:
        """These sessions are over; harmless if repeated or late."""

    def save(self, partner: Partner) -> None:
        """Insert or replace."""

    def erase(self, partner_id: UUID) -> None:
        """Delete the partner and all its records, known or not; later events have no effect."""

    def members(self, partner_id: UUID) -> Sequence[Member]: ...

    def member(self, partner_id: UUID, member_id: UUID) -> Member | None: ...

    def contact(self, partner_id: UUID) -> Member | None: ...

    def put_members(self, members: Sequence[Member]) -> None:
        """Insert or replace them; keeps choices and access."""

    def remove_member(self, member: Member) -> None: ...

    def save_member(self, member: Member) -> None:
        """Replace an existing one completely."""

    def choose_learning_mail(self, partner_id: UUID, member_id: UUID, *, is_wanted: bool) -> None:
        """Whether the person is invited to learn from now on."""


class Messages(Protocol):
    """Mails to be sent."""

    def add(self, message: Message) -> bool:
        """Insert; False if the same message exists already."""

    def get(self, message_id: UUID) -> Message | None: ...

    def lock(self, message_id: UUID) -> Message | None: ...

    def lock_unsent(self, partner_id: UUID) -> Sequence[Message | None]:
        """Those that are planned or were being sent, oldest first.

        None stands for one that this version cannot read, which is logged.
        """

    def save(self, message: Message) -> None: ...

    def cancel_planned(
        self, partner_id: UUID, kinds: Collection[Kind], code: str, cause: str
    ) -> Sequence[UUID]:
        """Cancel those of these kinds that are not being sent, and return their ids."""

    def cancel_planned_of(self, member: Member, kinds: Collection[Kind], code: str, cause: str) -> None:
        """Cancel those of these kinds to this person that are not being sent."""

    def has(self, member: Member, kind: Kind) -> bool:
        """True if a mail of this kind to this person is being sent, was sent or failed."""

    def tell_of(self, member: Member, grant_id: str) -> bool:
        """True if a mail to this person that was not cancelled announces the grant."""

    def save_facts(self, message: Message) -> None:
        """Change what a locked message says that nobody has tried to send."""

    def lock_unbegun(self, partner_id: UUID, member_id: UUID, kind: Kind) -> Message | None:
        """A planned mail of this kind to this person that nobody has tried to send; waits for a sender."""

    def of_partner(self, partner_id: UUID) -> Sequence[Mapping[str, Any]]:
        """As they stand, for people to see: also what only a newer version can read."""

    def failed(
        self, limit: int, after: UUID | None = None, *, still_tried: bool = False
    ) -> Sequence[Message]:
        """Those of all partners that failed, or keep failing, by id, which grows with time."""


class Invitations(Protocol):
    """Invitations and the links that accept them."""

    def add(self, offers: Sequence[Invitation]) -> Sequence[Invitation]:
        """Insert with their links, and return those whose members were not invited to these paths before."""

    def get(self, invitation_id: UUID) -> Invitation | None: ...

    def lock(self, invitation_id: UUID) -> Invitation | None: ...

    def lock_by_link(self, link_id: UUID) -> Invitation | None:
        """The invitation of this link, current or earlier."""

    def lock_of_learner(self, path: str, email: str | None, member_id: UUID | None) -> Sequence[Invitation]:
        """Those to this path, of all partners, of the member with this address or id, unless cancelled.

        A former member, or one whose partnership is over, has none. Locks the partners' rows.
        """

    def forget_results(self, partner_id: UUID, member_id: UUID | None = None) -> None:
        """Forget progress and scores of this member, or of all."""

    def save(self, invitation: Invitation) -> None:
        """Replace; earlier links are kept beside a new one."""

    def burn_link(self, link_id: UUID, at: datetime) -> None: ...

    def cancel_open(self, partner_id: UUID, member_id: UUID | None = None) -> None:
        """Cancel all of the partner, or of one person, that are neither accepted nor cancelled."""

    def attach(self, message: Message) -> None:
        """Put into the message all open invitations of its recipient that no mail carries."""

    def release(self, message_id: UUID) -> None:
        """Let another mail carry what this one did not deliver."""

    def lock_of_message(self, message_id: UUID) -> Sequence[Invitation]:
        """All invitations in this mail, oldest first."""

    def members_waiting(self, partner_id: UUID) -> Sequence[UUID]:
        """Members with an invitation that no mail carries."""

    def of_partner(self, partner_id: UUID) -> Sequence[Mapping[str, Any]]:
        """As they stand, for people to see: also what only a newer version can read."""


class Work(Transaction, Protocol):
    """One transaction of this service, and everything that commits with it."""

    policies: Policies
    partners: Partners
    messages: Messages
    invitations: Invitations


class MailWriter(Protocol):
    """Writes mails and signs their links."""

    def write(self, letter: Letter) -> Mail:
        """Render now. Raises NeverPossible for an address that no mail can carry."""


@dataclass(frozen=True)
class Receipt:
    """The mail system's own id of the mail, if it returned one."""

    transport_id: str | None


class InDoubt(NotNow):
    """The mail system's answer was lost: it may have accepted the mail, or not."""


class MailSession(Protocol):
    """Hands mails to a mail system, one after another; not thread-safe."""

    def send(self, mail: Mail) -> Receipt:
        """Return once the mail system is responsible for the mail. Blocks, with a timeout on every step.

        Raises NotNow if it fails, is unreachable or refuses us; InDoubt if it may have accepted the mail
        anyway; NeverPossible, with its own words, if it refuses this mail for good. Whatever happens to one
        mail, the next may be sent; none is handed over twice.
        """


class MailTransport(Protocol):
    """A mail system; thread-safe."""

    @property
    def name(self) -> Transport: ...

    def session(self) -> AbstractContextManager[MailSession]:
        """For mails that are due together; connects with the first one."""
