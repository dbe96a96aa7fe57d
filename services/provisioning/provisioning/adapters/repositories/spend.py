"""What accounts cost by month, in PostgreSQL, as operators read it."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text

from chassis.database.repository import Repository

# Of one month, so that the index on accounts is the order, and a page reads no more than its own accounts.
# By Cost Explorer's record types: whatever is neither refund nor credit is a charge, discounts among them.
_LINES = text("""
    SELECT spend.account_id, spend.grant_id, grants.partner_id, partners.profile ->> 'legal_name' AS company,
        partners.profile ->> 'tier' AS tier,
        sum(usd) FILTER (WHERE record_type NOT IN ('Refund', 'Credit')) AS charged,
        sum(usd) FILTER (WHERE record_type = 'Refund') AS refunded,
        sum(usd) FILTER (WHERE record_type = 'Credit') AS credited, sum(usd) AS net,
        max(spend.day) AS billed_until
    FROM spend_of_grants AS spend
        LEFT JOIN grants USING (grant_id) LEFT JOIN partners USING (partner_id)
    WHERE spend.day >= :since AND spend.day < :until
        AND (CAST(:account_id AS varchar) IS NULL OR spend.account_id = :account_id)
        AND (CAST(:partner_id AS uuid) IS NULL OR grants.partner_id = :partner_id)
        AND (CAST(:tier AS varchar) IS NULL OR partners.profile ->> 'tier' = :tier)
        AND spend.account_id >= :after_account
        AND (spend.account_id, coalesce(spend.grant_id::text, '')) > (:after_account, :after_grant)
    GROUP BY 1, 2, 3, 4, 5
    ORDER BY spend.account_id, spend.grant_id NULLS FIRST LIMIT :limit
""")

_BILLED = text(
    "SELECT min(day) AS first, max(day) AS last FROM spend_days WHERE day >= :since AND day < :until"
)

# The last look tells what runs now; an account that no grant has is only looked at for that.
_OF_ACCOUNTS = text("""
    SELECT wanted.account_id, greatest(bills.usd, looks.usd) AS spent_usd, bills.usd AS billed_usd,
        bills.until AS billed_until, looks.usd AS estimated_usd,
        coalesce(looks.usd_per_hour, idle.usd_per_hour) AS usd_per_hour
    FROM unnest(CAST(:account_ids AS varchar[])) AS wanted (account_id)
        LEFT JOIN idle_accounts AS idle ON idle.account_id = wanted.account_id
        LEFT JOIN LATERAL (
            SELECT sum(usd) FILTER (WHERE record_type NOT IN ('Refund', 'Credit')) AS usd, max(day) AS until
            FROM spend_days
            WHERE account_id = wanted.account_id AND day >= :month AND day < :month + interval '1 month'
        ) AS bills ON true
        LEFT JOIN LATERAL (
            SELECT sum(estimated_usd) FILTER (WHERE month = :month) AS usd,
                sum(usd_per_hour) FILTER (WHERE ended_at IS NULL) AS usd_per_hour
            FROM spend_meters WHERE account_id = wanted.account_id
        ) AS looks ON true
""")


class SqlSpend(Repository):
    """Lines by month, account and grant; nobody's are those of days on which no grant had the account."""

    def lines(
        self,
        since: date,
        until: date,
        limit: int,
        *,
        account_id: str | None = None,
        partner_id: UUID | None = None,
        tier: str | None = None,
        after: str | None = None,
    ) -> list[Mapping[str, Any]]:
        """Return lines of days up to the day before ``until``, behind the one whose cursor is ``after``."""
        wanted = {"account_id": account_id, "partner_id": partner_id, "tier": tier}
        behind = (after or "//").split("/")
        if after:
            since = max(since, date.fromisoformat(f"{behind[0]}-01"))
        # A generic plan knows neither limit nor filters, and reads the whole month for each page.
        self._connection.exec_driver_sql("SET LOCAL plan_cache_mode = force_custom_plan")
        found: list[Mapping[str, Any]] = []
        for month in self._billed_months(since, until):
            name = f"{month:%Y-%m}"
            _, account, grant = behind if name == behind[0] else ("", "", "")
            known = {"since": month, "until": _next_month(month), "limit": limit - len(found), **wanted}
            lines = self._connection.execute(
                _LINES, {**known, "after_account": account, "after_grant": grant}
            )
            found += [_line(name, row._asdict()) for row in lines]
            if len(found) == limit:
                break
        return found

    def _billed_months(self, since: date, until: date) -> Iterator[date]:
        """The first day of each month from the first to the last of which something was billed."""
        billed = self._connection.execute(_BILLED, {"since": since, "until": until}).one()
        month = billed.first and billed.first.replace(day=1)
        while month and month <= billed.last:
            yield month
            month = _next_month(month)

    def of_accounts(self, account_ids: Collection[str], month: date) -> Mapping[str, Mapping[str, Any]]:
        """Return of each account what it costs in the month, whoever has it; None for what nobody knows."""
        found = self._connection.execute(_OF_ACCOUNTS, {"account_ids": list(account_ids), "month": month})
        return {row.account_id: _cost(row._asdict()) for row in found}


def _cost(row: Mapping[str, Any]) -> dict[str, Any]:
    amounts = ("spent_usd", "billed_usd", "estimated_usd", "usd_per_hour")
    told = {name: None if row[name] is None else f"{row[name]:.2f}" for name in amounts}
    return {**told, "billed_until": row["billed_until"]}


def _line(month: str, row: Mapping[str, Any]) -> dict[str, Any]:
    amounts = {
        f"{name}_usd": f"{row[name] or Decimal(0):.2f}" for name in ("charged", "refunded", "credited", "net")
    }
    named = {name: row[name] for name in ("account_id", "grant_id", "partner_id", "company", "tier")}
    return {"month": month, **named, **amounts, "billed_until": row["billed_until"]}


def _next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def cursor_of(line: Mapping[str, Any]) -> str:
    return f"{line['month']}/{line['account_id']}/{line['grant_id'] or ''}"
