"""Requests of partners, in PostgreSQL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, insert, select, tuple_, update

from chassis.database.repository import Repository
from onboarding.adapters.partner_rows import decision_columns, decision_from, findings_from, findings_json
from onboarding.adapters.repositories.lists import Cursor, Page
from onboarding.adapters.tables import partners, requests
from onboarding.domain.refusals import RequestUnknown
from onboarding.domain.requests import OPEN, Request, Standing
from onboarding.handlers.ports import Requests

# A partner may make twenty a day; older ones are not shown.
MOST_OF_PARTNER = 200


@dataclass(frozen=True)
class RequestLine:
    """A request in a list, with its partner."""

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
        found = self._read_all(query, _request)
        return sorted(found, key=lambda request: request.asked_at, reverse=True)

    def save(self, request: Request) -> None:
        decided = {"standing": request.standing, "closed_at": request.closed_at}
        decided |= decision_columns(request.decision)
        self._connection.execute(update(requests).where(requests.c.id == request.id).values(decided))

    def line(self, request_id: UUID) -> RequestLine:
        """One with its partner; raises RequestUnknown."""
        line = self._read_one(_LINE.where(requests.c.id == request_id), _line)
        if line is None:
            raise RequestUnknown
        return line

    def page(self, standing: Standing, limit: int = 50, after: Cursor | None = None) -> Page[RequestLine]:
        """Those with this standing, the longest waiting first."""
        keys = tuple_(requests.c.asked_at, requests.c.id)
        query = _LINE.where(requests.c.standing == standing).order_by(*keys.clauses).limit(limit + 1)
        if after:
            query = query.where(keys > after)
        lines = self._read_all(query, _line)
        last: tuple[datetime, UUID] | None = None
        if len(lines) > limit:
            last = lines[limit - 1].request.asked_at, lines[limit - 1].request.id
        return Page(lines[:limit], last)


_LINE = select(requests, partners.c.legal_name).join(partners, partners.c.id == requests.c.partner_id)


def _row_of(request: Request) -> dict[str, Any]:
    row = vars(request) | {"findings": findings_json(request.findings)}
    decision = row.pop("decision")
    return row | decision_columns(decision)


def _request(*, findings: Sequence[Mapping[str, str]], **row: Any) -> Request:
    decision = {name: row.pop(name) for name in decision_columns(None)}
    return Request(**row, findings=findings_from(findings), decision=decision_from(decision))


def _line(*, legal_name: str, **row: Any) -> RequestLine:
    return RequestLine(_request(**row), legal_name)
