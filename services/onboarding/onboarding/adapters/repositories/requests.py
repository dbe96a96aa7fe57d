"""What partners ask for, in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, case, insert, select, tuple_, update

from chassis.database.repository import Repository
from onboarding.adapters.partner_rows import decision_columns, decision_from, findings_from, findings_json
from onboarding.adapters.repositories.lists import Cursor, Page
from onboarding.adapters.tables import partners, requests
from onboarding.domain.refusals import RequestUnknown
from onboarding.domain.requests import OPEN, Kind, Request, Standing
from onboarding.handlers.ports import Requests

# A partner may make twenty a day: nobody reads further back.
MOST_OF_PARTNER = 200


@dataclass(frozen=True)
class RequestLine:
    """A request in a list, with whose it is."""

    request: Request
    legal_name: str


class SqlRequests(Repository, Requests):
    """The requests as one transaction sees them."""

    def add(self, request: Request) -> None:
        self._connection.execute(insert(requests).values(_row_of(request)))

    def partner_of(self, request_id: UUID) -> UUID:
        query = select(requests.c.partner_id).where(requests.c.id == request_id)
        found: UUID | None = self._connection.execute(query).scalar_one_or_none()
        if found is None:
            raise RequestUnknown
        return found

    def of_partner(self, partner_id: UUID) -> Sequence[Request]:
        is_closed = case((requests.c.standing.in_(OPEN), 0), else_=1)
        query = (
            select(requests)
            .where(requests.c.partner_id == partner_id)
            .order_by(is_closed, requests.c.asked_at.desc())
            .limit(MOST_OF_PARTNER)
        )
        found = map(_request_from, self._connection.execute(query).mappings())
        return sorted(found, key=lambda request: request.asked_at, reverse=True)

    def save(self, request: Request) -> None:
        decided = {"standing": request.standing, "closed_at": request.closed_at}
        decided |= decision_columns(request.decision)
        self._connection.execute(update(requests).where(requests.c.id == request.id).values(decided))

    def line(self, request_id: UUID) -> RequestLine:
        """One with whose it is; raises RequestUnknown."""
        query = _LINE.where(requests.c.id == request_id)
        row = self._connection.execute(query).mappings().one_or_none()
        if row is None:
            raise RequestUnknown
        return _line_from(row)

    def page(self, standing: Standing, limit: int = 50, after: Cursor | None = None) -> Page[RequestLine]:
        """Those that are so far, the longest waiting first."""
        keys = tuple_(requests.c.asked_at, requests.c.id)
        query = _LINE.where(requests.c.standing == standing).order_by(*keys.clauses).limit(limit + 1)
        if after:
            query = query.where(keys > after)
        lines = list(map(_line_from, self._connection.execute(query).mappings()))
        last: tuple[datetime, UUID] | None = None
        if len(lines) > limit:
            last = lines[limit - 1].request.asked_at, lines[limit - 1].request.id
        return Page(lines[:limit], last)


_LINE = select(requests, partners.c.legal_name).join(partners, partners.c.id == requests.c.partner_id)


_SAME = ("id", "partner_id", "about", "reason", "asked_at", "details", "closed_at")


def _row_of(request: Request) -> dict[str, Any]:
    return {
        **{name: getattr(request, name) for name in (*_SAME, "kind", "standing")},
        "findings": findings_json(request.findings),
        **decision_columns(request.decision),
    }


def _request_from(row: RowMapping) -> Request:
    return Request(
        **{name: row[name] for name in _SAME},
        kind=Kind(row["kind"]),
        standing=Standing(row["standing"]),
        findings=findings_from(row["findings"]),
        decision=decision_from(dict(row)),
    )


def _line_from(row: RowMapping) -> RequestLine:
    return RequestLine(_request_from(row), row["legal_name"])
