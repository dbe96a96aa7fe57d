"""Invitations and their links in PostgreSQL."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from chassis.database.repository import Repository
from chassis.database.round_trips import write_later
from notifications.adapters.tables import invitations, links, members, partners
from notifications.domain.invitations import ALLOWED_MOVES, Invitation, State
from notifications.domain.messages import Message
from notifications.domain.partners import OVER, Membership
from notifications.handlers.ports import Invitations

CAN_EXPIRE = [state for state, after in ALLOWED_MOVES.items() if State.EXPIRED in after]
_REMEMBER_LINK = "INSERT INTO links (id, invitation_id) VALUES (%s, %s) ON CONFLICT (id) DO NOTHING"
_SAVE = """
UPDATE invitations SET state = %(state)s, link_id = %(link_id)s, message_id = %(message_id)s,
    expires_at = %(expires_at)s, sent_at = %(sent_at)s, accepted_at = %(accepted_at)s,
    started_at = %(started_at)s, completed_at = %(completed_at)s, progress = %(progress)s, score = %(score)s
WHERE id = %(id)s
"""
_ADD = (
    insert(invitations)
    .on_conflict_do_nothing(index_elements=["partner_id", "member_id", "path"])
    .returning(invitations.c.id)
)
_ATTACH = """
UPDATE invitations SET message_id = %(id)s
WHERE partner_id = %(partner_id)s AND member_id = %(member_id)s AND message_id IS NULL AND state = 'planned'
"""
_LOCK_OF_MESSAGE = (
    select(invitations)
    .where(invitations.c.message_id == bindparam("of_message"))
    .order_by(invitations.c.created_at, invitations.c.id)
    .with_for_update()
)
_CANCEL_OPEN = """
UPDATE invitations SET state = 'cancelled'
WHERE partner_id = %(partner_id)s AND member_id = coalesce(%(member_id)s, member_id)
    AND state NOT IN ('accepted', 'cancelled')
"""


class SqlInvitations(Repository, Invitations):
    """Works inside the transaction of its connection."""

    def add(self, offers: Sequence[Invitation]) -> Sequence[Invitation]:
        if not offers:
            return []
        new = set(self._connection.execute(_ADD, [vars(invitation) for invitation in offers]).scalars())
        added = [invitation for invitation in offers if invitation.id in new]
        for invitation in added:
            self._remember_link(invitation)
        return added

    def get(self, invitation_id: UUID) -> Invitation | None:
        return self._read_one(select(invitations).where(invitations.c.id == invitation_id), Invitation)

    def lock(self, invitation_id: UUID) -> Invitation | None:
        query = select(invitations).where(invitations.c.id == invitation_id)
        return self._read_one(query.with_for_update(), Invitation)

    def lock_by_link(self, link_id: UUID) -> Invitation | None:
        query = select(invitations).join(links, links.c.invitation_id == invitations.c.id)
        return self._read_one(query.where(links.c.id == link_id).with_for_update(of=invitations), Invitation)

    def lock_of_learner(self, path: str, email: str | None, member_id: UUID | None) -> Sequence[Invitation]:
        is_member = (members.c.partner_id == invitations.c.partner_id) & (
            members.c.id == invitations.c.member_id
        )
        is_learner = members.c.id == member_id
        if email is not None:
            is_learner = func.lower(members.c.email) == email.lower()
        query = (
            select(invitations)
            .join(members, is_member)
            .join(partners, partners.c.id == invitations.c.partner_id)
            .where(invitations.c.path == path, is_learner, members.c.membership == Membership.CONFIRMED)
            .where(invitations.c.state != State.CANCELLED, partners.c.standing.not_in(OVER))
        )
        # Removing a member locks the partner, so a query under the lock does not find a removed member.
        theirs = query.with_only_columns(invitations.c.partner_id)
        locked = select(partners.c.id).where(partners.c.id.in_(theirs)).order_by(partners.c.id)
        self._connection.execute(locked.with_for_update(of=partners))
        query = query.order_by(invitations.c.id).with_for_update(of=invitations)
        return self._read_all(query, Invitation)

    def forget_results(self, partner_id: UUID, member_id: UUID | None = None) -> None:
        theirs = invitations.c.partner_id == partner_id
        if member_id is not None:
            theirs &= invitations.c.member_id == member_id
        self._connection.execute(update(invitations).where(theirs).values(progress=None, score=None))

    def save(self, invitation: Invitation) -> None:
        write_later(self._connection, _SAVE, dict(vars(invitation)))
        self._remember_link(invitation)

    def burn_link(self, link_id: UUID, at: datetime) -> None:
        self._connection.execute(update(links).where(links.c.id == link_id).values(burnt_at=at))

    def cancel_open(self, partner_id: UUID, member_id: UUID | None = None) -> None:
        write_later(self._connection, _CANCEL_OPEN, {"partner_id": partner_id, "member_id": member_id})

    def attach(self, message: Message) -> None:
        values = {name: getattr(message, name) for name in ("id", "partner_id", "member_id")}
        write_later(self._connection, _ATTACH, values)

    def release(self, message_id: UUID) -> None:
        unsent = (invitations.c.message_id == message_id) & (invitations.c.state == State.PLANNED)
        self._connection.execute(update(invitations).where(unsent).values(message_id=None))

    def lock_of_message(self, message_id: UUID) -> Sequence[Invitation]:
        return self._read_all(_LOCK_OF_MESSAGE, Invitation, {"of_message": message_id})

    def members_waiting(self, partner_id: UUID) -> Sequence[UUID]:
        query = select(invitations.c.member_id).where(
            invitations.c.partner_id == partner_id,
            invitations.c.message_id.is_(None),
            invitations.c.state == State.PLANNED,
        )
        return self._connection.execute(query.distinct()).scalars().all()

    def of_partner(self, partner_id: UUID) -> Sequence[Mapping[str, Any]]:
        query = select(invitations).where(invitations.c.partner_id == partner_id)
        ordered = query.order_by(invitations.c.created_at, invitations.c.id)
        return [dict(row) for row in self._connection.execute(ordered).mappings()]

    def due(self, now: datetime, limit: int, after: Invitation | None = None) -> list[Invitation]:
        """Invitations that can expire and have, the longest expired first."""
        keys = tuple_(invitations.c.expires_at, invitations.c.id)
        is_due = invitations.c.state.in_(CAN_EXPIRE) & (invitations.c.expires_at <= now)
        query = select(invitations).where(is_due).order_by(*keys.clauses).limit(limit)
        if after:
            query = query.where(keys > (after.expires_at, after.id))
        return self._read_all(query, Invitation)

    def _remember_link(self, invitation: Invitation) -> None:
        write_later(self._connection, _REMEMBER_LINK, (invitation.link_id, invitation.id))
