"""The structure of a product: its steps, and which of their facts a partner may see."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from chassis.frozen import Frozen

# A product, and the name of the entry where a partner may have several of it.
EntryKey = tuple[str, str]


class StepOfProduct(Frozen):
    """One step, and how it depends on the others of its product.

    ``needs``: they serve before it is created. ``holds``: they are not removed before it is.
    ``inside``: its container; it is removed with that, and never keeps it from being removed. ``is_brake``:
    freezing or removing it stops access or costs, so it comes first. ``stays``: it belongs to all
    partners, so no grant removes it.
    """

    name: str
    needs: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()
    inside: str | None = None
    is_brake: bool = False
    stays: bool = False


# Between the name of a step and the key of a device.
OF_DEVICE = "__"


class FurtherDevices(Frozen):
    """How devices are created that a partner adds: ``steps`` of the plan, repeated for each.

    ``shared_facts`` are outputs of the grant that these steps and the device itself need. ``quota`` names the
    parameter with the number of devices, including the first; one if absent.
    """

    steps: tuple[str, ...]
    shared_facts: tuple[str, ...]
    quota: str


class Results(Frozen):
    """What people made with a product, which outlives the grant for some days.

    ``folder`` is the output that names its folder, ``location`` the output that says where this is: older
    grants have none, and theirs is below the place that the settings name. ``days`` is the parameter that
    says how long it is kept, ``days_unless_said`` how long where the catalogue does not say.
    """

    folder: str
    location: str
    days: str
    days_unless_said: int


@dataclass(frozen=True)
class Product:
    """How one product is made.

    ``plan`` is made in this order, as far as needs allow, and taken away in reverse. ``identifiers`` are the
    outputs that `access.granted` tells. ``collectable_fact`` is the output whose presence means that a key
    waits to be collected once; ``key_step`` makes that key, and another one in its place. ``people_step``
    makes what each of the partner's people has of the product, ``account_step`` an account for the grant
    alone, which may come from the pool. ``changeable`` are the parameters whose change the steps carry out
    on what stands, when they are applied again; so do ``contact_steps`` with another contact. ``devices``:
    a partner may add some. ``is_one_per_partner``: what is made of it is found by the partner alone.
    ``results`` stay when a grant ends, for as long as the catalogue says.
    """

    name: str
    plan: tuple[StepOfProduct, ...]
    identifiers: tuple[str, ...]
    collectable_fact: str | None = None
    key_step: str | None = None
    people_step: str | None = None
    account_step: str | None = None
    changeable: tuple[str, ...] = ()
    contact_steps: tuple[str, ...] = ()
    devices: FurtherDevices | None = None
    is_one_per_partner: bool = False
    results: Results | None = None

    @cached_property
    def leaving_step(self) -> str | None:
        """Removes the access of people who leave; in no plan, as it waits for nothing and creates nothing."""
        return f"{self.people_step}_leaving" if self.people_step else None

    @cached_property
    def all_steps(self) -> frozenset[str]:
        """The names of all steps to carry out, including the one for people who leave."""
        return frozenset(filter(None, (*self.steps, self.leaving_step)))

    @cached_property
    def steps(self) -> tuple[str, ...]:
        """The names of the steps, in the order of the plan."""
        return tuple(step.name for step in self.plan)

    def step(self, name: str) -> StepOfProduct:
        """Return the step of the plan, or the same for one device."""
        if name == self.leaving_step:
            return StepOfProduct(name=name, is_brake=True)
        kind, key = kind_and_device(name) if self.devices else (name, None)
        of_plan = next(step for step in self.plan if step.name == kind)
        return self._of_device(of_plan, key) if key else of_plan

    def _of_device(self, step: StepOfProduct, key: str) -> StepOfProduct:
        """It depends on the others of its device, and on those that all devices share."""
        own = self.devices.steps if self.devices else ()

        def named(names: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(step_of_device(name, key) if name in own else name for name in names)

        return replace(
            step, name=step_of_device(step.name, key), needs=named(step.needs), holds=named(step.holds)
        )

    def identifiers_in(self, outputs: Mapping[str, Any]) -> dict[str, str]:
        return {name: str(outputs[name]) for name in self.identifiers if outputs.get(name) is not None}

    def is_collectable(self, outputs: Mapping[str, Any]) -> bool:
        return self.collectable_fact is not None and self.collectable_fact in outputs


def step_of_device(name: str, key: str) -> str:
    return f"{name}{OF_DEVICE}{key}"


def kind_and_device(step_name: str) -> tuple[str, str | None]:
    """Return the step of the plan, and the key of the further device that it is for, if any."""
    kind, _, key = step_name.partition(OF_DEVICE)
    return kind, key or None


def product_without_kind(name: str, steps: Iterable[str]) -> Product:
    """A product with existing grants that is no longer installed.

    Every step counts as a brake: what is unknown is switched off first.
    """
    return Product(name, tuple(StepOfProduct(name=step, is_brake=True) for step in steps), ())
