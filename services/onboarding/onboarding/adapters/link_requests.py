"""Wishes for a link in PostgreSQL; the address goes once it was used, its digest stays for the limit."""

from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import Connection, delete, func, insert, select, update

from chassis.text.mail_addresses import canonical_address
from onboarding.adapters.tables import link_requests


class SqlLinkRequests:
    """The wishes as one transaction sees them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, request_id: UUID, email: str, at: datetime) -> None:
        row = {
            "id": request_id,
            "email_sha256": _digest(email),
            "email": canonical_address(email),
            "requested_at": at,
        }
        self._connection.execute(insert(link_requests), row)

    def count(self, email: str, since: datetime) -> int:
        query = select(func.count()).where(
            link_requests.c.email_sha256 == _digest(email), link_requests.c.requested_at > since
        )
        return self._connection.execute(query).scalar_one()

    def take(self, request_id: UUID) -> str | None:
        query = select(link_requests.c.email).where(link_requests.c.id == request_id).with_for_update()
        email = self._connection.execute(query).scalar_one_or_none()
        if email is not None:
            taken = update(link_requests).where(link_requests.c.id == request_id).values(email=None)
            self._connection.execute(taken)
        return email

    def forget(self, before: datetime) -> int:
        old = delete(link_requests).where(link_requests.c.requested_at < before)
        return self._connection.execute(old).rowcount


def _digest(email: str) -> str:
    return sha256(canonical_address(email).encode()).hexdigest()
