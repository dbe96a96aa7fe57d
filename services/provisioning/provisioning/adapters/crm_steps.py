"""The steps of the CRM, whichever it is."""

from provisioning.adapters.crm_directory import CrmDirectory
from provisioning.adapters.crm_group import CrmGroup
from provisioning.adapters.crm_users import CrmUsers
from provisioning.adapters.outside_settings import OutsideSettings
from provisioning.adapters.sorted_step import sorted_steps
from provisioning.adapters.step_shapes import PeopleLeave
from provisioning.handlers.ports import Step


def crm_steps(crm: CrmDirectory, settings: OutsideSettings) -> list[Step]:
    users = CrmUsers(crm, settings.scim_removal, settings.crm_sign_in_url)
    leaving = PeopleLeave(users.name, users.observe, users.undo)
    return sorted_steps(crm.failures_sorted, CrmGroup(crm), users, leaving)
