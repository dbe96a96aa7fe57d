"""What people read in lists: search, review queue, timeline; paged by keys, never by counting."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    Row,
    RowMapping,
    Select,
    extract,
    func,
    literal_column,
    select,
    text,
    tuple_,
)
from sqlalchemy.dialects.postgresql import distinct_on

from chassis.database.repository import Repository
from onboarding.adapters.search_words import query_of
from onboarding.adapters.tables import ASKED_ONCE, HAS_ENDED, IS_CONFIRMED, members, partners, timeline
from onboarding.domain.membership import TAKES_MEMBERS
from onboarding.domain.states import Deadlines, State
from onboarding.domain.timeline import Entry

Item = TypeVar("Item")
# Where a page ended: the sort keys of its last item.
Cursor = tuple[datetime | UUID | int, ...]


@dataclass(frozen=True)
class Page(Generic[Item]):
    """A part of a list; ``next_cursor`` leads to the next part, None at the end."""

    items: Sequence[Item]
    next_cursor: Cursor | None


@dataclass(frozen=True)
class Due:
    """A partner with something that is due, and the moment that decides it."""

    at: datetime
    partner_id: UUID


@dataclass(frozen=True)
class Unanswered:
    """A person who was named and asked."""

    asked_at: datetime
    member_id: UUID
    partner_id: UUID


FEW = 1_000
# People times paths: nobody has more.
MOST_INVITATIONS = 2_000


@dataclass(frozen=True)
class Learning:
    """One person and one learning path: ``state`` is sent, accepted, expired, started or completed."""

    member_id: UUID
    path: str
    path_title: str
    state: str
    at: datetime


# A partner in a list of partners; findings are for operators.
_LINE = select(
    partners.c.id.label("partner_id"),
    *(partners.c[name] for name in ("legal_name", "country", "partner_type", "state", "tier", "findings")),
    *(partners.c[name] for name in ("created_at", "state_entered_at", "deadline_at")),
)

_OF_ENTRY = tuple(field.name for field in fields(Entry))


class SqlLists(Repository):
    """The lists as one transaction sees them."""

    def search(
        self, words: str = "", state: str | None = None, limit: int = 50, after: Cursor | None = None
    ) -> Page[Row[Any]]:
        """Partners that have all these beginnings of words, the newest first."""
        query = _LINE.order_by(partners.c.id.desc())
        if words and (wanted := query_of(words)):
            has_them = partners.c.search.op("@@")(func.to_tsquery(text("'simple'"), wanted))
            # In the order of ids the planner would walk through all partners for a word that hardly any has;
            # where many have it, they are soon found in any order.
            few = self._connection.scalars(select(partners.c.id).where(has_them).limit(FEW + 1)).all()
            query = query.where(partners.c.id.in_(few) if len(few) <= FEW else has_them)
        if state:
            query = query.where(partners.c.state == state)
        if after:
            # Ids grow with time, so they order by age too.
            query = query.where(partners.c.id < after[0])
        return self._page(query, limit, "partner_id")

    def ids(self, limit: int, after: UUID | None = None) -> Sequence[UUID]:
        """The ids of all partners, in their order, a part at a time."""
        query = select(partners.c.id).order_by(partners.c.id).limit(limit)
        if after:
            query = query.where(partners.c.id > after)
        return self._connection.execute(query).scalars().all()

    def due(self, now: datetime, limit: int, after: Due | None = None) -> list[Due]:
        """Whose deadline has passed, the longest past first."""
        return self._due(partners.c.deadline_at, now, limit, after)

    def to_remind(
        self, state: State, now: datetime, deadlines: Deadlines, limit: int, after: Due | None
    ) -> list[Due]:
        """Whose deadline in this state is near, and who was not reminded.

        By the wait that each was given: the setting may have been another one then.
        """
        at, share = partners.c.deadline_at, deadlines.share_left
        left, wait = (extract("epoch", at - since) for since in (now, partners.c.state_entered_at))
        is_near = left <= wait * share
        wanted = (partners.c.state == state, partners.c.reminded_at.is_(None), at > now, is_near)
        return self._due(at, now + deadlines.waits[state] * share, limit, after, *wanted)

    def unanswered(
        self, asked_after: datetime, asked_until: datetime, limit: int, after: Unanswered | None
    ) -> list[Unanswered]:
        """Who was asked within this time, once, has not answered, and may still become a member."""
        keys = tuple_(members.c.asked_at, members.c.id)
        query = (
            select(members.c.asked_at, members.c.id, members.c.partner_id)
            .join(partners)
            .where(ASKED_ONCE, members.c.asked_at > asked_after, members.c.asked_at <= asked_until)
            .where(partners.c.state.in_(TAKES_MEMBERS))
            .order_by(*keys.clauses)
            .limit(limit)
        )
        if after:
            query = query.where(keys > (after.asked_at, after.member_id))
        return [Unanswered(*row) for row in self._connection.execute(query)]

    def ended(
        self, before: datetime, limit: int, after: Due | None = None, *, is_verified: bool
    ) -> list[Due]:
        """A page of those that came to a final state until then, the earliest first."""
        is_confirmed = IS_CONFIRMED if is_verified else ~IS_CONFIRMED
        return self._due(partners.c.state_entered_at, before, limit, after, HAS_ENDED, is_confirmed)

    def count(self) -> int:
        """How many partners there are."""
        return self._connection.execute(select(func.count()).select_from(partners)).scalar_one()

    def review_queue(self, limit: int = 50, after: Cursor | None = None) -> Page[Row[Any]]:
        """Applications that wait for a decision, the longest waiting first."""
        keys = tuple_(partners.c.state_entered_at, partners.c.id)
        query = _LINE.where(partners.c.state == State.IN_REVIEW).order_by(*keys.clauses)
        if after:
            query = query.where(keys > after)
        return self._page(query, limit, "state_entered_at", "partner_id")

    def timeline(
        self, partner_id: UUID, *, for_operators: bool, limit: int = 100, after: Cursor | None = None
    ) -> Page[Entry]:
        """What happened to a partner, the oldest first; partners do not see what is for operators."""
        keys = tuple_(timeline.c.occurred_at, timeline.c.id)
        query = select(timeline).where(timeline.c.partner_id == partner_id).order_by(*keys.clauses)
        if not for_operators:
            query = query.where(timeline.c.audience == "partner")
        if after:
            query = query.where(keys > after)
        rows = self._connection.execute(query.limit(limit + 1)).mappings().all()
        entries = [_entry_from(row, for_operators) for row in rows[:limit]]
        last = (rows[limit - 1]["occurred_at"], rows[limit - 1]["id"]) if len(rows) > limit else None
        return Page(entries, last)

    def learning(self, partner_id: UUID) -> list[Learning]:
        """How far each invitation to a learning path is, by what was told last of it; the newest first."""
        invitation: ColumnElement[str] = literal_column("internal_facts ->> 'invitation_id'")
        query = (
            select(timeline)
            .ext(distinct_on(invitation))
            .where(timeline.c.partner_id == partner_id, timeline.c.code.startswith("learning."))
            .order_by(invitation, timeline.c.occurred_at.desc(), timeline.c.id.desc())
            .limit(MOST_INVITATIONS)
        )
        found = map(_learning_from, self._connection.execute(query))
        return sorted(found, key=lambda one: one.at, reverse=True)

    def newest_of_timeline(self, partner_id: UUID, *, limit: int) -> list[Entry]:
        """What the partner may know of the newest things that happened to it, the newest first."""
        query = (
            select(timeline)
            .where(timeline.c.partner_id == partner_id, timeline.c.audience == "partner")
            .order_by(timeline.c.occurred_at.desc(), timeline.c.id.desc())
        )
        return [_entry_from(row, False) for row in self._connection.execute(query.limit(limit)).mappings()]

    def _due(
        self,
        at: Column[datetime],
        until: datetime,
        limit: int,
        after: Due | None,
        *wanted: Any,
    ) -> list[Due]:
        keys = tuple_(at, partners.c.id)
        query = select(*keys.clauses).where(at <= until, *wanted).order_by(*keys.clauses).limit(limit)
        if after:
            query = query.where(keys > (after.at, after.partner_id))
        return [Due(*row) for row in self._connection.execute(query)]

    def _page(self, query: Select[Any], limit: int, *keys: str) -> Page[Row[Any]]:
        rows = self._connection.execute(query.limit(limit + 1)).all()
        has_more = len(rows) > limit
        last = tuple(getattr(rows[limit - 1], key) for key in keys) if has_more else None
        return Page(rows[:limit], last)


def _entry_from(row: RowMapping, for_operators: bool) -> Entry:
    hidden: dict[str, Any] = {} if for_operators else {"internal_facts": {}, "trace_id": None}
    return Entry(**{**{name: row[name] for name in _OF_ENTRY}, **hidden})


def _learning_from(row: Row[Any]) -> Learning:
    return Learning(
        member_id=UUID(row.internal_facts["member_id"]),
        path=row.facts["path"],
        path_title=row.facts.get("path_title") or row.facts["path"],
        state=row.code.rpartition("_")[2],
        at=row.occurred_at,
    )
