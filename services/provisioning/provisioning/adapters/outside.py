"""All outside steps by name, as the worker uses them."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from provisioning.adapters.aws.athena_workgroup import AthenaWorkgroup
from provisioning.adapters.aws.budget import Budget
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.failures import aws_failures_sorted
from provisioning.adapters.aws.glue_database import GlueDatabase
from provisioning.adapters.aws.guard_rail import GuardRail
from provisioning.adapters.aws.identity_center import IdentityCenterSignIn
from provisioning.adapters.aws.iot_certificate import IotCertificate
from provisioning.adapters.aws.iot_endpoint import IotEndpoint
from provisioning.adapters.aws.iot_gateway import IotGateway
from provisioning.adapters.aws.iot_policy import IotPolicy
from provisioning.adapters.aws.iot_thing_group import IotThingGroup
from provisioning.adapters.aws.lake_formation import LakeFormationPermission
from provisioning.adapters.aws.organization_account import OrganizationAccount
from provisioning.adapters.aws.organization_units import OrganizationUnit
from provisioning.adapters.aws.quicksight_seats import QuickSightSeats
from provisioning.adapters.aws.sandbox_role import SandboxRole
from provisioning.adapters.aws.service_control_policies import ServiceControlPolicies
from provisioning.adapters.crm_directory import CrmDirectory
from provisioning.adapters.crm_group import CrmGroup
from provisioning.adapters.crm_users import CrmUsers
from provisioning.adapters.crms import CRMS
from provisioning.adapters.outside_settings import OutsideSettings
from provisioning.domain.orders import GrantOrder
from provisioning.domain.standings import Observation
from provisioning.handlers.ports import Outputs, Step


class SortedStep:
    """A step whose errors leave it as NotNow or NeverPossible: the one place where they are sorted."""

    def __init__(self, step: Step, failures_sorted: Callable[[], AbstractContextManager[None]]) -> None:
        self._step = step
        self._failures_sorted = failures_sorted

    @property
    def name(self) -> str:
        return self._step.name

    def observe(self, order: GrantOrder, outputs: Outputs) -> Observation:
        with self._failures_sorted():
            return self._step.observe(order, outputs)

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        with self._failures_sorted():
            return self._step.apply(order, outputs)

    def undo(self, order: GrantOrder, outputs: Outputs) -> Observation | None:
        with self._failures_sorted():
            return self._step.undo(order, outputs)

    def freeze(self, order: GrantOrder, outputs: Outputs) -> Observation | None:
        with self._failures_sorted():
            return self._step.freeze(order, outputs)

    def unfreeze(self, order: GrantOrder, outputs: Outputs) -> Observation | None:
        with self._failures_sorted():
            return self._step.unfreeze(order, outputs)


def steps(
    settings: OutsideSettings, aws: AwsClients | None = None, crm: CrmDirectory | None = None
) -> Mapping[str, Step]:
    """Return every step by its name. Reaches nothing yet; threads may share the steps."""
    aws = aws or AwsClients(settings)
    crm = crm or CRMS[settings.crm](settings)
    every = [
        *(SortedStep(step, aws_failures_sorted) for step in _aws_steps(settings, aws)),
        *(SortedStep(step, crm.failures_sorted) for step in _crm_steps(settings, crm)),
    ]
    return {step.name: step for step in every}


def _aws_steps(settings: OutsideSettings, aws: AwsClients) -> list[Step]:
    policies = ServiceControlPolicies(aws)
    role = settings.member_account_role
    namespace = settings.quicksight_namespace
    return [
        OrganizationAccount(aws, settings.account_email_pattern, role),
        OrganizationUnit(aws, policies, settings.parent_unit_name, role),
        GuardRail(aws, policies, settings.sandbox_regions, role),
        SandboxRole(aws),
        Budget(aws, settings.budget_alert_email),
        IdentityCenterSignIn(aws, settings.identity_center_start_url),
        AthenaWorkgroup(aws, settings.analytics_results_location),
        GlueDatabase(aws),
        LakeFormationPermission(aws, namespace),
        QuickSightSeats(aws, namespace),
        IotThingGroup(aws),
        IotPolicy(aws),
        IotGateway(aws),
        IotCertificate(aws),
        IotEndpoint(aws),
    ]


def _crm_steps(settings: OutsideSettings, crm: CrmDirectory) -> list[Step]:
    return [CrmGroup(crm), CrmUsers(crm, settings.scim_removal, settings.crm_sign_in_url)]
