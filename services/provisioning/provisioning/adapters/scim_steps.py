"""The steps of the CRM, by SCIM."""

from provisioning.adapters.outside_settings import OutsideSettings
from provisioning.adapters.scim_directory import ScimDirectory
from provisioning.adapters.scim_failures import scim_failures_sorted
from provisioning.adapters.scim_group import ScimGroup
from provisioning.adapters.scim_users import ScimUsers
from provisioning.adapters.sorted_step import sorted_steps
from provisioning.handlers.ports import Step


def scim_steps(directory: ScimDirectory, settings: OutsideSettings) -> list[Step]:
    return sorted_steps(
        scim_failures_sorted, ScimGroup(directory), ScimUsers(directory, settings.scim_removal)
    )
