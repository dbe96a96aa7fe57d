"""What filters take together is counted where they meet."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from integrations.adapters.event_filters import SeenByFilters, cost_of, fits
from integrations.domain.endpoints import BodyKind, Endpoint, Order, SecretKind
from integrations.domain.filter_costs import FilterCosts, dearest
from integrations.domain.integrators import PartnerScope
from integrations.domain.refusals import FiltersTooDear

APPLIED, APPROVED = "partner.applied.v1", "partner.approved.v1"
SHORT, LONG = "type == 'x'", "type == 'x' || subject == 'y'"


def an_endpoint(**changes: Any) -> Endpoint:
    usual: dict[str, Any] = {
        "id": uuid4(),
        "integrator_id": uuid4(),
        "url": "https://hooks.example.com/",
        "description": "",
        "event_types": None,
        "partners": PartnerScope(),
        "order": Order.NONE,
        "body": BodyKind.STRUCTURED,
        "secret_kind": SecretKind.HMAC,
        "concurrency": 1,
        "rate_per_second": None,
        "created_at": datetime.now(UTC),
    }
    return Endpoint(**usual | changes)


def test_the_type_counts_for_which_most_has_to_be_tried() -> None:
    applied = an_endpoint(filter=SHORT, event_types=(APPLIED,))
    everything = an_endpoint(filter=SHORT)
    approved = an_endpoint(filter=LONG, event_types=(APPROVED,))
    plain = an_endpoint()
    costs = dearest([applied, everything, approved, plain], (APPLIED, APPROVED), cost_of)
    expected = {everything.id: cost_of(SHORT), approved.id: cost_of(LONG)}
    assert costs == FilterCosts(APPROVED, expected)
    assert costs.total == cost_of(SHORT) + cost_of(LONG)
    assert dearest([plain], (APPLIED, APPROVED), cost_of) is None


def test_a_macro_counts_fourfold_and_what_can_be_used_no_longer_for_nothing() -> None:
    assert cost_of(f"data.members.exists(m, {SHORT})") > 4 * cost_of(SHORT)
    assert cost_of("data.tier ==") == 0


def test_a_refusal_names_the_dearest_and_sums_up_the_rest() -> None:
    ids = [UUID(int=number) for number in range(7)]
    names = {one: f"endpoint {one.int}" for one in ids}
    told = str(FiltersTooDear(FilterCosts(APPLIED, {one: one.int * 100 for one in ids}), 2_000, names))
    assert "2100 steps for each partner.applied.v1, of 2000" in told
    assert told.endswith(
        ": 600 of endpoint 6, 500 of endpoint 5, 400 of endpoint 4, 300 of endpoint 3,"
        " 200 of endpoint 2, 100 of others."
    )


@pytest.mark.parametrize(
    ("expression", "passes"),
    [
        (" || ".join(["data.lacking == 1"] * 30), False),
        (" && ".join(["data.lacking == 1"] * 30), False),
        (" || ".join(["type"] * 30), False),
        ("[" + "1," * 30 + "1].exists(x, x)", False),
        ("data.many.all(x, data.lacking)", False),
        (" || ".join(["data.lacking == 1"] * 29 + ["true"]), True),
        (" && ".join(["data.lacking == 1"] * 29 + ["false"]) + " ? false : true", True),
        ("data.many.exists(x, x == 29 || x > 'a')", True),
        ("!data.many.all(x, x == 0 || x > 'a')", False),
        ("true && true || false", True),
        ("!(true && false) && !(false || false)", True),
    ],
)
def test_what_fails_does_not_grow_with_each_comparison(expression: str, passes: bool) -> None:
    """Errors that hold errors would take hours here; either side decides, whatever the other one is."""
    seen = SeenByFilters(APPLIED, {"partner_id": "x", "many": list(range(30))})
    assert fits(expression, seen) is passes
