"""All outside steps by name, as the worker uses them."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, TypeVar, cast

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
from provisioning.adapters.aws.swept_accounts import SweptAccounts, budgets
from provisioning.adapters.aws.swept_analytics import analytics
from provisioning.adapters.aws.swept_devices import devices
from provisioning.adapters.aws.swept_sign_in import SweptSignIn
from provisioning.adapters.outside_settings import OutsideSettings
from provisioning.adapters.scim_connection import ScimConnection
from provisioning.adapters.scim_directory import ScimDirectory
from provisioning.adapters.scim_failures import scim_failures_sorted
from provisioning.adapters.scim_group import ScimGroup
from provisioning.adapters.scim_sweep import crm_users
from provisioning.adapters.scim_users import ScimUsers
from provisioning.domain.findings import ThingKind
from provisioning.domain.orders import GrantOrder
from provisioning.domain.standings import Observation
from provisioning.handlers.ports import Inventory, Outputs, Step

T = TypeVar("T")


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
    settings: OutsideSettings, aws: AwsClients | None = None, crm: ScimConnection | None = None
) -> Mapping[str, Step]:
    """Return every step by its name. Reaches nothing yet; threads may share the steps."""
    aws = aws or AwsClients(settings)
    every = [
        *(SortedStep(step, aws_failures_sorted) for step in _aws_steps(settings, aws)),
        *(SortedStep(step, scim_failures_sorted) for step in _crm_steps(settings, _directory(settings, crm))),
    ]
    return {step.name: step for step in every}


def inventories(
    settings: OutsideSettings, aws: AwsClients | None = None, crm: ScimConnection | None = None
) -> Mapping[ThingKind, Inventory]:
    """Return what a sweep lists, by kind. Reaches nothing yet."""
    aws = aws or AwsClients(settings)
    made = {type(step): step for step in _aws_steps(settings, aws)}
    every = [
        *SweptAccounts(
            aws,
            settings.account_email_pattern,
            _of(made, OrganizationAccount),
            _of(made, OrganizationUnit),
        ).inventories(),
        *SweptSignIn(aws, _of(made, IdentityCenterSignIn)).inventories(),
        budgets(aws, _of(made, Budget)),
        *analytics(
            aws,
            settings.quicksight_namespace,
            _of(made, AthenaWorkgroup),
            _of(made, GlueDatabase),
            _of(made, LakeFormationPermission),
        ),
        *devices(aws, _of(made, IotCertificate), _of(made, IotPolicy), _of(made, IotThingGroup)),
        crm_users(_directory(settings, crm), settings.scim_removal),
    ]
    return {inventory.kind: inventory for inventory in every}


def _of(made: Mapping[type[Any], Any], kind: type[T]) -> T:
    return cast(T, made[kind])


def _directory(settings: OutsideSettings, crm: ScimConnection | None) -> ScimDirectory:
    return ScimDirectory(
        crm or ScimConnection(settings.scim_url, settings.scim_token, settings.scim_timeout_seconds)
    )


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


def _crm_steps(settings: OutsideSettings, directory: ScimDirectory) -> list[Step]:
    return [ScimGroup(directory), ScimUsers(directory, settings.scim_removal)]
