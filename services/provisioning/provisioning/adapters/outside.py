"""The outside as products find it, and all of their steps by name, as the worker uses them."""

from collections.abc import Mapping
from functools import cached_property

from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.crm_directory import CrmDirectory
from provisioning.adapters.crms import CRMS
from provisioning.adapters.outside_settings import OutsideSettings
from provisioning.adapters.product_kinds import OfferedProduct, StepsByName, offered_products
from provisioning.handlers.ports import Step


class Outside:
    """The vendor's settings and connections, which products share. Reaches nothing by itself."""

    def __init__(
        self, settings: OutsideSettings, aws: AwsClients | None = None, crm: CrmDirectory | None = None
    ) -> None:
        self.settings = settings
        self._aws, self._crm = aws, crm

    @cached_property
    def aws(self) -> AwsClients:
        return self._aws or AwsClients(self.settings)

    @cached_property
    def crm(self) -> CrmDirectory:
        return self._crm or CRMS[self.settings.crm](self.settings)


def steps(
    settings: OutsideSettings,
    aws: AwsClients | None = None,
    crm: CrmDirectory | None = None,
    offered: Mapping[str, OfferedProduct] | None = None,
) -> Mapping[str, Step]:
    """Return every step by its name. Reaches nothing yet; threads may share the steps.

    Raises LookupError when a product names a step that it does not make.
    """
    outside = Outside(settings, aws, crm)
    found = StepsByName()
    for name, one in (offered_products({}) if offered is None else offered).items():
        made = {step.name: step for step in one.make_steps(outside)}
        if made.keys() != one.product.all_steps:
            differing = ", ".join(sorted(made.keys() ^ one.product.all_steps))
            raise LookupError(f"the product {name} and the steps that it makes differ: {differing}")
        found |= made
    return found
