"""Accounts of sandboxes in PostgreSQL."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, TextClause, bindparam, case, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from chassis.database.repository import Repository
from provisioning.adapters.cause_columns import row_with_cause, with_cause
from provisioning.adapters.tables import sandbox_accounts
from provisioning.domain.account_states import OVER, AccountState
from provisioning.domain.accounts import LeftThing, SandboxAccount
from provisioning.domain.pool import ClosingBudget, PoolFigures, PoolTerms, trend_begins, window_begins
from provisioning.handlers.account_ports import AccountInUse

_rows = sandbox_accounts.c
_ALL = select(sandbox_accounts)
_LOCK_OF_GRANT = _ALL.where(_rows.grant_id == bindparam("of_grant")).with_for_update()
_IS_FREE = (_rows.state == AccountState.AVAILABLE) & (_rows.wanted == AccountState.AVAILABLE)
# Needs an operator: it is not where it should be, and nothing is done with it.
IS_STUCK = "state NOT IN ('closed', 'ejected') AND state <> wanted AND grant_id IS NULL AND due_at IS NULL"
_BACK_SOON = (AccountState.CLEANING, AccountState.COOLING)
_ONE_CLOSER_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('closing budget', 0))")

_IN_USE = text("""
    SELECT account.account_id, grants.parameters -> 'allowed_regions' AS regions
    FROM sandbox_accounts AS account LEFT JOIN grants USING (grant_id)
    WHERE account.state IN ('available', 'leased', 'frozen') AND account.account_id > :after
        AND (CAST(:account_id AS varchar) IS NULL OR account.account_id = :account_id)
    ORDER BY account.account_id LIMIT 1
""")


class SqlAccounts(Repository):
    """Implements the port `Accounts`, and the lists for operators."""

    def add(self, account: SandboxAccount) -> bool:
        added = insert(sandbox_accounts).values(**_values(account)).on_conflict_do_nothing()
        return self._connection.execute(added.returning(_rows.account_key)).first() is not None

    def get(self, account_key: UUID) -> SandboxAccount | None:
        return self._read_one(_ALL.where(_rows.account_key == account_key), _account)

    def key_of(self, account_id: str) -> UUID | None:
        query = select(_rows.account_key).where(_rows.account_id == account_id)
        return self._connection.execute(query).scalar_one_or_none()

    def lock(self, account_key: UUID) -> SandboxAccount | None:
        return self._read_one(_ALL.where(_rows.account_key == account_key).with_for_update(), _account)

    def lock_of_grant(self, grant_id: UUID) -> SandboxAccount | None:
        return self._read_one(_LOCK_OF_GRANT, _account, {"of_grant": grant_id})

    def lock_available(self) -> SandboxAccount | None:
        oldest = _ALL.where(_IS_FREE).order_by(_rows.made_at, _rows.account_key).limit(1)
        return self._read_one(oldest.with_for_update(skip_locked=True), _account)

    def due(self, now: datetime, limit: int) -> list[UUID]:
        due = select(_rows.account_key).where(_rows.due_at <= now).order_by(_rows.due_at).limit(limit)
        return list(self._connection.execute(due).scalars())

    def counts(self) -> Mapping[AccountState, int]:
        is_leaving = (_rows.state == AccountState.AVAILABLE) & ~_IS_FREE
        counted_as = case((is_leaving, _rows.wanted), else_=_rows.state).label("counted_as")
        query = select(counted_as, func.count()).group_by(counted_as)
        return {AccountState(state): count for state, count in self._connection.execute(query)}

    def count_making(self) -> int:
        return self._count(_rows.state == AccountState.MAKING, _rows.wanted == AccountState.AVAILABLE)

    def count_stuck(self) -> int:
        return self._count(text(IS_STUCK))

    def lock_closing_budget(self, now: datetime) -> ClosingBudget:
        self._connection.execute(_ONE_CLOSER_AT_A_TIME)
        return self._closing_budget(now)

    def figures(self, terms: PoolTerms, now: datetime) -> PoolFigures:
        return PoolFigures(
            terms=terms,
            counts=self.counts(),
            stuck=self.count_stuck(),
            leased_lately=self._count(_rows.leased_at > trend_begins(now)),
            back_within_day=self._count(
                _rows.state.in_(_BACK_SOON), _rows.cooldown_until <= now + timedelta(days=1)
            ),
            closing=self._closing_budget(now),
        )

    def save(self, account: SandboxAccount) -> None:
        changed = update(sandbox_accounts).where(_rows.account_key == account.account_key)
        self._connection.execute(changed.values(**_values(account)))

    def page(
        self, state: AccountState | None, after: UUID | None, limit: int, *, only_stuck: bool = False
    ) -> list[SandboxAccount]:
        """Return a page, ordered by key."""
        wanted: list[ColumnElement[bool] | TextClause] = []
        if state is not None:
            wanted.append(_rows.state == state)
        if only_stuck:
            wanted.append(text(IS_STUCK))
        if after is not None:
            wanted.append(_rows.account_key > after)
        page = _ALL.where(*wanted).order_by(_rows.account_key).limit(limit)
        return self._read_all(page, _account)

    def in_use(self, *, after: str = "", account_id: str | None = None) -> AccountInUse | None:
        """Return the next account that a grant has or may get, or the given one if it is such an account."""
        found = self._connection.execute(_IN_USE, {"after": after, "account_id": account_id}).first()
        return AccountInUse(found.account_id, found.regions) if found else None

    def _closing_budget(self, now: datetime) -> ClosingBudget:
        asked = select(_rows.close_asked_at).where(_rows.close_asked_at > window_begins(now))
        times = self._connection.execute(asked.order_by(_rows.close_asked_at)).scalars().all()
        is_staying = (_rows.state.not_in(OVER), _rows.account_id.is_not(None), _rows.close_asked_at.is_(None))
        return ClosingBudget(standing=self._count(*is_staying), asked_at=times)

    def _count(self, *wanted: ColumnElement[bool] | TextClause) -> int:
        counted = select(func.count()).select_from(sandbox_accounts).where(*wanted)
        return int(self._connection.execute(counted).scalar_one())


def _values(account: SandboxAccount) -> dict[str, Any]:
    return row_with_cause({**vars(account), "left": [asdict(thing) for thing in account.left]})


@with_cause
def _account(*, left: list[dict[str, str]], **row: Any) -> SandboxAccount:
    return SandboxAccount(left=tuple(LeftThing(**thing) for thing in left), **row)
