"""What the steps of every product promise: one suite for the outside itself and for the fake."""

from collections.abc import Mapping
from typing import Any, Protocol

import pytest
from tests.unit.provisioning.granting import Granting, order_for
from tests.unit.provisioning.products import PRODUCTS

from provisioning.domain.standings import Standing
from provisioning.handlers.ports import Step

Things = dict[str, list[Any]]


class Inventory(Protocol):
    """Tells what stands outside for a product, by kind."""

    def of(self, product: str) -> Things: ...


class Outside(Protocol):
    """Steps, and a look at what they made."""

    steps: Mapping[str, Step]
    inventory: Inventory


SHARED = {"policies", "permission_sets"}


def owned(product: str, things: Things) -> Things:
    """Leave out what all partners share, and accounts that are closed and bare."""
    if product == "iot":
        return things
    if product == "crm":
        return {kind: of_kind for kind, of_kind in things.items() if kind != "groups"}
    left = {kind: of_kind for kind, of_kind in things.items() if kind not in SHARED}
    left["accounts"] = [account for account in left.get("accounts", []) if not _is_closed(*account)]
    return left


def _is_closed(_name: str, status: str, unit: str, policies: tuple[str, ...], roles: tuple[str, ...]) -> bool:
    """An account that was closed before its first note never came into a unit."""
    return (status, policies, roles) == ("SUSPENDED", ("FullAWSAccess",), ()) and unit in {"root", "Closed"}


def is_bare(product: str, things: Things) -> bool:
    return not any(owned(product, things).values())


class StepContract:
    """Subclass it beside a fixture ``world`` that gives an empty Outside, of some products or all."""

    products = tuple(PRODUCTS)

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        is_named = any(mark.args[0] == "product" for mark in metafunc.definition.iter_markers("parametrize"))
        if "product" in metafunc.fixturenames and not is_named:
            metafunc.parametrize("product", self.products)

    def test_applying_twice_makes_nothing_twice(self, world: Outside, product: str) -> None:
        granting = Granting(order_for(product), world.steps)
        granting.apply()
        once, outputs = world.inventory.of(product), dict(granting.outputs)

        granting.apply()

        assert world.inventory.of(product) == once
        assert granting.outputs == outputs
        assert all(once.values()), "every kind of thing was made"

    def test_after_undo_nothing_is_left_and_undoing_again_is_harmless(
        self, world: Outside, product: str
    ) -> None:
        granting = Granting(order_for(product), world.steps)
        granting.apply()
        granting.undo()

        assert is_bare(product, world.inventory.of(product))
        granting.undo()
        assert is_bare(product, world.inventory.of(product))

    def test_undoing_what_never_began_is_harmless(self, world: Outside, product: str) -> None:
        Granting(order_for(product), world.steps).undo()

        assert is_bare(product, world.inventory.of(product))

    def test_freezing_and_unfreezing_what_never_began_is_harmless(self, world: Outside, product: str) -> None:
        granting = Granting(order_for(product), world.steps)
        granting.freeze()
        granting.unfreeze()

        assert is_bare(product, world.inventory.of(product))

    def test_freezing_changes_the_outside_and_unfreezing_brings_it_back(
        self, world: Outside, product: str
    ) -> None:
        granting = Granting(order_for(product), world.steps)
        granting.apply()
        on = owned(product, world.inventory.of(product))

        granting.freeze()
        granting.freeze()
        off = owned(product, world.inventory.of(product))
        granting.unfreeze()
        granting.unfreeze()

        assert off != on
        assert owned(product, world.inventory.of(product)) == on

    def test_what_is_observed_is_what_was_done(self, world: Outside, product: str) -> None:
        """On while it is made, off only where it is a brake and frozen, absent before and after."""
        granting = Granting(order_for(product), world.steps)
        own = [step for step in PRODUCTS[product].plan if not step.stays]
        brakes = {step.name for step in own if step.is_brake}
        everything = {step.name for step in own}

        assert granting.standing() == dict.fromkeys(everything, Standing.ABSENT)
        granting.apply()
        assert granting.standing() == dict.fromkeys(everything, Standing.ON)
        granting.freeze(brakes)
        off, on = dict.fromkeys(brakes, Standing.OFF), dict.fromkeys(everything - brakes, Standing.ON)
        assert granting.standing() == off | on
        granting.unfreeze()
        assert granting.standing() == dict.fromkeys(everything, Standing.ON)
        granting.undo()
        assert granting.standing() == dict.fromkeys(everything, Standing.ABSENT)

    @pytest.mark.parametrize("product", ["iot"])
    def test_applying_while_frozen_switches_nothing_on(self, world: Outside, product: str) -> None:
        """Of the others, what is frozen is never applied: it is switched on first."""
        granting = Granting(order_for(product), world.steps)
        granting.apply()
        granting.freeze()
        off = world.inventory.of(product)

        granting.apply()

        assert world.inventory.of(product) == off

    def test_undo_works_while_frozen(self, world: Outside, product: str) -> None:
        granting = Granting(order_for(product), world.steps)
        granting.apply()
        granting.freeze()
        granting.undo()

        assert is_bare(product, world.inventory.of(product))

    def test_undoing_one_partner_leaves_the_other_alone(self, world: Outside, product: str) -> None:
        stays = Granting(order_for(product, "Stays"), world.steps)
        stays.apply()
        alone = owned(product, world.inventory.of(product))
        leaves = Granting(order_for(product, "Leaves"), world.steps)
        leaves.apply()
        leaves.undo()

        assert owned(product, world.inventory.of(product)) == alone
