"""What a template of today asks of a grant of yesterday is refused by its name, not a fault of ours."""

from dataclasses import replace

import pytest
from tests.unit.provisioning.granting import order_for

from chassis.failures import NeverPossible
from provisioning.adapters.request_templates import filled_address, filled_body

ORDER = replace(order_for("crm"), parameters={"seats": 5})


def test_a_parameter_that_the_grant_has_not_is_named() -> None:
    assert filled_body({"seats": "{parameters.seats}"}, ORDER) == {"seats": 5}
    with pytest.raises(NeverPossible, match=r"parameter_missing: .*region"):
        filled_address("/{parameters.region}/{id}", ORDER, "1")
    with pytest.raises(NeverPossible, match=r"parameter_missing: .*region"):
        filled_body(["in {parameters.region}"], ORDER)


def test_a_partner_without_a_contact_is_told_so() -> None:
    with pytest.raises(NeverPossible, match="contact_missing"):
        filled_body("{contact.email}", replace(ORDER, members=()))
