"""An organization in memory that keeps AWS's rules, loses answers and kills workers; steps that act on it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from tests.unit.provisioning.fake_database import FakeClock, Killed
from tests.unit.provisioning.products import PRODUCTS

from chassis.failures import Kind, NeverPossible, NotNow
from provisioning.domain.accounts import CLEANER_REACHES, LeftThing
from provisioning.domain.grant_states import Intent
from provisioning.domain.orders import GrantOrder
from provisioning.domain.standings import ABSENT, OFF, ON, Observation, Standing
from provisioning.handlers.account_ports import Place
from provisioning.handlers.ports import Outputs

DAY = timedelta(days=1)


class Wrong(BaseException):
    """What must never happen to an account; no handler takes it for a failure of the outside."""


def must(is_so: bool, otherwise: str) -> None:
    if not is_so:
        raise Wrong(otherwise)


@dataclass
class Account:
    """``things`` are what a partner left, with the rounds each takes to delete; ``people`` are grants.

    ``has_unlisted``: a partner also left what no list of ours shows.
    """

    account_id: str
    key: UUID
    ready_at: datetime
    unit: str = "root"
    is_closed: bool = False
    things: dict[str, int] = field(default_factory=dict)
    has_unlisted: bool = False
    people: set[UUID] = field(default_factory=set)
    tenant: UUID | None = None
    last_used_at: datetime | None = None
    keys_until: datetime | None = None


@dataclass
class FakeOrganization:
    """What really stands; asserts what must never happen. ``trouble`` is the share of bad calls."""

    clock: FakeClock
    random: Random
    trouble: float = 0.0
    cooldown: timedelta = DAY
    takes: timedelta = timedelta(minutes=1)
    keys_last: timedelta = CLEANER_REACHES
    accounts: dict[str, Account] = field(default_factory=dict)
    closed_at: list[datetime] = field(default_factory=list)
    kills: int = 0
    lost: int = 0
    leases: int = 0

    @contextmanager
    def call(self) -> Iterator[None]:
        """Fail or die before the work, or after it, as often as there is trouble."""
        self._befall()
        yield
        self._befall()

    def _befall(self) -> None:
        drawn = self.random.random()
        if drawn < self.trouble / 4:
            self.kills += 1
            raise Killed
        if drawn < self.trouble / 2:
            self.lost += 1
            raise NotNow("aws_unreachable", "lost")

    def make(self, account_key: UUID) -> str:
        with self.call():
            account = self._by_key(account_key)
            if account is None:
                number = f"{len(self.accounts) + 1:012}"
                account = Account(number, account_key, self.clock.at + self.takes)
                self.accounts[number] = account
            if self.clock.at < account.ready_at:
                raise NotNow("account_under_way", "wait", timedelta(seconds=5), kind=Kind.UNDER_WAY)
            return account.account_id

    def find(self, account_key: UUID) -> str | None:
        account = self._by_key(account_key)
        return account.account_id if account else None

    def is_ours(self, account_id: str) -> bool:
        return self.accounts[account_id].unit != "root"

    def place(self, account_key: UUID, account_id: str, place: Place) -> bool:
        with self.call():
            account = self.accounts[account_id]
            must(place is Place.OUTSIDE or not account.people, f"moved to {place} while it is in use")
            if place is Place.AVAILABLE:
                must(not account.things, "came into the pool with things in it")
                must(not account.has_unlisted, "came into the pool without having been cleaned once")
                keys = account.keys_until
                must(keys is None or self.clock.at >= keys, "came into the pool while its cleaner has keys")
                account.tenant = None
            account.unit = str(place)
            return not account.is_closed

    def is_at(self, account_id: str, place: Place) -> bool:
        with self.call():
            account = self.accounts[account_id]
            return account.unit == place and not account.is_closed

    def close(self, account_id: str) -> None:
        with self.call():
            account = self.accounts[account_id]
            must(account.unit == Place.CLOSED, "closed while people may be in it")
            if not account.is_closed:
                standing = sum(not one.is_closed for one in self.accounts.values())
                recent = [at for at in self.closed_at if self.clock.at - at < 30 * DAY]
                must(len(recent) < max(10, min(1000, standing // 10)), "closed more than AWS allows")
                account.is_closed = True
                self.closed_at.append(self.clock.at)

    def left(self, account_id: str) -> Sequence[LeftThing]:
        with self.call():
            return [LeftThing("bucket", name) for name in sorted(self.accounts[account_id].things)]

    def clean(self, account_id: str) -> None:
        with self.call():
            account = self.accounts[account_id]
            must(not account.people and account.unit == Place.CLEAN_UP, "emptied while it is in use")
            account.keys_until = self.clock.at + self.keys_last
            account.things = {name: rounds - 1 for name, rounds in account.things.items() if rounds > 1}
            account.has_unlisted = False

    def begin_lease(self, account: Account, grant_id: UUID) -> None:
        must(not account.people - {grant_id}, "one account in two leases")
        must(account.tenant in (None, grant_id), "leased with what another left in it")
        if account.tenant is None:
            used = account.last_used_at
            must(used is None or self.clock.at - used >= self.cooldown, "leased before it had cooled down")
            self.leases += 1
        account.tenant = grant_id
        account.people.add(grant_id)

    def _by_key(self, account_key: UUID) -> Account | None:
        return next((one for one in self.accounts.values() if one.key == account_key), None)

    def steps(self) -> Mapping[str, Any]:
        own: dict[str, Callable[[FakeOrganization, str], Any]] = {
            "sandbox_account": AccountStep,
            "sandbox_unit": UnitStep,
            "sandbox_sign_in": SignInStep,
        }
        return {name: own.get(name, OrdinaryStep)(self, name) for name in PRODUCTS["cloud_sandbox"].steps}


@dataclass
class OrdinaryStep:
    """A thing beside the account that is there or not."""

    organization: FakeOrganization
    name: str
    there: set[UUID] = field(default_factory=set)

    def observe(self, order: GrantOrder, outputs: Outputs) -> Observation:
        return ON if order.grant_id in self.there else ABSENT

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        with self.organization.call():
            self.there.add(order.grant_id)
            return {}

    def undo(self, order: GrantOrder, outputs: Outputs) -> Observation | None:
        with self.organization.call():
            self.there.discard(order.grant_id)
            return None

    def freeze(self, order: GrantOrder, outputs: Outputs) -> Observation | None:
        return None

    unfreeze = freeze

    def account(self, outputs: Outputs) -> Account:
        return self.organization.accounts[outputs["account_id"]]


class AccountStep(OrdinaryStep):
    def observe(self, order: GrantOrder, outputs: Outputs) -> Observation:
        if order.intent is Intent.OFF and outputs.get("account_goes_back"):
            return ABSENT
        account_id = outputs.get("account_id") or self.organization.find(order.grant_id)
        return ABSENT if account_id is None or self.organization.accounts[account_id].is_closed else ON

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        if outputs.get("account_id"):
            return {}
        return {"account_id": self.organization.make(order.grant_id)}

    def undo(self, order: GrantOrder, outputs: Outputs) -> Observation | None:
        account_id = outputs.get("account_id") or self.organization.find(order.grant_id)
        if outputs.get("account_goes_back"):
            facts = {"account_id": account_id} if account_id else {}
            if outputs["account_is_open"]:
                raise NotNow("account_still_open", "wait", kind=Kind.CONFLICT)
            return Observation(standing=Standing.ABSENT, facts=facts)
        if account_id is not None:
            if outputs.get("close_not_before"):
                wait = outputs["close_not_before"] - self.organization.clock.at
                raise NotNow("account_quarantined", "wait", wait, kind=Kind.QUOTA, made_progress=True)
            self.organization.accounts[account_id].unit = Place.CLOSED
            self.organization.close(account_id)
        return None


class UnitStep(OrdinaryStep):
    def observe(self, order: GrantOrder, outputs: Outputs) -> Observation:
        if not outputs.get("account_id") or self.account(outputs).is_closed:
            return ABSENT
        unit = self.account(outputs).unit
        if unit == "active":
            return ON
        return OFF if unit == "frozen" or order.intent is not Intent.OFF else ABSENT

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        with self.organization.call():
            if self.account(outputs).is_closed:
                raise NeverPossible("account_closed", "closed")
            if self.account(outputs).unit != "frozen":
                self._open(order, outputs)
            return {}

    def undo(self, order: GrantOrder, outputs: Outputs) -> Observation | None:
        end = Place.CLEAN_UP if outputs.get("account_goes_back") else Place.CLOSED
        return self._shut(outputs, str(end))

    def freeze(self, order: GrantOrder, outputs: Outputs) -> Observation | None:
        return self._shut(outputs, "frozen")

    def unfreeze(self, order: GrantOrder, outputs: Outputs) -> Observation | None:
        with self.organization.call():
            self._open(order, outputs)
            return None

    def _open(self, order: GrantOrder, outputs: Outputs) -> None:
        account = self.account(outputs)
        must(account.tenant in (None, order.grant_id), "made active with what another left in it")
        account.unit = "active"

    def _shut(self, outputs: Outputs, unit: str) -> Observation | None:
        with self.organization.call():
            if outputs.get("account_id"):
                account = self.account(outputs)
                account.unit = unit
            return None


class SignInStep(OrdinaryStep):
    """A partner's people come in, and leave something there."""

    def observe(self, order: GrantOrder, outputs: Outputs) -> Observation:
        is_in = outputs.get("account_id") and order.grant_id in self.account(outputs).people
        return ON if is_in else ABSENT if order.intent is not Intent.FROZEN else OFF

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        with self.organization.call():
            account, draw = self.account(outputs), self.organization.random
            self.organization.begin_lease(account, order.grant_id)
            if rounds := draw.choice((0, 1, 1, 2, 9)):
                account.things |= {f"bucket-{draw.randrange(99)}": rounds}
            account.has_unlisted = True
            account.last_used_at = self.organization.clock.at
            return {}

    def undo(self, order: GrantOrder, outputs: Outputs) -> Observation | None:
        with self.organization.call():
            if outputs.get("account_id"):
                account = self.account(outputs)
                if order.grant_id in account.people:
                    account.last_used_at = self.organization.clock.at
                account.people.discard(order.grant_id)
            return None

    def freeze(self, order: GrantOrder, outputs: Outputs) -> Observation | None:
        return self.undo(order, outputs)

    def unfreeze(self, order: GrantOrder, outputs: Outputs) -> Observation | None:
        self.apply(order, outputs)
        return None
