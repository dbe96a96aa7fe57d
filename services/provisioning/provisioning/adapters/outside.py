"""What products share to reach the outside, and what this package builds from it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property

from provisioning.adapters.aws.account_contents import ListedContents
from provisioning.adapters.aws.athena_workgroup import AthenaWorkgroup
from provisioning.adapters.aws.budget import Budget
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.failures import aws_failures_sorted
from provisioning.adapters.aws.glue_database import GlueDatabase
from provisioning.adapters.aws.guard_rail import GuardRail
from provisioning.adapters.aws.identity_center import IdentityCenterDoor, IdentityCenterSignIn
from provisioning.adapters.aws.iot_certificate import IotCertificate
from provisioning.adapters.aws.iot_endpoint import IotEndpoint
from provisioning.adapters.aws.iot_gateway import IotGateway
from provisioning.adapters.aws.iot_policy import IotPolicy
from provisioning.adapters.aws.iot_thing_group import IotThingGroup
from provisioning.adapters.aws.lake_formation import LakeFormationPermission
from provisioning.adapters.aws.nuke import NukeCleaner
from provisioning.adapters.aws.organization_account import OrganizationAccount
from provisioning.adapters.aws.organization_units import OrganizationUnit
from provisioning.adapters.aws.pool_accounts import OrganizationsAccountVendor
from provisioning.adapters.aws.quicksight_seats import QuickSightDoor, QuickSightSeats
from provisioning.adapters.aws.sandbox_role import SandboxRole
from provisioning.adapters.aws.service_control_policies import ServiceControlPolicies
from provisioning.adapters.crm_directory import CrmDirectory
from provisioning.adapters.crm_group import CrmGroup
from provisioning.adapters.crm_users import CrmDoor, CrmUsers
from provisioning.adapters.crms import CRMS
from provisioning.adapters.outside_settings import OutsideSettings
from provisioning.adapters.product_kinds import OfferedProduct, StepsByName, offered_products
from provisioning.adapters.sorted_failures import with_sorted_failures
from provisioning.adapters.step_shapes import PeopleLeave
from provisioning.handlers.advance_account import AccountOutside
from provisioning.handlers.ports import Door, Step


class Outside:
    """The vendor's settings and connections, shared by products. Creating one makes no call."""

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

    @cached_property
    def _policies(self) -> ServiceControlPolicies:
        return ServiceControlPolicies(self.aws)

    @cached_property
    def account(self) -> OrganizationAccount:
        settings = self.settings
        return OrganizationAccount(self.aws, settings.account_email_pattern, settings.member_account_role)

    @cached_property
    def unit(self) -> OrganizationUnit:
        settings = self.settings
        return OrganizationUnit(
            self.aws, self._policies, settings.parent_unit_name, settings.member_account_role
        )

    def steps(self, offered: Mapping[str, OfferedProduct] | None = None) -> Mapping[str, Step]:
        """Return every step by name; steps are thread-safe.

        Raises LookupError if a product names a step that it does not make.
        """
        found = StepsByName()
        for name, one in (offered_products({}) if offered is None else offered).items():
            made = {step.name: step for step in one.make_steps(self)}
            if made.keys() != one.product.all_steps:
                differing = ", ".join(sorted(made.keys() ^ one.product.all_steps))
                raise LookupError(f"the product {name} and the steps that it makes differ: {differing}")
            found |= made
        return found

    def sandbox_steps(self) -> list[Step]:
        aws, settings = self.aws, self.settings
        sign_in = IdentityCenterSignIn(aws, settings.identity_center_start_url)
        return _sorted(
            self._sandbox_failures_sorted,
            self.account,
            self.unit,
            GuardRail(aws, self._policies, settings.sandbox_regions, settings.member_account_role),
            SandboxRole(aws),
            Budget(aws, settings.budget_alert_email),
            sign_in,
            PeopleLeave(sign_in.name, sign_in.observe_people, sign_in.let_go),
        )

    @contextmanager
    def _sandbox_failures_sorted(self) -> Iterator[None]:
        """A failure clears the cache, because it may come from an outdated entry."""
        try:
            with aws_failures_sorted():
                yield
        except BaseException:
            self.aws.shared.forget()
            raise

    def analytics_steps(self) -> list[Step]:
        aws, namespace = self.aws, self.settings.quicksight_namespace
        seats = QuickSightSeats(aws, namespace)
        return _sorted(
            aws_failures_sorted,
            AthenaWorkgroup(aws, self.settings.analytics_results_location),
            GlueDatabase(aws),
            LakeFormationPermission(aws, namespace),
            seats,
            PeopleLeave(seats.name, seats.observe, seats.undo, is_by_membership=True),
        )

    def iot_steps(self) -> list[Step]:
        kinds = (IotThingGroup, IotPolicy, IotGateway, IotCertificate, IotEndpoint)
        return _sorted(aws_failures_sorted, *(kind(self.aws) for kind in kinds))

    def crm_steps(self) -> list[Step]:
        users = CrmUsers(self.crm, self.settings.scim_removal, self.settings.crm_sign_in_url)
        leaving = PeopleLeave(users.name, users.observe, users.undo)
        return _sorted(self.crm.failures_sorted, CrmGroup(self.crm), users, leaving)

    def doors(self) -> Mapping[str, Door]:
        """How people sign in, by product."""
        seats = QuickSightSeats(self.aws, self.settings.quicksight_namespace)
        return {
            "cloud_sandbox": with_sorted_failures(aws_failures_sorted, IdentityCenterDoor(self.aws)),
            "analytics": with_sorted_failures(aws_failures_sorted, QuickSightDoor(seats)),
            "crm": with_sorted_failures(self.crm.failures_sorted, CrmDoor(self.crm)),
        }

    def accounts(self, should_leave: Callable[[], bool]) -> AccountOutside:
        """What is called for accounts without a grant: the organization, our own check, and aws-nuke."""
        settings = self.settings
        role, regions = settings.member_account_role, settings.sandbox_regions
        cleaner = NukeCleaner(
            self.aws,
            program=settings.cleaner_program,
            regions=regions,
            member_role=role,
            seconds_most=settings.cleaner_seconds,
            should_leave=should_leave,
        )
        vendor = OrganizationsAccountVendor(
            self.aws, self.unit, email_pattern=settings.account_email_pattern, role_name=role
        )
        return AccountOutside(
            vendor=with_sorted_failures(aws_failures_sorted, vendor),
            contents=with_sorted_failures(aws_failures_sorted, ListedContents(self.aws, regions, role)),
            cleaner=cleaner if settings.cleaner_program else None,
        )


def _sorted(failures_sorted: Callable[[], AbstractContextManager[None]], *steps: Step) -> list[Step]:
    return [with_sorted_failures(failures_sorted, step) for step in steps]
