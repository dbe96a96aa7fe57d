"""Erased partners in PostgreSQL, as long as some of their resources exist outside."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chassis.database.erasure import erase_subject, lock_lanes
from chassis.database.repository import Repository
from chassis.database.round_trips import write_later

_NOTE = "UPDATE partners SET erased_at = coalesce(erased_at, %(at)s) WHERE partner_id = %(partner_id)s"
_OF_PARTNER = "grant_id IN (SELECT grant_id FROM grants WHERE partner_id = %(partner_id)s)"
_SETTLED = """
SELECT partner_id FROM partners AS partner
WHERE erased_at IS NOT NULL AND access IN ('none', 'cleared')
    AND NOT EXISTS (SELECT FROM findings
        WHERE findings.partner_id = partner.partner_id AND state IN ('suspected', 'open', 'removing'))
    AND NOT EXISTS (SELECT FROM grants AS had WHERE had.partner_id = partner.partner_id AND (
        EXISTS (SELECT FROM seats WHERE seats.grant_id = had.grant_id)
        OR EXISTS (SELECT FROM sandbox_accounts AS account WHERE account.grant_id = had.grant_id)
        OR EXISTS (SELECT FROM spend_meters AS one WHERE one.grant_id = had.grant_id AND ended_at IS NULL)
        OR EXISTS (SELECT FROM kept_results AS one WHERE one.grant_id = had.grant_id AND deleted_at IS NULL)))
ORDER BY erased_at LIMIT %(most)s FOR UPDATE SKIP LOCKED
"""
_HURRY = """
UPDATE kept_results SET delete_at = least(delete_at, %(now)s), try_at = %(now)s
FROM grants JOIN partners USING (partner_id)
WHERE erased_at IS NOT NULL AND kept_results.grant_id = grants.grant_id AND deleted_at IS NULL
    AND delete_at > %(now)s
"""
_CLAIMS = f"SELECT claim_id FROM device_claims WHERE {_OF_PARTNER}"  # noqa: S608
_HANGS_ON_GRANTS = ("device_claims", "devices", "seats", "grant_steps", "spend_meters", "kept_results")
# The costs of accounts stay, by account and day.
_REMOVE = (
    f"DELETE FROM device_redemptions WHERE claim_id IN ({_CLAIMS})",  # noqa: S608 - our own words
    *(f"DELETE FROM {table} WHERE {_OF_PARTNER}" for table in _HANGS_ON_GRANTS),  # noqa: S608 - our own words
    f"DELETE FROM findings WHERE partner_id = %(partner_id)s OR {_OF_PARTNER}",  # noqa: S608
    "DELETE FROM grants WHERE partner_id = %(partner_id)s",
    "DELETE FROM partners WHERE partner_id = %(partner_id)s",
)


class SqlErasedPartners(Repository):
    """Implements the port `ErasedPartners`."""

    def begin(self, partner_id: UUID) -> None:
        lock_lanes(self._connection, str(partner_id))

    def note(self, partner_id: UUID, at: datetime) -> None:
        self._connection.exec_driver_sql(_NOTE, {"partner_id": partner_id, "at": at})
        erase_subject(self._connection, str(partner_id))

    def hurry_results(self, now: datetime) -> None:
        self._connection.exec_driver_sql(_HURRY, {"now": now})

    def settled(self, most: int) -> Sequence[UUID]:
        return self._connection.exec_driver_sql(_SETTLED, {"most": most}).scalars().all()

    def remove(self, partner_id: UUID) -> None:
        for statement in _REMOVE:
            write_later(self._connection, statement, {"partner_id": partner_id})
