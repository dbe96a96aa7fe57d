"""Partners in PostgreSQL; one row lock per partner makes its moves one after the other."""

import json
from collections.abc import Collection, Sequence
from typing import LiteralString
from uuid import UUID

from sqlalchemy import Connection, case, func, or_, select
from sqlalchemy.exc import IntegrityError

from chassis.database.erasure import erase_subject, lock_lanes
from chassis.database.repository import Repository
from chassis.database.round_trips import ask_together, write_later
from chassis.text.mail_addresses import canonical_address
from onboarding.adapters.partner_rows import member_rows_of, partner_from, row_of
from onboarding.adapters.tables import ONE_PARTNER_PER_REGISTRATION, links, members, partners
from onboarding.domain.application import Member
from onboarding.domain.events import LifecycleEvent
from onboarding.domain.likeness import MOST_ALIKE, Duplicate, Trait
from onboarding.domain.links import MOST_REACHED
from onboarding.domain.partners import Partner
from onboarding.domain.refusals import PartnerUnknown, RegistrationTaken
from onboarding.domain.states import FINAL, HOLDS_REGISTRATION, State
from onboarding.handlers.ports import Partners

# Plain statements, which share a round trip and cost a third of composed ones.
_PARTNER_COLUMNS = [column.name for column in partners.columns if column.computed is None]
_MEMBER_COLUMNS = [column.name for column in members.columns]
_COLUMNS = ", ".join(_PARTNER_COLUMNS)
_VALUES = ", ".join(f"%({name})s" for name in _PARTNER_COLUMNS)
_CHANGES = ", ".join(f"{name} = %({name})s" for name in _PARTNER_COLUMNS if name != "id")

_GET_PARTNER = f"SELECT {_COLUMNS} FROM partners WHERE id = %s"  # noqa: S608 - our own names
# NO KEY UPDATE, not UPDATE: timeline rows that refer to the partner may be added meanwhile.
_LOCK_PARTNER = f"{_GET_PARTNER} FOR NO KEY UPDATE"
_LOCK_TO_ERASE = f"{_GET_PARTNER} FOR UPDATE"
_HANGS_ON_IT = (
    *("waiting_mails", "links", "sessions", "passkeys", "requests", "timeline", "products", "members"),
    *("automatic_approvals", "imported_applications"),
)
_ERASE = (
    *(f"DELETE FROM {table} WHERE partner_id = %s" for table in _HANGS_ON_IT),  # noqa: S608
    "DELETE FROM partners WHERE id = %s",
)
# One mail has the links to all partners of a contact, and one partner's event tells it. After the own rows,
# and past what another erasure holds: each would wait for the other.
_FORGET_LINK = """
WITH told AS (
    SELECT position, convert_from(data, 'UTF8')::jsonb AS data FROM outbox
    WHERE subject IN (SELECT id::text FROM partners WHERE contact_email = %(mailbox)s)
        AND topic = %(topic)s AND type LIKE '%%.partner.sign_in_requested.v%%' AND record_headers IS NULL
        AND convert_from(data, 'UTF8')::jsonb -> 'others'
            @> jsonb_build_array(jsonb_build_object('partner_id', %(partner_id)s::text))
    FOR UPDATE SKIP LOCKED
)
UPDATE outbox SET data = convert_to(((told.data - 'others') || coalesce((
    SELECT jsonb_build_object('others', jsonb_agg(other))
    FROM jsonb_array_elements(told.data -> 'others') AS other
    WHERE other ->> 'partner_id' <> %(partner_id)s HAVING count(*) > 0), '{}'))::text, 'UTF8')
FROM told WHERE outbox.position = told.position
"""
_GET_MEMBERS = f"SELECT {', '.join(_MEMBER_COLUMNS)} FROM members WHERE partner_id = %s ORDER BY position"  # noqa: S608
_ADD_PARTNER = f"INSERT INTO partners ({_COLUMNS}) VALUES ({_VALUES})"  # noqa: S608
_UPDATE_PARTNER = f"UPDATE partners SET {_CHANGES} WHERE id = %(id)s"  # noqa: S608
_REMOVE_MEMBERS = "DELETE FROM members WHERE partner_id = %s"
_ADD_MEMBERS = """
INSERT INTO members (id, partner_id, position, given_name, family_name, email, language, is_contact,
    confirmed_at, asked_at, times_asked)
SELECT * FROM json_to_recordset(%s) AS person (
    id uuid, partner_id uuid, position int, given_name text, family_name text, email text, language text,
    is_contact boolean, confirmed_at timestamptz, asked_at timestamptz, times_asked int)
"""

# What `likeness.share` says, in terms that an index answers.
_CONDITIONS: dict[Trait, LiteralString] = {
    Trait.REGISTRATION_NUMBER: """country = %(country)s
        AND registration_without_court = %(registration_without_court)s
        AND (registration_key = ANY(%(registration_keys)s) OR %(has_any_court)s)""",
    Trait.MAIL_DOMAIN: "mail_domain = %(mail_domain)s",
    Trait.WEBSITE: "website_domain = %(website_domain)s AND website_domain <> ''",
    Trait.CONTACT: "mailboxes && %(contact)s AND mailboxes[1:1] = %(contact)s",
    Trait.MEMBER: """mailboxes && %(mailboxes)s AND mailboxes[1:1] <> %(contact)s
        AND (mailboxes[1:1] <@ %(mailboxes)s OR mailboxes @> %(contact)s)""",
    Trait.LEGAL_NAME: "country = %(country)s AND name_shape = %(name_shape)s",
}
# Who holds the registration comes first, then who else is still here, then the newest.
_ALIKE: LiteralString = """
SELECT id, legal_name, state FROM partners
WHERE email_verified_at IS NOT NULL AND id <> %(id)s AND {condition}
ORDER BY state = ANY(%(holding)s) DESC, state = ANY(%(final)s), id DESC LIMIT %(limit)s
"""

_LAST_REQUESTED = (
    select(func.max(links.c.created_at))
    .where(links.c.partner_id == partners.c.id, links.c.is_requested)
    .scalar_subquery()
)


class SqlPartners(Repository, Partners):
    """The partners as one transaction sees them."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._members_read: dict[UUID, tuple[Member, ...]] = {}
        self._registrations_read: dict[UUID, tuple[str, str]] = {}
        self._known: set[UUID] = set()

    def add(self, partner: Partner) -> None:
        write_later(self._connection, _ADD_PARTNER, row_of(partner))
        self._add_members(partner)
        self._remember(partner)

    def lock(self, partner_id: UUID) -> Partner:
        partner = self._read(partner_id, _LOCK_PARTNER)
        self._remember(partner)
        return partner

    def get(self, partner_id: UUID) -> Partner:
        """A look without a lock, for answers only; raises PartnerUnknown."""
        return self._read(partner_id, _GET_PARTNER)

    def _read(self, partner_id: UUID, query: LiteralString) -> Partner:
        questions = [(query, (partner_id,)), (_GET_MEMBERS, (partner_id,))]
        found, people = ask_together(self._connection, questions)
        if not found:
            raise PartnerUnknown
        return partner_from(
            dict(zip(_PARTNER_COLUMNS, found[0], strict=True)),
            [dict(zip(_MEMBER_COLUMNS, person, strict=True)) for person in people],
        )

    def is_known(self, partner_id: UUID) -> bool:
        if partner_id not in self._known:
            query = select(partners.c.id).where(partners.c.id == partner_id)
            self._known.update(self._connection.execute(query).scalars())
        return partner_id in self._known

    def lock_to_erase(self, partner_id: UUID) -> Partner:
        lock_lanes(self._connection, str(partner_id))
        return self._read(partner_id, _LOCK_TO_ERASE)

    def erase(self, partner: Partner) -> None:
        for statement in _ERASE:
            write_later(self._connection, statement, (partner.id,))
        erase_subject(self._connection, str(partner.id))
        values = {"partner_id": str(partner.id), "mailbox": canonical_address(partner.contact.email)}
        write_later(self._connection, _FORGET_LINK, values | {"topic": LifecycleEvent.topic})
        self._known.discard(partner.id)

    def save(self, partner: Partner) -> None:
        known = self._registrations_read.get(partner.id)
        has_another = partner.state in HOLDS_REGISTRATION and known not in {None, _registration_of(partner)}
        if partner.state is State.APPROVED or has_another:
            self._claim_registration(partner)
        else:
            write_later(self._connection, _UPDATE_PARTNER, row_of(partner))
        if self._members_read.get(partner.id) != partner.members:
            write_later(self._connection, _REMOVE_MEMBERS, (partner.id,))
            self._add_members(partner)
        self._remember(partner)

    def duplicates_of(self, partner: Partner, traits: Collection[Trait]) -> Sequence[Duplicate]:
        # One index for each trait, all asked in one round trip.
        row, registration = row_of(partner), partner.profile.registration
        values = {
            **row,
            "registration_keys": [registration.key, registration.number],
            "has_any_court": not registration.court,
            "contact": (row["mailboxes"] or [])[:1],
            "holding": [state.value for state in HOLDS_REGISTRATION],
            "final": [state.value for state in FINAL],
            "limit": MOST_ALIKE,
        }
        questions = [(_ALIKE.replace("{condition}", _CONDITIONS[trait]), values) for trait in traits]
        answers = ask_together(self._connection, questions)
        return [
            Duplicate(other_id, legal_name, trait, State(state))
            for trait, found in zip(traits, answers, strict=True)
            for other_id, legal_name, state in found
        ]

    def reached_by(self, email: str) -> Sequence[UUID]:
        # As `Partner.takes_links` says; who is still with us comes first.
        is_over = case((partners.c.state.in_(FINAL), 1), else_=0).label("is_over")
        in_turn = (is_over, _LAST_REQUESTED.asc().nulls_first(), partners.c.created_at.desc())
        is_new = partners.c.email_verified_at.is_(None)
        reached = (
            select(
                partners.c.id,
                partners.c.created_at,
                is_over,
                func.row_number().over(partition_by=is_new, order_by=in_turn).label("place"),
            )
            .where(partners.c.contact_email == canonical_address(email))
            .where(or_(partners.c.state == State.APPLIED, ~is_new))
            .subquery()
        )
        # An order that lasts: all who lock these wait for each other in it.
        query = (
            select(reached.c.id)
            .where(reached.c.place <= MOST_REACHED)
            .order_by(reached.c.is_over, reached.c.created_at.desc())
        )
        return self._connection.execute(query).scalars().all()

    def _remember(self, partner: Partner) -> None:
        self._members_read[partner.id] = partner.members
        self._registrations_read[partner.id] = _registration_of(partner)
        self._known.add(partner.id)

    def _add_members(self, partner: Partner) -> None:
        write_later(
            self._connection, _ADD_MEMBERS, (json.dumps(member_rows_of(partner.id, partner.members)),)
        )

    def _claim_registration(self, partner: Partner) -> None:
        """Waits for a rival that is being approved at this moment; the savepoint outlives its victory."""
        try:
            with self._connection.begin_nested():
                self._connection.exec_driver_sql(_UPDATE_PARTNER, row_of(partner))
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
