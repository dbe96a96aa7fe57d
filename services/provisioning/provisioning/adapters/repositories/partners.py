"""Partners in PostgreSQL."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.database.recorded_sessions import note_ended
from chassis.database.repository import Repository
from provisioning.adapters.tables import grants, partners
from provisioning.domain.orders import Member
from provisioning.domain.partners import Access, Leaver, Partner, Profile

_LOCK = select(partners).where(partners.c.partner_id == bindparam("partner_id")).with_for_update()
_SAVE = update(partners).where(partners.c.partner_id == bindparam("saved_id"))
LOCK_OWNER = (
    select(partners)
    .join(grants, grants.c.partner_id == partners.c.partner_id)
    .where(grants.c.grant_id == bindparam("grant_id"))
    .with_for_update(of=partners)
)


class SqlPartners(Repository):
    """Implements the port `Partners`."""

    def lock(self, partner_id: UUID) -> Partner | None:
        return self._read_one(_LOCK, partner_from, {"partner_id": partner_id})

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

    def sign_out(self, partner_id: UUID, at: datetime) -> None:
        since = func.greatest(partners.c.contact_since, at)
        self._connection.execute(
            update(partners).where(partners.c.partner_id == partner_id).values(contact_since=since)
        )

    def end_sessions(self, session_ids: Sequence[UUID]) -> None:
        note_ended(self._connection, session_ids)

    def save(self, partner: Partner) -> None:
        values = vars(partner) | {
            "profile": partner.profile and _profile_json(partner.profile),
            "members_told": sorted(partner.members_told),
            "members_removed": sorted(partner.members_removed),
            "leavers": [_leaver_json(leaver) for leaver in partner.leavers],
        }
        values["saved_id"] = values.pop("partner_id")
        self._connection.execute(_SAVE, values)


def partner_from(**row: Any) -> Partner:
    """The partner that was saved; of its columns the domain knows all but two."""
    del row["contact_since"], row["erased_at"]
    return Partner(
        **{
            **row,
            "profile": _profile(row["profile"]) if row["profile"] else None,
            "access": Access(row["access"]),
            "members_told": frozenset(row["members_told"]),
            "members_removed": frozenset(row["members_removed"]),
            "leavers": tuple(map(_leaver, row["leavers"])),
        }
    )


def _profile_json(profile: Profile) -> dict[str, Any]:
    return {
        **asdict(profile),
        "competences": sorted(profile.competences),
        "products_wanted": sorted(profile.products_wanted),
        "members": [_member_json(member) for member in profile.members],
    }


def _profile(stored: Mapping[str, Any]) -> Profile:
    """What a newer version keeps beside these is none of ours: it may run at the same time."""
    known = {field.name: stored[field.name] for field in fields(Profile)}
    sets = {name: frozenset(stored[name]) for name in ("competences", "products_wanted")}
    return Profile(**{**known, **sets, "members": tuple(map(_member, stored["members"]))})


def _member_json(member: Member) -> dict[str, Any]:
    return {**asdict(member), "member_id": str(member.member_id)}


def _member(stored: Mapping[str, Any]) -> Member:
    return Member(**{**stored, "member_id": UUID(stored["member_id"])})


def _leaver_json(leaver: Leaver) -> dict[str, Any]:
    return {"member": _member_json(leaver.member), "grant_ids": sorted(map(str, leaver.grant_ids))}


def _leaver(stored: Mapping[str, Any]) -> Leaver:
    return Leaver(_member(stored["member"]), frozenset(map(UUID, stored["grant_ids"])))
