"""The steps keep their promises on AWS's and the CRM's own interfaces."""

import pytest
from tests.integration.provisioning.outside.world import World
from tests.unit.provisioning.granting import Granting, order_for
from tests.unit.provisioning.products import PRODUCTS
from tests.unit.provisioning.step_contract import StepContract


class TestRealSteps(StepContract):
    """The adapters, against moto and scim2-server."""


@pytest.mark.parametrize("product", PRODUCTS)
def test_the_partner_gets_every_identifier(world: World, product: str) -> None:
    granting = Granting(order_for(product), world.steps)
    granting.apply()

    told = {*PRODUCTS[product].identifiers} - {*PRODUCTS[product].changeable}
    assert set(PRODUCTS[product].identifiers_in(granting.outputs)) == told
