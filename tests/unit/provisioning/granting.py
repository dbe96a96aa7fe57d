"""Does what the worker does with a product's steps: one after another, again after NotNow, facts kept."""

from collections.abc import Callable, Collection, Mapping
from typing import Any
from uuid import uuid4

from tests.unit.provisioning.products import PRODUCTS

from chassis.failures import NotNow
from provisioning.domain.orders import GrantOrder, Member, slug_of
from provisioning.domain.standings import Standing
from provisioning.handlers.ports import Step

_TRIES_MOST = 5

PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "cloud_sandbox": {"budget_usd_per_month": 150, "budget_thresholds_percent": [50, 100], "lease_days": 90},
    "analytics": {"scan_limit_bytes": 10_000_000_000, "quicksight_role": "READER"},
    "crm": {"scim_group": "partners-select"},
    "iot": {"gateway_count": 1},
}


def order_for(product: str, name: str = "Müller & Söhne d'Or 🚀") -> GrantOrder:
    partner_id = uuid4()
    slug = slug_of(partner_id, name)
    return GrantOrder(
        partner_id=partner_id,
        grant_id=uuid4(),
        product=product,
        legal_name=name,
        slug=slug,
        country="DE",
        partner_type="machine_builder",
        tier="select",
        language="de",
        members=(_member("Zoë", slug, is_contact=True), _member("Jürgen", slug, is_contact=False)),
        parameters=PARAMETERS[product],
    )


def _member(given_name: str, slug: str, *, is_contact: bool) -> Member:
    return Member(
        member_id=uuid4(),
        given_name=given_name,
        family_name="O'Neill-Bérénger",
        email=f"{'a' if is_contact else 'b'}@{slug}.example",
        language="de",
        is_contact=is_contact,
    )


class Granting:
    """One grant on its way; ``outputs`` are what the worker has noted so far."""

    def __init__(self, order: GrantOrder, steps: Mapping[str, Step], tries_most: int = _TRIES_MOST) -> None:
        self.order = order
        self._tries_most = tries_most
        self._steps = [steps[name] for name in PRODUCTS[order.product].steps]
        self.outputs: dict[str, Any] = {}
        self.cut_off: NotNow | None = None

    def apply(self) -> None:
        for step in self._steps:
            self.outputs |= self.tried(lambda step=step: step.apply(self.order, self.outputs))

    def undo(self) -> None:
        for step in reversed(self._steps):
            self.tried(lambda step=step: step.undo(self.order, self.outputs))

    def freeze(self, names: Collection[str] | None = None) -> None:
        for step in self._steps:
            if names is None or step.name in names:
                self.tried(lambda step=step: step.freeze(self.order, self.outputs))

    def standing(self) -> dict[str, Standing]:
        """What is observed of each step that is the grant's own."""
        plan = PRODUCTS[self.order.product]
        own = [step for step in self._steps if not plan.step(step.name).stays]
        return {step.name: step.observe(self.order, self.outputs).standing for step in own}

    def unfreeze(self) -> None:
        for step in self._steps:
            self.tried(lambda step=step: step.unfreeze(self.order, self.outputs))

    def apply_until_cut_off(self) -> None:
        """Go on until an answer gets lost, and note nothing of that step."""
        for step in self._steps:
            try:
                self.outputs |= step.apply(self.order, self.outputs)
            except NotNow as failure:
                self.cut_off = failure
                return

    def tried(self, call: Callable[[], Any]) -> Any:
        for _ in range(self._tries_most):
            try:
                return call()
            except NotNow as failure:
                self.cut_off = failure
        raise AssertionError(f"still {self.cut_off} after {self._tries_most} tries")
