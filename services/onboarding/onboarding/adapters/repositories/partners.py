"""Partners in PostgreSQL; one row lock per partner makes its moves one after the other."""

import json
from collections.abc import Collection, Sequence
from typing import LiteralString
from uuid import UUID

from sqlalchemy import Connection, case, or_, select
from sqlalchemy.exc import IntegrityError

from chassis.database.repository import Repository
from chassis.database.round_trips import ask_together, write_later
from chassis.text.mail_addresses import canonical_address
from onboarding.adapters.alike_partners import alike
from onboarding.adapters.partner_rows import member_rows_of, partner_from, row_of
from onboarding.adapters.partner_statements import (
    ADD_MEMBERS,
    ADD_PARTNER,
    GET_MEMBERS,
    GET_PARTNER,
    LOCK_PARTNER,
    MEMBER_COLUMNS,
    PARTNER_COLUMNS,
    REMOVE_MEMBERS,
    UPDATE_PARTNER,
)
from onboarding.adapters.tables import ONE_PARTNER_PER_REGISTRATION, partners
from onboarding.domain.application import Member
from onboarding.domain.likeness import Duplicate, Trait
from onboarding.domain.links import MOST_REACHED
from onboarding.domain.partners import Partner
from onboarding.domain.refusals import PartnerUnknown, RegistrationTaken
from onboarding.domain.states import FINAL, HOLDS_REGISTRATION, State
from onboarding.handlers.ports import Partners


class SqlPartners(Repository, Partners):
    """The partners as one transaction sees them."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._members_read: dict[UUID, tuple[Member, ...]] = {}
        self._registrations_read: dict[UUID, tuple[str, str]] = {}
        self._known: set[UUID] = set()

    def add(self, partner: Partner) -> None:
        write_later(self._connection, ADD_PARTNER, row_of(partner))
        self._add_members(partner)
        self._remember(partner)

    def lock(self, partner_id: UUID) -> Partner:
        partner = self._read(partner_id, LOCK_PARTNER)
        self._remember(partner)
        return partner

    def get(self, partner_id: UUID) -> Partner:
        """A look without a lock, for answers only; raises PartnerUnknown."""
        return self._read(partner_id, GET_PARTNER)

    def _read(self, partner_id: UUID, query: LiteralString) -> Partner:
        questions = [(query, (partner_id,)), (GET_MEMBERS, (partner_id,))]
        found, people = ask_together(self._connection, questions)
        if not found:
            raise PartnerUnknown(partner_id)
        return partner_from(
            dict(zip(PARTNER_COLUMNS, found[0], strict=True)),
            [dict(zip(MEMBER_COLUMNS, person, strict=True)) for person in people],
        )

    def is_known(self, partner_id: UUID) -> bool:
        if partner_id not in self._known:
            query = select(partners.c.id).where(partners.c.id == partner_id)
            self._known.update(self._connection.execute(query).scalars())
        return partner_id in self._known

    def save(self, partner: Partner) -> None:
        if partner.state is State.APPROVED or self._claims_another(partner):
            self._claim_registration(partner)
        else:
            write_later(self._connection, UPDATE_PARTNER, row_of(partner))
        if self._members_read.get(partner.id) != partner.members:
            write_later(self._connection, REMOVE_MEMBERS, (partner.id,))
            self._add_members(partner)
        self._remember(partner)

    def duplicates_of(self, partner: Partner, traits: Collection[Trait]) -> Sequence[Duplicate]:
        return alike(self._connection, partner, traits)

    def reached_by(self, email: str) -> Sequence[UUID]:
        # As `Partner.takes_links` says; who is still with us comes first.
        is_over = case((partners.c.state.in_(FINAL), 1), else_=0)
        query = (
            select(partners.c.id)
            .where(partners.c.contact_email == canonical_address(email))
            .where(or_(partners.c.state == State.APPLIED, partners.c.email_verified_at.is_not(None)))
            .order_by(is_over, partners.c.created_at.desc())
            .limit(MOST_REACHED)
        )
        return self._connection.execute(query).scalars().all()

    def _remember(self, partner: Partner) -> None:
        self._members_read[partner.id] = partner.members
        self._registrations_read[partner.id] = _registration_of(partner)
        self._known.add(partner.id)

    def _add_members(self, partner: Partner) -> None:
        write_later(self._connection, ADD_MEMBERS, (json.dumps(member_rows_of(partner.id, partner.members)),))

    def _claims_another(self, partner: Partner) -> bool:
        """Whether the company has another number than it had, in a state where that is one partner's only."""
        known = self._registrations_read.get(partner.id)
        return partner.state in HOLDS_REGISTRATION and known not in {None, _registration_of(partner)}

    def _claim_registration(self, partner: Partner) -> None:
        """Waits for a rival that is being approved at this moment; the savepoint outlives its victory."""
        try:
            with self._connection.begin_nested():
                self._connection.exec_driver_sql(UPDATE_PARTNER, row_of(partner))
        except IntegrityError as error:
            if ONE_PARTNER_PER_REGISTRATION not in str(error.orig):
                raise
            raise self._taken(partner) from None

    def _taken(self, partner: Partner) -> RegistrationTaken:
        query = select(partners.c.id, partners.c.legal_name).where(
            partners.c.country == partner.profile.country,
            partners.c.registration_key == partner.profile.registration.key,
            partners.c.shares_registration.is_(False),
            partners.c.state.in_(HOLDS_REGISTRATION),
        )
        holder = self._connection.execute(query).one()
        return RegistrationTaken(holder.id, holder.legal_name)


def _registration_of(partner: Partner) -> tuple[str, str]:
    return partner.profile.country, partner.profile.registration.key
