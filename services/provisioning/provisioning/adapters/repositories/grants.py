"""Grants and their steps in PostgreSQL."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any, Self, TypeVar
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    bindparam,
    exists,
    func,
    insert,
    select,
    text,
    update,
)

from chassis.database.repository import Repository
from chassis.database.round_trips import select_together, write_later
from provisioning.adapters.cause_columns import row_with_cause
from provisioning.adapters.repositories.meters import IS_NOT_SEEN
from provisioning.adapters.repositories.partners import LOCK_OWNER, partner_from
from provisioning.adapters.tables import IS_FROZEN, IS_RUNNING, devices, grant_steps, grants, spend_meters
from provisioning.domain.devices import Device, key_of
from provisioning.domain.grant_states import Intent, State
from provisioning.domain.grants import Grant
from provisioning.domain.leases import FrozenFor, Lease, LeaseTerms
from provisioning.domain.partners import Partner
from provisioning.domain.products import OF_DEVICE, Product, kind_and_device, product_without_kind
from provisioning.domain.standings import Difference, Standing
from provisioning.domain.steps import Cause, StepRecord

_WITH_STEPS = (
    select(grants, *(column for column in grant_steps.c if column is not grant_steps.c.grant_id))
    .join(grant_steps, grant_steps.c.grant_id == grants.c.grant_id)
    .order_by(grants.c.number, grant_steps.c.position)
)
# Steps for an operator: what is stuck, and what is to be stopped and has failed to for a quarter of an hour,
# though it is still tried: an outside that is away has a day of patience. Each part has its index.
NEED_OPERATOR = """
SELECT step.grant_id, step.name, step.begun_at FROM grant_steps AS step WHERE step.is_stuck
UNION ALL
SELECT step.grant_id, step.name, step.begun_at FROM grant_steps AS step JOIN grants USING (grant_id)
WHERE step.retry_at IS NOT NULL AND NOT step.is_stuck AND step.attempts > 0
    AND step.begun_at < now() - interval '15 minutes' AND grants.intent <> 'on'
"""
_COUNT_STUCK = text(f"""
SELECT product, intent, split_part(step.name, '{OF_DEVICE}', 1) AS kind, count(*)
FROM ({NEED_OPERATOR}) AS step JOIN grants USING (grant_id) GROUP BY 1, 2, 3
""")
_STUCK = text(f"ARRAY(SELECT step.grant_id FROM ({NEED_OPERATOR}) AS step)")
_OF_ID = _WITH_STEPS.where(grants.c.grant_id == bindparam("grant_id"))
_OF_PARTNER = _WITH_STEPS.where(grants.c.partner_id == bindparam("partner_id"))


def _columns(table: Table, *but: str) -> list[str]:
    return [column.name for column in table.c if column.name not in but]


def _given(names: Iterable[str]) -> str:
    return ", ".join(f"%({name})s" for name in names)


def _changed(names: Iterable[str]) -> str:
    return ", ".join(f"{name} = %({name})s" for name in names)


_GRANT = _columns(grants, "grant_id", "number", "partner_id", "product", "entry_name")
_STEP = _columns(grant_steps, "grant_id", "position", "name")
_DEVICE = _columns(devices)
# ruff: noqa: S608 - our own words
_SAVE = f"UPDATE grants SET {_changed(_GRANT)} WHERE grant_id = %(grant_id)s"
_SAVE_STEP = f"UPDATE grant_steps SET {_changed(_STEP)} WHERE grant_id = %(grant_id)s AND name = %(name)s"
# In the first place that is free: the steps of removed devices leave some.
_ADD_STEP = f"""
INSERT INTO grant_steps (grant_id, position, name, {", ".join(_STEP)})
SELECT %(grant_id)s, place, %(name)s, {_given(_STEP)}
FROM generate_series(0, (SELECT count(*) FROM grant_steps WHERE grant_id = %(grant_id)s)) AS place
WHERE NOT EXISTS (SELECT FROM grant_steps WHERE grant_id = %(grant_id)s AND position = place)
ORDER BY place LIMIT 1
"""
_REMOVE_STEP = "DELETE FROM grant_steps WHERE grant_id = %(grant_id)s AND name = %(name)s"
_SAVE_DEVICE = f"""
INSERT INTO devices ({", ".join(_DEVICE)}) VALUES ({_given(_DEVICE)})
ON CONFLICT (device_id) DO UPDATE SET outputs = EXCLUDED.outputs, collected_at = EXCLUDED.collected_at,
    collected_by_visit = EXCLUDED.collected_by_visit, is_wanted = EXCLUDED.is_wanted,
    is_told = EXCLUDED.is_told
"""
_REMOVE_DEVICE = "DELETE FROM devices WHERE device_id = %(device_id)s"


class SqlGrants(Repository):
    """Implements the port `Grants`, and the pages that operators read; saves what differs from the rows."""

    def __init__(self, connection: Connection, products: Mapping[str, Product]) -> None:
        super().__init__(connection)
        self._products = products
        self._stored: dict[UUID, _Stored] = {}

    def add(self, grant: Grant) -> None:
        identity = {
            "grant_id": grant.grant_id,
            "partner_id": grant.partner_id,
            "product": grant.product_name,
            "entry_name": grant.entry_name,
        }
        self._connection.execute(insert(grants), {**identity, **_grant_values(grant)})
        rows = [
            {"grant_id": grant.grant_id, "position": position, "name": step.name, **_step_values(step)}
            for position, step in enumerate(grant.steps)
        ]
        self._connection.execute(insert(grant_steps), rows)

    def get(self, grant_id: UUID) -> Grant | None:
        found = self._load(_OF_ID, {"grant_id": grant_id})
        return found[0] if found else None

    def lock(self, grant_id: UUID) -> tuple[Partner, Grant] | None:
        values = {"grant_id": grant_id}
        owners, rows = select_together(self._connection, [(LOCK_OWNER, values), (_OF_ID, values)])
        return (partner_from(**owners[0]._asdict()), self._loaded(rows)[0]) if owners else None

    def of_partner(self, partner_id: UUID) -> list[Grant]:
        return self._load(_OF_PARTNER, {"partner_id": partner_id})

    def save(self, grant: Grant) -> None:
        known: dict[str, Mapping[str, Any]] = {step.name: {} for step in grant.own_steps}
        stored, now = self._stored.get(grant.grant_id, _Stored({}, known, {})), _Stored.of(grant)
        if stored.grant != now.grant:
            row = {**now.grant, **{name: Jsonb(now.grant[name]) for name in ("outputs", "parameters")}}
            write_later(self._connection, _SAVE, {"grant_id": grant.grant_id, **row})
        for name, step in now.steps.items():
            if stored.steps.get(name) != step:
                row = {"grant_id": grant.grant_id, "name": name, **step}
                row["differences"] = Jsonb(step["differences"])
                write_later(self._connection, _SAVE_STEP if name in stored.steps else _ADD_STEP, row)
        for name in stored.steps.keys() - now.steps.keys():
            write_later(self._connection, _REMOVE_STEP, {"grant_id": grant.grant_id, "name": name})
        if stored.devices or now.devices:
            self._save_devices(grant.grant_id, stored.devices, now.devices)
        self._stored[grant.grant_id] = now

    def _save_devices(self, grant_id: UUID, stored: "_Rows[UUID]", now: "_Rows[UUID]") -> None:
        for device_id, device in now.items():
            if stored.get(device_id) != device:
                row = {"device_id": device_id, "grant_id": grant_id, **device}
                row["outputs"] = Jsonb(device["outputs"])
                write_later(self._connection, _SAVE_DEVICE, row)
        for device_id in stored.keys() - now.keys():
            write_later(self._connection, _REMOVE_DEVICE, {"device_id": device_id})

    def due_for_a_look(self, now: datetime, limit: int) -> list[UUID]:
        due = select(grants.c.grant_id).where(grants.c.look_at <= now).order_by(grants.c.look_at).limit(limit)
        return list(self._connection.execute(due).scalars())

    def look_soon(self, now: datetime, apart: timedelta) -> int:
        """Leave out what others are at work on: it is looked at anyway, and nobody waits in a ring."""
        later = select(grants.c.grant_id, grants.c.look_at).where(grants.c.look_at > now)
        held = later.with_for_update(skip_locked=True).cte()
        before = func.row_number().over(order_by=(held.c.look_at, held.c.grant_id)) - 1
        turns = select(held.c.grant_id, (now + before * apart).label("at")).cte()
        soon = update(grants).where(grants.c.grant_id == turns.c.grant_id)
        sooner = soon.values(look_at=func.least(grants.c.look_at, turns.c.at))
        return self._connection.execute(sooner).rowcount

    def due_by_lease(self, now: datetime, limit: int, after: UUID | None) -> list[UUID]:
        """Return some grants whose lease has something due, in the order of ids."""
        due = select(grants.c.grant_id).where(grants.c.lease_due_at <= now).order_by(grants.c.grant_id)
        if after is not None:
            due = due.where(grants.c.grant_id > after)
        return list(self._connection.execute(due.limit(limit)).scalars())

    def count_stuck(self) -> dict[tuple[str, str, str], int]:
        """Return how many steps need an operator, by product, intent and step, whatever the device."""
        rows = self._connection.execute(_COUNT_STUCK)
        return {(product, intent, step): count for product, intent, step, count in rows}

    def page(
        self,
        state: State | None,
        after: int,
        limit: int,
        *,
        is_stuck: bool | None = None,
        frozen_for: Collection[FrozenFor] = (),
        only_unseen: bool = False,
        ends_by: datetime | None = None,
    ) -> list[tuple[int, Grant]]:
        """Return up to ``limit`` grants in the order they were planned, each with its place."""
        wanted: list[ColumnElement[bool]] = [grants.c.number > after]
        if state is not None:
            wanted.append(grants.c.state == state)
        if is_stuck is not None:
            # Looked up first: few are, and the planner would walk through all grants to find them.
            stuck = grants.c.grant_id == func.any(_STUCK)
            wanted.append(stuck if is_stuck else ~stuck)
        if frozen_for:
            wanted += [IS_FROZEN, grants.c.frozen_for.contains(list(frozen_for))]
            wanted.append(grants.c.intent != Intent.OFF)
        if only_unseen:
            unseen = exists().where(grants.c.grant_id == spend_meters.c.grant_id, text(IS_NOT_SEEN))
            wanted.append(unseen)
        if ends_by is not None:
            wanted += [IS_RUNNING, grants.c.lease_ends_at <= ends_by]
        page = select(grants.c.number, grants.c.grant_id).where(*wanted).order_by(grants.c.number)
        places = {row.grant_id: row.number for row in self._connection.execute(page.limit(limit))}
        loaded = self._load(_WITH_STEPS.where(grants.c.grant_id.in_(places)))
        return [(places[grant.grant_id], grant) for grant in loaded]

    def _load(self, query: Select[Any], values: Mapping[str, Any] | None = None) -> list[Grant]:
        return self._loaded(self._connection.execute(query, values))

    def _loaded(self, rows: Iterable[Row[Any]]) -> list[Grant]:
        loaded = [_grant(list(of_one), self._products) for _, of_one in groupby(rows, attrgetter("number"))]
        self._add_devices(loaded)
        self._stored |= {grant.grant_id: _Stored.of(grant) for grant in loaded}
        return loaded

    def _add_devices(self, loaded: list[Grant]) -> None:
        """Most grants have none, which their steps show."""
        with_devices = {
            grant.grant_id: grant
            for grant in loaded
            if grant.product.devices and any(kind_and_device(step.name)[1] for step in grant.steps)
        }
        if with_devices:
            of_these = select(devices).where(devices.c.grant_id.in_(with_devices))
            for row in self._connection.execute(of_these.order_by(devices.c.added_at, devices.c.device_id)):
                with_devices[row.grant_id].devices.append(_device(row, with_devices[row.grant_id]))


Key = TypeVar("Key")
_Rows = Mapping[Key, Mapping[str, Any]]


@dataclass(frozen=True)
class _Stored:
    """What can change: of the grant, of each of its steps by name, of each of its devices."""

    grant: Mapping[str, Any]
    steps: _Rows[str]
    devices: _Rows[UUID]

    @classmethod
    def of(cls, grant: Grant) -> Self:
        return cls(
            _grant_values(grant),
            {step.name: _step_values(step) for step in grant.all_steps},
            {device.device_id: _device_values(device) for device in grant.devices},
        )


# What is the same in a row and in the domain.
_OF_DEVICE = (
    *("name", "added_at", "added_by", "claim_id"),
    *("collected_at", "collected_by_visit", "is_wanted", "is_told"),
)
_OF_GRANT = (
    *("is_required", "collected_at", "collected_by_visit", "waiver_reason", "was_granted", "is_forced"),
    *("look_at", "look_id", "looks_missed", "gives_back"),
)
_OF_STEP = (
    *("seen_at", "skipped_because", "attempts", "attempt_id"),
    *("begun_at", "retry_at", "is_stuck"),
)


def _same(source: object, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(source, name) for name in names}


def _device_values(device: Device) -> dict[str, Any]:
    return {**_same(device, _OF_DEVICE), "outputs": dict(device.outputs)}


def _device(row: Row[Any], grant: Grant) -> Device:
    key = key_of(row.device_id)
    values = {**row._asdict(), "product": grant.product}
    del values["grant_id"]
    return Device(**values, steps=[step for step in grant.steps if kind_and_device(step.name)[1] == key])


def _grant_values(grant: Grant) -> dict[str, Any]:
    return {
        **_same(grant, (*_OF_GRANT, "state", "intent")),
        "parameters": dict(grant.parameters),
        "outputs": dict(grant.outputs),
        "frozen_for": sorted(grant.frozen_for),
        **_lease_values(grant),
    }


def _lease_values(grant: Grant) -> dict[str, Any]:
    lease = grant.lease
    return {
        "lease_started_at": lease and lease.started_at,
        "lease_ends_at": lease and lease.ends_at,
        "lease_warned_days": lease and lease.warned_days,
        "lease_is_expired": lease is not None and lease.is_expired,
        "lease_ended_early": lease is not None and lease.ended_early,
        "lease_due_at": lease.due_at if lease and grant.is_wanted else None,
    }


def _step_values(step: StepRecord) -> dict[str, Any]:
    differences = [asdict(difference) for difference in step.differences]
    return row_with_cause({**_same(step, (*_OF_STEP, "standing", "cause")), "differences": differences})


def _grant(rows: Sequence[Row[Any]], products: Mapping[str, Product]) -> Grant:
    """One grant from the rows of its steps; a product that lost one of them does not know how to undo it."""
    row, names = rows[0], [one.name for one in rows]
    product = products.get(row.product)
    kinds = {kind_and_device(name)[0] for name in names} if product and product.devices else set(names)
    if product is None or not kinds.issubset({*product.steps, product.leaving_step}):
        product = product_without_kind(row.product, names)
    steps = {one.name: _step(one) for one in rows}
    leaving = steps.pop(str(product.leaving_step), None)
    return Grant(
        **_same(row, (*_OF_GRANT, "grant_id", "partner_id", "entry_name", "parameters", "outputs")),
        product=product,
        steps=list(steps.values()),
        leaving=leaving,
        state=State(row.state),
        intent=Intent(row.intent),
        frozen_for=frozenset(map(FrozenFor, row.frozen_for)),
        lease=_lease(row),
    )


def _lease(row: Row[Any]) -> Lease | None:
    terms = LeaseTerms.in_parameters(row.parameters)
    if terms is None or row.lease_ends_at is None:
        return None
    return Lease(
        terms=terms,
        started_at=row.lease_started_at,
        ends_at=row.lease_ends_at,
        warned_days=row.lease_warned_days,
        is_expired=row.lease_is_expired,
        ended_early=row.lease_ended_early,
    )


def _step(row: Row[Any]) -> StepRecord:
    return StepRecord(
        **_same(row, (*_OF_STEP, "name")),
        standing=Standing(row.standing),
        differences=tuple(Difference(**difference) for difference in row.differences),
        cause=Cause(row.cause_code, row.cause_message) if row.cause_code else None,
    )
