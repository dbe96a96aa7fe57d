"""Accounts that no grant has and in which something may run, in PostgreSQL."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, text, update

from chassis.database.repository import Repository
from provisioning.adapters.cause_columns import row_with_cause, with_cause
from provisioning.adapters.tables import idle_accounts
from provisioning.domain.idle_accounts import IdleAccount

# Available ones were seen empty; what is to be registered is not ours yet, what is to be ejected no more.
_IDLE = """
    SELECT account_key, account_id FROM sandbox_accounts
    WHERE grant_id IS NULL AND account_id IS NOT NULL AND wanted <> 'ejected'
        AND state NOT IN ('making', 'available', 'closed', 'ejected')
"""
_SYNC = text(f"""
    WITH idle AS MATERIALIZED ({_IDLE}),
    gone AS (DELETE FROM idle_accounts WHERE account_key NOT IN (SELECT account_key FROM idle))
    INSERT INTO idle_accounts (account_key, account_id, look_at)
    SELECT account_key, account_id, :now FROM idle ON CONFLICT DO NOTHING
""")  # noqa: S608 - our own words
_IS_IDLE = text(f"account_key IN (SELECT account_key FROM ({_IDLE}) AS idle)")  # noqa: S608
_BLIND = text("""
    SELECT CASE WHEN failing_since IS NULL THEN 'late' ELSE cause_code END AS code, count(*)
    FROM idle_accounts WHERE least(failing_since, look_at) < :now - interval '15 minutes' GROUP BY 1
""")


class SqlIdleAccounts(Repository):
    """Implements the port `IdleAccounts`."""

    def follow(self, now: datetime) -> None:
        self._connection.execute(_SYNC, {"now": now})

    def forget(self) -> None:
        self._connection.execute(delete(idle_accounts))

    def due(self, now: datetime, limit: int) -> list[UUID]:
        due = select(idle_accounts.c.account_key).where(idle_accounts.c.look_at <= now)
        return list(self._connection.scalars(due.order_by(idle_accounts.c.look_at).limit(limit)))

    def lock(self, account_key: UUID) -> IdleAccount | None:
        known = select(idle_accounts).where(idle_accounts.c.account_key == account_key, _IS_IDLE)
        return self._read_one(known.with_for_update(), with_cause(IdleAccount))

    def save(self, account: IdleAccount) -> None:
        known = update(idle_accounts).where(idle_accounts.c.account_key == account.account_key)
        self._connection.execute(known.values(**row_with_cause(vars(account))))

    def count_blind(self, now: datetime) -> dict[tuple[str], int]:
        """Return how many were not seen in full for a quarter of an hour, by why."""
        return {(code,): count for code, count in self._connection.execute(_BLIND, {"now": now})}

    def usd_per_hour(self) -> dict[tuple[str], float]:
        """Return what runs in all of them, told as the intent of no grant."""
        total = self._connection.execute(select(func.coalesce(func.sum(idle_accounts.c.usd_per_hour), 0)))
        return {("none",): float(total.scalar_one())}
