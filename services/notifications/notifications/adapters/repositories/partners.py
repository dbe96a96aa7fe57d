"""Partners and their people in PostgreSQL."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, and_, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.database.repository import Repository
from notifications.adapters.tables import members, partners
from notifications.domain.partners import Member, Membership, Partner, Profile, Standing

# Asked for each mail and each event.
_OF_ID = select(partners).where(partners.c.id == bindparam("partner_id"))
_LOCK = _OF_ID.with_for_update()
_MEMBERS = select(members).where(members.c.partner_id == bindparam("partner_id")).order_by(members.c.id)


class SqlPartners(Repository):
    """The `Partners` port; works inside the transaction of its connection."""

    def get(self, partner_id: UUID) -> Partner | None:
        return self._one(_OF_ID, partner_id)

    def lock(self, partner_id: UUID) -> Partner | None:
        return self._one(_LOCK, partner_id)

    def save(self, partner: Partner) -> None:
        row = _partner_row(partner)
        changes = {name: value for name, value in row.items() if name != "id"}
        statement = insert(partners).values(row)
        self._connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=changes))

    def members(self, partner_id: UUID) -> Sequence[Member]:
        found = self._connection.execute(_MEMBERS, {"partner_id": partner_id})
        return [_member(row) for row in found.mappings()]

    def member(self, partner_id: UUID, member_id: UUID) -> Member | None:
        return next((member for member in self.members(partner_id) if member.id == member_id), None)

    def contact(self, partner_id: UUID) -> Member | None:
        return next((member for member in self.members(partner_id) if member.is_contact), None)

    def put_members(self, people: Sequence[Member]) -> None:
        kept = {"partner_id", "id", "wants_learning_mail", "has_access", "products"}
        statement = insert(members)
        new = {name: value for name, value in statement.excluded.items() if name not in kept}
        keys = ["partner_id", "id"]
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=keys, set_=new),
            [_member_row(person) for person in people],
        )

    def remove_member(self, member: Member) -> None:
        self._connection.execute(delete(members).where(_is(member.partner_id, member.id)))

    def save_member(self, member: Member) -> None:
        is_it = _is(member.partner_id, member.id)
        self._connection.execute(update(members).where(is_it).values(_member_row(member)))

    def choose_learning_mail(self, partner_id: UUID, member_id: UUID, *, is_wanted: bool) -> None:
        is_it = _is(partner_id, member_id)
        self._connection.execute(update(members).where(is_it).values(wants_learning_mail=is_wanted))

    def _one(self, query: Any, partner_id: UUID) -> Partner | None:
        row = self._connection.execute(query, {"partner_id": partner_id}).mappings().one_or_none()
        return None if row is None else _partner(row)


def _is(partner_id: UUID, member_id: UUID) -> ColumnElement[bool]:
    return and_(members.c.partner_id == partner_id, members.c.id == member_id)


def _partner_row(partner: Partner) -> Mapping[str, Any]:
    profile = partner.profile
    return {
        "id": partner.id,
        "standing": str(partner.standing),
        "legal_name": profile and profile.legal_name,
        "partner_type": profile and profile.partner_type,
        "tier": profile and profile.tier,
        "lifecycle_sequence": partner.lifecycle_sequence,
        "granted_products": list(partner.granted_products),
    }


def _partner(row: RowMapping) -> Partner:
    profile = None
    if row["tier"] is not None:
        profile = Profile(legal_name=row["legal_name"], partner_type=row["partner_type"], tier=row["tier"])
    return Partner(
        id=row["id"],
        standing=Standing(row["standing"]),
        profile=profile,
        lifecycle_sequence=row["lifecycle_sequence"],
        granted_products=tuple(row["granted_products"]),
    )


def _member_row(member: Member) -> Mapping[str, Any]:
    return asdict(member) | {"membership": str(member.membership), "products": list(member.products)}


def _member(row: RowMapping) -> Member:
    products = tuple(row["products"])
    return Member(**{**row, "membership": Membership(row["membership"]), "products": products})
