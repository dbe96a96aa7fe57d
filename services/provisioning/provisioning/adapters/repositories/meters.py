"""What grants cost, in PostgreSQL: meters, and the days of AWS's bills."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.database.repository import Repository
from provisioning.adapters.cause_columns import row_with_cause, with_cause
from provisioning.adapters.tables import grants, spend_accounts, spend_days, spend_meters
from provisioning.domain.meters import Meter
from provisioning.domain.steps import Cause
from provisioning.handlers.money_ports import BilledDay

# No look saw everything since then, or none came about.
NOT_SEEN_SINCE = "least(failing_since, look_at)"
IS_NOT_SEEN = f"ended_at IS NULL AND {NOT_SEEN_SINCE} < now() - interval '15 minutes'"

# A grant whose account is another one by now has an open meter still: the next look moves it on.
_BEGIN = text("""
    WITH begun AS (
        INSERT INTO spend_meters (
            grant_id, account_id, began_at, month, counted_at, estimated_usd, usd_per_hour, assumed, more_usd,
            acted_percent, look_at, failures)
        SELECT grant_id, outputs ->> 'account_id', :now, date_trunc('month', :now AT TIME ZONE 'UTC'), :now,
            0, 0, '{}', 0, 0, :now, 0
        FROM grants
        WHERE outputs ? 'account_id' AND parameters ? 'budget_usd_per_month' AND state <> 'revoked'
            AND NOT EXISTS (SELECT FROM spend_meters AS known WHERE known.grant_id = grants.grant_id)
        ON CONFLICT DO NOTHING RETURNING account_id)
    INSERT INTO spend_accounts (account_id, read_next_at) SELECT DISTINCT account_id, :now FROM begun
    ON CONFLICT DO NOTHING
""")
# Bills are tried again each hour.
_BLIND = text(f"""
    SELECT CASE WHEN failing_since IS NULL THEN 'late' ELSE cause_code END AS code, count(*)
    FROM spend_meters WHERE {IS_NOT_SEEN} GROUP BY 1
    UNION ALL
    SELECT 'bills_' || cause_code, count(*) FROM spend_accounts WHERE failures >= 24 GROUP BY 1
""")  # noqa: S608 - our own words
_BILLED = text("""
    SELECT coalesce(sum(usd), 0) FROM spend_of_grants
    WHERE account_id IN (SELECT account_id FROM spend_meters WHERE grant_id = :grant_id)
        AND grant_id = :grant_id AND record_type NOT IN ('Credit', 'Refund')
        AND day >= :month AND day < :month + interval '1 month'
""")

# What is to be registered is not ours yet.
_READ_ALL = text("""
    INSERT INTO spend_accounts (account_id, read_next_at)
    SELECT account_id, :now FROM sandbox_accounts AS account
    WHERE account_id IS NOT NULL AND state NOT IN ('making', 'closed', 'ejected')
        AND NOT EXISTS (SELECT FROM spend_accounts AS known WHERE known.account_id = account.account_id)
    ON CONFLICT DO NOTHING
""")
_FORGET_FINAL = text("""
    DELETE FROM spend_accounts USING sandbox_accounts AS known
    WHERE known.account_id = spend_accounts.account_id
        AND known.ended_at AT TIME ZONE 'UTC'
            < date_trunc('month', :now AT TIME ZONE 'UTC') - interval '1 month'
""")
_meter = with_cause(Meter)


class SqlMeters(Repository):
    """Implements the port `Meters`."""

    def begin_due(self, now: datetime) -> int:
        return self._connection.execute(_BEGIN, {"now": now}).rowcount

    def due(self, now: datetime, limit: int) -> list[UUID]:
        due = select(spend_meters.c.grant_id).where(spend_meters.c.look_at <= now)
        return list(self._connection.scalars(due.order_by(spend_meters.c.look_at).limit(limit)))

    def lock_open(self, grant_id: UUID) -> Meter | None:
        running = select(spend_meters).where(spend_meters.c.ended_at.is_(None))
        return self._read_one(running.where(spend_meters.c.grant_id == grant_id).with_for_update(), _meter)

    def of_grants(self, grant_ids: Collection[UUID]) -> list[Meter]:
        """Return the meters of these grants, of each the one that runs or ended last."""
        known = select(spend_meters).where(spend_meters.c.grant_id.in_(grant_ids))
        newest = known.ext(distinct_on(spend_meters.c.grant_id)).order_by(
            spend_meters.c.grant_id, spend_meters.c.ended_at.desc().nulls_first()
        )
        return self._read_all(newest, _meter)

    def count_blind(self) -> dict[tuple[str], int]:
        """Return how many were not seen in full for a quarter of an hour, or not billed for a day, by why."""
        found = self._connection.execute(_BLIND)
        return {(code,): count for code, count in found}

    def usd_per_hour(self) -> dict[tuple[str], float]:
        """Return what all that runs costs, by the intent of its grant: what is not on should cost little."""
        by = grants.c.intent
        rates = select(by, func.sum(spend_meters.c.usd_per_hour)).join_from(spend_meters, grants)
        running = rates.where(spend_meters.c.ended_at.is_(None)).group_by(by)
        return {(intent,): float(rate) for intent, rate in self._connection.execute(running)}

    def add(self, meter: Meter) -> None:
        self._connection.execute(insert(spend_meters).values(**row_with_cause(vars(meter))))
        account = upsert(spend_accounts).values(account_id=meter.account_id, read_next_at=meter.began_at)
        self._connection.execute(account.on_conflict_do_nothing())

    def save(self, meter: Meter) -> None:
        of_account = spend_meters.c.account_id == meter.account_id
        changed = update(spend_meters).where(spend_meters.c.grant_id == meter.grant_id, of_account)
        self._connection.execute(changed.values(**row_with_cause(vars(meter))))

    def billed_usd(self, grant_id: UUID, month: date) -> Decimal:
        found = self._connection.execute(_BILLED, {"grant_id": grant_id, "month": month})
        return Decimal(found.scalar_one())

    def follow_accounts(self, now: datetime) -> None:
        self._connection.execute(_FORGET_FINAL, {"now": now})
        self._connection.execute(_READ_ALL, {"now": now})

    def accounts_to_read(self, now: datetime, limit: int) -> list[str]:
        due = select(spend_accounts.c.account_id).where(spend_accounts.c.read_next_at <= now)
        return list(self._connection.scalars(due.order_by(spend_accounts.c.read_next_at).limit(limit)))

    def note_bills(
        self, account_ids: Sequence[str], since: date, days: Sequence[BilledDay], read_next_at: datetime
    ) -> None:
        of_accounts = spend_days.c.account_id.in_(account_ids)
        self._connection.execute(delete(spend_days).where(of_accounts, spend_days.c.day >= since))
        if days:
            self._connection.execute(insert(spend_days), [asdict(one) for one in days])
        self._change(account_ids, read_at=text("now()"), read_next_at=read_next_at, failures=0)

    def put_off_bills(self, account_ids: Sequence[str], cause: Cause, read_next_at: datetime) -> None:
        self._change(
            account_ids,
            read_next_at=read_next_at,
            failures=func.least(spend_accounts.c.failures + 1, 1000),
            cause_code=cause.code,
            cause_message=cause.message,
        )

    def _change(self, account_ids: Sequence[str], **values: Any) -> None:
        of_accounts = update(spend_accounts).where(spend_accounts.c.account_id.in_(account_ids))
        self._connection.execute(of_accounts.values({"cause_code": None, "cause_message": None, **values}))
