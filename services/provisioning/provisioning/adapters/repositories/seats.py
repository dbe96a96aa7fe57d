"""Who has what of a grant, in PostgreSQL; people stand in it by ids that tell nothing about them."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Update, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.database.repository import Repository
from provisioning.adapters.tables import grants, seats
from provisioning.domain.former_people import former_person_id_of
from provisioning.domain.grant_states import Intent
from provisioning.domain.grants import Grant
from provisioning.domain.orders import Member, OtherSeat


class SqlSeats(Repository):
    """Implements the port `Seats`."""

    def claim(self, grant: Grant, members: Collection[Member]) -> None:
        rows = [
            {
                "grant_id": grant.grant_id,
                "member_id": member.member_id,
                "person_id": member.person_id,
                "former_person_id": _former_id(member),
                "is_made": False,
                "is_on": True,
                "is_leaving": False,
            }
            for member in members
        ]
        if rows:
            claimed = insert(seats)
            # Also where a worker of another release, which has another form of addresses, claimed it.
            self._connection.execute(
                claimed.on_conflict_do_update(
                    index_elements=[seats.c.grant_id, seats.c.member_id],
                    set_={
                        "person_id": claimed.excluded.person_id,
                        "former_person_id": claimed.excluded.former_person_id,
                    },
                    where=seats.c.person_id != claimed.excluded.person_id,
                ),
                rows,
            )

    def elsewhere(self, grant: Grant, members: Collection[Member]) -> Mapping[UUID, tuple[OtherSeat, ...]]:
        former = {former_person_id_of(member.email) for member in members}
        theirs = (
            select(seats, grants.c.parameters, grants.c.intent)
            .join(grants, grants.c.grant_id == seats.c.grant_id)
            .where(
                or_(
                    seats.c.person_id.in_({member.person_id for member in members} | former),
                    seats.c.former_person_id.in_(former),
                ),
                seats.c.grant_id != grant.grant_id,
                grants.c.product == grant.product_name,
            )
        )
        found: dict[UUID, tuple[OtherSeat, ...]] = defaultdict(tuple)
        for row in self._connection.execute(theirs):
            is_on = row.is_on and row.intent != Intent.OFF
            seat = OtherSeat(member_id=row.member_id, is_on=is_on, parameters=row.parameters)
            found[row.person_id] += (seat,)
        return dict(found)

    def note_made(self, grant: Grant, member_ids: Collection[UUID]) -> None:
        made = _of(grant, is_made=True).where(seats.c.member_id.in_(member_ids))
        self._connection.execute(made)

    def switch(self, grant: Grant, *, is_on: bool) -> None:
        self._connection.execute(_of(grant, is_on=is_on))

    def release(self, grant: Grant) -> None:
        self._release(grant, seats.c.is_leaving.is_(False))

    def release_left(self, grant: Grant) -> None:
        self._release(grant, seats.c.is_leaving)

    def leave(self, partner_id: UUID, member_id: UUID) -> set[UUID]:
        theirs = (
            update(seats)
            .where(seats.c.grant_id == grants.c.grant_id, grants.c.partner_id == partner_id)
            .where(seats.c.member_id == member_id)
            .values(is_leaving=True)
        )
        return set(self._connection.execute(theirs.returning(seats.c.grant_id)).scalars())

    def leaving(self, partner_id: UUID) -> set[UUID]:
        query = (
            select(seats.c.member_id)
            .join(grants, grants.c.grant_id == seats.c.grant_id)
            .where(grants.c.partner_id == partner_id, seats.c.is_leaving)
        )
        return set(self._connection.execute(query).scalars())

    def made_for(self, partner_id: UUID) -> set[tuple[UUID, UUID]]:
        made = (
            select(seats.c.grant_id, seats.c.member_id)
            .join(grants, grants.c.grant_id == seats.c.grant_id)
            .where(grants.c.partner_id == partner_id, seats.c.is_made, ~seats.c.is_leaving)
        )
        return {(row.grant_id, row.member_id) for row in self._connection.execute(made)}

    def _release(self, grant: Grant, which: ColumnElement[bool]) -> None:
        self._connection.execute(delete(seats).where(seats.c.grant_id == grant.grant_id, which))


def _former_id(member: Member) -> UUID | None:
    """Only where it is another one, so that both people's seats are found by it."""
    former = former_person_id_of(member.email)
    return former if former != member.person_id else None


def _of(grant: Grant, **values: Any) -> Update:
    return update(seats).where(seats.c.grant_id == grant.grant_id).values(**values)
