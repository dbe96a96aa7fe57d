"""Approvals by rules, in PostgreSQL: one row each, counted at each query."""

from collections.abc import Mapping
from datetime import datetime

from chassis.database.repository import Repository
from chassis.database.round_trips import write_later
from onboarding.domain.approval_limits import AutomaticApproval, LimitUse, RuleUse, day_of, month_of
from onboarding.handlers.ports import AutomaticApprovals

# Any number that is not used as the class of another advisory lock in this database.
LOCK_CLASS = 20_110
_LOCK = "SELECT pg_advisory_xact_lock(%s, 0)"
_USE = """
SELECT rule, count(*) FILTER (WHERE approved_at >= %(day)s) AS approvals_today,
    coalesce(sum(cost) FILTER (WHERE approved_at >= %(day)s), 0)::bigint AS cost_today,
    sum(cost)::bigint AS cost_this_month
FROM automatic_approvals
WHERE approved_at >= %(month)s AND approved_at < %(tomorrow)s
GROUP BY rule
"""
_ADD = """
INSERT INTO automatic_approvals (partner_id, rule, tier, cost, approved_at)
VALUES (%(partner_id)s, %(rule)s, %(tier)s, %(cost)s, %(approved_at)s)
"""
_NOTE = """
INSERT INTO exceeded_limits (limit_name, rule, began_at, exceeded_at)
VALUES (%(limit)s, %(rule)s, %(began_at)s, %(at)s)
ON CONFLICT (limit_name, rule, began_at) DO NOTHING RETURNING true
"""
_NOTED = "SELECT limit_name, rule, exceeded_at FROM exceeded_limits WHERE began_at IN (%(day)s, %(month)s)"


class SqlAutomaticApprovals(Repository, AutomaticApprovals):
    """The approvals as one transaction sees them."""

    def lock(self) -> None:
        self._connection.exec_driver_sql(_LOCK, (LOCK_CLASS,))

    def use(self, at: datetime) -> Mapping[str, RuleUse]:
        (day, tomorrow), (month, _) = day_of(at), month_of(at)
        values = {"day": day, "tomorrow": tomorrow, "month": month}
        return {
            row.rule: RuleUse(
                approvals_today=row.approvals_today,
                cost_today=row.cost_today,
                cost_this_month=row.cost_this_month,
            )
            for row in self._connection.exec_driver_sql(_USE, values)
        }

    def add(self, approval: AutomaticApproval) -> None:
        write_later(self._connection, _ADD, vars(approval))

    def note_exceeded(self, limit: LimitUse, at: datetime) -> bool:
        values = {"limit": limit.limit, "rule": limit.rule or "", "began_at": limit.began_at, "at": at}
        return self._connection.exec_driver_sql(_NOTE, values).scalar() is not None

    def exceeded(self, at: datetime) -> Mapping[tuple[str, str | None], datetime]:
        """When each limit left its first application of the day or month to people."""
        values = {"day": day_of(at)[0], "month": month_of(at)[0]}
        return {
            (row.limit_name, row.rule or None): row.exceeded_at
            for row in self._connection.exec_driver_sql(_NOTED, values)
        }
