"""One run: partners come, are suspended, and leave, while somebody changes the outside, calls go wrong and
workers are killed; then the outside is compared with what is wanted.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from tests.integration.provisioning.outside.hostile_proxy import HostileProxy
from tests.integration.provisioning.outside.outsider import Outsider, theirs
from tests.integration.provisioning.outside.sabotage import Sabotage
from tests.integration.provisioning.outside.test_sweeping import every, listed
from tests.integration.provisioning.outside.world import World
from tests.unit.provisioning.conftest import CATALOGUE, ProvisioningInMemory
from tests.unit.provisioning.fake_database import Killed
from tests.unit.provisioning.granting import PARAMETERS
from tests.unit.provisioning.products import PRODUCTS

from provisioning.adapters.outside import Outside
from provisioning.domain.findings import Thing
from provisioning.domain.grant_states import Intent, State
from provisioning.domain.grants import Grant
from provisioning.domain.patience import Patience
from provisioning.domain.refusals import DeviceNotToBeAdded
from provisioning.domain.standings import Observation, Standing
from provisioning.handlers.bringing import look_at_each
from provisioning.handlers.commands import AddDevice, RemoveDevice
from provisioning.handlers.devices import add_device, remove_device
from provisioning.handlers.make_rounds import make_rounds
from provisioning.handlers.ports import Policies, Step, Work

_JOBS_MOST = 5_000
# As long as for the shortest of the kinds of failure: longer patience takes more turns, not other ones.
_PATIENCE = timedelta(minutes=15)
_TOLD = ("suspended", "resumed", "offboarding_started")


@dataclass
class Result:
    """What came of it; ``wrong`` is what nobody would have been told of."""

    partners: int = 0
    devices: int = 0
    acts: list[str] = field(default_factory=list)
    mishaps: list[str] = field(default_factory=list)
    kills: int = 0
    calls: int = 0
    stuck: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def figure(self) -> str:
        return (
            f"{self.partners} partners, {self.devices} devices, {len(self.acts)} changes by others, "
            f"{len(self.mishaps)} mishaps in {self.calls} calls, {self.kills} kills: "
            f"{len(self.wrong)} wrong, {len(self.stuck)} stuck with their cause, "
            f"{len(self.findings)} found by the sweep"
        )


class Mortal:
    """A step whose worker dies now and then, before or after the work."""

    def __init__(self, step: Step, dice: Random, chance: float, result: Result) -> None:
        self.name = step.name
        self._step = step
        self._dice = dice
        self._chance = chance
        self._result = result

    def __getattr__(self, action: str) -> Callable[..., Any]:
        act = getattr(self._step, action)

        def mortally(*given: Any) -> Any:
            self._perhaps_die()
            done = act(*given)
            self._perhaps_die()
            return done

        return mortally

    def _perhaps_die(self) -> None:
        if self._dice.random() < self._chance:
            self._result.kills += 1
            raise Killed


class RandomRun:
    """The worker in memory with the real steps, through the proxy; the comparison goes past it."""

    def __init__(self, world: World, proxy: HostileProxy, seed: str, acts: float = 0.03) -> None:
        self._dice = Random(seed)  # noqa: S311 - to be repeated
        self.result = Result()
        self._world = world
        self._proxy = proxy
        self._outsider = Outsider(world, self._dice)
        self._sabotage = Sabotage(self._dice)
        self._acts = acts
        self._mortality = 0.01
        self._clean = Outside(world.settings, world.aws, world.crm).steps()
        self._partners: list[UUID] = []
        self._outsider.settle_in()
        self._before = list(theirs(self._world))
        self._proxy.every = self._interfere
        self._set_up()

    def _set_up(self) -> None:
        self._provisioning = ProvisioningInMemory()
        parameters = {**PARAMETERS, "iot": {**PARAMETERS["iot"], "device_quota": 4}}
        entries = (replace(entry, parameters=parameters[entry.product_name]) for entry in CATALOGUE.entries)
        catalogue = replace(CATALOGUE, entries=tuple(entries))
        self._provisioning.database.policies = Policies(catalogue=catalogue)
        self._provisioning.advance = replace(
            self._provisioning.advance,
            steps={
                name: Mortal(step, self._dice, self._mortality, self.result)
                for name, step in self._world.steps.items()
            },
            patience=Patience(lasts_seconds=_PATIENCE.total_seconds(), by_kind={}, wait_most=_PATIENCE),
        )
        self._world.crm_trouble = self._sabotage.of_crm

    def _interfere(self, operation: str, number: int) -> Any:
        if not self._sabotage.is_calm and self._dice.random() < self._acts:
            self._outsider.act()
        return self._sabotage(operation, number)

    def go(self, partners: int, turns: int) -> Result:
        for _ in range(partners):
            self._partners.append(self._plan())
        for _ in range(turns):
            self._work_off()
            self._change_devices(self._dice.choice(self._partners))
            self._tell(self._dice.choice(self._partners), self._dice.choice(_TOLD))
            if self._dice.random() < 0.5:
                self._make_rounds()
        self._work_off()
        self._calm_down()
        self._compare()
        self.result.partners = partners
        self.result.acts, self.result.mishaps = self._outsider.did, self._sabotage.mishaps
        self.result.calls = len(self._proxy.calls)
        return self.result

    def _change_devices(self, partner_id: UUID) -> None:
        """Add two devices and, where there are some, remove one; what is refused now was not done."""
        grant = next(
            one for one in self._grants() if (one.partner_id, one.product_name) == (partner_id, "iot")
        )
        for _ in range(2):
            key = UUID(int=self._dice.getrandbits(128))
            command = AddDevice(grant_id=grant.grant_id, device_id=key, name=key.hex, by="partner")
            with contextlib.suppress(DeviceNotToBeAdded), self._open() as work:
                add_device(work, command)
                self.result.devices += 1
        if grant.devices:
            gone = self._dice.choice(grant.devices).device_id
            with self._open() as work:
                remove_device(work, RemoveDevice(grant_id=grant.grant_id, device_id=gone, by="partner"))

    def _plan(self) -> UUID:
        return self._provisioning.plan(*PRODUCTS)

    def _grants(self) -> list[Grant]:
        with self._open() as work:
            return [grant for one in self._partners for grant in work.grants.of_partner(one)]

    def _open(self) -> AbstractContextManager[Work]:
        return self._provisioning.database.open()

    def _tell(self, partner_id: UUID, name: str) -> None:
        self._provisioning.hear(name, {"partner_id": partner_id})

    def _work_off(self) -> None:
        self._provisioning.database.run_jobs(self._provisioning.advance, _JOBS_MOST)

    def _make_rounds(self) -> None:
        """A day later everything is looked at."""
        self._provisioning.later(timedelta(days=2).total_seconds())
        with self._provisioning.database.open() as work:
            make_rounds(work)
        self._work_off()

    def _calm_down(self) -> None:
        """Let patience run out where it does, and everything be looked at twice."""
        self._sabotage.is_calm = True
        self._proxy.settle()
        self._stop_killing()
        self._work_off()
        for _ in range(2):
            self._make_rounds()

    def _stop_killing(self) -> None:
        self._provisioning.advance = replace(self._provisioning.advance, steps=self._world.steps)

    def _compare(self) -> None:
        grants = self._grants()
        for grant in grants:
            self._compare_grant(grant)
        after = list(theirs(self._world))
        if after != self._before:
            self.result.wrong.append(f"theirs was {self._before}, is {after}")
        found = [thing for inventory in every(self._world).values() for thing in listed(inventory)]
        orphans = [thing for thing in found if not self._answers(grants, thing)]
        self.result.findings += [f"{thing.kind} {thing.label or thing.outside_id}" for thing in orphans]
        self.result.wrong += [f"unseen: {name}" for name in self._unseen(grants, orphans)]
        self.result.wrong += self._doubles()

    def _compare_grant(self, grant: Grant) -> None:
        seen = self._seen(grant)
        reached = {
            Intent.ON: (State.GRANTED, {Standing.ON}),
            Intent.FROZEN: (State.FROZEN, {Standing.OFF, Standing.HELD, Standing.ABSENT}),
            Intent.OFF: (State.REVOKED, {Standing.ABSENT}),
        }
        told, standings = reached[grant.intent]
        which = f"{grant.product_name} of {grant.partner_id} wanted {grant.intent}"
        stuck = [step for step in grant.steps if step.is_stuck]
        for step in stuck:
            cause = step.cause.code if step.cause else None
            self.result.stuck.append(f"{which}: {step.name} {cause}")
            if cause is None:
                self.result.wrong.append(f"{which}: {step.name} is stuck without a cause")
        if grant.state not in (told, State.CANCELLED) and not stuck:
            self.result.wrong.append(f"{which} is {grant.state}, and nothing is stuck")
        for step in grant.steps:
            of_product = grant.product.step(step.name)
            is_looked_at = not of_product.stays and (of_product.is_brake or grant.intent is not Intent.FROZEN)
            if not is_looked_at or step.is_stuck or grant.state is not told:
                continue
            is_removed = grant.target_of(step) is not grant.intent
            if seen[step.name].standing not in ({Standing.ABSENT} if is_removed else standings):
                self.result.wrong.append(f"{which} is {grant.state}: {step.name} is {seen[step.name]}")

    def _seen(self, grant: Grant) -> Mapping[str, Observation]:
        with self._open() as work:
            partner = work.partners.lock(grant.partner_id)
            assert partner is not None
            order = partner.order_for(grant, work.seats.elsewhere(grant, partner.members))
        outputs = {step.name: grant.outputs_for(step.name) for step in grant.steps}
        return look_at_each(self._clean, order, outputs)

    def _answers(self, grants: list[Grant], thing: Thing) -> bool:
        """As the database tells: a live grant of the product bears the mark."""
        mark = thing.mark
        if mark.person_id is not None:
            seats = self._provisioning.database.rows.seats
            return any(
                seat.person_id == mark.person_id and self._grant(key[0]).product_name == thing.product
                for key, seat in seats.items()
            )
        return any(
            (grant.is_wanted or grant.may_stand_outside)
            and grant.product_name == thing.product
            and (mark.device_digits is None or any(one.key == mark.device_digits for one in grant.devices))
            and (
                grant.grant_id == mark.grant_id
                or (mark.partner_digits == grant.partner_id.hex[-12:] and mark.grant_id is None)
            )
            for grant in grants
        )

    def _grant(self, grant_id: UUID) -> Grant:
        return self._provisioning.database.rows.grants[grant_id]

    def _unseen(self, grants: list[Grant], orphans: list[Thing]) -> Iterator[str]:
        """What stands of grants that are over, and the sweep does not show."""
        shown = {thing.label or thing.outside_id for thing in orphans}
        for grant in grants:
            if grant.is_wanted or grant.may_stand_outside:
                continue
            for kind, things in self._world.inventory.of(grant.product_name).items():
                digits = (grant.grant_id if kind == "accounts" else grant.partner_id).hex[-12:]
                for thing in things:
                    is_closed = kind == "accounts" and thing[1] == "SUSPENDED"
                    # Whose account it was: assignments go with it, moto keeps both.
                    is_left = is_closed or kind in {"assignments", "memberships"}
                    if (
                        digits in repr(thing)
                        and not is_left
                        and not any(name in repr(thing) for name in shown)
                    ):
                        yield f"{kind} {thing} of {grant.state} {grant.product_name}"

    def _doubles(self) -> Iterator[str]:
        names = [one["Name"] for one in self._world.inventory.accounts() if one["Status"] == "ACTIVE"]
        users = [name for name, _ in self._world.inventory.of("crm")["users"]]
        for name in sorted({one for one in names + users if (names + users).count(one) > 1}):
            yield f"twice: {name}"
