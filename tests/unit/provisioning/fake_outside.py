"""Steps that make things in memory, and can fail or die before or after they did."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tests.unit.provisioning.products import PRODUCTS

from provisioning.domain.orders import GrantOrder, Member
from provisioning.domain.products import step_of_device
from provisioning.domain.standings import ABSENT, ON, Observation, Standing
from provisioning.handlers.ports import Credentials, Step, WayIn


@dataclass
class Mishap:
    """What befalls one call: an exception before or after its work, ``times`` times."""

    error: BaseException
    after_the_work: bool = False
    times: int = 1


@dataclass
class FakeOutside:
    """Everything that stands outside, by grant and step; ``people`` are those whom a step was made for."""

    standing: dict[tuple[UUID, str], str] = field(default_factory=dict)
    people: dict[tuple[UUID, str], list[UUID]] = field(default_factory=dict)
    mishaps: dict[tuple[str, str], list[Mishap]] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    looks: list[str] = field(default_factory=list)

    def will(self, action: str, step: str, *mishaps: Mishap) -> None:
        self.mishaps.setdefault((action, step), []).extend(mishaps)

    @contextmanager
    def meet(self, action: str, step: str) -> Iterator[None]:
        self.calls.append((action, step))
        waiting = self.mishaps.get((action, step), [])
        mishap = waiting[0] if waiting else None
        if mishap:
            mishap.times -= 1
            if not mishap.times:
                waiting.pop(0)
        if mishap and not mishap.after_the_work:
            raise mishap.error
        yield
        if mishap:
            raise mishap.error


@dataclass
class FakeStep:
    """A step that finds what it made before, as the port asks."""

    name: str
    outside: FakeOutside
    facts: Mapping[str, Any] = field(default_factory=dict)

    def observe(self, order: GrantOrder, outputs: Mapping[str, Any]) -> Observation:
        self.outside.looks.append(self.name)
        for mishap in self.outside.mishaps.get(("observe", self.name), []):
            raise mishap.error
        if PRODUCT_OF[self.name].step(self.name).stays:
            return ON
        switch = self.outside.standing.get(self._which(order))
        return Observation(standing=Standing(switch)) if switch else ABSENT

    def apply(self, order: GrantOrder, outputs: Mapping[str, Any]) -> dict[str, Any]:
        with self.outside.meet("apply", self.name):
            if not PRODUCT_OF[self.name].step(self.name).stays:
                self.outside.standing.setdefault(self._which(order), "on")
            there = self.outside.people.setdefault(self._which(order), [])
            there += [one.member_id for one in order.members if one.member_id not in there]
        facts = {f"{self.name}_id": f"{self.name}-of-{order.slug}", **self.facts}
        if order.device:
            facts = {name: f"{value}-{order.device}" for name, value in facts.items()}
        if self.name == "sandbox_account":
            facts["account_id"] = account_of(order.grant_id)
        if self.name == "iot_certificate" and (replaced := outputs.get("replaced_certificate_id")):
            facts["certificate_id"] = f"after-{replaced}"
        return facts

    def undo(self, order: GrantOrder, outputs: Mapping[str, Any]) -> None:
        with self.outside.meet("undo", self.name):
            self.outside.standing.pop(self._which(order), None)
            self.outside.people.pop(self._which(order), None)

    def freeze(self, order: GrantOrder, outputs: Mapping[str, Any]) -> None:
        self._switch("freeze", order, "off")

    def unfreeze(self, order: GrantOrder, outputs: Mapping[str, Any]) -> None:
        self._switch("unfreeze", order, "on")

    def _switch(self, action: str, order: GrantOrder, to: str) -> None:
        with self.outside.meet(action, self.name):
            if self._which(order) in self.outside.standing:
                self.outside.standing[self._which(order)] = to

    def _which(self, order: GrantOrder) -> tuple[UUID, str]:
        return order.grant_id, step_of_device(self.name, order.device) if order.device else self.name


class FakeLocks:
    """Locks on grants and people, some of which another worker may hold; all are lost when told so."""

    def __init__(self) -> None:
        self.held_by_another: set[UUID] = set()
        self.is_lost = False

    @contextmanager
    def try_hold(self, name: str) -> Iterator["FakeLocks | None"]:
        yield self if self.try_also([name]) else None

    def try_also(self, names: Collection[str]) -> bool:
        return not any(str(one) in name for one in self.held_by_another for name in names)


class FakeKeyVault:
    """Hands out a key that names its grant; ill when told so."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.reads = 0

    def read(self, order: GrantOrder, outputs: Mapping[str, Any]) -> Credentials:
        self.reads += 1
        if self.error:
            raise self.error
        key = f"KEY of {order.device or order.grant_id}"
        if replaced := outputs.get("replaced_certificate_id"):
            key += f" after {replaced}"
        return Credentials("gateway-1", "endpoint.example", "CERTIFICATE", key)


class FakeDoor:
    """Everybody has a user; nobody has registered."""

    def __init__(self) -> None:
        self.error: Exception | None = None

    def ways_in(self, order: GrantOrder, outputs: Mapping[str, Any]) -> list[WayIn]:
        if self.error:
            raise self.error
        return [
            WayIn(user_name=f"user of {member.given_name}", has_come_in=False, must_register=True)
            for member in order.members
        ]

    def registration_address(self, order: GrantOrder, outputs: Mapping[str, Any], member: Member) -> str:
        if self.error:
            raise self.error
        return f"https://register.example/{member.member_id}"


@dataclass
class FakeLeavingStep:
    """Lets go of those whom a people's step was made for."""

    name: str
    of_step: str
    outside: FakeOutside

    def observe(self, order: GrantOrder, outputs: Mapping[str, Any]) -> Observation:
        self.outside.looks.append(self.name)
        seated = self.outside.people.get((order.grant_id, self.of_step), [])
        return ON if any(one.member_id in seated for one in order.members) else ABSENT

    def undo(self, order: GrantOrder, outputs: Mapping[str, Any]) -> None:
        with self.outside.meet("undo", self.name):
            seated = self.outside.people.get((order.grant_id, self.of_step), [])
            gone = {one.member_id for one in order.members}
            seated[:] = [one for one in seated if one not in gone]

    def apply(self, order: GrantOrder, outputs: Mapping[str, Any]) -> dict[str, Any]:
        raise AssertionError("People leave by this step.")

    freeze = unfreeze = undo


PRODUCT_OF = {name: product for product in PRODUCTS.values() for name in product.steps}

# What stands of each product, in the order in which it is made; what stays for all partners is nobody's.
OWN_STEPS = {
    name: [step.name for step in product.plan if not step.stays] for name, product in PRODUCTS.items()
}
BRAKES = {step.name for product in PRODUCTS.values() for step in product.plan if step.is_brake}

FACTS: Mapping[str, Mapping[str, Any]] = {
    "iot_gateway": {"thing_name": "gateway-1"},
    "iot_certificate": {"certificate_id": "cert-1", "secret_name": "gangway/iot/1"},
    "iot_endpoint": {"endpoint": "endpoint.example"},
}


def account_of(grant_id: UUID) -> str:
    """One account is never in two leases."""
    return f"{grant_id.int % 10**12:012}"


def fake_steps(outside: FakeOutside) -> dict[str, Step]:
    names = [name for product in PRODUCTS.values() for name in product.steps]
    found: dict[str, Step] = {name: FakeStep(name, outside, FACTS.get(name, {})) for name in names}
    for product in PRODUCTS.values():
        if product.people_step and product.leaving_step:
            found[product.leaving_step] = FakeLeavingStep(product.leaving_step, product.people_step, outside)
    return found
