"""Partners and their people in PostgreSQL."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, delete, func, select, update

from chassis.database.erasure import erase_subject, lock_lanes
from chassis.database.recorded_sessions import note_ended
from chassis.database.repository import Repository
from chassis.database.round_trips import write_later
from notifications.adapters.tables import members, partners
from notifications.domain.partners import Member, Partner, Profile
from notifications.handlers.ports import Partners

_OF_PROFILE = ("legal_name", "partner_type", "tier")
_OF_PARTNER = ("id", "lifecycle_sequence", "contact_sequence", "profile_sequence", "tier_sequence")
# Queried for each mail and each event.
_OF_ID = select(partners).where(partners.c.id == bindparam("partner_id"))
_LOCK = _OF_ID.with_for_update()
_MEMBERS = select(members).where(members.c.partner_id == bindparam("partner_id")).order_by(members.c.id)

# Plain statements, so that they can be sent with the commit.
_SAVE = """
INSERT INTO partners (id, standing, legal_name, partner_type, tier, lifecycle_sequence, granted_products,
    contact_sequence, profile_sequence, tier_sequence)
VALUES (%(id)s, %(standing)s, %(legal_name)s, %(partner_type)s, %(tier)s, %(lifecycle_sequence)s,
    %(granted_products)s, %(contact_sequence)s, %(profile_sequence)s, %(tier_sequence)s)
ON CONFLICT (id) DO UPDATE SET standing = EXCLUDED.standing, legal_name = EXCLUDED.legal_name,
    partner_type = EXCLUDED.partner_type, tier = EXCLUDED.tier,
    lifecycle_sequence = EXCLUDED.lifecycle_sequence, granted_products = EXCLUDED.granted_products,
    contact_sequence = EXCLUDED.contact_sequence, profile_sequence = EXCLUDED.profile_sequence,
    tier_sequence = EXCLUDED.tier_sequence
"""
# A late event may contain an older language than the one the person has chosen since.
_PUT_MEMBER = """
INSERT INTO members (partner_id, id, given_name, family_name, email, language, language_sequence,
    is_contact, wants_learning_mail, membership, has_access, products)
VALUES (%(partner_id)s, %(id)s, %(given_name)s, %(family_name)s, %(email)s, %(language)s,
    %(language_sequence)s, %(is_contact)s, %(wants_learning_mail)s, %(membership)s, %(has_access)s,
    %(products)s)
ON CONFLICT (partner_id, id) DO UPDATE SET given_name = EXCLUDED.given_name,
    family_name = EXCLUDED.family_name, email = EXCLUDED.email,
    language = CASE WHEN members.language_sequence > EXCLUDED.language_sequence
        THEN members.language ELSE EXCLUDED.language END,
    language_sequence = greatest(members.language_sequence, EXCLUDED.language_sequence),
    is_contact = EXCLUDED.is_contact, membership = EXCLUDED.membership
"""
_SAVE_MEMBER = """
UPDATE members SET given_name = %(given_name)s, family_name = %(family_name)s, email = %(email)s,
    language = %(language)s, language_sequence = %(language_sequence)s, is_contact = %(is_contact)s,
    wants_learning_mail = %(wants_learning_mail)s, membership = %(membership)s,
    has_access = %(has_access)s, products = %(products)s
WHERE partner_id = %(partner_id)s AND id = %(id)s
"""


class SqlPartners(Repository, Partners):
    """Works inside the transaction of its connection."""

    def get(self, partner_id: UUID) -> Partner | None:
        return self._read_one(_OF_ID, _partner, {"partner_id": partner_id})

    def lock(self, partner_id: UUID) -> Partner | None:
        return self._read_one(_LOCK, _partner, {"partner_id": partner_id})

    def sign_out(self, partner_id: UUID, at: datetime) -> None:
        since = func.greatest(partners.c.contact_since, at)
        self._connection.execute(
            update(partners).where(partners.c.id == partner_id).values(contact_since=since)
        )

    def end_sessions(self, session_ids: Sequence[UUID]) -> None:
        note_ended(self._connection, session_ids)

    def save(self, partner: Partner) -> None:
        write_later(self._connection, _SAVE, _partner_row(partner))

    def erase(self, partner_id: UUID) -> None:
        lock_lanes(self._connection, str(partner_id))
        # Members, invitations, their links and messages go with it.
        self._connection.execute(delete(partners).where(partners.c.id == partner_id))
        erase_subject(self._connection, str(partner_id))

    def members(self, partner_id: UUID) -> Sequence[Member]:
        return self._read_all(_MEMBERS, Member, {"partner_id": partner_id})

    def member(self, partner_id: UUID, member_id: UUID) -> Member | None:
        return next((member for member in self.members(partner_id) if member.id == member_id), None)

    def contact(self, partner_id: UUID) -> Member | None:
        return next((member for member in self.members(partner_id) if member.is_contact), None)

    def put_members(self, people: Sequence[Member]) -> None:
        for person in people:
            write_later(self._connection, _PUT_MEMBER, _member_row(person))

    def remove_member(self, member: Member) -> None:
        self._connection.execute(delete(members).where(_is(member.partner_id, member.id)))

    def save_member(self, member: Member) -> None:
        write_later(self._connection, _SAVE_MEMBER, _member_row(member))

    def choose_learning_mail(self, partner_id: UUID, member_id: UUID, *, is_wanted: bool) -> None:
        is_it = _is(partner_id, member_id)
        self._connection.execute(update(members).where(is_it).values(wants_learning_mail=is_wanted))


def _is(partner_id: UUID, member_id: UUID) -> ColumnElement[bool]:
    return and_(members.c.partner_id == partner_id, members.c.id == member_id)


def _partner_row(partner: Partner) -> Mapping[str, Any]:
    return {
        **{name: getattr(partner.profile, name, None) for name in _OF_PROFILE},
        **{name: getattr(partner, name) for name in _OF_PARTNER},
        "standing": partner.standing,
        "granted_products": list(partner.granted_products),
    }


def _partner(**row: Any) -> Partner:
    del row["contact_since"]
    facts = {name: row.pop(name) for name in _OF_PROFILE}
    return Partner(**row, profile=None if facts["tier"] is None else Profile(**facts))


def _member_row(member: Member) -> Mapping[str, Any]:
    return vars(member) | {"products": list(member.products)}
