"""Requests for a link in PostgreSQL, until a job takes them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert

from chassis.database.repository import Repository
from chassis.text.mail_addresses import canonical_address
from onboarding.adapters.tables import link_requests
from onboarding.handlers.ports import LinkRequests


class SqlLinkRequests(Repository, LinkRequests):
    """The requests as one transaction sees them."""

    def add(self, request_id: UUID, email: str, at: datetime) -> None:
        row = {"id": request_id, "email": canonical_address(email), "requested_at": at}
        self._connection.execute(insert(link_requests), row)

    def take(self, request_id: UUID) -> str | None:
        taken = delete(link_requests).where(link_requests.c.id == request_id).returning(link_requests.c.email)
        return self._connection.execute(taken).scalar_one_or_none()

    def forget(self, before: datetime) -> int:
        old = delete(link_requests).where(link_requests.c.requested_at < before)
        return self._connection.execute(old).rowcount
