"""The people of integrators in PostgreSQL."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from chassis.database.repository import Repository
from chassis.text.mail_addresses import canonical_address
from integrations.adapters.tables import integrators, people, sign_in_links
from integrations.domain.people import Person

_KNOWN = [column for column in people.c if column.name != "mailbox"]
_LAST_LINK = (
    select(func.max(sign_in_links.c.created_at))
    .where(sign_in_links.c.person_id == people.c.id)
    .scalar_subquery()
)


class SqlPeople(Repository):
    """The `People` port; works inside the transaction of its connection."""

    def add(self, person: Person) -> bool:
        row = vars(person) | {"mailbox": canonical_address(person.email)}
        statement = insert(people).values(row).on_conflict_do_nothing().returning(people.c.id)
        return self._connection.execute(statement).one_or_none() is not None

    def get(self, person_id: UUID) -> Person | None:
        return self._read_one(select(*_KNOWN).where(people.c.id == person_id), Person)

    def of_integrator(self, integrator_id: UUID) -> Sequence[Person]:
        return self._read_all(_of_integrator(integrator_id), Person)

    def hold(self, integrator_id: UUID) -> Sequence[Person]:
        return self._read_all(_of_integrator(integrator_id).with_for_update(read=True), Person)

    def of_mailbox(self, mailbox: str, most: int) -> Sequence[Person]:
        its = select(*_KNOWN).join(integrators, integrators.c.id == people.c.integrator_id)
        may_sign_in = (people.c.mailbox == mailbox) & integrators.c.event_types.is_distinct_from([])
        in_turn = (_LAST_LINK.asc().nulls_first(), people.c.added_at.desc(), people.c.id)
        return self._read_all(its.where(may_sign_in).order_by(*in_turn).limit(most), Person)

    def remove(self, integrator_id: UUID, person_id: UUID) -> Person | None:
        is_it = (people.c.integrator_id == integrator_id) & (people.c.id == person_id)
        return self._read_one(delete(people).where(is_it).returning(*_KNOWN), Person)


def _of_integrator(integrator_id: UUID) -> Select[Any]:
    its = select(*_KNOWN).where(people.c.integrator_id == integrator_id)
    return its.order_by(people.c.added_at, people.c.id)
