"""Devices that a partner adds to a grant beside its first one, each with its own life cycle."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from provisioning.domain.handed_out_keys import HandsOutKey
from provisioning.domain.products import Product, step_of_device
from provisioning.domain.standings import Standing
from provisioning.domain.steps import StepRecord


@dataclass(kw_only=True)
class Device(HandsOutKey):
    """One device; ``steps`` are its own, which are among those of its grant.

    ``name`` is chosen by the partner, and may be personal. ``outputs`` are facts noted by its steps.
    ``claim_id`` is the claim with which it joined, if any. ``is_told``: an event has announced it.
    """

    device_id: UUID
    product: Product
    name: str
    added_at: datetime
    added_by: str
    claim_id: UUID | None = None
    steps: list[StepRecord]
    outputs: dict[str, Any] = field(default_factory=dict)
    collected_at: datetime | None = None
    collected_by_visit: UUID | None = None
    is_wanted: bool = True
    is_told: bool = False

    @cached_property
    def key(self) -> str:
        return key_of(self.device_id)

    @property
    def is_ready(self) -> bool:
        return self.is_wanted and all(step.standing is Standing.ON for step in self.steps)

    @property
    def is_gone(self) -> bool:
        """Whether nothing of it exists except what was left on purpose, and it is not wanted.

        What it connects with is never left on purpose in a way that counts as gone.
        """
        is_away = (not step.may_stand_outside or step.skipped_because is not None for step in self.steps)
        return not self.is_wanted and all(is_away) and not any(map(self.connects_by, self.steps))

    def connects_by(self, step: StepRecord) -> bool:
        """Whether the step may let it connect."""
        return step.may_be_on and self.product.step(step.name).is_brake

    @property
    def stuck_step(self) -> StepRecord | None:
        return next((step for step in self.steps if step.is_stuck), None)

    @property
    def _has_key(self) -> bool:
        return self.is_ready and self.product.is_collectable(self.outputs)

    @property
    def _key_step(self) -> StepRecord:
        name = step_of_device(str(self.product.key_step), self.key)
        return next(step for step in self.steps if step.name == name)

    def remove(self) -> None:
        """Have it removed, whatever becomes of its grant. Idempotent."""
        if not self.is_wanted:
            return
        self.is_wanted = False
        for step in self.steps:
            step.start_over()
            step.doubt()


def steps_of(product: Product, device_id: UUID) -> list[StepRecord]:
    """The steps of a new device; the product must be one with further devices."""
    kinds = product.devices.steps if product.devices else ()
    return [StepRecord(name=step_of_device(kind, key_of(device_id))) for kind in kinds]


def key_of(device_id: UUID) -> str:
    """The name of its steps and external resources: the random part of the id."""
    return device_id.hex[-12:]
