"""Requests for a link, in PostgreSQL, until a job takes them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert

from chassis.database.repository import Repository
from chassis.text.mail_addresses import canonical_address
from integrations.adapters.tables import link_requests


class SqlLinkRequests(Repository):
    """The `LinkRequests` port; works inside the transaction of its connection."""

    def add(self, request_id: UUID, email: str, at: datetime) -> None:
        row = {"id": request_id, "mailbox": canonical_address(email), "requested_at": at}
        self._connection.execute(insert(link_requests), row)

    def take(self, request_id: UUID) -> str | None:
        taken = delete(link_requests).where(link_requests.c.id == request_id)
        mailbox: str | None = self._connection.scalar(taken.returning(link_requests.c.mailbox))
        return mailbox

    def forget(self, before: datetime) -> None:
        self._connection.execute(delete(link_requests).where(link_requests.c.requested_at < before))
