"""Shapes that outside steps share."""

from provisioning.domain.orders import GrantOrder
from provisioning.handlers.ports import Outputs


class FrozenElsewhere:
    """Freezing does nothing here: another step of the same product is its switch."""

    def freeze(self, order: GrantOrder, outputs: Outputs) -> None: ...

    def unfreeze(self, order: GrantOrder, outputs: Outputs) -> None: ...
