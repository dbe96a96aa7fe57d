"""Findings in PostgreSQL, and the owners of outside resources."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, or_, select
from sqlalchemy import cast as as_type
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.types import Text

from chassis.database.repository import Repository
from provisioning.adapters.cause_columns import row_with_cause, with_cause
from provisioning.adapters.tables import (
    devices,
    findings,
    grant_steps,
    grants,
    partners,
    sandbox_accounts,
    seats,
)
from provisioning.domain.account_states import AccountState
from provisioning.domain.devices import key_of
from provisioning.domain.findings import (
    NOBODY,
    AskedFor,
    Finding,
    FindingState,
    Mark,
    Owner,
    Thing,
    ThingKind,
)
from provisioning.domain.grant_states import Intent, State
from provisioning.domain.standings import Standing

_MISSING_MOST = 50
_DIGITS = 12
_WAITS = (FindingState.SUSPECTED, FindingState.OPEN)
_ACCOUNT_ID, _CERTIFICATE_ID = (grants.c.outputs[name].astext for name in ("account_id", "certificate_id"))
IS_LIVE = or_(
    grants.c.intent != Intent.OFF,
    select(grant_steps.c.name)
    .where(grant_steps.c.grant_id == grants.c.grant_id, grant_steps.c.standing != Standing.ABSENT)
    .exists(),
)


class SqlFindings(Repository):
    """Implements the port `Findings`, and the lists for operators."""

    def get(self, finding_id: UUID) -> Finding | None:
        return self._read_one(select(findings).where(findings.c.finding_id == finding_id), _finding)

    def lock(self, finding_id: UUID) -> Finding | None:
        one = select(findings).where(findings.c.finding_id == finding_id).with_for_update()
        return self._read_one(one, _finding)

    def lock_known(self, kind: ThingKind, outside_ids: Collection[str]) -> Mapping[str, Finding]:
        of_these = findings.c.kind == kind, findings.c.outside_id.in_(outside_ids)
        known = select(findings).where(*of_these).order_by(findings.c.finding_id).with_for_update()
        return {finding.outside_id: finding for finding in self._read_all(known, _finding)}

    def lock_not_seen(self, kind: ThingKind, sweep_id: UUID, but: Collection[str] = ()) -> list[Finding]:
        wanted = findings.c.kind == kind, findings.c.state.in_(_WAITS), findings.c.sweep_id != sweep_id
        of_others = select(findings).where(*wanted, findings.c.product.not_in(list(but)))
        some = of_others.order_by(findings.c.product, findings.c.finding_id).limit(_MISSING_MOST)
        found = self._read_all(some.with_for_update(), _finding)
        return [finding for finding in found if finding.product == found[0].product]

    def owners(self, things: Sequence[Thing]) -> list[Owner]:
        """Four queries for all of them together."""
        marks = [thing.mark for thing in things]
        known = _Known(
            grants=self._grants_marked(things),
            partners=self._partners_marked(marks),
            seated=self._seated(things),
            accounts=self._accounts_marked(marks),
            devices=self._devices(marks),
        )
        return [known.owner_of(thing) for thing in things]

    def is_live(self, grant_id: UUID) -> bool:
        live = select(grants.c.grant_id).where(grants.c.grant_id == grant_id, IS_LIVE)
        return self._connection.execute(live).first() is not None

    def ever_asked(
        self, product: str, *, limit: int = 1, after: UUID | None = None, grant_id: UUID | None = None
    ) -> list[AskedFor]:
        """Return what a broker was asked for, for some grants ordered by id, or for one."""
        plan_id = func.coalesce(grants.c.outputs["plan_id"].astext, grants.c.parameters["plan_id"].astext)
        number = func.coalesce(grants.c.outputs["instance_number"].astext, "0")
        asked = select(grants.c.grant_id, number.label("number"), plan_id.label("plan_id")).where(
            grants.c.product == product, grants.c.state.not_in((State.PLANNED, State.CANCELLED))
        )
        if after is not None:
            asked = asked.where(grants.c.grant_id > after)
        if grant_id is not None:
            asked = asked.where(grants.c.grant_id == grant_id)
        rows = self._connection.execute(asked.order_by(grants.c.grant_id).limit(limit))
        return [AskedFor(grant_id=row.grant_id, number=int(row.number), plan_id=row.plan_id) for row in rows]

    def save(self, finding: Finding) -> None:
        values = row_with_cause({name: value for name, value in vars(finding).items() if name != "untold"})
        saved = insert(findings).values(**values)
        del values["finding_id"]
        self._connection.execute(saved.on_conflict_do_update(index_elements=["finding_id"], set_=values))

    def page(
        self, state: FindingState | None, kind: ThingKind | None, after: UUID | None, limit: int
    ) -> list[Finding]:
        """Return a page, ordered by when they were first found."""
        wanted: list[ColumnElement[bool]] = []
        if state is not None:
            wanted.append(findings.c.state == state)
        if kind is not None:
            wanted.append(findings.c.kind == kind)
        if after is not None:
            wanted.append(findings.c.finding_id > after)
        page = select(findings).where(*wanted).order_by(findings.c.finding_id).limit(limit)
        return self._read_all(page, _finding)

    def gaps_of(self, account_ids: Collection[str]) -> list[tuple[str, Finding]]:
        """Return the unresolved gaps in detection, each with its account."""
        account_id = func.split_part(findings.c.outside_id, "/", 1)
        wanted = findings.c.kind == ThingKind.DETECTION_GAP, findings.c.state.in_(_WAITS)
        gaps = select(findings).where(*wanted, account_id.in_(account_ids)).order_by(findings.c.outside_id)
        found = self._read_all(gaps, _finding)
        return [(finding.outside_id.partition("/")[0], finding) for finding in found]

    def count(self) -> dict[tuple[str, str], int]:
        """Return how many are unresolved or being removed, by kind and state."""
        by = (findings.c.kind, findings.c.state)
        states = (*_WAITS, FindingState.REMOVING)
        waiting = select(*by, func.count()).where(findings.c.state.in_(states)).group_by(*by)
        return {(kind, state): count for kind, state, count in self._connection.execute(waiting)}

    def _grants_marked(self, things: Sequence[Thing]) -> Sequence[Row[Any]]:
        marks = [thing.mark for thing in things]
        noted = _given(marks, "noted_id")
        is_marked = or_(
            grants.c.grant_id.in_(_given(marks, "grant_id")),
            _digits_of(grants.c.grant_id).in_(_given(marks, "grant_digits")),
            _digits_of(grants.c.partner_id).in_(_given(marks, "partner_digits")),
            _ACCOUNT_ID.in_(noted),
            _CERTIFICATE_ID.in_(noted),
        )
        columns = (
            grants.c.grant_id,
            grants.c.partner_id,
            grants.c.product,
            grants.c.entry_name,
            _ACCOUNT_ID.label("account_id"),
            _CERTIFICATE_ID.label("certificate_id"),
            IS_LIVE.label("is_live"),
        )
        products = {thing.product for thing in things}
        query = select(*columns).where(grants.c.product.in_(products), is_marked).order_by(grants.c.number)
        return self._connection.execute(query).all()

    def _partners_marked(self, marks: Sequence[Mark]) -> Mapping[str, UUID]:
        digits = _given(marks, "partner_digits")
        known = select(partners.c.partner_id).where(_digits_of(partners.c.partner_id).in_(digits))
        ids = self._connection.execute(known).scalars()
        return {partner_id.hex[-_DIGITS:]: partner_id for partner_id in ids}

    def _devices(self, marks: Sequence[Mark]) -> set[tuple[UUID, str]]:
        """Return the existing devices with their grants, by the last digits of their ids."""
        digits = _given(marks, "device_digits")
        if not digits:
            return set()
        there = select(devices.c.grant_id, devices.c.device_id).where(
            _digits_of(devices.c.device_id).in_(digits)
        )
        return {(row.grant_id, key_of(row.device_id)) for row in self._connection.execute(there)}

    def _seated(self, things: Sequence[Thing]) -> set[tuple[str, UUID]]:
        """Return who has a seat of a product, by present and former ids."""
        people = _given([thing.mark for thing in things], "person_id")
        if not people:
            return set()
        query = select(grants.c.product, seats.c.person_id, seats.c.former_person_id).join(
            grants, grants.c.grant_id == seats.c.grant_id
        )
        rows = self._connection.execute(
            query.where(or_(seats.c.person_id.in_(people), seats.c.former_person_id.in_(people)))
        ).all()
        return {(row.product, each) for row in rows for each in (row.person_id, row.former_person_id) if each}

    def _accounts_marked(self, marks: Sequence[Mark]) -> set[str | UUID]:
        """Return ids of accounts we manage without a grant, and keys of those being created.

        An ejected account is left alone on an operator's word; a closed one belongs to nobody if it is
        reopened.
        """
        ids, keys = _given(marks, "noted_id"), _given(marks, "grant_id")
        known = sandbox_accounts.c
        is_marked = or_(known.account_id.in_(ids), known.account_id.is_(None) & known.account_key.in_(keys))
        query = select(known.account_id, known.account_key).where(
            is_marked, known.state != AccountState.CLOSED
        )
        return {row.account_id or row.account_key for row in self._connection.execute(query)}


@dataclass(frozen=True)
class _Known:
    """What the database knows about the owners of some resources."""

    grants: Sequence[Row[Any]]
    partners: Mapping[str, UUID]
    seated: set[tuple[str, UUID]]
    accounts: set[str | UUID]
    devices: set[tuple[UUID, str]]

    def owner_of(self, thing: Thing) -> Owner:
        """A live grant comes before one that is over; a known partner comes before nobody."""
        mark = thing.mark
        if mark.person_id is not None:
            return Owner(is_live=(thing.product, mark.person_id) in self.seated)
        marked = [row for row in self.grants if row.product == thing.product and _is_of(row, mark)]
        row = next((row for row in marked if row.is_live), marked[0] if marked else None)
        if row is not None:
            is_there = mark.device_digits is None or (row.grant_id, mark.device_digits) in self.devices
            is_its_own = row.is_live and is_there and not mark.is_former
            is_live = is_its_own or self._is_account_of_ours(mark)
            return Owner(partner_id=row.partner_id, grant_id=row.grant_id, is_live=is_live)
        if self._is_account_of_ours(mark):
            return Owner(is_live=True)
        partner_id = self.partners.get(mark.partner_digits or "")
        return Owner(partner_id=partner_id) if partner_id else NOBODY

    def _is_account_of_ours(self, mark: Mark) -> bool:
        return bool(self.accounts & {mark.noted_id, mark.grant_id})


def _is_of(row: Row[Any], mark: Mark) -> bool:
    """An id before digits; digits of both where the mark has both, of the grant alone for an account."""
    if mark.noted_id is not None and mark.noted_id in (row.account_id, row.certificate_id):
        return True
    if mark.grant_id is not None:
        return bool(row.grant_id == mark.grant_id)
    if mark.grant_digits is not None and row.grant_id.hex[-_DIGITS:] != mark.grant_digits:
        return False
    if mark.partner_digits is None:
        return mark.grant_digits is not None
    is_same_entry: bool = mark.entry_name == row.entry_name
    return is_same_entry and bool(row.partner_id.hex[-_DIGITS:] == mark.partner_digits)


def _digits_of(column: ColumnElement[Any]) -> ColumnElement[str]:
    return func.right(as_type(column, Text), _DIGITS)


def _given(marks: Sequence[Mark], name: str) -> list[Any]:
    return list({value for mark in marks if (value := getattr(mark, name)) is not None})


_finding = with_cause(Finding)
