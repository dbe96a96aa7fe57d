"""The transaction that handlers work in, with this service's records."""

from sqlalchemy import Connection

from chassis.database.unit_of_work import EventSink, JobSink, UnitOfWork
from notifications.adapters.invitation_rows import InvitationRows
from notifications.adapters.message_rows import MessageRows
from notifications.adapters.partner_rows import PartnerRows


class NotificationsWork(UnitOfWork):
    """A unit of work with partners, messages and invitations."""

    def __init__(self, connection: Connection, events: EventSink, jobs: JobSink) -> None:
        super().__init__(connection, events, jobs)
        self.partners = PartnerRows(connection)
        self.messages = MessageRows(connection)
        self.invitations = InvitationRows(connection)
