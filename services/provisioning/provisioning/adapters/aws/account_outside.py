"""What is called for accounts without a grant: the organization, our own look into them, and aws-nuke."""

from collections.abc import Callable

from provisioning.adapters.aws.account_contents import ListedContents
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.nuke import NukeCleaner
from provisioning.adapters.aws.organization_units import OrganizationUnit
from provisioning.adapters.aws.pool_accounts import OrganizationsAccountVendor
from provisioning.adapters.aws.service_control_policies import ServiceControlPolicies
from provisioning.adapters.outside_settings import OutsideSettings
from provisioning.handlers.advance_account import AccountOutside


def account_outside(
    aws: AwsClients, settings: OutsideSettings, *, should_leave: Callable[[], bool]
) -> AccountOutside:
    """Reaches nothing yet."""
    role, regions = settings.member_account_role, settings.sandbox_regions
    unit = OrganizationUnit(aws, ServiceControlPolicies(aws), settings.parent_unit_name, role)
    cleaner = NukeCleaner(
        aws,
        program=settings.cleaner_program,
        regions=regions,
        member_role=role,
        seconds_most=settings.cleaner_seconds,
        should_leave=should_leave,
    )
    return AccountOutside(
        vendor=OrganizationsAccountVendor(
            aws, unit, email_pattern=settings.account_email_pattern, role_name=role
        ),
        contents=ListedContents(aws, regions, role),
        cleaner=cleaner if settings.cleaner_program else None,
    )
