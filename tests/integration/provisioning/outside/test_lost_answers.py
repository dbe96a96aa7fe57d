"""The outside did what it was asked, and the answer got lost: at each write of each product."""

import pytest
from tests.integration.provisioning.outside.world import World
from tests.unit.provisioning.granting import Granting, order_for
from tests.unit.provisioning.products import PRODUCTS
from tests.unit.provisioning.step_contract import is_bare, owned

products = pytest.mark.parametrize("product", PRODUCTS)
pytestmark = pytest.mark.timeout(300)


@products
def test_tried_again_it_is_as_if_nothing_had_happened(world: World, product: str) -> None:
    """First an answer of applying gets lost, then one of undoing."""
    order = order_for(product)
    first = Granting(order, world.steps)
    first.apply()
    without_loss, applying = world.inventory.of(product), world.writes
    world.forget()
    first.undo()
    undoing = world.writes
    assert min(applying, undoing) >= len(order.members)

    for lost in range(1, max(applying, undoing) + 1):
        world.empty()
        granting = Granting(order, world.steps)
        world.lost_answer = lost
        granting.apply()
        assert was_cut_off(granting) == (lost <= applying)
        assert world.inventory.of(product) == without_loss, f"answer {lost} was lost"

        world.forget()
        world.lost_answer = lost
        granting.undo()
        assert was_cut_off(granting) == (lost <= undoing)
        assert is_bare(product, world.inventory.of(product)), f"answer {lost} was lost"


def was_cut_off(granting: Granting) -> bool:
    """Tell whether an answer was lost since this was asked last, and that it was told as such."""
    failure, granting.cut_off = granting.cut_off, None
    assert failure is None or failure.code in {"aws_unreachable", "crm_unreachable"}
    return failure is not None


@products
def test_undone_instead_nothing_is_left(world: World, product: str) -> None:
    order = order_for(product)
    Granting(order, world.steps).apply()
    writes = world.writes

    for lost in range(1, writes + 1):
        world.empty()
        world.lost_answer = lost
        granting = Granting(order, world.steps)
        granting.apply_until_cut_off()
        assert granting.cut_off is not None
        granting.undo()
        assert is_bare(product, world.inventory.of(product)), f"answer {lost} was lost"


@products
def test_switching_that_is_cut_off_is_finished_by_the_next(world: World, product: str) -> None:
    granting = Granting(order_for(product), world.steps)
    granting.apply()
    on = owned(product, world.inventory.of(product))
    world.forget()
    granting.freeze()
    off, freezing = owned(product, world.inventory.of(product)), world.writes
    granting.unfreeze()
    switching = world.writes

    for lost in range(1, switching + 1):
        world.forget()
        world.lost_answer = lost
        granting.freeze()
        assert owned(product, world.inventory.of(product)) == off
        granting.unfreeze()
        assert owned(product, world.inventory.of(product)) == on
    assert 0 < freezing < switching
