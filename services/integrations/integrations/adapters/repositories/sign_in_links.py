"""Links to the portal in PostgreSQL, by their ids; the links themselves exist in mails only."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update

from chassis.database.repository import Repository
from integrations.adapters.tables import sign_in_links
from integrations.domain.people import SignInLink


class SqlSignInLinks(Repository):
    """The `SignInLinks` port; works inside the transaction of its connection."""

    def add(self, link: SignInLink) -> None:
        self._connection.execute(insert(sign_in_links).values(vars(link)))

    def lock(self, link_id: UUID) -> SignInLink | None:
        query = select(sign_in_links).where(sign_in_links.c.id == link_id).with_for_update()
        return self._read_one(query, SignInLink)

    def save(self, link: SignInLink) -> None:
        used = {"used_at": link.used_at, "used_by_visit": link.used_by_visit}
        self._connection.execute(update(sign_in_links).where(sign_in_links.c.id == link.id).values(used))

    def made_since(self, person_id: UUID, since: datetime) -> int:
        is_it = (sign_in_links.c.person_id == person_id) & (sign_in_links.c.created_at > since)
        return int(self._connection.scalar(select(func.count()).where(is_it)) or 0)

    def forget(self, before: datetime) -> None:
        self._connection.execute(delete(sign_in_links).where(sign_in_links.c.expires_at < before))
