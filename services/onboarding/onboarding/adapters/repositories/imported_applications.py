"""Applications imported by operators, in PostgreSQL."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from chassis.database.repository import Repository
from onboarding.adapters.tables import imported_applications
from onboarding.handlers.ports import ImportedApplications


class SqlImportedApplications(Repository, ImportedApplications):
    """Those that one transaction sees."""

    def take(self, digest: bytes, partner_id: UUID, at: datetime) -> UUID:
        row = insert(imported_applications).values(digest=digest, partner_id=partner_id, imported_at=at)
        # An update that changes nothing waits for a concurrent writer, and returns the row as it is then.
        kept = row.on_conflict_do_update(index_elements=["digest"], set_={"digest": row.excluded.digest})
        taken = kept.returning(imported_applications.c.partner_id)
        holder: UUID = self._connection.execute(taken).scalar_one()
        return holder

    def hand_on(self, digest: bytes, partner_id: UUID, at: datetime) -> None:
        row = update(imported_applications).where(imported_applications.c.digest == digest)
        self._connection.execute(row.values(partner_id=partner_id, imported_at=at))
