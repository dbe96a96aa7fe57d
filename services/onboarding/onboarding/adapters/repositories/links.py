"""Links in PostgreSQL, by their ids, and requests for one; the links themselves exist in mails only."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select, update

from chassis.database.repository import Repository
from chassis.database.round_trips import write_later
from chassis.text.mail_addresses import canonical_address
from onboarding.adapters.tables import link_requests, links
from onboarding.domain.links import Link
from onboarding.domain.refusals import LinkRefused
from onboarding.handlers.ports import Links

_ADD = """
INSERT INTO links (id, partner_id, purpose, is_requested, member_id, created_at, expires_at)
VALUES (%s, %s, %s, %s, %s, %s, %s)
"""


class SqlLinks(Repository, Links):
    """The links as one transaction sees them."""

    def add(self, link: Link) -> None:
        row = (link.id, link.partner_id, link.purpose, link.is_requested, link.member_id)
        write_later(self._connection, _ADD, (*row, link.created_at, link.expires_at))

    def partner_of(self, link_id: UUID) -> UUID:
        query = select(links.c.partner_id).where(links.c.id == link_id)
        found: UUID | None = self._connection.execute(query).scalar_one_or_none()
        if found is None:
            raise LinkRefused("link_invalid")
        return found

    def lock(self, link_id: UUID) -> Link:
        link = self._read_one(select(links).where(links.c.id == link_id).with_for_update(), Link)
        if link is None:
            raise LinkRefused("link_invalid")
        return link

    def save(self, link: Link) -> None:
        used = {"used_at": link.used_at, "used_by_visit": link.used_by_visit}
        self._connection.execute(update(links).where(links.c.id == link.id).values(used))

    def expire_unused(self, partner_id: UUID, at: datetime, *, of_contact: bool = False) -> None:
        is_open = (links.c.partner_id == partner_id) & links.c.used_at.is_(None) & (links.c.expires_at > at)
        if of_contact:
            is_open &= links.c.member_id.is_(None)
        self._connection.execute(update(links).where(is_open).values(expires_at=at))

    def request(self, request_id: UUID, email: str, at: datetime) -> None:
        row = {"id": request_id, "email": canonical_address(email), "requested_at": at}
        self._connection.execute(insert(link_requests), row)

    def take_request(self, request_id: UUID) -> str | None:
        taken = delete(link_requests).where(link_requests.c.id == request_id).returning(link_requests.c.email)
        return self._connection.execute(taken).scalar_one_or_none()

    def forget_requests(self, before: datetime) -> int:
        old = delete(link_requests).where(link_requests.c.requested_at < before)
        return self._connection.execute(old).rowcount
