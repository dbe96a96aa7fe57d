"""The CRMs that Gangway supports, by the value of the setting ``CRM``; a new one is a line here."""

from collections.abc import Callable, Mapping

from provisioning.adapters.crm_directory import CrmDirectory
from provisioning.adapters.outside_settings import OutsideSettings
from provisioning.adapters.salesforce_directory import salesforce_directory
from provisioning.adapters.scim_connection import ScimConnection
from provisioning.adapters.scim_directory import ScimDirectory


def _scim(settings: OutsideSettings) -> CrmDirectory:
    connection = ScimConnection(settings.scim_url, settings.scim_token, settings.scim_timeout_seconds)
    return ScimDirectory(connection)


CRMS: Mapping[str, Callable[[OutsideSettings], CrmDirectory]] = {
    "scim": _scim,
    "salesforce": salesforce_directory,
}
