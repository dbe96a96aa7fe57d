"""The steps of a cloud sandbox."""

from collections.abc import Iterator
from contextlib import contextmanager

from provisioning.adapters.aws.budget import Budget
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.failures import aws_failures_sorted
from provisioning.adapters.aws.guard_rail import GuardRail
from provisioning.adapters.aws.identity_center import IdentityCenterSignIn
from provisioning.adapters.aws.organization_account import OrganizationAccount
from provisioning.adapters.aws.organization_units import OrganizationUnit
from provisioning.adapters.aws.sandbox_role import SandboxRole
from provisioning.adapters.aws.service_control_policies import ServiceControlPolicies
from provisioning.adapters.outside_settings import OutsideSettings
from provisioning.adapters.sorted_step import sorted_steps
from provisioning.adapters.step_shapes import PeopleLeave
from provisioning.handlers.ports import Step


def sandbox_steps(aws: AwsClients, settings: OutsideSettings) -> list[Step]:
    policies = ServiceControlPolicies(aws)
    role = settings.member_account_role
    sign_in = IdentityCenterSignIn(aws, settings.identity_center_start_url)

    @contextmanager
    def failures_sorted() -> Iterator[None]:
        """What failed may rest on what was found a moment ago."""
        try:
            with aws_failures_sorted():
                yield
        except BaseException:
            aws.shared.forget()
            raise

    return sorted_steps(
        failures_sorted,
        OrganizationAccount(aws, settings.account_email_pattern, role),
        OrganizationUnit(aws, policies, settings.parent_unit_name, role),
        GuardRail(aws, policies, settings.sandbox_regions, role),
        SandboxRole(aws),
        Budget(aws, settings.budget_alert_email),
        sign_in,
        PeopleLeave(sign_in.name, sign_in.observe_people, sign_in.let_go),
    )
