"""Partners in PostgreSQL."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.database.repository import Repository
from provisioning.adapters.tables import grants, partners
from provisioning.domain.orders import Member
from provisioning.domain.partners import Access, Partner, Profile

_LOCK = select(partners).where(partners.c.partner_id == bindparam("partner_id")).with_for_update()
_LOCK_OWNER = (
    select(partners)
    .join(grants, grants.c.partner_id == partners.c.partner_id)
    .where(grants.c.grant_id == bindparam("grant_id"))
    .with_for_update(of=partners)
)


class SqlPartners(Repository):
    """Implements the port `Partners`."""

    def lock(self, partner_id: UUID) -> Partner | None:
        row = self._connection.execute(_LOCK, {"partner_id": partner_id}).one_or_none()
        return _partner(row) if row else None

    def lock_owner(self, grant_id: UUID) -> Partner | None:
        row = self._connection.execute(_LOCK_OWNER, {"grant_id": grant_id}).one_or_none()
        return _partner(row) if row else None

    def add_and_lock(self, partner_id: UUID) -> Partner:
        new = insert(partners).values(
            partner_id=partner_id, access=Access.NONE, switched_sequence=0, is_suspended=False
        )
        self._connection.execute(new.on_conflict_do_nothing())
        partner = self.lock(partner_id)
        if partner is None:
            raise LookupError(f"partner {partner_id} vanished while it was added")
        return partner

    def is_known(self, partner_id: UUID) -> bool:
        found = select(partners.c.partner_id).where(partners.c.partner_id == partner_id)
        return self._connection.execute(found).one_or_none() is not None

    def save(self, partner: Partner) -> None:
        self._connection.execute(
            update(partners)
            .where(partners.c.partner_id == partner.partner_id)
            .values(
                profile=partner.profile and _profile_json(partner.profile),
                access=partner.access,
                switched_sequence=partner.switched_sequence,
                is_suspended=partner.is_suspended,
                members_told=sorted(partner.members_told),
            )
        )


def _partner(row: Row[Any]) -> Partner:
    return Partner(
        partner_id=row.partner_id,
        profile=_profile(row.profile) if row.profile else None,
        access=Access(row.access),
        switched_sequence=row.switched_sequence,
        is_suspended=row.is_suspended,
        members_told=frozenset(row.members_told),
    )


def _profile_json(profile: Profile) -> dict[str, Any]:
    members = [{**asdict(member), "member_id": str(member.member_id)} for member in profile.members]
    return {
        **asdict(profile),
        "competences": sorted(profile.competences),
        "products_wanted": sorted(profile.products_wanted),
        "members": members,
    }


def _profile(stored: Mapping[str, Any]) -> Profile:
    members = (Member(**{**member, "member_id": UUID(member["member_id"])}) for member in stored["members"])
    return Profile(
        legal_name=stored["legal_name"],
        country=stored["country"],
        partner_type=stored["partner_type"],
        tier=stored["tier"],
        language=stored["language"],
        competences=frozenset(stored["competences"]),
        products_wanted=frozenset(stored["products_wanted"]),
        members=tuple(members),
    )
