"""The transaction that handlers work in, with this service's repositories."""

from sqlalchemy import Connection

from chassis.database.unit_of_work import EventSink, UnitOfWork
from notifications.adapters.repositories.invitations import SqlInvitations
from notifications.adapters.repositories.messages import SqlMessages
from notifications.adapters.repositories.partners import SqlPartners
from notifications.handlers.ports import Policies, Work


class NotificationsUnitOfWork(UnitOfWork, Work):
    """A unit of work with partners, messages and invitations."""

    def __init__(self, connection: Connection, events: EventSink, *, policies: Policies) -> None:
        super().__init__(connection, events)
        self.policies = policies
        self.partners = SqlPartners(connection)
        self.messages = SqlMessages(connection)
        self.invitations = SqlInvitations(connection)
